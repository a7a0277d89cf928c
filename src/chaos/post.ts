// The observer's post: where the stopwatch stands and the probes are sent from. This machine if it has a leg in the
// segment, the host that was named, else a healthy backup, with the limits of that said.
import type { LiveSource } from '../collect/collect.ts';
import type { ObserverEvidence } from '../evidence/bundle.ts';
import { connectLocal } from '../transport/local.ts';
import { type NodeHand, openHand } from './node-hand.ts';
import type { Arena, Member } from './subject.ts';

export interface Post {
  /** `local`, the host's name, or the backup's. */
  readonly where: string;
  readonly interface: string;
  readonly hand: NodeHand;
  /** `backup`: it takes part in what it observes, and may itself become master. */
  readonly standing: 'apart' | 'backup';
  readonly note?: string;
}

export interface PostWishes {
  readonly source: LiveSource;
  readonly evidence: ObserverEvidence;
  readonly arena: Arena;
  readonly hands: ReadonlyMap<string, NodeHand>;
  /** Members a fault is done to, or that are expected to take over: the last choice. */
  readonly busy: readonly string[];
}

const backupPost = ({ arena, hands, busy }: PostWishes, why: string): Post | undefined => {
  const backups = arena.members.filter((member) => member !== arena.master);
  const member: Member | undefined = backups.find((one) => !busy.includes(one.node)) ?? backups[0];
  const hand = member === undefined ? undefined : hands.get(member.node);
  if (member === undefined || hand === undefined) return undefined;
  return {
    where: member.node,
    interface: member.interface,
    hand,
    standing: 'backup',
    note: `${why}: ${member.node}, a backup, observes; what it measures is its own view${busy.includes(member.node) ? ', and it takes over itself, so its probes then reach only itself' : ''}`,
  };
};

/** Undefined when there is nowhere to observe from. */
export const choosePost = (wishes: PostWishes): Post | undefined => {
  const { source, evidence, arena } = wishes;
  if (arena.group.mode === 'unicast')
    return backupPost(wishes, 'unicast adverts are heard by the members only');
  if (evidence.kind === 'none') return backupPost(wishes, `no observer apart (${evidence.reason})`);
  const { observer } = source;
  if (observer.kind === 'none') return backupPost(wishes, observer.reason);
  return {
    where: evidence.where,
    interface: evidence.interface,
    hand: openHand(
      'observer',
      observer.kind === 'local' ? () => connectLocal({ node: 'observer' }) : observer.connect,
    ),
    standing: 'apart',
  };
};
