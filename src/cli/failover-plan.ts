// The plan of a failover test as a document or as text, and the consent where nobody sees a screen.
import { planLines } from '../chaos/plan-text.ts';
import type { PlanView } from '../chaos/plan-view.ts';
import type { Preparation } from '../chaos/preparation.ts';
import { escapeJson, escapeLine } from '../report/escape.ts';
import type { FailoverPlan } from '../report/failover-plan.ts';
import type { FailoverRequest } from './failover-options.ts';
import { write } from './failover-result.ts';
import { UsageError } from './faults.ts';
import { askOnTerminal, type Interruption } from './questions.ts';
import type { Terminal } from './terminal.ts';
import { tool } from './tool.ts';

const planDocument = ({ arena, planned, objections, post }: Preparation): FailoverPlan => ({
  schemaVersion: 1,
  kind: 'failover-plan',
  tool,
  vip: arena.vip,
  vrid: arena.group.vrid,
  master: arena.master?.node ?? null,
  observer:
    post === undefined ? null : { where: post.where, interface: post.interface, note: post.note ?? null },
  faults: planned.map(({ deed, prediction }) => ({
    fault: deed.fault,
    node: deed.node,
    inject: deed.inject,
    heal: deed.heal,
    expectedClass: deed.expectedClass,
    newMaster: prediction.winner.node,
    takeoverMs: { min: prediction.takeoverMs.minMs, max: prediction.takeoverMs.maxMs },
    masterAfter: prediction.masterAfter.node,
    risks: deed.risks,
  })),
  objections,
});

export const showPlan = async (
  terminal: Terminal,
  request: FailoverRequest,
  { preparation, plan }: { readonly preparation: Preparation; readonly plan: PlanView },
  to: 'result' | 'talk',
): Promise<void> => {
  if (to === 'result' && request.format === 'json')
    return write(terminal, request, `${escapeJson(JSON.stringify(planDocument(preparation), null, 2))}\n`);
  const lines = planLines(plan).map((line) => escapeLine(line));
  if (to === 'talk') return terminal.err(`${lines.join('\n')}\n\n`);
  return write(
    terminal,
    request,
    `${[...lines, '', 'Nothing was touched. Add --measure to do it.'].join('\n')}\n`,
  );
};

/** Typing the VIP is the consent: a plain yes is given too easily. */
export const askConsent = async (
  terminal: Terminal,
  { vip, master }: PlanView,
  interruption: Interruption,
): Promise<'given' | 'refused'> => {
  if (terminal.questions === 'impossible')
    throw new UsageError('nobody can be asked here: add --yes and --vip ADDRESS');
  const floor = { take: async () => undefined, giveBack: () => undefined };
  const answer = await askOnTerminal(
    floor,
    interruption,
  )({
    kind: 'keyboard-interactive',
    node: vip,
    text: `This interrupts ${vip} on ${master}. Type ${vip} to go on:`,
    echo: 'on',
  });
  return answer?.trim() === vip ? 'given' : 'refused';
};
