/**
 * A node's keepalived.conf as data, and its text. Pure. It writes the subset the practice topologies and faults
 * need; reading configurations is another room's business.
 */

export interface InstanceConf {
  readonly name: string;
  readonly state: 'MASTER' | 'BACKUP';
  readonly interface: string;
  readonly vrid: number;
  readonly priority: number;
  readonly version: 2 | 3;
  readonly advertIntervalMs: number;
  readonly auth: null | { readonly type: 'PASS' | 'AH'; readonly pass: string };
  readonly unicast: null | { readonly sourceIp: string | null; readonly peers: readonly string[] };
  /** As written: with or without prefix length. */
  readonly vips: readonly string[];
  /** Further lines of the instance block, as written. */
  readonly lines: readonly string[];
}

export interface NodeConf {
  readonly globals: readonly string[];
  /** Whole blocks before the instances: scripts, sync groups. */
  readonly blocks: readonly string[];
  readonly instances: readonly InstanceConf[];
}

const block = (head: string, lines: readonly string[]): string =>
  [`${head} {`, ...lines.map((line) => `    ${line.replaceAll('\n', '\n    ')}`), '}'].join('\n');

const renderInstance = (conf: InstanceConf): string =>
  block(`vrrp_instance ${conf.name}`, [
    `state ${conf.state}`,
    `interface ${conf.interface}`,
    `virtual_router_id ${conf.vrid}`,
    `priority ${conf.priority}`,
    `advert_int ${conf.advertIntervalMs / 1000}`,
    ...(conf.version === 3 ? ['version 3'] : []),
    ...conf.lines,
    ...(conf.auth
      ? [block('authentication', [`auth_type ${conf.auth.type}`, `auth_pass ${conf.auth.pass}`])]
      : []),
    ...(conf.unicast?.sourceIp ? [`unicast_src_ip ${conf.unicast.sourceIp}`] : []),
    ...(conf.unicast ? [block('unicast_peer', conf.unicast.peers)] : []),
    block('virtual_ipaddress', conf.vips),
  ]);

export const renderConf = (conf: NodeConf): string =>
  `${[
    ...(conf.globals.length > 0 ? [block('global_defs', conf.globals)] : []),
    ...conf.blocks,
    ...conf.instances.map(renderInstance),
  ].join('\n\n')}\n`;

/** The same configuration with every instance changed; what most configuration faults do. */
export const changeInstances = (
  conf: NodeConf,
  change: (instance: InstanceConf) => InstanceConf,
): NodeConf => ({
  ...conf,
  instances: conf.instances.map(change),
});
