// Configuration fault: what should be equal on all nodes is not, or what must differ does not, apart from what has a
// rule of its own (VRID, version, interval, password, VIP list, mode, priority).
import type { Group, Place } from '../../cluster/model.ts';
import {
  type ConfiguredMember,
  configuredNeeds,
  draftFor,
  judgeGroups,
  namesOf,
  quoteAt,
  quoteEach,
} from '../configured.ts';
import { defineRule, type FindingDraft, type Severity } from '../rule.ts';

interface Trait {
  readonly what: string;
  /** What is compared; undefined where it does not apply to a member. */
  readonly of: (member: ConfiguredMember) => string | undefined;
  readonly at: (member: ConfiguredMember) => Place | undefined;
  readonly wanted: 'equal' | 'different';
  readonly effect: string;
  readonly severity: Severity;
  readonly keyword: string;
}

const sorted = (items: readonly string[]): string =>
  items.length === 0 ? 'none' : [...items].toSorted().join(', ');

const bareList = ({ settings }: ConfiguredMember): string =>
  sorted(settings.vips.map(({ address }) => address));

const traits: readonly Trait[] = [
  {
    what: 'prefix lengths of the VIPs',
    of: ({ settings }) => sorted(settings.vips.map(({ cidr }) => cidr)),
    at: ({ settings }) => settings.vips[0]?.source,
    wanted: 'equal',
    effect: 'Routes and source addresses change with the node that is master.',
    severity: 'high',
    keyword: 'virtual_ipaddress',
  },
  {
    what: 'addresses in virtual_ipaddress_excluded',
    of: ({ settings }) => sorted(settings.excludedVips.map(({ cidr }) => cidr)),
    at: ({ settings }) => settings.excludedVips[0]?.source,
    wanted: 'equal',
    effect: 'These addresses are not in adverts, so nobody notices: after a failover some of them are gone.',
    severity: 'high',
    keyword: 'virtual_ipaddress_excluded',
  },
  {
    what: 'v3_checksum_as_v2',
    of: ({ settings }) =>
      settings.version.value === 3 && settings.family === 'ipv4' ? settings.v3ChecksumAsV2.value : undefined,
    at: ({ settings }) => settings.v3ChecksumAsV2.source,
    wanted: 'equal',
    effect: 'Members count the checksum of VRRPv3 differently, and one refuses the other’s adverts.',
    severity: 'high',
    keyword: 'v3_checksum_as_v2',
  },
  {
    what: 'unicast source address',
    of: ({ settings }) => (settings.mode === 'unicast' ? settings.sourceAddress?.value : undefined),
    at: ({ settings }) => settings.sourceAddress?.source,
    wanted: 'different',
    effect: 'A copied file: a node sends from an address that is another’s.',
    severity: 'high',
    keyword: 'unicast_src_ip',
  },
  {
    what: 'router_id',
    of: ({ config }) => config.globals.routerId?.value,
    at: ({ config }) => config.globals.routerId?.source,
    wanted: 'different',
    effect: 'Mails and notifications do not tell which node they come from.',
    severity: 'low',
    keyword: 'router_id',
  },
];

const drift = (trait: Trait, group: Group, members: readonly ConfiguredMember[]): readonly FindingDraft[] => {
  const said = members.flatMap((member) => {
    const value = trait.of(member);
    return value === undefined ? [] : [{ member, value }];
  });
  // Where the lists themselves differ the prefix is the least of it; that has its own rule.
  const fit =
    trait.keyword !== 'virtual_ipaddress' || new Set(said.map(({ member }) => bareList(member))).size === 1;
  const values = new Set(said.map(({ value }) => value));
  const shared = said.filter(({ member, value }) =>
    said.some((other) => other.member !== member && other.value === value),
  );
  const wrong = trait.wanted === 'equal' ? (values.size > 1 ? said : []) : shared;
  if (!fit || said.length < 2 || wrong.length === 0) return [];
  const concerned = wrong.map(({ member }) => member);
  return [
    draftFor(group, concerned, {
      title:
        trait.wanted === 'equal'
          ? `${namesOf(concerned)} differ in ${trait.what}`
          : `${namesOf(concerned)} have the same ${trait.what}, ${wrong[0]?.value ?? ''}`,
      summary: `${wrong.map(({ member, value }) => `${member.node}: ${value}`).join('; ')}. ${trait.effect}`,
      evidence: quoteEach(concerned, (member) =>
        quoteAt(member, trait.at(member), `${trait.what}: ${trait.of(member) ?? ''}`),
      ),
      fix:
        trait.wanted === 'equal'
          ? `Make ${trait.what} the same on every member, then reload.`
          : `Give every node its own ${trait.what}.`,
      keyword: trait.keyword,
      severity: trait.severity,
    }),
  ];
};

export const configDriftBetweenNodes = defineRule({
  id: 'config-drift-between-nodes',
  severity: 'high',
  needs: configuredNeeds,
  title: 'Configurations have drifted apart between nodes',
  why: 'What only shows after a failover is found at the worst time: an address that is missing, a prefix that pulls in a route, a source address that belongs to another node.',
  proof:
    'The settings in force, after includes, conditions and definitions, compared between the members of a group.',
  remedy: 'Keep one template for all nodes and let only priority, source address and router_id differ.',
  sources: ['keepalived.conf(5)', 'keepalived issue 1603'],
  explains: [],
  check: (facets) =>
    judgeGroups(facets, (group, members) => traits.flatMap((trait) => drift(trait, group, members))),
});
