// Configuration fault: a router's two sides fail over on their own, so that each side may end on another node.
import type { ClusterModel, Group } from '../../cluster/model.ts';
import {
  type ConfiguredMember,
  configuredMembers,
  configuredNeeds,
  draftFor,
  judgeConfigured,
  quoteAt,
} from '../configured.ts';
import { defineRule, type FindingDraft } from '../rule.ts';

type Needs = Pick<ClusterModel, 'groups' | 'instances' | 'configurations'>;

interface Side {
  readonly group: Group;
  readonly members: readonly ConfiguredMember[];
}

const isSynced = ({ config, settings }: ConfiguredMember): boolean =>
  config.syncGroups.some((sync) => sync.members.includes(settings.name));

const watches = ({ settings }: ConfiguredMember, link: string): boolean =>
  settings.tracks.some((track) => track.kind === 'interface' && track.name === link);

/** Members in falling priority: who is meant to have it. */
const preference = ({ members }: Side): string =>
  members
    .toSorted((a, b) => b.settings.priority.value - a.settings.priority.value)
    .map(({ node }) => node)
    .join();

/** Two groups of the same nodes on different interfaces, meant for the same node, with nothing that ties them. */
const areLooseHalves = (one: Side, other: Side): boolean =>
  one.members.length > 1 &&
  preference(one) === preference(other) &&
  one.members.every((member) => {
    const twin = other.members.find(({ node }) => node === member.node);
    return (
      twin !== undefined &&
      twin.instance.interface !== member.instance.interface &&
      twin.instance.family === member.instance.family &&
      !isSynced(member) &&
      !isSynced(twin) &&
      !(watches(member, twin.instance.interface) && watches(twin, member.instance.interface))
    );
  });

const draft = (one: Side, other: Side): readonly FindingDraft[] => {
  const [first] = one.members;
  const [twin] = other.members;
  if (first === undefined || twin === undefined) return [];
  const [here] = one.group.masters;
  const [there] = other.group.masters;
  const parted = here !== undefined && there !== undefined && here !== there;
  const names = `${first.settings.name} on ${first.instance.interface} and ${twin.settings.name} on ${twin.instance.interface}`;
  return [
    draftFor(one.group, one.members, {
      title: parted
        ? `${names} have their masters on different nodes, ${here} and ${there}`
        : `${names} fail over without each other`,
      summary: parted
        ? `Both prefer the same node and nothing ties them, so one moved alone: traffic that goes through both takes different ways there and back.`
        : 'Both prefer the same node and nothing ties them: when one link fails only that side moves, and traffic through both sides goes different ways there and back.',
      evidence: [
        quoteAt(
          first,
          undefined,
          `vrrp_instance ${first.settings.name}, interface ${first.instance.interface}, in no sync group`,
        ),
        quoteAt(
          twin,
          undefined,
          `vrrp_instance ${twin.settings.name}, interface ${twin.instance.interface}, in no sync group`,
        ),
      ],
      fix: 'If the node routes between the two, put both instances into one vrrp_sync_group on every node; if they have nothing to do with each other, leave them.',
      keyword: 'vrrp_sync_group',
      severity: parted ? 'high' : 'low',
    }),
  ];
};

const pairsOf = (sides: readonly Side[]): readonly (readonly [Side, Side])[] =>
  sides.flatMap((one, index) => sides.slice(index + 1).map((other) => [one, other] as const));

const allDrafts = (facets: Needs): readonly FindingDraft[] => {
  const sides = facets.groups.map((group) => ({ group, members: configuredMembers(group, facets) }));
  return pairsOf(sides).flatMap(([one, other]) => (areLooseHalves(one, other) ? draft(one, other) : []));
};

export const syncGroupAbsentRoutingHalves = defineRule({
  id: 'sync-group-absent-routing-halves',
  severity: 'high',
  needs: configuredNeeds,
  title: 'Two sides of a router fail over without each other',
  why: 'A node that routes between two networks holds a VIP on each. Without a sync group one VIP may move and the other stay: packets arrive at one node and answers leave by the other, and stateful firewalls drop them.',
  proof:
    'The same nodes carry instances on two interfaces, prefer the same master, and neither a sync group nor mutual tracking ties them. It is grave once their masters differ, and a remark before.',
  remedy: 'Put both instances into one `vrrp_sync_group` on every node.',
  sources: ['keepalived.conf(5) vrrp_sync_group', 'keepalived vrrp_sync.c'],
  explains: [],
  check: (facets) => judgeConfigured(allDrafts(facets), facets),
});
