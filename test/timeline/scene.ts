// Makes trials up frame by frame, so that every number is known beforehand: a master that advertises, stops in a given
// way, a backup that takes over, probes and who answers them. Times are ms since the scene began.
import type { HeardFrame } from '../../src/evidence/bundle.ts';
import type { ProbeRun, Subject, TrialRecord } from '../../src/timeline/trial.ts';
import { encodeAdvert } from '../../src/wire/vrrp.ts';
import { address, bytesOf, ipv4, word } from '../wire/frame-encoder.ts';

export const vip = '10.0.0.5';
export const observerMac = '02:00:00:00:00:fa';
export const apartMac = '02:aa:bb:cc:dd:ee';
export const macs = { n1: '02:00:00:00:00:01', n2: '02:00:00:00:00:02', n3: '02:00:00:00:00:03' } as const;
export const ips = { n1: '10.0.0.11', n2: '10.0.0.12', n3: '10.0.0.13' } as const;
export type Node = keyof typeof macs;

export const subject: Subject = {
  vrid: 51,
  family: 'ipv4',
  version: 3,
  vip: `${vip}/24`,
  advertIntervalMs: 100,
  downTimerAdverts: 3,
  members: (['n1', 'n2', 'n3'] as const).map((node, index) => ({
    node,
    sourceAddress: ips[node],
    macs: [macs[node]],
    effectivePriority: 100 - index,
    preempt: 'on',
    preemptDelayMs: 0,
  })),
  observer: { where: 'obs', interface: 'eth0', linkType: 1 },
};

/** Skew of n2 at 100 ms, priority 99: (256 − 99) / 256 of the interval. */
export const skewN2Ms = 61.328;

const beginNs = 1_700_000_000_000_000_000n;
export const at = (ms: number): bigint => beginNs + BigInt(Math.round(ms * 1e6));

const macBytes = (mac: string): readonly number[] => mac.split(':').map((pair) => Number.parseInt(pair, 16));
const framed = (
  atMs: number,
  from: string,
  to: string,
  etherType: number,
  payload: Uint8Array,
): HeardFrame => ({
  atNs: at(atMs),
  linkType: 1,
  bytes: bytesOf(macBytes(to), macBytes(from), word(etherType), payload),
});

let identification = 0;

export const advert = (atMs: number, node: Node, priority: number, mac: string = macs[node]): HeardFrame => {
  const payload = encodeAdvert({
    version: 3,
    vrid: subject.vrid,
    priority,
    intervalMs: subject.advertIntervalMs,
    addresses: [address(vip)],
    pseudoHeader: { source: address(ips[node]), destination: address('224.0.0.18') },
  });
  const packet = ipv4({ src: ips[node], protocol: 112, payload });
  identification = (identification + 1) & 0xffff;
  packet.set(word(identification), 4);
  return framed(atMs, mac, '01:00:5e:00:00:12', 0x0800, packet);
};

export const adverts = (
  node: Node,
  priority: number,
  fromMs: number,
  untilMs: number,
  everyMs = subject.advertIntervalMs,
): readonly HeardFrame[] => {
  const all: HeardFrame[] = [];
  for (let ms = fromMs; ms <= untilMs; ms += everyMs) all.push(advert(ms, node, priority));
  return all;
};

const arp = (
  operation: 1 | 2,
  sender: string,
  senderIp: string,
  target: string,
  targetIp: string,
): Uint8Array =>
  bytesOf(
    [0, 1, 8, 0, 6, 4],
    word(operation),
    macBytes(sender),
    address(senderIp),
    macBytes(target),
    address(targetIp),
  );

export const gratuitous = (atMs: number, node: Node): HeardFrame =>
  framed(atMs, macs[node], 'ff:ff:ff:ff:ff:ff', 0x0806, arp(1, macs[node], vip, 'ff:ff:ff:ff:ff:ff', vip));

export const arpReply = (atMs: number, mac: string, to: string = apartMac): HeardFrame =>
  framed(atMs, mac, to, 0x0806, arp(2, mac, vip, to, '0.0.0.0'));

export const echoReply = (atMs: number, id: number, mac: string): HeardFrame =>
  framed(
    atMs,
    mac,
    observerMac,
    0x0800,
    ipv4({
      src: vip,
      dst: '10.0.0.250',
      protocol: 1,
      payload: bytesOf([0, 0, 0, 0], word(id >>> 16), word(id & 0xffff)),
    }),
  );

/** As the observer sent it, to the MAC it believed in. */
export const echoRequest = (atMs: number, id: number, to: string): HeardFrame =>
  framed(
    atMs,
    observerMac,
    to,
    0x0800,
    ipv4({
      src: '10.0.0.250',
      dst: vip,
      protocol: 1,
      payload: bytesOf([8, 0, 0, 0], word(id >>> 16), word(id & 0xffff)),
    }),
  );

/** How long an answer takes, ms. */
export const roundTripMs = 0.2;

export interface ProbePlan {
  readonly kind: 'icmp' | 'arp';
  readonly fromMs: number;
  readonly untilMs: number;
  readonly everyMs: number;
  /** The MACs that answer a question put at that time. */
  readonly answeredBy: (atMs: number) => readonly string[];
}

export const probe = ({
  kind,
  fromMs,
  untilMs,
  everyMs,
  answeredBy,
}: ProbePlan): { readonly run: ProbeRun; readonly frames: readonly HeardFrame[] } => {
  const requests: { id: number; sentAtNs: bigint }[] = [];
  const frames: HeardFrame[] = [];
  for (let n = 0; fromMs + n * everyMs <= untilMs; n += 1) {
    const sentMs = fromMs + n * everyMs;
    const id = kind === 'icmp' ? 777 * 0x10000 + n : n;
    requests.push({ id, sentAtNs: at(sentMs) });
    for (const mac of answeredBy(sentMs))
      frames.push(
        kind === 'icmp' ? echoReply(sentMs + roundTripMs, id, mac) : arpReply(sentMs + roundTripMs, mac),
      );
  }
  const run: ProbeRun = {
    kind,
    name: kind,
    periodMs: everyMs,
    ...(kind === 'arp' ? { senderMac: apartMac } : {}),
    requests,
  };
  return { run, frames };
};

export interface Scene {
  readonly frames: readonly HeardFrame[];
  readonly probes?: readonly ProbeRun[];
  readonly change?: Partial<TrialRecord>;
}

const on = (clock: string, ms: number) => ({ clock, ns: at(ms) });

/** Injected at 1050 ms on the observer's own clock, settled at 3000, healed then, ended at 6000. */
export const trialOf = ({ frames, probes = [], change = {} }: Scene): TrialRecord => ({
  index: 0,
  fault: { name: 'daemon-stopped', node: 'n1', classAsked: 'graceful' },
  oldMaster: 'n1',
  injected: { from: on('observer', 1050), to: on('observer', 1051) },
  healed: { from: on('observer', 3000), to: on('observer', 3001) },
  settledAt: on('observer', 3000),
  endedAt: on('observer', 6000),
  frames: frames.toSorted((a, b) => (a.atNs < b.atNs ? -1 : a.atNs > b.atNs ? 1 : 0)),
  droppedByKernel: 0,
  stamps: { method: 'kernel', plusMinusNs: 10_000 },
  probes,
  witnesses: [],
  transitions: [],
  ...change,
});

/** n1 says goodbye at 1060, n2 takes over a skew (and half a ms) later, n1 returns at 5050. */
export const gracefulFrames = (): readonly HeardFrame[] => [
  ...adverts('n1', 100, 0, 1000),
  advert(1060, 'n1', 0),
  ...adverts('n2', 99, 1060 + skewN2Ms + 0.5, 5000),
  gratuitous(1060 + skewN2Ms + 0.7, 'n2'),
  ...adverts('n1', 100, 5050, 6000),
  gratuitous(5050.3, 'n1'),
];

export const takeoverAtMs = 1060 + skewN2Ms + 0.5;

/** Who answers in the graceful story. */
export const gracefulHolder = (ms: number): readonly string[] =>
  ms < 1061 ? [macs.n1] : ms < takeoverAtMs + 0.3 ? [] : ms < 5050.3 ? [macs.n2] : [macs.n1];

export const graceful = (change: Partial<TrialRecord> = {}): TrialRecord => {
  const plan = { fromMs: 500, untilMs: 5990, everyMs: 5 } as const;
  const icmp = probe({ kind: 'icmp', ...plan, answeredBy: gracefulHolder });
  const who = probe({ kind: 'arp', ...plan, fromMs: 502, answeredBy: gracefulHolder });
  return trialOf({
    frames: [...gracefulFrames(), ...icmp.frames, ...who.frames],
    probes: [icmp.run, who.run],
    change: { target: { keepalived: 'gone', link: 'up', vip: 'gone' }, ...change },
  });
};
