/**
 * Which keepalived this is: `keepalived -v`, the line it logs at start, and from which release on a keyword
 * is understood. Knows upstream's numbers; a distribution's backports show only in the build options.
 */

export interface KeepalivedVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** As written, without the leading v: `2.2.7`, `2.4.3+30`. */
  readonly text: string;
}

/** What is judged for when nobody says: Debian 12's release. */
export const usualVersion: KeepalivedVersion = { major: 2, minor: 2, patch: 7, text: '2.2.7' };

export interface KeepalivedBuild {
  readonly version: KeepalivedVersion;
  /** Words after `Config options:` (≥ 1.3.7), such as JSON, NFTABLES, SNMP_VRRP. */
  readonly options: readonly string[];
  /** Arguments given to ./configure, such as --enable-json. */
  readonly configureArguments: readonly string[];
  readonly json: BuildAnswer;
  readonly nftables: BuildAnswer;
  readonly iptables: BuildAnswer;
  readonly snmpVrrp: BuildAnswer;
  /** RFC MIBs: the only place that counts checksum and version errors. */
  readonly snmpRfc: BuildAnswer;
  readonly dbus: BuildAnswer;
  /** OLD_CHKSUM_COMPAT: falls back to the checksum of ≤ 1.3.6 by itself. */
  readonly oldChecksumFallback: BuildAnswer;
}

export type BuildAnswer = 'yes' | 'no' | 'unknown';

/** Reads `Keepalived v2.2.7 (01/16,2022)`, `v1.3.5`, `2.2.7`, or a text that has such a line in it. */
export function parseVersion(text: string): KeepalivedVersion | undefined {
  const match =
    /Keepalived v(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?([^\s(,]*)/i.exec(text) ??
    /^\s*v?(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?([^\s(,]*)/.exec(text);
  if (match === null) return undefined;
  const [, major = '', minor = '', patch, rest = ''] = match;
  return {
    major: Number(major),
    minor: Number(minor),
    patch: Number(patch ?? '0'),
    text: `${major}.${minor}${patch === undefined ? '' : `.${patch}`}${rest}`,
  };
}

/** Reads the whole output of `keepalived -v`. */
export function parseBuild(text: string): KeepalivedBuild | undefined {
  const version = parseVersion(text);
  if (version === undefined) return undefined;
  const optionLine = /^\s*(?:Config|Build) options:\s*(.*)$/im.exec(text)?.[1];
  const configureLine = /^\s*configure options:\s*(.*)$/im.exec(text)?.[1];
  const options = (optionLine ?? '').split(/\s+/).filter((word) => word !== '');
  const configureArguments: readonly string[] = (configureLine ?? '').match(/--[^\s=]+(?:=\S*)?/g) ?? [];
  const has = (...names: readonly string[]): BuildAnswer => {
    if (optionLine === undefined) return 'unknown';
    return names.some((name) => options.includes(name)) ? 'yes' : 'no';
  };
  return {
    version,
    options,
    configureArguments,
    json: configureArguments.includes('--enable-json') ? 'yes' : has('JSON'),
    nftables: has('NFTABLES'),
    iptables: has('IPTABLES', 'LIBIPTC', 'LIBIPSET', 'LIBIPSET_DYNAMIC', 'IPTABLES_CMD'),
    snmpVrrp: has('SNMP_VRRP', 'SNMP_KEEPALIVED'),
    snmpRfc: has('SNMP_RFCV2', 'SNMP_RFCV3', 'SNMP_RFC'),
    dbus: has('DBUS'),
    oldChecksumFallback: has('OLD_CHKSUM_COMPAT'),
  };
}

/** Negative when `one` is older than `other`, 0 when equal; what follows the third number does not count. */
export function compareVersions(one: KeepalivedVersion, other: KeepalivedVersion): number {
  return one.major - other.major || one.minor - other.minor || one.patch - other.patch;
}

export function isAtLeast(version: KeepalivedVersion, text: string): boolean {
  const wanted = parseVersion(text);
  return wanted !== undefined && compareVersions(version, wanted) >= 0;
}
