// The failover screen for a screen reader: everything in sentences, in the order it happens.
import { planLines } from '../../chaos/plan-text.ts';
import { helpSentences } from '../keys.ts';
import { asksForConsent, refusalsOf, stageKeys } from './keys.ts';
import type { FailoverState } from './state.ts';

const planSentences = (state: FailoverState): readonly string[] => {
  const { plan } = state;
  if (plan === undefined) return [];
  const refused = refusalsOf(state);
  return [
    `Plan of a failover of ${plan.vip}. Nothing is touched yet.`,
    ...planLines(plan).filter((text) => text !== ''),
    ...(refused.length > 0
      ? [`Refused: ${refused.map(({ name, why }) => `${name}, ${why}`).join('; ')}. Press q to leave.`]
      : [
          `This interrupts ${plan.vip} on ${plan.master}. Type ${plan.vip} and press Enter to go on. Escape leaves.`,
        ]),
  ];
};

export const tellFailover = (before: FailoverState | undefined, after: FailoverState): readonly string[] => {
  const said = after.log.slice(Math.max(0, after.log.length - (after.logged - (before?.logged ?? 0))));
  return [
    ...(after.plan !== undefined && after.plan !== before?.plan ? planSentences(after) : []),
    ...(after.mistyped !== undefined && after.mistyped !== before?.mistyped
      ? [`${after.mistyped} is not ${after.plan?.vip ?? 'the VIP'}. Nothing was touched.`]
      : []),
    ...(after.stage === 'running' && before?.stage === 'plan' && asksForConsent(before)
      ? ['The test begins. Control C restores and ends.']
      : []),
    ...(after.interruption === 'restoring' && before?.interruption !== 'restoring'
      ? ['Restoring. Control C again leaves it to the timer of the node.']
      : []),
    ...(after.page === 'help' && before?.page !== 'help' ? helpSentences(stageKeys(after)) : []),
    ...said.map((text) => text.trim()),
    ...(after.ending !== undefined && before?.ending === undefined
      ? [
          `Finished: ${after.ending.words}.`,
          ...(after.report === undefined ? [] : [after.report.headline]),
          ...after.ending.details,
          'Press q to leave and to have the report as text.',
        ]
      : []),
  ];
};
