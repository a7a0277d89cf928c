// Everything that is known before anything is touched: the check, the cluster it is about, the nodes asked how they
// could be hurt and healed, the plan of every fault, and what speaks against it. Reads only.
import { buildCluster } from '../cluster/build.ts';
import type { ClusterModel } from '../cluster/model.ts';
import { collectEvidence, type LiveSource } from '../collect/collect.ts';
import type { Bundle } from '../evidence/bundle.ts';
import { composeReport } from '../report/compose.ts';
import type { CheckReport } from '../report/report.ts';
import { rules } from '../rules/generated/index.ts';
import { judge } from '../rules/judge.ts';
import type { Tell } from './events.ts';
import type { FaultDeed, FaultName, FaultWishes, Refusal } from './faults/fault.ts';
import { faults } from './faults/index.ts';
import { type NodeHand, openHand } from './node-hand.ts';
import { leftoversCommand } from './node-lock.ts';
import { choosePost, type Post } from './post.ts';
import { type Objection, objectionsTo } from './preconditions.ts';
import { nodeFolder } from './rescue.ts';
import { type FaultSite, readSurvey, surveyCommand } from './site.ts';
import { type Arena, type ArenaWish, chooseArena, type Member, type Prediction, predict } from './subject.ts';
import { quietMs } from './watch.ts';

export interface PreparationWishes {
  readonly source: LiveSource;
  readonly tool: Bundle['tool'];
  readonly arena: ArenaWish;
  readonly faults: readonly FaultName[];
  readonly faultWishes: FaultWishes;
  readonly rescueAfterMs: number;
  readonly signal: AbortSignal;
  readonly tell: Tell;
}

export interface PlannedFault {
  readonly fault: FaultName;
  readonly deed: FaultDeed;
  readonly prediction: Prediction;
  /** How long the node is hurt, as planned, ms. */
  readonly lastsMs: number;
}

export interface Preparation {
  readonly bundle: Bundle;
  readonly model: ClusterModel;
  /** What check says of it. */
  readonly report: CheckReport;
  readonly arena: Arena;
  readonly sites: ReadonlyMap<string, FaultSite>;
  readonly hands: ReadonlyMap<string, NodeHand>;
  readonly post: Post | undefined;
  readonly planned: readonly PlannedFault[];
  readonly objections: readonly Objection[];
  readonly close: () => Promise<void>;
}

export type Prepared =
  | { readonly kind: 'prepared'; readonly preparation: Preparation }
  | { readonly kind: 'unclear'; readonly why: string }
  | { readonly kind: 'interrupted' };

/** Between the fault and its healing, besides takeover and quiet time: asking and answering, ms. */
const BETWEEN_MS = 3000;

export const surveyMember = async (
  member: Member,
  hand: NodeHand | undefined,
): Promise<FaultSite | undefined> => {
  const said = await hand?.run(surveyCommand);
  return said?.kind === 'said' ? readSurvey(member, said.text) : undefined;
};

/** The node a fault is done to. */
export const targetOf = (arena: Arena, fault: FaultName, prediction: Prediction): Member | undefined =>
  faults[fault].doneTo === 'winner' ? prediction.winner : arena.master;

export const lastingMs = ({ takeoverMs, winner }: Prediction): number =>
  takeoverMs.maxMs + winner.timers.advertIntervalMs + quietMs(winner.secondBurstMs) + BETWEEN_MS;

const planFaults = (
  wishes: PreparationWishes,
  arena: Arena,
  sites: ReadonlyMap<string, FaultSite>,
): { readonly planned: readonly PlannedFault[]; readonly impossible: readonly Refusal[] } => {
  const planned: PlannedFault[] = [];
  const impossible: Refusal[] = [];
  for (const name of wishes.faults) {
    const prediction = predict(arena, faults[name].expectedClass);
    const target = prediction === undefined ? undefined : targetOf(arena, name, prediction);
    const site = target === undefined ? undefined : sites.get(target.node);
    if (prediction === undefined || site === undefined) continue;
    const plan = faults[name].plan(site, wishes.faultWishes, 'run-n');
    if (plan.kind === 'refused') impossible.push({ ...plan, why: `${name}: ${plan.why}` });
    else planned.push({ fault: name, deed: plan.deed, prediction, lastsMs: lastingMs(prediction) });
  }
  return { planned, impossible };
};

const leftoversOn = async (hand: NodeHand): Promise<readonly string[]> => {
  const said = await hand.run(leftoversCommand(nodeFolder));
  return said.kind === 'said'
    ? [...said.text.matchAll(/^left (.*)$/gm)].map((match) => `${hand.node}: ${match[1]}`)
    : [];
};

export const leftoversOf = async (hands: Iterable<NodeHand>): Promise<readonly string[]> =>
  (await Promise.all([...hands].map(leftoversOn))).flat();

const remoteAddressesOf = async (hands: Iterable<NodeHand>): Promise<ReadonlyMap<string, string>> => {
  const known = await Promise.all(
    [...hands].map(async (hand) => {
      const got = await hand.open();
      const address = got.kind === 'open' ? got.facts.remoteAddress : undefined;
      return address === undefined ? [] : [[hand.node, address] as const];
    }),
  );
  return new Map(known.flat());
};

const collect = async (wishes: PreparationWishes): Promise<Bundle | undefined> => {
  for await (const event of collectEvidence(wishes.source, wishes.tool, wishes.signal))
    if (event.kind === 'collected') return event.bundle;
    else wishes.tell({ kind: 'checking', progress: event });
  return undefined;
};

export const prepareFailover = async (wishes: PreparationWishes): Promise<Prepared> => {
  wishes.tell({ kind: 'phase', phase: 'check', step: 'begun' });
  const bundle = await collect(wishes);
  wishes.tell({ kind: 'phase', phase: 'check', step: 'ended' });
  if (bundle === undefined || wishes.signal.aborted) return { kind: 'interrupted' };
  const model = buildCluster(bundle);
  const choice = chooseArena(model, wishes.arena);
  if (choice.kind === 'unclear') {
    const away = model.nodes.flatMap((node) =>
      node.contact.kind === 'reached' ? [] : [`${node.name}: ${node.contact.why}`],
    );
    return { kind: 'unclear', why: [choice.why, ...away].join('; ') };
  }
  const { arena } = choice;
  const hands = new Map(
    arena.members.flatMap((member) => {
      const live = wishes.source.nodes.find((node) => node.name === member.node);
      return live === undefined ? [] : [[member.node, openHand(member.node, live.connect)] as const];
    }),
  );
  const surveyed = await Promise.all(
    arena.members.map(
      async (member) => [member.node, await surveyMember(member, hands.get(member.node))] as const,
    ),
  );
  const sites = new Map(
    surveyed.flatMap(([node, site]) => (site === undefined ? [] : [[node, site] as const])),
  );
  const { planned, impossible } = planFaults(wishes, arena, sites);
  const [leftovers, remoteAddresses] = await Promise.all([
    leftoversOf(hands.values()),
    remoteAddressesOf(hands.values()),
  ]);
  const busy = planned.flatMap(({ deed, prediction }) => [deed.node, prediction.winner.node]);
  const post = choosePost({ source: wishes.source, evidence: bundle.observer, arena, hands, busy });
  const report = composeReport(bundle, model, judge(model, rules));
  const objections = objectionsTo({
    model,
    report,
    arena,
    sites,
    remoteAddresses,
    deeds: planned.map((one) => one.deed),
    impossible,
    leftovers,
    rescueAfterMs: wishes.rescueAfterMs,
    longestFaultMs: Math.max(0, ...planned.map((one) => one.lastsMs)),
  });
  return {
    kind: 'prepared',
    preparation: {
      bundle,
      model,
      report,
      arena,
      sites,
      hands,
      post,
      planned,
      objections,
      close: async () => {
        await Promise.all([...hands.values()].map((hand) => hand.close()));
        if (post?.standing === 'apart') await post.hand.close();
      },
    },
  };
};
