// Where members of a group differ in what must be equal. What a member says on the wire counts before what its
// configuration file says; the majority is taken for right. It does not say what keepalived does about it.
import type {
  AdvertStream,
  ClusterModel,
  ConfiguredInstance,
  Group,
  Instance,
  Quote,
} from '../cluster/model.ts';
import { mastershipsOf } from './mastership.ts';
import {
  addressSet,
  type Facets,
  isMulticast,
  listing,
  membersOf,
  nodesOf,
  stateOf,
  wireOf,
} from './members.ts';
import { asEvidence, type Evidence, quoteConfig, quoteLog } from './quoting.ts';
import { type FindingDraft, foundOrClear, notEvaluated, type Outcome, type Severity } from './rule.ts';

/** One member's value of a setting, with the proof for it. */
export interface Standing {
  readonly instance: Instance;
  /** Equal keys agree. */
  readonly key: string;
  /** As a person would say it, e.g. `2 s`. */
  readonly says: string;
  readonly quotes: readonly [Quote, ...Quote[]];
  /** The file's value where it is not what is sent. */
  readonly onDisk?: string;
}

export interface Disagreement {
  readonly group: Group;
  /** Those in the minority; all members when there is no majority. */
  readonly odd: readonly Standing[];
  /** Those in the majority. */
  readonly rest: readonly Standing[];
  /** `now` while it makes members ignore each other; `waiting` when what runs still agrees. */
  readonly standing: 'now' | 'waiting';
}

export type DisagreementNeeds = 'groups' | 'instances' | 'adverts';

/** How one setting is read from the wire and from the file; undefined where it does not apply. */
export interface Setting {
  readonly onWire: (stream: AdvertStream, instance: Instance) => { key: string; says: string } | undefined;
  readonly inFile: (
    configured: ConfiguredInstance,
    instance: Instance,
  ) =>
    | {
        key: string;
        says: string;
        text: string;
        at: { readonly file?: string; readonly line?: number } | undefined;
      }
    | undefined;
}

const standingOf = (
  instance: Instance,
  setting: Setting,
  streams: readonly AdvertStream[],
): Standing | undefined => {
  const stream = wireOf(instance, streams);
  const wire = stream === undefined ? undefined : setting.onWire(stream, instance);
  const file =
    instance.configured.kind === 'known' ? setting.inFile(instance.configured.value, instance) : undefined;
  const fileQuote = file === undefined ? undefined : quoteConfig(instance, file.at, file.text);
  if (stream !== undefined && wire !== undefined)
    return {
      instance,
      key: wire.key,
      says: wire.says,
      quotes: [stream.quote, ...(fileQuote === undefined ? [] : [fileQuote])],
      ...(file === undefined || file.key === wire.key ? {} : { onDisk: file.says }),
    };
  return file === undefined || fileQuote === undefined
    ? undefined
    : { instance, key: file.key, says: file.says, quotes: [fileQuote] };
};

/** Minority first; on a tie everybody is odd. */
const divide = (
  standings: readonly Standing[],
): { readonly odd: readonly Standing[]; readonly rest: readonly Standing[] } => {
  const camps = [...new Set(standings.map((standing) => standing.key))]
    .map((key) => standings.filter((standing) => standing.key === key))
    .toSorted((a, b) => b.length - a.length);
  const [largest, second] = camps;
  if (largest === undefined || second === undefined) return { odd: [], rest: standings };
  if (largest.length === second.length) return { odd: standings, rest: [] };
  return { odd: standings.filter((standing) => !largest.includes(standing)), rest: largest };
};

/**
 * Under one master, members that stay BACKUP evidently accept its adverts, whatever their files say: a file was
 * changed without a reload. Only when every running member's state is known can that be said.
 */
const standingNow = (group: Group, facets: Facets<DisagreementNeeds>): 'now' | 'waiting' => {
  const running = membersOf(group, facets.instances).filter((member) => member.process !== 'stopped');
  const silent = running.some((member) => stateOf(member) === 'unknown');
  return silent || mastershipsOf(group, facets).length > 1 ? 'now' : 'waiting';
};

export const disagreementsAbout = (
  setting: Setting,
  facets: Facets<DisagreementNeeds>,
  compares: (member: Instance) => boolean = () => true,
): readonly Disagreement[] =>
  facets.groups.flatMap((group) => {
    const standings = membersOf(group, facets.instances)
      .filter(compares)
      .flatMap((member) => standingOf(member, setting, facets.adverts.streams) ?? []);
    const { odd, rest } = divide(standings);
    return odd.length === 0 ? [] : [{ group, odd, rest, standing: standingNow(group, facets) }];
  });

// ── settings ─────────────────────────────────────────────────────────────────────────────────────────────────
/** VRRP version spoken; IPv6 is always version 3 (RFC 9568 §5.2.1, keepalived vrrp_data.c). */
const versionSetting: Setting = {
  onWire: (stream) => ({ key: String(stream.version), says: `VRRPv${stream.version}` }),
  inFile: (configured) => ({
    key: String(configured.version),
    says: `VRRPv${configured.version}`,
    text: `vrrp_version ${configured.version}`,
    at: configured,
  }),
};

const spokenVersion = (instance: Instance, streams: readonly AdvertStream[]): number | 'unknown' =>
  wireOf(instance, streams)?.version ??
  (instance.configured.kind === 'known' ? instance.configured.value.version : 'unknown');

const inSeconds = (ms: number): string => (ms % 1000 === 0 ? `${ms / 1000} s` : `${ms} ms`);

/** VRRPv2 carries whole seconds (RFC 3768 §5.3.7); keepalived rounds, never below one. */
const carriedMs = (ms: number, version: number): number =>
  version === 2 ? Math.max(1000, Math.round(ms / 1000) * 1000) : Math.round(ms / 10) * 10;

export const intervalSetting: Setting = {
  onWire: (stream) => ({ key: String(stream.intervalMs), says: inSeconds(stream.intervalMs) }),
  inFile: (configured) => {
    const ms = carriedMs(configured.advertIntervalMs, configured.version);
    return {
      key: String(ms),
      says: inSeconds(ms),
      text: `advert_int ${configured.advertIntervalMs / 1000}`,
      at: configured.advertIntervalAt,
    };
  },
};

const authNames: Readonly<Record<number, string>> = { 0: 'none', 1: 'PASS', 2: 'AH' };

/** VRRPv3 has no authentication field; keepalived then ignores the block (RFC 5798 §9). */
const fileAuthType = (configured: ConfiguredInstance, instance: Instance): string =>
  configured.auth.type !== 'hmac' && (configured.version === 3 || instance.family === 'ipv6')
    ? 'none'
    : configured.auth.type;

const authTypeSetting: Setting = {
  onWire: (stream) => {
    if (stream.version !== 2) return undefined;
    const name = authNames[stream.authType] ?? `type ${stream.authType}`;
    return { key: name, says: name };
  },
  inFile: (configured, instance) => {
    const type = fileAuthType(configured, instance);
    return {
      key: type,
      says: type,
      text: type === 'none' ? 'no authentication block' : `auth_type ${type}`,
      at: configured.auth,
    };
  },
};

const inBrief = (fingerprint: string): string => `password with fingerprint ${fingerprint.slice(0, 8)}`;

const passwordSetting: Setting = {
  onWire: (stream) =>
    stream.version === 2 && stream.authType === 1 && stream.authFingerprint !== undefined
      ? { key: stream.authFingerprint, says: inBrief(stream.authFingerprint) }
      : undefined,
  inFile: (configured, instance) =>
    fileAuthType(configured, instance) === 'none' || configured.auth.fingerprint === undefined
      ? undefined
      : {
          key: configured.auth.fingerprint,
          says: inBrief(configured.auth.fingerprint),
          text: `auth_pass (fingerprint ${configured.auth.fingerprint.slice(0, 8)})`,
          at: configured.auth,
        },
};

const sortedKey = (addresses: readonly string[]): string => [...addressSet(addresses)].toSorted().join(' ');
const named = (addresses: readonly string[]): string =>
  addresses.length === 0 ? 'none' : addresses.map((address) => address.split('/')[0] ?? address).join(', ');

/** The virtual_ipaddress list as adverts carry it; prefixes and excluded addresses are not on the wire. */
const vipListSetting: Setting = {
  onWire: (stream) => ({ key: sortedKey(stream.addresses), says: named(stream.addresses) }),
  inFile: (configured) => ({
    key: sortedKey(configured.vips),
    says: named(configured.vips),
    text: `virtual_ipaddress { ${named(configured.vips)} }`,
    at: configured.vipsAt,
  }),
};

const modeSetting: Setting = {
  onWire: (stream) => {
    const mode = isMulticast(stream.dst) ? 'multicast' : 'unicast';
    return { key: mode, says: mode };
  },
  inFile: (configured) => ({
    key: configured.mode,
    says: configured.mode,
    text:
      configured.mode === 'unicast'
        ? `unicast_peer { ${configured.unicastPeers.join(' ')} }`
        : `no unicast_peer: adverts go to ${configured.multicastGroup}`,
    at: configured.unicastPeersAt,
  }),
};

// ── comparisons several rules and the unexplained-loss rule share ────────────────────────────────────────────
const comparesVersionTwo =
  (facets: Facets<'adverts'>) =>
  (member: Instance): boolean =>
    member.family === 'ipv4' && spokenVersion(member, facets.adverts.streams) === 2;

export const comparesVersionThree =
  (facets: Facets<'adverts'>) =>
  (member: Instance): boolean =>
    spokenVersion(member, facets.adverts.streams) === 3;

export const versionDisagreements = (facets: Facets<DisagreementNeeds>): readonly Disagreement[] =>
  disagreementsAbout(versionSetting, facets);
export const intervalDisagreements = (facets: Facets<DisagreementNeeds>): readonly Disagreement[] =>
  disagreementsAbout(intervalSetting, facets, comparesVersionTwo(facets));
export const authTypeDisagreements = (facets: Facets<DisagreementNeeds>): readonly Disagreement[] =>
  disagreementsAbout(authTypeSetting, facets, comparesVersionTwo(facets));
export const passwordDisagreements = (facets: Facets<DisagreementNeeds>): readonly Disagreement[] =>
  disagreementsAbout(passwordSetting, facets, comparesVersionTwo(facets));
export const vipListDisagreements = (facets: Facets<DisagreementNeeds>): readonly Disagreement[] =>
  disagreementsAbout(vipListSetting, facets);
export const modeDisagreements = (facets: Facets<DisagreementNeeds>): readonly Disagreement[] =>
  disagreementsAbout(modeSetting, facets);

/** Clear only when the settings of every member are known, from the wire or from a file. */
export const outcomeOf = (drafts: readonly FindingDraft[], facets: Facets<DisagreementNeeds>): Outcome => {
  if (drafts.length > 0) return foundOrClear(drafts);
  const unread = facets.groups.flatMap((group) =>
    membersOf(group, facets.instances).flatMap((member) =>
      member.configured.kind === 'unknown' && wireOf(member, facets.adverts.streams) === undefined
        ? [`${member.node}: ${member.configured.reason}`]
        : [],
    ),
  );
  return unread.length > 0 ? notEvaluated([...new Set(unread)].join('; ')) : foundOrClear([]);
};

// ── words ────────────────────────────────────────────────────────────────────────────────────────────────────
const campsOf = (standings: readonly Standing[]): string =>
  [...new Set(standings.map((standing) => standing.key))]
    .map((key) => {
      const camp = standings.filter((standing) => standing.key === key);
      return `${listing(camp.map((one) => one.instance.node))}: ${camp[0]?.says ?? ''}`;
    })
    .join('; ');

export interface DisagreementWords {
  /** What differs, e.g. `advert interval`. */
  readonly subject: string;
  /** What keepalived does about it. */
  readonly effect: string;
  readonly fix: string;
  readonly commandFor: (node: string) => string;
  /** Log lines keepalived writes about it. */
  readonly log?: RegExp;
  readonly severity?: Severity;
}

/** A finding from a disagreement: the odd ones out are its subject, every camp is quoted. */
export const draftDisagreement = (
  { group, odd, rest, standing }: Disagreement,
  words: DisagreementWords,
  nodes: ClusterModel['nodes'],
): FindingDraft => {
  const members = odd.map((one) => one.instance);
  const [first] = odd;
  const logs =
    words.log === undefined
      ? []
      : nodes
          .filter((node) => [...odd, ...rest].some((one) => one.instance.node === node.name))
          .flatMap((node) => quoteLog(node, words.log ?? /$^/, 1));
  const onePerCamp = [...odd, ...rest].filter(
    (one, index, all) => all.findIndex((other) => other.key === one.key) === index,
  );
  const quotes: readonly Quote[] = [
    ...onePerCamp.flatMap((one) => one.quotes),
    ...logs,
    ...odd.flatMap((one) => one.quotes),
  ];
  const evidence: Evidence = asEvidence(
    quotes[0] ?? { node: first?.instance.node ?? '', source: 'configuration', quote: first?.says ?? '' },
    quotes,
  );
  const stale = [...odd, ...rest].filter((one) => one.onDisk !== undefined);
  const reloads = stale.map(
    (one) => `${one.instance.node} sends ${one.says} although its file says ${one.onDisk}`,
  );
  const names = listing(nodesOf(members));
  const title =
    rest.length === 0
      ? `${names} differ in ${words.subject} (${campsOf(odd)})`
      : `${names} ${nodesOf(members).length === 1 ? 'differs' : 'differ'} from ${listing(nodesOf(rest.map((one) => one.instance)))} in ${words.subject} (${campsOf(odd)})`;
  const effect =
    standing === 'now' ? words.effect : `What runs still gets along, but once loaded: ${words.effect}`;
  return {
    subject: { nodes: nodesOf(members), vrid: group.vrid },
    group: group.id,
    title,
    summary: [`${campsOf([...odd, ...rest])}.`, effect, ...reloads.map((text) => `${text}.`)].join(' '),
    evidence,
    remedy: {
      text: words.fix,
      commands: nodesOf(members).map((node) => ({ node, command: words.commandFor(node) })),
    },
    ...(words.severity !== undefined
      ? { severity: words.severity }
      : // A member that does not run disagrees with nobody until it is started.
        odd.every((one) => one.instance.process === 'stopped')
        ? { severity: 'high' as const }
        : {}),
  };
};
