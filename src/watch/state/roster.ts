// Who is who on the segment: the instances of the nodes by group, and whose an address or a MAC is. It tells to which
// group an advert belongs and which node sent it; whether that is as it should be is judged elsewhere.
import type { AdvertFact, Family } from './fact.ts';

export interface RosterMember {
  readonly node: string;
  /** Name of the vrrp_instance. */
  readonly instance: string;
  readonly interface: string;
  readonly vrid: number;
  readonly priority: number | null;
  /** Source address of its adverts, where known. */
  readonly source: string | undefined;
}

export interface RosterGroup {
  /** `VRID/family/segment`. */
  readonly id: string;
  readonly vrid: number;
  readonly family: Family;
  readonly version: number;
  readonly mode: 'multicast' | 'unicast';
  /** With prefix length. */
  readonly vips: readonly string[];
  readonly advertIntervalMs: number;
  readonly members: readonly RosterMember[];
}

export interface Roster {
  readonly groups: readonly RosterGroup[];
  /** Node by address; VIPs belong to nobody. */
  readonly addresses: ReadonlyMap<string, string>;
  readonly macs: ReadonlyMap<string, string>;
  /** Nodes that have not told about themselves. */
  readonly unread: readonly string[];
}

export const emptyRoster = (nodes: readonly string[]): Roster => ({
  groups: [],
  addresses: new Map(),
  macs: new Map(),
  unread: nodes,
});

export const withoutPrefix = (address: string): string => address.replace(/\/\d+$/, '');

/** Undefined: none of the nodes, as far as they were read. */
export const nodeOfSender = (
  roster: Roster,
  { ear, direction, src, srcMac }: Pick<AdvertFact, 'ear' | 'direction' | 'src' | 'srcMac'>,
): string | undefined =>
  direction === 'out' && ear !== 'observer'
    ? ear
    : (roster.addresses.get(src) ?? (srcMac === undefined ? undefined : roster.macs.get(srcMac)));

const mentions = (group: RosterGroup, advert: AdvertFact): boolean =>
  group.family === advert.family && group.members.some((member) => member.vrid === advert.vrid);

/** The same VRID may live on several segments: there the ear's interface tells, else who sends. */
export const groupOfAdvert = (
  roster: Roster,
  advert: AdvertFact,
  sender: string | undefined,
): RosterGroup | undefined => {
  const fitting = roster.groups.filter((group) => mentions(group, advert));
  if (fitting.length <= 1) return fitting[0];
  const here = fitting.find((group) =>
    group.members.some(
      (member) =>
        member.node === advert.ear &&
        member.vrid === advert.vrid &&
        (member.interface === advert.interface || advert.interface === '?'),
    ),
  );
  const theirs = fitting.find((group) =>
    group.members.some(
      (member) =>
        member.node === sender &&
        member.vrid === advert.vrid &&
        (member.source === undefined || member.source === advert.src),
    ),
  );
  return here ?? theirs ?? fitting[0];
};

/** How many addresses and MACs of the nodes are remembered. */
export const mostNames = 20_000;
