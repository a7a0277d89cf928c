// One election as it goes on in time: keepalived's state machine for every instance of a cluster, adverts between
// them, timers, sync groups, and losses that happen on the way (keepalived vrrp.c, vrrp_scheduler.c, vrrp_sync.c,
// vrrp_track.c of 2.2 to 2.4). It takes minutes of cluster time in no time of ours; which losses are worth a try is
// asked elsewhere. All times in ms of cluster time.
import { masterDownIntervalMs, skewTimeMs } from '../../keepalived/timers.ts';
import { compareAddresses } from './address-order.ts';
import { type Contender, effectiveOf, ownerPriority, type Watch } from './contender.ts';

export type Blow =
  /** Power cut or crash: nothing more is sent. */
  | { readonly kind: 'node'; readonly node: string }
  /** keepalived is stopped: priority 0 is sent by masters. */
  | { readonly kind: 'stop'; readonly node: string }
  | { readonly kind: 'interface'; readonly node: string; readonly name: string }
  /** A script, process, file or BFD session that is watched fails. */
  | { readonly kind: 'watch'; readonly node: string; readonly watch: Watch['kind']; readonly name: string };

export interface TimedBlow {
  readonly atMs: number;
  readonly blow: Blow;
}

export type Standing = 'master' | 'backup' | 'fault' | 'gone';

export interface Reign {
  readonly id: string;
  readonly fromMs: number;
}

export interface Course {
  readonly standings: ReadonlyMap<string, Standing>;
  /** Every time somebody became master, in order. */
  readonly reigns: readonly Reign[];
  readonly ended: 'settled' | 'restless';
  readonly endedAtMs: number;
}

export interface Opening {
  readonly contenders: readonly Contender[];
  readonly hears: (from: string, to: string) => boolean;
  /** How each stands at the beginning; absent: it has just started. */
  readonly standings?: ReadonlyMap<string, Standing>;
  /** Priority in force at the beginning where it is known to differ from the configured one. */
  readonly priorities?: ReadonlyMap<string, number>;
  readonly blows?: readonly TimedBlow[];
  /** When the first advert of a master is due; default at once. */
  readonly firstAdvertMs?: (contender: Contender) => number;
  /** Small differences between clocks and machines, to see what hangs on them; default none. */
  readonly lagMs?: (contender: Contender) => number;
}

interface Actor {
  readonly contender: Contender;
  standing: Standing;
  wants: 'master' | 'backup' | 'fault';
  total: number;
  base: number;
  effective: number;
  faults: number;
  /** v3: what the master advertises. */
  masterIntervalMs: number;
  timerAtMs: number;
  preemptAtMs: number | undefined;
}

interface Flight {
  readonly atMs: number;
  readonly from: Actor;
  readonly to: Actor;
  readonly priority: number;
  readonly intervalMs: number;
}

/** On the way from one host to the next. */
const flightMs = 0.01;
/** A cluster that does this much without coming to rest will not come to rest. */
const mostSteps = 60_000;

const ended = (actor: Actor): boolean => actor.standing === 'gone' || actor.standing === 'fault';

export const runElection = (opening: Opening): Course => {
  const { contenders, hears } = opening;
  const lag = opening.lagMs ?? (() => 0);
  let nowMs = 0;
  let steps = 0;
  let lastChangeMs = 0;
  const reigns: Reign[] = [];
  const flights: Flight[] = [];
  const darkLinks = new Set<string>();
  const groupFaults = new Map<string, number>();
  const groupStandings = new Map<string, 'master' | 'backup' | 'fault'>();

  const actors: readonly Actor[] = contenders.map((contender): Actor => {
    const known = opening.priorities?.get(contender.id);
    const total = known ?? contender.totalPriority;
    return {
      contender,
      standing: opening.standings?.get(contender.id) ?? 'backup',
      wants: 'backup',
      total,
      base: contender.basePriority,
      effective: effectiveOf(contender, total),
      faults: 0,
      masterIntervalMs: contender.advertIntervalMs,
      timerAtMs: Number.POSITIVE_INFINITY,
      preemptAtMs: undefined,
    };
  });

  const timersOf = (actor: Actor) => ({
    version: actor.contender.version,
    priority: actor.contender.skewCounts === 'base' ? actor.base : actor.effective,
    advertIntervalMs: actor.contender.advertIntervalMs,
    masterAdvertIntervalMs: actor.masterIntervalMs,
    downTimerAdverts: actor.contender.downTimerAdverts,
  });
  const downMs = (actor: Actor): number => masterDownIntervalMs(timersOf(actor)) + lag(actor.contender);
  const skewMs = (actor: Actor): number => skewTimeMs(timersOf(actor)) + lag(actor.contender);
  const linkOf = (actor: Actor): string => `${actor.contender.node} ${actor.contender.interface}`;
  const mates = (actor: Actor): readonly Actor[] =>
    actor.contender.syncGroup === undefined
      ? []
      : actors.filter((one) => one !== actor && one.contender.syncGroup === actor.contender.syncGroup);
  const groupStanding = (actor: Actor) => groupStandings.get(actor.contender.syncGroup ?? '') ?? 'backup';
  const setGroup = (actor: Actor, standing: 'master' | 'backup' | 'fault'): void => {
    if (actor.contender.syncGroup !== undefined) groupStandings.set(actor.contender.syncGroup, standing);
  };

  const send = (actor: Actor, priority: number): void => {
    if (darkLinks.has(linkOf(actor))) return;
    for (const to of actors)
      if (to !== actor && to.standing !== 'gone' && hears(actor.contender.id, to.contender.id))
        flights.push({
          atMs: nowMs + flightMs,
          from: actor,
          to,
          priority,
          intervalMs: actor.contender.advertIntervalMs,
        });
  };

  const stand = (actor: Actor, standing: Standing): void => {
    if (actor.standing !== standing) lastChangeMs = nowMs;
    actor.standing = standing;
    if (ended(actor)) actor.timerAtMs = Number.POSITIVE_INFINITY;
  };

  const becomeMaster = (actor: Actor): void => {
    actor.wants = 'master';
    const others = mates(actor);
    if (groupStanding(actor) !== 'master' && others.some((mate) => mate.wants !== 'master')) {
      // Held back by its sync group: waits for another whole interval.
      actor.timerAtMs = nowMs + downMs(actor);
      return;
    }
    stand(actor, 'master');
    reigns.push({ id: actor.contender.id, fromMs: nowMs });
    actor.masterIntervalMs = actor.contender.advertIntervalMs;
    send(actor, actor.effective);
    actor.timerAtMs = nowMs + actor.contender.advertIntervalMs;
    setGroup(actor, 'master');
    for (const mate of others) if (mate.standing === 'backup') becomeMaster(mate);
  };

  const backOff = (actor: Actor): void => {
    actor.wants = 'backup';
    actor.preemptAtMs = undefined;
    stand(actor, 'backup');
    actor.timerAtMs = nowMs + downMs(actor);
  };

  const yieldToHigher = (actor: Actor): void => {
    backOff(actor);
    if (groupStanding(actor) === 'backup') return;
    setGroup(actor, 'backup');
    for (const mate of mates(actor)) if (mate.standing === 'master') backOff(mate);
  };

  const fault = (actor: Actor): void => {
    if (actor.standing === 'gone') return;
    actor.wants = 'fault';
    if (actor.standing === 'master') send(actor, 0);
    stand(actor, 'fault');
  };

  const addFault = (actor: Actor): void => {
    if (actor.standing === 'gone') return;
    actor.faults += 1;
    if (actor.faults > 1) return;
    fault(actor);
    const group = actor.contender.syncGroup;
    if (group === undefined) return;
    const before = groupFaults.get(group) ?? 0;
    groupFaults.set(group, before + 1);
    if (before > 0) return;
    setGroup(actor, 'fault');
    for (const mate of mates(actor)) if (mate.standing !== 'fault') fault(mate);
  };

  const changePriority = (actor: Actor, change: number): void => {
    if (actor.base === ownerPriority) return;
    actor.total += change;
    const before = downMs(actor);
    actor.effective = effectiveOf({ basePriority: actor.base }, actor.total);
    // A running timer is moved by what the skew changes, not started anew.
    if (actor.standing === 'backup') actor.timerAtMs += downMs(actor) - before;
  };

  const strike = (blow: Blow): void => {
    const here = actors.filter((actor) => actor.contender.node === blow.node && actor.standing !== 'gone');
    lastChangeMs = nowMs;
    if (blow.kind === 'node' || blow.kind === 'stop') {
      if (blow.kind === 'stop') for (const actor of here) if (actor.standing === 'master') send(actor, 0);
      for (const actor of here) stand(actor, 'gone');
      return;
    }
    if (blow.kind === 'interface') darkLinks.add(`${blow.node} ${blow.name}`);
    const kind = blow.kind === 'interface' ? 'interface' : blow.watch;
    for (const actor of here)
      for (const watch of actor.contender.watches) {
        if (watch.kind !== kind || watch.name !== blow.name) continue;
        if (watch.effect.kind === 'fault') addFault(actor);
        else changePriority(actor, watch.effect.change);
      }
  };

  const hearAsBackup = (actor: Actor, { priority, intervalMs }: Flight): void => {
    if (priority === 0) {
      actor.timerAtMs = nowMs + skewMs(actor);
      return;
    }
    const { preempt, preemptDelayMs } = actor.contender;
    const holds = preemptDelayMs > 0 && (actor.preemptAtMs === undefined || actor.preemptAtMs > nowMs);
    // A lower advert is thrown away without touching the timer.
    if (preempt === 'on' && priority < actor.effective && !holds) return;
    if (actor.contender.version === 3) actor.masterIntervalMs = intervalMs;
    actor.timerAtMs = nowMs + downMs(actor);
    if (preemptDelayMs > 0) {
      if (priority >= actor.effective) actor.preemptAtMs = undefined;
      else actor.preemptAtMs ??= nowMs + preemptDelayMs;
    }
    actor.wants = 'backup';
  };

  const hearAsMaster = (actor: Actor, { from, priority, intervalMs }: Flight): void => {
    if (priority === 0) {
      send(actor, actor.effective);
      return;
    }
    const { address } = actor.contender;
    const theirs = from.contender.address;
    // Unknown addresses are taken in the order of the nodes, so that one of the two wins.
    const byAddress =
      address === 'unknown' || theirs === 'unknown'
        ? actors.indexOf(from) - actors.indexOf(actor)
        : compareAddresses(theirs, address);
    if (priority === actor.effective && byAddress !== 0 && actor.effective === ownerPriority) {
      // Two owners: keepalived gives way by one.
      actor.base = ownerPriority - 1;
      actor.total = ownerPriority - 1;
      actor.effective = ownerPriority - 1;
    }
    if (priority > actor.effective || (priority === actor.effective && byAddress > 0)) {
      if (actor.contender.version === 3) actor.masterIntervalMs = intervalMs;
      yieldToHigher(actor);
    } else if (
      actor.contender.answersLowerPriority === 'yes' &&
      (priority < actor.effective || byAddress < 0)
    )
      send(actor, actor.effective);
  };

  const land = (flight: Flight): void => {
    const { to } = flight;
    if (darkLinks.has(linkOf(to))) return;
    if (to.standing === 'backup') hearAsBackup(to, flight);
    else if (to.standing === 'master') hearAsMaster(to, flight);
  };

  for (const actor of actors) {
    if (actor.standing === 'master') {
      actor.wants = 'master';
      setGroup(actor, 'master');
      actor.timerAtMs = opening.firstAdvertMs?.(actor.contender) ?? 0;
    } else if (actor.standing === 'backup')
      actor.timerAtMs =
        opening.standings === undefined &&
        actor.base === ownerPriority &&
        actor.contender.initialState === 'MASTER' &&
        mates(actor).every((mate) => mate.base === ownerPriority)
          ? 0.001
          : downMs(actor);
    else if (actor.standing === 'fault') {
      actor.wants = 'fault';
      actor.faults = 1;
    }
  }

  const longestDownMs = Math.max(1, ...actors.map(downMs));
  const blows = [...(opening.blows ?? [])].sort((one, other) => one.atMs - other.atMs);
  const lastBlowMs = blows.at(-1)?.atMs ?? 0;
  const pendingPreemption = (): number =>
    Math.max(0, ...actors.map((actor) => (actor.standing === 'backup' ? (actor.preemptAtMs ?? 0) : 0)));

  for (;;) {
    let next: Actor | undefined;
    for (const actor of actors)
      if (actor.timerAtMs < (next?.timerAtMs ?? Number.POSITIVE_INFINITY)) next = actor;
    const flight = flights[0];
    const blow = blows[0];
    const atMs = Math.min(
      next?.timerAtMs ?? Number.POSITIVE_INFINITY,
      flight?.atMs ?? Number.POSITIVE_INFINITY,
      blow?.atMs ?? Number.POSITIVE_INFINITY,
    );
    const restFromMs = Math.max(lastChangeMs, lastBlowMs, pendingPreemption()) + 2.5 * longestDownMs;
    if (atMs > restFromMs || steps >= mostSteps)
      return {
        standings: new Map(actors.map((actor) => [actor.contender.id, actor.standing])),
        reigns,
        ended: steps >= mostSteps ? 'restless' : 'settled',
        endedAtMs: nowMs,
      };
    nowMs = atMs;
    steps += 1;
    if (blow !== undefined && blow.atMs <= atMs) {
      blows.shift();
      strike(blow.blow);
    } else if (flight !== undefined && flight.atMs <= atMs) {
      flights.shift();
      land(flight);
    } else if (next !== undefined) {
      if (next.standing === 'backup') becomeMaster(next);
      else {
        send(next, next.effective);
        next.timerAtMs = nowMs + next.contender.advertIntervalMs;
      }
    }
  }
};
