// Who becomes master after which loss, and how soon: the cluster settled, then every loss tried at its best and its
// worst moment. It knows what is worth trying and how courses become one answer; how an election goes is the machine's.
import { masterDownIntervalMs } from '../../keepalived/timers.ts';
import type { ClusterModel, Group } from '../model.ts';
import { type Arena, arenasOf, openingOf } from './arena.ts';
import { type Contender, effectiveOf } from './contender.ts';
import { hearingOf } from './hearing.ts';
import { blowOf, commonFailures, concerns, detectionOf, type Loss, pairsOf, singleLosses } from './losses.ts';
import { type Course, type Opening, runElection, type Standing } from './machine.ts';

export interface Outcome {
  readonly group: string;
  readonly vrid: number;
  readonly lost: readonly Loss[];
  /** Nodes that are master when all is quiet again. */
  readonly masters: readonly string[];
  /**
   * From the loss to the first advert of the new master: at the best and at the worst moment. Zero when nothing
   * changes hands; undefined when nobody takes over.
   */
  readonly takeoverMs?: { readonly minMs: number; readonly maxMs: number };
  /** Other endings the same loss can have, by moment and by luck. */
  readonly otherwise: readonly (readonly string[])[];
  /** Nodes that were master for a moment only. */
  readonly interim: readonly string[];
  readonly ended: 'settled' | 'restless';
}

export interface Prospect {
  readonly group: Group;
  /** Masters before anything is lost. */
  readonly masters: readonly string[];
  readonly outcomes: readonly Outcome[];
  /** Why members do not hear each other by configuration. */
  readonly deaf: readonly string[];
  /** Nodes and members that could not be counted, with the reason. */
  readonly missing: readonly string[];
  /** What had to be assumed. */
  readonly assumed: readonly string[];
}

/** An instant before or after: the moment itself would be a toss-up. */
const instantMs = 0.02;
/** More than the jitter of a machine that is not overloaded. */
const luckMs = 4;

interface Trial {
  readonly course: Course;
  readonly lostAtMs: number;
  /** `race`: others were a little late; worth telling only when it ends otherwise. */
  readonly luck: 'even' | 'race';
}

const tryLoss = (
  steady: Opening,
  lost: readonly { readonly loss: Loss; readonly afterMs: number }[],
  moment: 'just-after-advert' | 'just-before-advert',
  lagMs?: (contender: Contender) => number,
): Trial => {
  const lostAtMs = 2 * Math.max(...steady.contenders.map(({ advertIntervalMs }) => advertIntervalMs)) + 1;
  const noticedAtMs = lostAtMs + Math.max(...lost.map(({ afterMs }) => afterMs));
  const advertAtMs = noticedAtMs + (moment === 'just-after-advert' ? -instantMs : instantMs);
  return {
    lostAtMs,
    luck: 'even',
    course: runElection({
      ...steady,
      blows: lost.map(({ loss, afterMs }) => ({ atMs: lostAtMs + afterMs, blow: blowOf(loss) })),
      firstAdvertMs: ({ advertIntervalMs }) => advertAtMs % advertIntervalMs,
      ...(lagMs === undefined ? {} : { lagMs }),
    }),
  };
};

const nodesStanding = (
  course: Pick<Course, 'standings'>,
  members: readonly Contender[],
  standing: Standing,
): readonly string[] =>
  members.filter(({ id }) => course.standings.get(id) === standing).map(({ node }) => node);

const same = (one: readonly string[], other: readonly string[]): boolean => one.join() === other.join();

/** Time of the first advert of a master that is new and stays. */
const takeoverOf = (
  { course, lostAtMs }: Trial,
  members: readonly Contender[],
  before: readonly string[],
): number | undefined => {
  const masters = nodesStanding(course, members, 'master');
  if (masters.length === 0) return undefined;
  const fresh = masters.filter((node) => !before.includes(node));
  if (fresh.length === 0) return 0;
  const starts = fresh.map((node) => {
    const id = members.find((member) => member.node === node)?.id;
    return course.reigns.findLast((reign) => reign.id === id)?.fromMs ?? lostAtMs;
  });
  return Math.max(0, Math.min(...starts) - lostAtMs);
};

const tiesIn = (members: readonly Contender[], opening: Opening): readonly Contender[] => {
  const priority = (one: Contender): number =>
    effectiveOf(one, opening.priorities?.get(one.id) ?? one.totalPriority);
  return members.filter((one) =>
    members.some((other) => other !== one && other.group === one.group && priority(other) === priority(one)),
  );
};

/**
 * With nopreempt whoever is first stays, and so it is where a sync group ties instances whose priorities cross; a
 * timer that ends a few ms later may be heard first: neighbours in priority at 1 s, and all of them at 100 ms.
 */
const nearlyEqualIn = (members: readonly Contender[], opening: Opening): readonly Contender[] => {
  const downMs = (one: Contender): number =>
    masterDownIntervalMs({
      version: one.version,
      priority: effectiveOf(one, opening.priorities?.get(one.id) ?? one.totalPriority),
      advertIntervalMs: one.advertIntervalMs,
      downTimerAdverts: one.downTimerAdverts,
    });
  return members.filter((one) =>
    members.some(
      (other) =>
        other !== one &&
        other.group === one.group &&
        (one.preempt === 'off' || other.preempt === 'off' || one.syncGroup !== undefined) &&
        Math.abs(downMs(one) - downMs(other)) < luckMs,
    ),
  );
};

/** Every trial of one loss: best and worst moment, checks that notice at different times, and luck among equals. */
const trialsOf = (
  steady: Opening,
  lost: readonly Loss[],
  { equals, rivals }: { readonly equals: readonly Contender[]; readonly rivals: readonly Contender[] },
): readonly [Trial, ...Trial[]] => {
  const timed = lost.map((loss) => ({ loss, detection: detectionOf(loss, steady.contenders) }));
  const all = (which: 'minMs' | 'maxMs') =>
    timed.map(({ loss, detection }) => ({ loss, afterMs: detection[which] }));
  const mixed =
    timed.length > 1 && timed.some(({ detection }) => detection.maxMs > 0)
      ? timed.map((late) =>
          timed.map(({ loss, detection }) => ({
            loss,
            afterMs: loss === late.loss ? detection.maxMs : detection.minMs,
          })),
        )
      : [];
  const favouring = (lucky: Contender): Trial =>
    tryLoss(steady, all('maxMs'), 'just-after-advert', ({ node }) => (node === lucky.node ? 0 : luckMs));
  return [
    tryLoss(steady, all('maxMs'), 'just-after-advert'),
    tryLoss(steady, all('minMs'), 'just-before-advert'),
    ...mixed.map((each) => tryLoss(steady, each, 'just-after-advert')),
    ...equals.map(favouring),
    ...[...new Map(rivals.map((one) => [one.node, one])).values()].map(
      (one): Trial => ({ ...favouring(one), luck: 'race' }),
    ),
  ];
};

interface Quarter {
  readonly group: Group;
  readonly members: readonly Contender[];
  readonly before: readonly string[];
}

const outcomeOf = (
  trials: readonly [Trial, ...Trial[]],
  lost: readonly Loss[],
  { group, members, before }: Quarter,
): Outcome => {
  const [worst] = trials;
  const masters = nodesStanding(worst.course, members, 'master');
  const agreeing = trials.filter(
    ({ course, luck }) => luck === 'even' && same(nodesStanding(course, members, 'master'), masters),
  );
  const times = agreeing.flatMap((trial) => takeoverOf(trial, members, before) ?? []);
  const endings = trials.map(({ course }) => nodesStanding(course, members, 'master'));
  const reigned = agreeing.flatMap(({ course, lostAtMs }) =>
    course.reigns.filter(({ fromMs }) => fromMs > lostAtMs).map(({ id }) => id),
  );
  return {
    group: group.id,
    vrid: group.vrid,
    lost,
    masters,
    ...(times.length === 0
      ? {}
      : { takeoverMs: { minMs: Math.round(Math.min(...times)), maxMs: Math.round(Math.max(...times)) } }),
    otherwise: endings.filter(
      (ending, index) =>
        !same(ending, masters) && endings.findIndex((other) => same(other, ending)) === index,
    ),
    interim: [
      ...new Set(
        members
          .filter(({ id, node }) => reigned.includes(id) && !masters.includes(node))
          .map(({ node }) => node),
      ),
    ],
    ended: trials.some(({ course }) => course.ended === 'restless') ? 'restless' : 'settled',
  };
};

const assumptionsOf = (
  members: readonly Contender[],
  opening: Opening,
  before: readonly string[],
): readonly string[] => [
  ...(opening.standings === undefined && members.some(({ preempt }) => preempt === 'off')
    ? [
        `nopreempt: whoever is master stays master; ${before.join(' and ') || 'nobody'} at first, as after a start of all nodes`,
      ]
    : []),
  ...(tiesIn(members, opening).some(({ address }) => address === 'unknown')
    ? [
        'equal priorities are decided by address, and the addresses are not known: the later node is taken to win',
      ]
    : []),
  ...(members.some(({ settings }) => settings.mode === 'unicast') &&
  members.some(({ address }) => address === 'unknown')
    ? ['a unicast peer whose node is not named by unicast_src_ip is taken for the node without one']
    : []),
];

const prospectsOf = (arena: Arena, model: ClusterModel): readonly Prospect[] => {
  const opening = openingOf(arena);
  const settled = runElection(opening);
  const steady: Opening = { ...opening, standings: settled.standings };
  const groups = model.groups.filter((group) => arena.contenders.some((one) => one.group === group.id));
  const quarters = groups.map((group): Quarter => {
    const members = arena.contenders.filter((one) => one.group === group.id);
    return { group, members, before: nodesStanding(settled, members, 'master') };
  });
  const present = arena.contenders.filter(({ id }) => settled.standings.get(id) !== 'gone');
  const single = singleLosses(present);
  const equals = tiesIn(present, opening);
  const rivals = nearlyEqualIn(present, opening).filter((one) => !equals.includes(one));
  const lists: readonly (readonly Loss[])[] = [
    ...single.map((loss) => [loss]),
    ...pairsOf(single),
    ...commonFailures(single),
  ];
  const outcomes = lists.flatMap((lost) => {
    // What happens to one group may reach another through a sync group: both are told.
    const touched = (member: Contender, loss: Loss): boolean =>
      concerns(loss, member) ||
      (member.syncGroup !== undefined &&
        present.some((mate) => mate.syncGroup === member.syncGroup && concerns(loss, mate)));
    const told = quarters.filter(({ members }) =>
      lost.every((loss) => members.some((member) => touched(member, loss))),
    );
    if (told.length === 0) return [];
    const trials = trialsOf(steady, lost, { equals, rivals });
    return told.map((quarter) => outcomeOf(trials, lost, quarter));
  });
  return quarters.map(({ group, members, before }) => {
    const listeners = members.flatMap((member) => arena.listeners.get(member.id) ?? []);
    const instances = model.instances.filter((instance) => instance.group === group.id);
    return {
      group,
      masters: before,
      outcomes: outcomes.filter((outcome) => outcome.group === group.id),
      deaf: listeners.flatMap((from) =>
        listeners.flatMap((to) => {
          if (from === to) return [];
          const hearing = hearingOf(from, to, listeners);
          return hearing.kind === 'deaf' ? [hearing.why] : [];
        }),
      ),
      missing: [
        ...model.nodes.flatMap(({ name, contact }) =>
          contact.kind === 'unreachable' ? [`${name}: ${contact.why}`] : [],
        ),
        ...instances.flatMap((instance) =>
          members.some(({ id }) => id === instance.id)
            ? []
            : [
                `${instance.node}: ${instance.configured.kind === 'unknown' ? instance.configured.reason : 'its configuration could not be read'}`,
              ],
        ),
      ],
      assumed: assumptionsOf(members, opening, before),
    };
  });
};

/** The prospects of every virtual router, in the order of the groups. */
export const forecast = (model: ClusterModel): readonly Prospect[] => {
  const all = arenasOf(model).flatMap((arena) => prospectsOf(arena, model));
  return model.groups.flatMap((group) => all.filter((prospect) => prospect.group.id === group.id));
};
