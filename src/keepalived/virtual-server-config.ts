/**
 * The LVS part of a configuration (check_parser.c, check_data.c, global_parser.c lvs_syncd_handler): virtual
 * servers with their real servers, and the connection sync daemon. Knows what keepalived hands to IPVS; checkers
 * and their settings are left to the tree.
 */
import { type Family, readAddress } from './addresses.ts';
import type { ConfigNode, Place } from './config-tree.ts';
import { firstWord, lastNode, placeOf, readInteger } from './settings.ts';

export type Protocol = 'TCP' | 'UDP' | 'SCTP';
export type Forwarding = 'NAT' | 'DR' | 'TUN';

/** What IPVS keys a service by. */
export type ServiceKey =
  | {
      readonly kind: 'address';
      readonly protocol: Protocol;
      readonly address: string;
      readonly port: number;
    }
  | { readonly kind: 'fwmark'; readonly mark: number; readonly family: Family };

export interface RealServerConfig {
  readonly address: string;
  /** 0: the port of the virtual server. */
  readonly port: number;
  readonly weight: number;
  readonly forwarding: Forwarding;
  /** With it a server that fails its check stays, with weight 0. */
  readonly inhibitOnFailure: 'yes' | 'no';
  readonly source: Place;
}

export interface VirtualServerConfig {
  /** As written: `10.0.0.5 80`, `fwmark 7`, `group web`. */
  readonly name: string;
  readonly source: Place;
  /** More than one for a group. */
  readonly services: readonly ServiceKey[];
  readonly scheduler?: string;
  readonly forwarding: Forwarding;
  readonly realServers: readonly RealServerConfig[];
  readonly sorryServer?: { readonly address: string; readonly port: number };
}

/** lvs_sync_daemon, which keeps connections of IPVS in step between nodes. */
export interface SyncDaemonConfig {
  readonly interface: string;
  readonly instance?: string;
  /** 0 … 255; absent: the VRID of the instance. */
  readonly syncId?: number;
  readonly port?: number;
  readonly group?: string;
  readonly source: Place;
}

const anyPort = { least: 0, most: 65_535 };
const anyMark = { least: 0, most: 4_294_967_295 };

/** A group may not list more addresses than this before it is taken for a mistake and kept short. */
const longestRange = 1024;

export function readVirtualServers(top: readonly ConfigNode[]): readonly VirtualServerConfig[] {
  const groups = new Map(
    top
      .filter((node) => node.keyword === 'virtual_server_group')
      .flatMap((node) => {
        const name = firstWord(node);
        return name === undefined ? [] : [[name, node] as const];
      }),
  );
  return top
    .filter((node) => node.keyword === 'virtual_server')
    .flatMap((node) => readVirtualServer(node, groups) ?? []);
}

function readVirtualServer(
  node: ConfigNode,
  groups: ReadonlyMap<string, ConfigNode>,
): VirtualServerConfig | undefined {
  const lines = node.children ?? [];
  const protocol = protocolOf(firstWord(lastNode(lines, 'protocol')));
  const family: Family = firstWord(lastNode(lines, 'ip_family')) === 'inet6' ? 'ipv6' : 'ipv4';
  const words = node.args.map((token) => token.value);
  const services = servicesOf(words, { protocol, family, groups });
  if (services.length === 0) return undefined;
  const forwarding = forwardingOf(firstWord(lastOf(lines, ['lvs_method', 'lb_kind']))) ?? 'NAT';
  const scheduler = firstWord(lastOf(lines, ['lvs_sched', 'lb_algo']));
  const common = {
    weight: readInteger(firstWord(lastNode(lines, 'weight')), { least: 0, most: 2_147_483_647 }) ?? 1,
    forwarding,
    inhibitOnFailure: lines.some((line) => line.keyword === 'inhibit_on_failure') ? 'yes' : 'no',
  } as const;
  const sorry = lastNode(lines, 'sorry_server');
  const sorryAddress = readAddress(firstWord(sorry) ?? '');
  return {
    name: words.join(' '),
    source: placeOf(node),
    services,
    ...(scheduler === undefined ? {} : { scheduler }),
    forwarding,
    realServers: lines
      .filter((line) => line.keyword === 'real_server')
      .flatMap((line) => readRealServer(line, common) ?? []),
    ...(sorryAddress === undefined
      ? {}
      : {
          sorryServer: {
            address: sorryAddress.text,
            port: readInteger(sorry?.args[1]?.value, anyPort) ?? 0,
          },
        }),
  };
}

function lastOf(lines: readonly ConfigNode[], keywords: readonly string[]): ConfigNode | undefined {
  return lines.findLast((line) => keywords.includes(line.keyword));
}

/** Without `protocol`, keepalived uses UDP (check_data.c). */
function protocolOf(word: string | undefined): Protocol {
  const name = word?.toUpperCase();
  return name === 'TCP' || name === 'SCTP' ? name : 'UDP';
}

function forwardingOf(word: string | undefined): Forwarding | undefined {
  return word === 'NAT' || word === 'DR' || word === 'TUN' ? word : undefined;
}

function servicesOf(
  words: readonly string[],
  scope: {
    readonly protocol: Protocol;
    readonly family: Family;
    readonly groups: ReadonlyMap<string, ConfigNode>;
  },
): readonly ServiceKey[] {
  const [first = '', second] = words;
  if (first === 'group')
    return (scope.groups.get(second ?? '')?.children ?? []).flatMap((line) => groupEntry(line, scope));
  if (first === 'fwmark') {
    const mark = readInteger(second, anyMark);
    return mark === undefined ? [] : [{ kind: 'fwmark', mark, family: scope.family }];
  }
  const address = readAddress(first);
  return address === undefined
    ? []
    : [
        {
          kind: 'address',
          protocol: scope.protocol,
          address: address.text,
          port: readInteger(second, anyPort) ?? 0,
        },
      ];
}

function groupEntry(
  line: ConfigNode,
  { protocol, family }: { readonly protocol: Protocol; readonly family: Family },
): readonly ServiceKey[] {
  if (line.keyword === 'fwmark') {
    const mark = readInteger(firstWord(line), anyMark);
    const named = line.args[1]?.value;
    return mark === undefined
      ? []
      : [{ kind: 'fwmark', mark, family: named === 'inet6' ? 'ipv6' : named === 'inet' ? 'ipv4' : family }];
  }
  const port = readInteger(firstWord(line), anyPort) ?? 0;
  return addressesOf(line.keyword).map((address) => ({ kind: 'address', protocol, address, port }));
}

/** `10.0.0.1`, or `10.0.0.1-9`: the last byte (IPv4) or 16 bits (IPv6, hexadecimal) count up. */
function addressesOf(text: string): readonly string[] {
  const [start = '', end] = text.split('-');
  const first = readAddress(start.split('/')[0] ?? start);
  if (first === undefined) return [];
  if (end === undefined) return [first.text];
  const separator = first.family === 'ipv4' ? '.' : ':';
  const radix = first.family === 'ipv4' ? 10 : 16;
  const cut = first.text.lastIndexOf(separator) + 1;
  const from = Number.parseInt(first.text.slice(cut) || '0', radix);
  const to = Number.parseInt(end.slice(end.lastIndexOf(separator) + 1), radix);
  if (Number.isNaN(from) || Number.isNaN(to) || to < from) return [first.text];
  return Array.from(
    { length: Math.min(to - from + 1, longestRange) },
    (_, index) => first.text.slice(0, cut) + (from + index).toString(radix),
  );
}

function readRealServer(
  line: ConfigNode,
  common: Pick<RealServerConfig, 'weight' | 'forwarding' | 'inhibitOnFailure'>,
): RealServerConfig | undefined {
  const address = readAddress(firstWord(line) ?? '');
  if (address === undefined) return undefined;
  const lines = line.children ?? [];
  return {
    address: address.text,
    port: readInteger(line.args[1]?.value, anyPort) ?? 0,
    weight:
      readInteger(firstWord(lastNode(lines, 'weight')), { least: 0, most: 2_147_483_647 }) ?? common.weight,
    forwarding: forwardingOf(firstWord(lastOf(lines, ['lvs_method', 'lb_kind']))) ?? common.forwarding,
    inhibitOnFailure: lines.some((one) => one.keyword === 'inhibit_on_failure')
      ? 'yes'
      : common.inhibitOnFailure,
    source: placeOf(line),
  };
}

/** The first one counts; a second is ignored. */
export function readSyncDaemon(top: readonly ConfigNode[]): SyncDaemonConfig | undefined {
  const line = top
    .filter((node) => node.keyword === 'global_defs')
    .flatMap((block) => block.children ?? [])
    .find((node) => node.keyword === 'lvs_sync_daemon' && node.args.length > 0);
  const device = firstWord(line);
  if (line === undefined || device === undefined) return undefined;
  const words = line.args.map((token) => token.value);
  const valueAfter = (name: string): string | undefined => {
    const at = words.indexOf(name, 1);
    return at < 0 ? undefined : words[at + 1];
  };
  // Before 2.0 the instance and the id stood without their names.
  const bare = words.slice(1).filter((word, index, all) => !isOption(word) && !isOption(all[index - 1]));
  const instance = valueAfter('inst') ?? bare[0];
  const syncId = readInteger(valueAfter('id') ?? bare[1], { least: 0, most: 255 });
  const port = readInteger(valueAfter('port'), { least: 1, most: 65_535 });
  const group = readAddress(valueAfter('group') ?? '')?.text;
  return {
    interface: device,
    ...(instance === undefined ? {} : { instance }),
    ...(syncId === undefined ? {} : { syncId }),
    ...(port === undefined ? {} : { port }),
    ...(group === undefined ? {} : { group }),
    source: placeOf(line),
  };
}

function isOption(word: string | undefined): boolean {
  return word !== undefined && ['inst', 'id', 'maxlen', 'port', 'ttl', 'group'].includes(word);
}
