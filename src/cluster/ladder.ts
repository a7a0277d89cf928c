// The ladder: for every sender × receiver of a group, the last rung its adverts reached: sent, on the wire,
// arrived, delivered, accepted. The rung where they die names the culprit; why they die there is for the rules.
import type { Delivery, Ear, ObserverEvidence, Witness } from '../evidence/bundle.ts';
import { isMulticast, judgeAcceptance } from './advert-acceptance.ts';
import type { AdvertStream, Group, Instance, LadderCell, LostAt } from './model.ts';

/** What one node could hear with during the window. */
export interface Hearing {
  readonly node: string;
  readonly ear: Ear['kind'];
  /** For how long, ms; absent where a recording does not say. */
  readonly earMs?: number | undefined;
  readonly witness: Witness['kind'];
  readonly witnessMs?: number | undefined;
  readonly deliveries: readonly Delivery[];
}

export interface LadderInput {
  readonly groups: readonly Group[];
  readonly instances: readonly Instance[];
  readonly streams: readonly AdvertStream[];
  readonly hearings: readonly Hearing[];
  readonly observer: ObserverEvidence['kind'] | 'deaf';
  readonly observerMs?: number | undefined;
  readonly listenedMs: number;
  /** From keepalived's version on the node; see advert-acceptance. */
  readonly toleratesVipMismatch: (node: string) => 'yes' | 'no' | 'unknown';
}

/** Fewer adverts than this cannot tell loss from the edge of the window. */
const LEAST_FOR_LOSS = 2;
/** A partial loss is called one only on this many adverts, and when at least a quarter of them is missing. */
const LEAST_FOR_PARTIAL = 5;

const sum = (streams: readonly AdvertStream[]): number =>
  streams.reduce((total, stream) => total + stream.count, 0);

/**
 * Ears open and end at different moments: of what one heard, how much fell into the time of another? Without times
 * they count as having listened alike.
 */
const during = (count: number, ofMs: number | undefined, inMs: number | undefined): number =>
  ofMs === undefined || inMs === undefined || ofMs <= inMs ? count : Math.floor((count * inMs) / ofMs);

const comesBetween = (before: number, after: number): 'none' | 'some' | 'all' => {
  if (before >= LEAST_FOR_LOSS && after === 0) return 'all';
  if (before >= LEAST_FOR_PARTIAL && before - after > 1 && after < before * 0.75) return 'some';
  // Of fewer, nearly all: two may be missing at the edges of the window, never three.
  if (before - after > 2 && after < before / 2) return 'some';
  return 'none';
};

const sourceOf = (instance: Instance): string | undefined =>
  instance.sourceAddress.kind === 'known' ? instance.sourceAddress.value : undefined;

const reaches = (stream: AdvertStream, receiver: Instance): boolean =>
  isMulticast(stream.dst) || stream.dst === sourceOf(receiver) || unicastSourceOf(receiver) === stream.dst;

const unicastSourceOf = (instance: Instance): string | undefined =>
  instance.configured.kind === 'known' ? instance.configured.value.unicastSource : undefined;

const isDue = (sender: Instance, receiver: Instance, sentAtAll: number): 'yes' | 'no' => {
  const master = sender.running.kind === 'known' && sender.running.value.state === 'MASTER';
  if (!master && sentAtAll === 0) return 'no';
  if (sender.configured.kind === 'known' && sender.configured.value.mode === 'unicast') {
    const wanted = sourceOf(receiver);
    return wanted !== undefined && sender.configured.value.unicastPeers.includes(wanted) ? 'yes' : 'no';
  }
  return 'yes';
};

const listens = (receiver: Instance): boolean =>
  receiver.process === 'running' &&
  !(
    receiver.running.kind === 'known' &&
    (receiver.running.value.state === 'FAULT' || receiver.running.value.state === 'INIT')
  );

const climb = (sender: Instance, receiver: Instance, group: Group, input: LadderInput): LadderCell => {
  const fromSender = input.streams.filter(
    (stream) =>
      stream.sender === sender.node &&
      stream.vrid === sender.vrid &&
      stream.family === sender.family &&
      (stream.instance === undefined || stream.instance === sender.id),
  );
  const sentAtAll = fromSender.filter(
    (stream) => stream.direction === 'out' && stream.heardAt === sender.node,
  );
  const towards = sentAtAll.filter((stream) => reaches(stream, receiver));
  const due = isDue(sender, receiver, sum(sentAtAll));
  const hears = (node: string) => input.hearings.find((hearing) => hearing.node === node);
  const senderHears = hears(sender.node);
  const receiverHears = hears(receiver.node);
  const sent = senderHears?.ear === 'listened' ? sum(towards) : ('unknown' as const);
  const onWire =
    input.observer === 'present'
      ? sum(fromSender.filter((stream) => stream.heardAt === 'observer'))
      : ('unknown' as const);
  const inbound = fromSender.filter(
    (stream) => stream.heardAt === receiver.node && stream.direction === 'in',
  );
  const arrived = receiverHears?.ear === 'listened' ? sum(inbound) : ('unknown' as const);
  const sources = new Set([
    ...fromSender.map((stream) => stream.src),
    ...(sourceOf(sender) === undefined ? [] : [sourceOf(sender)]),
  ]);
  const delivered =
    receiverHears?.witness === 'listened'
      ? receiverHears.deliveries.filter(
          (delivery) => sources.has(delivery.src) && delivery.header[1] === sender.vrid,
        ).length
      : ('unknown' as const);
  const interval =
    sender.configured.kind === 'known' ? sender.configured.value.advertIntervalMs : group.advertIntervalMs;
  const expected = Math.floor((senderHears?.earMs ?? input.listenedMs) / interval);
  const base = {
    group: group.id,
    vrid: sender.vrid,
    from: sender.node,
    to: receiver.node,
    sent,
    expected,
    due,
    onWire,
    arrived,
    delivered,
  };
  const end = (
    accepted: LadderCell['accepted'],
    lostAt: LostAt,
    loss: LadderCell['loss'],
    detail: string,
  ): LadderCell => ({ ...base, accepted, lostAt, loss, detail });

  if (due === 'no') return end('unknown', null, 'unknown', 'not master, so nothing is due');
  const left = sent === 'unknown' ? (onWire === 'unknown' || onWire === 0 ? arrived : onWire) : sent;
  const leftMs =
    sent === 'unknown'
      ? onWire === 'unknown' || onWire === 0
        ? receiverHears?.earMs
        : input.observerMs
      : senderHears?.earMs;
  if (sent === 0 && (arrived === 0 || arrived === 'unknown') && (onWire === 0 || onWire === 'unknown')) {
    if (expected < LEAST_FOR_LOSS)
      return end('unknown', 'unknown', 'unknown', 'the window was too short to tell');
    return end('unknown', 'sender', 'all', `${sender.node} says it is MASTER, but no advert leaves it`);
  }
  if (left === 'unknown' && delivered === 'unknown')
    return end('unknown', 'unknown', 'unknown', 'nobody could listen on either side');
  if (receiver.run === 'interrupted')
    return end('unknown', null, 'unknown', `keepalived on ${receiver.node} was restarted while listening`);
  if (receiver.process === 'stopped')
    return end('unknown', null, 'unknown', `keepalived does not run on ${receiver.node}`);
  if (arrived !== 'unknown' && left !== 'unknown' && !(delivered !== 'unknown' && delivered > arrived)) {
    const network = comesBetween(during(left, leftMs, receiverHears?.earMs), arrived);
    if (network !== 'none')
      return end(
        'unknown',
        'network',
        network,
        `${left} left ${sender.node}, ${arrived} arrived at ${receiver.node}`,
      );
  }
  const [came, cameMs] = arrived === 'unknown' ? [left, leftMs] : [arrived, receiverHears?.earMs];
  if (delivered !== 'unknown' && came !== 'unknown' && listens(receiver)) {
    const kernel = comesBetween(during(came, cameMs, receiverHears?.witnessMs), delivered);
    if (kernel !== 'none')
      return end(
        'unknown',
        arrived === 'unknown' ? 'unknown' : 'receiver-kernel',
        kernel,
        `${came} ${arrived === 'unknown' ? `left ${sender.node}` : `arrived at ${receiver.node}`}, the kernel delivered ${delivered}`,
      );
  }
  const proven = delivered !== 'unknown' ? delivered : 0;
  if (proven === 0)
    return end(
      'unknown',
      null,
      'unknown',
      delivered === 'unknown' ? 'no witness for what the kernel delivers' : 'too few adverts to tell',
    );
  return judgeAccepted(sender, receiver, inbound.length > 0 ? inbound : fromSender, input, end);
};

const judgeAccepted = (
  sender: Instance,
  receiver: Instance,
  streams: readonly AdvertStream[],
  input: LadderInput,
  end: (
    accepted: LadderCell['accepted'],
    lostAt: LostAt,
    loss: LadderCell['loss'],
    detail: string,
  ) => LadderCell,
): LadderCell => {
  const latest = streams.reduce<AdvertStream | undefined>(
    (best, stream) => (best === undefined || stream.lastAtNs > best.lastAtNs ? stream : best),
    undefined,
  );
  if (receiver.configured.kind === 'known' && latest !== undefined) {
    const acceptance = judgeAcceptance(latest, {
      vrid: receiver.vrid,
      configured: receiver.configured.value,
      toleratesVipMismatch: input.toleratesVipMismatch(receiver.node),
    });
    if (acceptance.kind === 'refuses')
      return end(
        'no',
        'daemon',
        'all',
        `delivered, but keepalived on ${receiver.node} refuses it: ${acceptance.why}`,
      );
  }
  if (receiver.running.kind === 'unknown')
    return end('unknown', null, 'none', `delivered; keepalived's state on ${receiver.node} is unknown`);
  const state = receiver.running.value.state;
  if (state === 'BACKUP') return end('yes', null, 'none', 'accepted');
  if (state === 'FAULT' || state === 'INIT')
    return end('unknown', null, 'none', `delivered; ${receiver.node} is in ${state} state`);
  const own = receiver.running.value.effectivePriority ?? priorityOf(receiver);
  const theirs = latest?.priority;
  if (own === undefined || theirs === undefined)
    return end('unknown', null, 'none', `delivered; ${receiver.node} is MASTER itself`);
  if (theirs < own || (theirs === own && !higherAddress(sourceOf(sender), sourceOf(receiver))))
    return end(
      'refused-lower-priority',
      null,
      'none',
      `delivered and refused: ${receiver.node} has priority ${own}, this advert ${theirs}`,
    );
  return end(
    'no',
    'daemon',
    'all',
    `delivered with priority ${theirs}, yet ${receiver.node} (priority ${own}) stays MASTER: keepalived does not react`,
  );
};

const priorityOf = (instance: Instance): number | undefined =>
  instance.configured.kind === 'known' ? instance.configured.value.priority : undefined;

const higherAddress = (a: string | undefined, b: string | undefined): boolean => {
  if (a === undefined || b === undefined || a.includes(':') || b.includes(':')) return (a ?? '') > (b ?? '');
  const number = (address: string): number =>
    address.split('.').reduce((total, part) => total * 256 + Number(part), 0);
  return number(a) > number(b);
};

export const buildLadder = (input: LadderInput): readonly LadderCell[] => {
  const cells: LadderCell[] = [];
  for (const group of input.groups) {
    const members = input.instances.filter((instance) => instance.group === group.id);
    for (const sender of members)
      for (const receiver of members)
        if (sender.node !== receiver.node) cells.push(climb(sender, receiver, group, input));
  }
  return cells;
};
