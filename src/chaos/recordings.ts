// Everything that records during one trial, opened and closed together: stopwatch and probes on the observer, an ear
// and `ip monitor` on every node. A node that cannot record has an empty record; the stopwatch must run.
import type { InjectorOptions, ProbeWish } from '../capture/injector.ts';
import { openEar, type RedactFrame } from '../capture/open-ear.ts';
import { observerClock } from '../timeline/ping-pongs.ts';
import type { ClockReading, MonitorEvent, PingPong, ProbeRun, WitnessRecord } from '../timeline/trial.ts';
import { quote } from '../transport/quote.ts';
import { askClock } from './clock-questions.ts';
import { type NodeHand, pause } from './node-hand.ts';
import type { Post } from './post.ts';
import { openMonitor, openProbes, openStopwatch, type Probes, type Stopwatch } from './recorders.ts';
import { openLookout, type Sighting } from './sighting.ts';
import type { Arena } from './subject.ts';

export interface RecordingWishes {
  readonly arena: Arena;
  readonly post: Post;
  readonly hands: ReadonlyMap<string, NodeHand>;
  /** Hosts besides the nodes whose neighbour entries are watched. */
  readonly witnesses: readonly NodeHand[];
  readonly probes: readonly ProbeWish[];
  readonly redact: RedactFrame;
  readonly limitSeconds: number;
  readonly onSighting: (sighting: Sighting) => void;
}

export interface Recorded {
  readonly droppedByKernel: number | 'unknown';
  readonly probes: readonly ProbeRun[];
  readonly clockReadings: readonly ClockReading[];
  readonly witnesses: readonly WitnessRecord[];
  readonly pingPongs: readonly PingPong[];
  readonly problems: readonly string[];
}

export interface Recordings {
  readonly stopwatch: Stopwatch;
  readonly probes: Probes | undefined;
  /** `ready` once the stopwatch listens and the probes are sent. */
  /** Since the first frame, ms on the observer's clock. */
  trialMs(): number;
  readiness(): 'ready' | 'not-yet' | { readonly failed: string };
  stop(): Promise<Recorded>;
}

interface WitnessAtWork {
  stop(): Promise<WitnessRecord>;
}

/** The interface a host would reach the VIP by; undefined when it does not tell. */
const wayToVip = async (hand: NodeHand, vip: string): Promise<string | undefined> => {
  const said = await hand.run(`PATH=$PATH:/usr/sbin:/sbin ip -o route get ${quote(vip)}`);
  return said.kind === 'said' ? / dev (\S+)/.exec(said.text)?.[1] : undefined;
};

const watchHost = async (
  hand: NodeHand,
  device: string | undefined,
  {
    arena,
    redact,
    limitSeconds,
    onEvent,
  }: Pick<RecordingWishes, 'arena' | 'redact' | 'limitSeconds'> & {
    readonly onEvent?: (event: MonitorEvent) => void;
  },
): Promise<WitnessAtWork> => {
  const got = await hand.open();
  const host = hand.node;
  if (got.kind === 'closed') return { stop: async () => ({ host, events: [], frames: [] }) };
  const { transport } = got;
  const [monitor, ear] = await Promise.all([
    openMonitor(transport, host, {
      vip: arena.vip,
      limitSeconds,
      ...(onEvent === undefined ? {} : { onEvent }),
    }),
    device === undefined ? undefined : openEar(transport, { interface: device, redact, limitSeconds }),
  ]);
  return {
    stop: async () => {
      await Promise.all([monitor.stop(), ear?.stop()]);
      const heard = ear?.ear();
      return { host, events: monitor.events(), frames: heard?.kind === 'listened' ? heard.frames : [] };
    },
  };
};

export const openRecordings = async (
  wishes: RecordingWishes,
): Promise<Recordings | { readonly failed: string }> => {
  const { arena, post, hands, probes: asked, redact, limitSeconds, witnesses } = wishes;
  const got = await post.hand.open();
  if (got.kind === 'closed') return { failed: `the observer could not be reached: ${got.why}` };
  const options: InjectorOptions = { interface: post.interface, vip: arena.vip, probes: asked };
  const lookout = openLookout(
    {
      vrid: arena.group.vrid,
      vip: arena.vip,
      vips: arena.vips,
      advertIntervalMs: arena.master?.timers.advertIntervalMs ?? arena.group.advertIntervalMs,
      members: arena.members,
    },
    wishes.onSighting,
  );
  const own = post.standing === 'apart' ? [watchHost(post.hand, undefined, wishes)] : [];
  const [stopwatch, probes, ...hosts] = await Promise.all([
    openStopwatch(got.transport, {
      interface: post.interface,
      vip: arena.vip,
      vrid: arena.group.vrid,
      redact,
      limitSeconds,
      onPacket: lookout.see,
    }),
    asked.length === 0 ? undefined : openProbes(got.transport, options, limitSeconds),
    ...arena.members.flatMap((member) => {
      const hand = hands.get(member.node);
      if (hand === undefined) return [];
      const onEvent = (event: MonitorEvent): void => lookout.hear(member.node, event);
      return [watchHost(hand, member.interface, { arena, redact, limitSeconds, onEvent })];
    }),
    ...own,
    ...witnesses.map(async (hand) => watchHost(hand, await wayToVip(hand, arena.vip), wishes)),
  ]);
  const asking = Promise.all([
    askClock(post.hand, observerClock),
    ...[...hands.values(), ...witnesses].map((hand) => askClock(hand, hand.node)),
  ]);
  return {
    stopwatch,
    probes,
    trialMs: () => {
      const first = stopwatch.frames()[0];
      return first === undefined ? 0 : Number(stopwatch.nowNs() - first.atNs) / 1e6;
    },
    readiness: () => {
      const state = stopwatch.state();
      if (typeof state === 'object') return state;
      if (state === 'waiting') return 'not-yet';
      if (probes === undefined) return 'ready';
      if (probes.state() === 'failed' || probes.state() === 'ended')
        return { failed: `the probes could not be sent: ${probes.ailment() ?? 'they ended by themselves'}` };
      return probes.state() === 'probing' ? 'ready' : 'not-yet';
    },
    stop: async () => {
      const [pingPongs, droppedByKernel, injection, ...records] = await Promise.all([
        asking,
        stopwatch.stop(),
        probes?.stop(),
        ...hosts.map((host) => host.stop()),
      ]);
      return {
        droppedByKernel,
        probes: injection?.runs ?? [],
        clockReadings: injection?.clockReadings ?? [],
        witnesses: records,
        pingPongs: pingPongs.flat(),
        problems: injection?.problems ?? [],
      };
    },
  };
};

/** Polls until something is the case; undefined when the time is over. */
export const until = async <T>(
  read: () => T | undefined,
  limitMs: number,
  everyMs = 20,
): Promise<T | undefined> => {
  const endMs = performance.now() + limitMs;
  for (;;) {
    const value = read();
    if (value !== undefined) return value;
    if (performance.now() >= endMs) return undefined;
    await pause(everyMs);
  }
};
