// Members of a group with everything they are configured with, and how a setting is quoted. It knows where settings
// stand, not which of them are faults.
import { type Contender, standForElection } from '../cluster/election/contender.ts';
import type {
  ClusterModel,
  Group,
  Instance,
  InstanceConfig,
  KeepalivedConfig,
  Quote,
} from '../cluster/model.ts';
import { type Facets, listing, membersOf, nodesOf } from './members.ts';
import { asEvidence } from './quoting.ts';
import { type FindingDraft, foundOrClear, notEvaluated, type Outcome, type Severity } from './rule.ts';

export type ConfiguredNeeds = 'groups' | 'instances' | 'configurations';
export const configuredNeeds = ['groups', 'instances', 'configurations'] as const;

export interface ConfiguredMember {
  readonly instance: Instance;
  readonly node: string;
  readonly settings: InstanceConfig;
  readonly config: KeepalivedConfig;
}

const configuredAs = (
  instance: Instance,
  configurations: ClusterModel['configurations'],
): ConfiguredMember | undefined => {
  for (const { node, config } of configurations) {
    if (node !== instance.node || config.kind === 'unknown') continue;
    const settings = config.value.instances.find(
      (one) => one.name === instance.name && one.family === instance.family,
    );
    if (settings !== undefined) return { instance, node, settings, config: config.value };
  }
  return undefined;
};

export const configuredMembers = (
  group: Group,
  facets: Facets<'instances' | 'configurations'>,
): readonly ConfiguredMember[] =>
  membersOf(group, facets.instances).flatMap(
    (instance) => configuredAs(instance, facets.configurations) ?? [],
  );

export const contenderOf = (
  { instance }: ConfiguredMember,
  configurations: ClusterModel['configurations'],
): Contender | undefined => standForElection(instance, configurations, []);

const unreadReasons = (facets: Facets<ConfiguredNeeds>): readonly string[] => [
  ...new Set(
    facets.instances.flatMap((instance) =>
      configuredAs(instance, facets.configurations) === undefined
        ? [
            `${instance.node}: ${instance.configured.kind === 'unknown' ? instance.configured.reason : 'its configuration could not be read'}`,
          ]
        : [],
    ),
  ),
];

/** Found wherever it stands; clear only when the configuration of every instance could be read. */
export const judgeConfigured = (
  drafts: readonly FindingDraft[],
  facets: Facets<ConfiguredNeeds>,
): Outcome => {
  if (drafts.length > 0) return foundOrClear(drafts);
  const unread = unreadReasons(facets);
  return unread.length > 0 ? notEvaluated(unread.join('; ')) : foundOrClear([]);
};

export const judgeGroups = (
  facets: Facets<ConfiguredNeeds>,
  draftsOf: (group: Group, members: readonly ConfiguredMember[]) => readonly FindingDraft[],
): Outcome =>
  judgeConfigured(
    facets.groups.flatMap((group) => draftsOf(group, configuredMembers(group, facets))),
    facets,
  );

export interface Spot {
  readonly file: string;
  readonly line: number;
}

/** `text` where it stands, or at the instance when it is not written anywhere. */
export const quoteAt = (member: ConfiguredMember, at: Spot | undefined, text: string): Quote => {
  const { file, line } = at ?? member.settings.source;
  return { node: member.node, source: file, quote: `${file}:${line}: ${text}` };
};

const shellWord = (text: string): string =>
  /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** Shows the lines to change; changing them is the operator's. */
const lookFor = (
  keyword: string,
  { node, settings }: ConfiguredMember,
): { readonly node: string; readonly command: string } => ({
  node,
  command: `grep -n ${shellWord(keyword)} ${shellWord(settings.source.file)}`,
});

export interface ConfiguredWords {
  readonly title: string;
  readonly summary: string;
  readonly evidence: readonly [Quote, ...Quote[]];
  readonly fix: string;
  /** Keyword whose lines are to be changed. */
  readonly keyword: string;
  readonly severity?: Severity;
}

export const draftFor = (
  group: Group,
  members: readonly ConfiguredMember[],
  words: ConfiguredWords,
): FindingDraft => {
  const [first, ...rest] = words.evidence;
  return {
    subject: { nodes: nodesOf(members.map(({ instance }) => instance)), vrid: group.vrid },
    group: group.id,
    title: words.title,
    summary: words.summary,
    evidence: asEvidence(first, rest),
    remedy: { text: words.fix, commands: members.map((member) => lookFor(words.keyword, member)) },
    ...(words.severity === undefined ? {} : { severity: words.severity }),
  };
};

/** Every member quoted; there is at least one. */
export const quoteEach = (
  members: readonly ConfiguredMember[],
  quote: (member: ConfiguredMember) => Quote,
): readonly [Quote, ...Quote[]] => {
  const [first, ...rest] = members;
  if (first === undefined) throw new Error('a finding about no member');
  return [quote(first), ...rest.map(quote)];
};

export const namesOf = (members: readonly ConfiguredMember[]): string =>
  listing([...new Set(members.map(({ node }) => node))]);

/** `has` for one node, `have` for several. */
export const verb = (members: readonly ConfiguredMember[], one: string, many: string): string =>
  new Set(members.map(({ node }) => node)).size === 1 ? one : many;
