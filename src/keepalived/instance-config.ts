/**
 * vrrp_instance: what keepalived runs with for each instance, and where it was written (vrrp_parser.c, vrrp.c
 * vrrp_complete_instance). Knows defaults, precedence and silent adjustments; knows nothing of the node, so
 * whether an interface exists or has multicast is not decided here. No password is kept, only its fingerprint.
 */
import type { Family } from './addresses.ts';
import { type HmacConfig, readAuthentication, readHmac } from './authentication-config.ts';
import type { ConfigNode, Place } from './config-tree.ts';
import { type GarpSettings, type GlobalConfig, readGarp } from './global-config.ts';
import { type ConfiguredAddress, readAddresses, type UnicastPeer } from './instance-addresses.ts';
import {
  readAccept,
  readAdvertInterval,
  readPreemption,
  readRole,
  readVersion,
} from './instance-election.ts';
import type { Fingerprint, PasswordSummary } from './secrets.ts';
import {
  adjusted,
  byDefault,
  firstWord,
  fromGlobal,
  placeOf,
  readInteger,
  readLast,
  readSwitch,
  type Setting,
  type Switch,
} from './settings.ts';
import { readTracks, type TrackEntry } from './tracking-config.ts';

export interface MacInterface {
  readonly kind: 'vmac' | 'ipvlan';
  readonly name?: string;
  readonly source: Place;
}

export type { ConfiguredAddress, UnicastPeer } from './instance-addresses.ts';

export type NotifyKind = 'any' | 'master' | 'backup' | 'fault' | 'stop' | 'deleted' | 'master_rx_lower_pri';

export interface InstanceConfig {
  readonly name: string;
  readonly source: Place;
  /** State it starts for; derived from the priority when not written. */
  readonly state: Setting<'MASTER' | 'BACKUP'>;
  readonly interface?: Setting<string>;
  readonly vrid?: Setting<number>;
  /** 1 … 255. Without `priority`: 255 with state MASTER, else 100. */
  readonly priority: Setting<number>;
  readonly version: Setting<2 | 3>;
  readonly family: Family;
  /** v2: whole seconds; v3: 10 ms steps. */
  readonly advertIntervalMs: Setting<number>;
  readonly mode: 'multicast' | 'unicast';
  /** `configured-without-peers`: a unicast keyword but no peer, so multicast is used (deprecated since 2.2.4). */
  readonly unicastIntent: 'none' | 'with-peers' | 'configured-without-peers';
  /** Group adverts go to; absent for unicast. */
  readonly multicastGroup?: Setting<string>;
  /** unicast_src_ip or mcast_src_ip. */
  readonly sourceAddress?: Setting<string>;
  readonly trackSourceAddress: Setting<Switch>;
  readonly unicastPeers: readonly UnicastPeer[];
  readonly unicastFaultNoPeer: Setting<Switch>;
  readonly checkUnicastSource: Setting<Switch>;
  readonly unicastTtl?: Setting<number>;
  /** In effect; `none` with `written` when it was ignored. */
  readonly authType: Setting<'none' | 'PASS' | 'AH'>;
  /** Of the password written, even when authentication is ignored. */
  readonly authPass?: PasswordSummary & { readonly source: Place };
  readonly authHmac?: HmacConfig;
  readonly macInterface?: MacInterface;
  readonly vmacXmitBase: Setting<Switch>;
  readonly preempt: Setting<Switch>;
  readonly preemptDelayMs: Setting<number>;
  readonly vips: readonly ConfiguredAddress[];
  readonly excludedVips: readonly ConfiguredAddress[];
  /** Of the other family, left out by keepalived. */
  readonly strayVips: readonly ConfiguredAddress[];
  /** Words of each line; routes and rules are not modelled further. */
  readonly virtualRoutes: readonly (readonly string[])[];
  readonly virtualRules: readonly (readonly string[])[];
  readonly tracks: readonly TrackEntry[];
  readonly dontTrackPrimary: Setting<Switch>;
  readonly strict: Setting<Switch>;
  readonly accept: Setting<Switch>;
  readonly skipCheckAdvertAddresses: Setting<Switch>;
  readonly garp: GarpSettings;
  readonly lowerPriorityNoAdvert: Setting<Switch>;
  readonly higherPrioritySendAdvert: Setting<Switch>;
  readonly ownerIgnoreAdverts: Setting<Switch>;
  readonly downTimerAdverts: Setting<number>;
  readonly oldUnicastChecksum: Setting<'auto' | 'never' | 'always'>;
  readonly v3ChecksumAsV2: Setting<Switch>;
  readonly notify: readonly { readonly kind: NotifyKind; readonly source: Place }[];
}

const unicastKeywords = [
  'unicast_peer',
  'unicast_src_ip',
  'unicast_fault_no_peer',
  'check_unicast_src',
  'old_unicast_checksum',
];

export function readInstance(
  node: ConfigNode,
  globals: GlobalConfig,
  fingerprint: Fingerprint,
): InstanceConfig {
  const nodes = node.children ?? [];
  const readPresence = (keyword: string): Setting<Switch> =>
    readLast(nodes, [keyword], () => 'on' as const) ?? byDefault('off');
  const readFlag = (keyword: string, fallback: Setting<Switch>): Setting<Switch> =>
    readLast(nodes, [keyword], readSwitch) ?? fromGlobal(fallback);
  const addresses = readAddresses(nodes);
  const { family } = addresses;
  const strict = readFlag('strict_mode', globals.strict);
  const version = readVersion(nodes, family, addresses.nativeIpv6, globals, strict.value);
  const unicastIntent =
    addresses.peers.length > 0
      ? 'with-peers'
      : nodes.some((line) => unicastKeywords.includes(line.keyword))
        ? 'configured-without-peers'
        : 'none';
  const mode = unicastIntent === 'with-peers' ? 'unicast' : 'multicast';
  const interfaceName = readLast(nodes, ['interface'], (line) => {
    const name = firstWord(line);
    return name !== undefined && name.length < 16 ? name : undefined;
  });
  const vrid = readLast(nodes, ['virtual_router_id'], (line) =>
    readInteger(firstWord(line), { least: 1, most: 255 }),
  );
  const unicastTtl = readLast(nodes, ['unicast_ttl'], (line) =>
    readInteger(firstWord(line), { least: 0, most: 255 }),
  );
  const authHmac = readHmac(nodes, fingerprint);
  const authentication = readAuthentication(nodes, {
    version: version.value,
    family,
    strict: strict.value,
    authHmac,
    fingerprint,
  });
  const { state, priority } = readRole(nodes, strict.value, authentication.authType.value);
  const macInterface = readMacInterface(nodes);
  const { preempt, preemptDelayMs } = readPreemption(nodes, state.value, priority.value, strict.value);
  const garp = readGarp(nodes, '', inherit(globals.garp));
  const groups = { ipv4: globals.multicastGroup4, ipv6: globals.multicastGroup6 };
  const downTimerAdverts =
    readLast(nodes, ['down_timer_adverts'], (line) =>
      readInteger(firstWord(line), { least: 1, most: 100 }),
    ) ?? fromGlobal(globals.downTimerAdverts);
  return {
    name: firstWord(node) ?? '',
    source: placeOf(node),
    state,
    ...(interfaceName === undefined ? {} : { interface: interfaceName }),
    ...(vrid === undefined ? {} : { vrid }),
    priority,
    version,
    family,
    advertIntervalMs: readAdvertInterval(nodes, version.value),
    mode,
    unicastIntent,
    ...(mode === 'multicast'
      ? { multicastGroup: addresses.multicastDestination ?? fromGlobal(groups[family]) }
      : {}),
    ...(addresses.sourceAddress === undefined ? {} : { sourceAddress: addresses.sourceAddress }),
    trackSourceAddress: readPresence('track_src_ip'),
    unicastPeers: addresses.peers,
    unicastFaultNoPeer: readPresence('unicast_fault_no_peer'),
    checkUnicastSource:
      readLast(nodes, ['check_unicast_src'], () => 'on' as const) ??
      (addresses.peers.some((peer) => peer.minTtl !== undefined || peer.maxTtl !== undefined)
        ? byDefault('on')
        : fromGlobal(globals.checkUnicastSource)),
    ...(unicastTtl === undefined ? {} : { unicastTtl }),
    ...authentication,
    ...(authHmac === undefined ? {} : { authHmac }),
    ...(macInterface === undefined ? {} : { macInterface }),
    vmacXmitBase: readPresence('vmac_xmit_base'),
    preempt,
    preemptDelayMs,
    vips: addresses.vips,
    excludedVips: addresses.excludedVips,
    strayVips: addresses.strayVips,
    virtualRoutes: linesOf(nodes, 'virtual_routes'),
    virtualRules: linesOf(nodes, 'virtual_rules'),
    tracks: readTracks(nodes),
    dontTrackPrimary: readPresence('dont_track_primary'),
    strict,
    accept: readAccept(nodes, priority.value, strict.value, version.value),
    skipCheckAdvertAddresses:
      readLast(nodes, ['skip_check_adv_addr'], (line) =>
        readSwitch(line) === undefined ? undefined : ('on' as const),
      ) ?? fromGlobal(globals.skipCheckAdvertAddresses),
    garp,
    lowerPriorityNoAdvert: readFlag(
      'lower_prio_no_advert',
      strict.value === 'on' ? byDefault('on') : globals.lowerPriorityNoAdvert,
    ),
    higherPrioritySendAdvert: readFlag('higher_prio_send_advert', globals.higherPrioritySendAdvert),
    ownerIgnoreAdverts: readFlag(
      'owner_ignore_adverts',
      priority.value === 255 ? globals.ownerIgnoreAdverts : byDefault('off'),
    ),
    downTimerAdverts:
      strict.value === 'on' && downTimerAdverts.value !== 3
        ? adjusted(downTimerAdverts, 3, 'strict mode allows no other number of adverts')
        : downTimerAdverts,
    oldUnicastChecksum:
      readLast(nodes, ['old_unicast_checksum'], (line) =>
        firstWord(line) === 'never' ? ('never' as const) : ('always' as const),
      ) ?? byDefault('auto'),
    v3ChecksumAsV2: readFlag('v3_checksum_as_v2', globals.v3ChecksumAsV2),
    notify: readNotify(nodes),
  };
}

function inherit(garp: GarpSettings): GarpSettings {
  return {
    masterDelayMs: fromGlobal(garp.masterDelayMs),
    masterRepeat: fromGlobal(garp.masterRepeat),
    masterRefreshMs: fromGlobal(garp.masterRefreshMs),
    masterRefreshRepeat: fromGlobal(garp.masterRefreshRepeat),
    lowerPriorityDelayMs: fromGlobal(garp.lowerPriorityDelayMs),
    lowerPriorityRepeat: fromGlobal(garp.lowerPriorityRepeat),
  };
}

function readMacInterface(nodes: readonly ConfigNode[]): MacInterface | undefined {
  const node = nodes.find((line) => line.keyword === 'use_vmac' || line.keyword === 'use_ipvlan');
  if (node === undefined) return undefined;
  const kind = node.keyword === 'use_vmac' ? 'vmac' : 'ipvlan';
  const words = node.args.map((token) => token.value);
  const named = words.indexOf('name');
  const options = ['netlink_notify_msg', 'bridge', 'private', 'vepa'];
  const name =
    named >= 0
      ? words[named + 1]
      : words.find(
          (word, index) =>
            !options.includes(word) &&
            word !== 'group' &&
            words[index - 1] !== 'group' &&
            !/[:./]/.test(word),
        );
  return { kind, ...(name === undefined ? {} : { name }), source: placeOf(node) };
}

const notifyKinds: Readonly<Record<string, NotifyKind>> = {
  notify: 'any',
  notify_master: 'master',
  notify_backup: 'backup',
  notify_fault: 'fault',
  notify_stop: 'stop',
  notify_deleted: 'deleted',
  notify_master_rx_lower_pri: 'master_rx_lower_pri',
};

export function readNotify(nodes: readonly ConfigNode[]): InstanceConfig['notify'] {
  return nodes.flatMap((line) => {
    const kind = Object.hasOwn(notifyKinds, line.keyword) ? notifyKinds[line.keyword] : undefined;
    return kind === undefined ? [] : [{ kind, source: placeOf(line) }];
  });
}

function linesOf(nodes: readonly ConfigNode[], keyword: string): readonly (readonly string[])[] {
  return nodes
    .filter((node) => node.keyword === keyword)
    .flatMap((block) => block.children ?? [])
    .map((line) => [line.keyword, ...line.args.map((token) => token.value)]);
}
