/**
 * global_defs and the keywords that stand beside it, as far as VRRP is concerned (global_parser.c,
 * global_data.c). Knows keepalived's defaults; mail, LVS and process priorities are left to the tree.
 */
import { readAddress } from './addresses.ts';
import type { ConfigNode, Place } from './config-tree.ts';
import {
  byDefault,
  firstWord,
  readInteger,
  readLast,
  readSecondsAsMs,
  readSwitch,
  type Setting,
  type Switch,
} from './settings.ts';

/** Gratuitous ARP, and unsolicited ND for IPv6; defaults of vrrp.h. */
export interface GarpSettings {
  readonly masterDelayMs: Setting<number>;
  readonly masterRepeat: Setting<number>;
  /** 0: never refreshed. */
  readonly masterRefreshMs: Setting<number>;
  readonly masterRefreshRepeat: Setting<number>;
  readonly lowerPriorityDelayMs: Setting<number>;
  readonly lowerPriorityRepeat: Setting<number>;
}

export interface GlobalConfig {
  /** Where global_defs begin; several blocks add up. */
  readonly sources: readonly Place[];
  readonly routerId?: Setting<string>;
  readonly vrrpVersion: Setting<2 | 3>;
  readonly multicastGroup4: Setting<string>;
  readonly multicastGroup6: Setting<string>;
  readonly strict: Setting<Switch>;
  readonly skipCheckAdvertAddresses: Setting<Switch>;
  readonly checkUnicastSource: Setting<Switch>;
  readonly garp: GarpSettings;
  readonly garpIntervalMs: Setting<number>;
  readonly gnaIntervalMs: Setting<number>;
  readonly minGarp: Setting<Switch>;
  readonly downTimerAdverts: Setting<number>;
  readonly lowerPriorityNoAdvert: Setting<Switch>;
  readonly higherPrioritySendAdvert: Setting<Switch>;
  readonly ownerIgnoreAdverts: Setting<Switch>;
  readonly v3ChecksumAsV2: Setting<Switch>;
  /** Words after vrrp_iptables (chains); empty: default chains off (≥ 2.0.11), INPUT/OUTPUT (older). */
  readonly iptables?: Setting<readonly string[]>;
  /** Table name, default `keepalived`. */
  readonly nftables?: Setting<string>;
  readonly scriptUser?: Setting<string>;
  readonly scriptSecurity: Setting<Switch>;
  readonly dynamicInterfaces: Setting<Switch>;
  readonly defaultInterface: Setting<string>;
  readonly disableLocalIgmp: Setting<Switch>;
  readonly logUnknownVrids: Setting<Switch>;
  readonly startupDelayMs: Setting<number>;
  readonly delayAfterBootMs: Setting<number>;
  readonly maxAutoPriority?: Setting<number>;
  readonly netNamespace?: Setting<string>;
  readonly instanceName?: Setting<string>;
  readonly usePidDir: Setting<Switch>;
  readonly dataUseInstance: Setting<Switch>;
  readonly stateDumpFile?: Setting<string>;
  readonly jsonVersion: Setting<1 | 2>;
  readonly dbus: Setting<Switch>;
  readonly snmpVrrp: Setting<Switch>;
}

const anyCount = { least: 0, most: 4_294_967_295 };
const anyTime = { least: 0, most: 4_294_967_000 };

/** `top`: the nodes of the whole file, because some of these keywords stand outside global_defs. */
export function readGlobals(top: readonly ConfigNode[]): GlobalConfig {
  const blocks = top.filter((node) => node.keyword === 'global_defs');
  const nodes = blocks.flatMap((block) => block.children ?? []);
  const readText = (keywords: readonly string[], where = nodes): Setting<string> | undefined =>
    readLast(where, keywords, firstWord);
  const readFlag = (keyword: string, where = nodes): Setting<Switch> =>
    readLast(where, [keyword], readSwitch) ?? byDefault('off');
  const readPresence = (keyword: string, where = nodes): Setting<Switch> =>
    readLast(where, [keyword], () => 'on' as const) ?? byDefault('off');
  const readCount = (keyword: string, range = anyCount): Setting<number> | undefined =>
    readLast(nodes, [keyword], (node) => readInteger(firstWord(node), range));
  const readTime = (...keywords: readonly string[]): Setting<number> | undefined =>
    readLast(nodes, keywords, (node) => readSecondsAsMs(firstWord(node), anyTime));
  const readGroup = (keyword: string, family: 'ipv4' | 'ipv6', fallback: string): Setting<string> =>
    readLast(nodes, [keyword], (node) => {
      const address = readAddress(firstWord(node) ?? '');
      if (address?.family !== family) return undefined;
      const multicast = family === 'ipv4' ? /^(?:22[4-9]|23\d)\./ : /^ff/;
      return multicast.test(address.text) ? address.text : undefined;
    }) ?? byDefault(fallback);

  const routerId = readText(['router_id']);
  const scriptUser = readLast(
    nodes,
    ['script_user'],
    (node) => node.args.map((token) => token.value).join(' ') || undefined,
  );
  const iptables = readLast(nodes, ['vrrp_iptables'], (node) => node.args.map((token) => token.value));
  const nftables = readLast(nodes, ['nftables'], (node) => firstWord(node) ?? 'keepalived');
  const maxAutoPriority = readCount('max_auto_priority');
  const netNamespace = readText(['net_namespace'], [...top, ...nodes]);
  const instanceName = readText(['instance'], [...top, ...nodes]);
  const stateDumpFile = readText(['state_dump_file']);
  const version = readLast(nodes, ['vrrp_version'], (node) =>
    readInteger(firstWord(node), { least: 2, most: 3 }),
  );
  const json = readLast(nodes, ['json_version'], (node) =>
    readInteger(firstWord(node), { least: 1, most: 2 }),
  );
  return {
    sources: blocks.map(({ file, line, column }) => ({ file, line, column })),
    ...(routerId === undefined ? {} : { routerId }),
    vrrpVersion: version === undefined ? byDefault(2) : { ...version, value: version.value === 3 ? 3 : 2 },
    multicastGroup4: readGroup('vrrp_mcast_group4', 'ipv4', '224.0.0.18'),
    multicastGroup6: readGroup('vrrp_mcast_group6', 'ipv6', 'ff02::12'),
    strict: readFlag('vrrp_strict'),
    skipCheckAdvertAddresses: readFlag('vrrp_skip_check_adv_addr'),
    checkUnicastSource: readPresence('vrrp_check_unicast_src'),
    garp: readGarp(nodes, 'vrrp_'),
    garpIntervalMs: readTime('vrrp_garp_interval') ?? byDefault(0),
    gnaIntervalMs: readTime('vrrp_gna_interval') ?? byDefault(0),
    minGarp: readFlag('vrrp_min_garp'),
    downTimerAdverts: readCount('vrrp_down_timer_adverts', { least: 1, most: 100 }) ?? byDefault(3),
    lowerPriorityNoAdvert: readFlag('vrrp_lower_prio_no_advert'),
    higherPrioritySendAdvert: readFlag('vrrp_higher_prio_send_advert'),
    ownerIgnoreAdverts: readFlag('vrrp_owner_ignore_adverts'),
    v3ChecksumAsV2: readPresence('v3_checksum_as_v2'),
    ...(iptables === undefined ? {} : { iptables }),
    ...(nftables === undefined ? {} : { nftables }),
    ...(scriptUser === undefined ? {} : { scriptUser }),
    scriptSecurity: readPresence('enable_script_security'),
    dynamicInterfaces: readPresence('dynamic_interfaces'),
    defaultInterface: readText(['default_interface']) ?? byDefault('eth0'),
    disableLocalIgmp: readPresence('disable_local_igmp'),
    logUnknownVrids: readPresence('log_unknown_vrids'),
    startupDelayMs: readTime('vrrp_startup_delay') ?? byDefault(0),
    delayAfterBootMs: readTime('vrrp_delay_after_boot') ?? byDefault(0),
    ...(maxAutoPriority === undefined ? {} : { maxAutoPriority }),
    ...(netNamespace === undefined ? {} : { netNamespace }),
    ...(instanceName === undefined ? {} : { instanceName }),
    usePidDir: readPresence('use_pid_dir', [...top, ...nodes]),
    dataUseInstance: readFlag('data_use_instance'),
    ...(stateDumpFile === undefined ? {} : { stateDumpFile }),
    jsonVersion: json === undefined ? byDefault(1) : { ...json, value: json.value === 2 ? 2 : 1 },
    dbus: readPresence('enable_dbus'),
    snmpVrrp:
      readLast(nodes, ['enable_snmp_vrrp', 'enable_snmp_keepalived'], () => 'on' as const) ??
      byDefault('off'),
  };
}

/** The six garp keywords, with `prefix` `vrrp_` in global_defs and none in an instance. */
export function readGarp(
  nodes: readonly ConfigNode[],
  prefix: 'vrrp_' | '',
  fallback?: GarpSettings,
): GarpSettings {
  const readCount = (keyword: string, least: 0 | 1): Setting<number> | undefined =>
    readLast(nodes, [prefix + keyword], (node) => {
      const value = readInteger(firstWord(node), anyCount);
      return value === undefined ? undefined : Math.max(value, least);
    });
  const readTime = (keyword: string): Setting<number> | undefined => {
    const seconds = readCount(keyword, 0);
    return seconds === undefined ? undefined : { ...seconds, value: seconds.value * 1000 };
  };
  const masterDelayMs = readTime('garp_master_delay') ?? fallback?.masterDelayMs ?? byDefault(5000);
  const masterRepeat = readCount('garp_master_repeat', 1) ?? fallback?.masterRepeat ?? byDefault(5);
  return {
    masterDelayMs,
    masterRepeat,
    masterRefreshMs: readTime('garp_master_refresh') ?? fallback?.masterRefreshMs ?? byDefault(0),
    masterRefreshRepeat:
      readCount('garp_master_refresh_repeat', 1) ?? fallback?.masterRefreshRepeat ?? byDefault(1),
    // The instance's own master values do not carry over: the global ones do (global_data.c, vrrp.c).
    lowerPriorityDelayMs:
      readTime('garp_lower_prio_delay') ?? fallback?.lowerPriorityDelayMs ?? byDefault(masterDelayMs.value),
    lowerPriorityRepeat:
      readCount('garp_lower_prio_repeat', 0) ??
      fallback?.lowerPriorityRepeat ??
      byDefault(masterRepeat.value),
  };
}
