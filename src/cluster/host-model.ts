// What each host does to packets besides keepalived, as rules look at it: links, addresses, firewall, reverse-path
// filter, memberships, counters, SELinux, sysctls, routes and IPVS. It is a part of the model and knows no rest of it.
import type { Reading } from '../evidence/reading.ts';
import type { IpvsTable } from '../probes/ipvs.ts';
import type { Listener } from '../probes/listeners.ts';
import type { NetworkConfig } from '../probes/network-config.ts';
import type { RouteTables } from '../probes/routes.ts';
import type { Cloud } from './cloud.ts';
import type { Family, Quote } from './quote.ts';

export interface HostFacet {
  readonly node: string;
  readonly links: Reading<readonly Link[]>;
  readonly firewall: Reading<FirewallFacts>;
  readonly reversePath: Reading<readonly ReversePathFacts[]>;
  /** Multicast groups the kernel was a member of when listening began or ended, by interface: 224.0.0.18, ff02::12 … */
  readonly memberships: Reading<Readonly<Record<string, readonly string[]>>>;
  /** Deltas of kernel counters over the window, by name as /proc prints them (`TcpExtIPReversePathFilter`). */
  readonly counterDeltas: Reading<Readonly<Record<string, number>>>;
  readonly selinux: Reading<SelinuxFacts>;
  /** Values of /proc/sys by path below /proc/sys, e.g. `net/ipv4/icmp_echo_ignore_broadcasts`. */
  readonly sysctls: Reading<Readonly<Record<string, string>>>;
  /** Whether a route covers 224.0.0.0/4. */
  readonly multicastRoute: Reading<'present' | 'absent'>;
  readonly machine: Reading<MachineFacts>;
  /** Every address of the host when listening ended. */
  readonly heldAddresses: Reading<readonly HeldAddressFacts[]>;
  /** TCP sockets that accept connections. */
  readonly listeners: Reading<readonly Listener[]>;
  readonly networkConfig: Reading<NetworkConfig>;
  readonly routes: Reading<Pick<RouteTables, 'routes' | 'rules'>>;
  /** What the kernel balances for virtual_server blocks. */
  readonly ipvs: Reading<IpvsTable>;
}

export interface MachineFacts {
  /** The node's own clock when it was asked, epoch ms. */
  readonly nowMs?: number;
  readonly uptimeMs?: number;
  /** sys_vendor and product_name of DMI. */
  readonly hardware?: string;
  /** By DMI and cloud-init; absent outside the clouds this project knows. */
  readonly cloud?: { readonly name: Cloud; readonly quote: Quote };
  /** `ID` of os-release: `debian`, `centos` … */
  readonly distribution: string;
}

export interface HeldAddressFacts {
  readonly interface: string;
  readonly family: Family;
  readonly address: string;
  readonly prefixLength: number;
  /** As `ip` prints them: `secondary`, `deprecated`, `dadfailed`, `dynamic` … */
  readonly flags: readonly string[];
  /** `proto` of `ip addr`, where kernel and iproute2 tell who set it. */
  readonly setBy?: string;
}

export interface Link {
  readonly name: string;
  readonly index: number;
  readonly mac: string;
  readonly up: 'yes' | 'no';
  /** `operstate` as iproute2 prints it. */
  readonly operState: string;
  readonly carrier: 'yes' | 'no' | 'unknown';
  readonly kind?: string;
  /** With prefix. */
  readonly addresses: readonly string[];
}

/** What the host's firewall does with the adverts of one peer on one interface, in one direction. */
export interface FirewallJudgement {
  readonly instance: string;
  readonly direction: 'in' | 'out';
  /** Peer node (in: the sender, out: the receiver or the group). */
  readonly peer: string;
  readonly outcome: 'accept' | 'drop' | 'reject' | 'unknown';
  readonly decidedBy?: FirewallRule;
  readonly candidates: readonly FirewallRule[];
  readonly remedy?: { readonly text: string; readonly commands: readonly string[] };
  /** TTL a rule sets on the way out, if any. */
  readonly ttlSetTo?: number;
  readonly uncertain: readonly string[];
}

export interface FirewallRule {
  readonly engine: 'nft' | 'iptables-legacy' | 'iptables-nft';
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  readonly hook?: string;
  readonly handle?: number;
  readonly text: string;
  readonly kind: 'rule' | 'policy';
  /** Who wrote it: `firewalld (zone public)`, `ufw`, `nft`, `iptables`, `docker` … */
  readonly owner: string;
  readonly counter?: { readonly before: number; readonly after?: number };
}

/** A rule that drops ARP about a VIP on its way out of the node that has, or may get, it. */
export interface ArpDrop {
  readonly group: string;
  readonly vip: string;
  readonly interface: string;
  readonly rule: FirewallRule;
}

export interface FirewallFacts {
  readonly judgements: readonly FirewallJudgement[];
  readonly arpDrops?: readonly ArpDrop[];
  /** What was read, e.g. `nft: 3 tables; iptables-legacy: none`. */
  readonly read: readonly string[];
  readonly problems: readonly string[];
}

/** rp_filter on one interface, seen from one peer's source address. */
export interface ReversePathFacts {
  readonly interface: string;
  readonly peer: string;
  readonly source: string;
  readonly all: number;
  readonly own: number;
  /** max(all, own): 0 off, 1 strict, 2 loose. */
  readonly effective: number;
  /** Interface the kernel would use to answer that source; `none` when unroutable. */
  readonly answersVia: string | 'none' | 'unknown';
  readonly route: Quote;
}

export interface SelinuxFacts {
  readonly mode: 'enforcing' | 'permissive' | 'disabled';
  readonly denials: readonly AvcDenial[];
  /** Where denials were looked for, and what could not be read. */
  readonly read: readonly string[];
}

export interface AvcDenial {
  readonly atMs?: number;
  readonly permissions: readonly string[];
  readonly targetClass: string;
  readonly sourceContext: string;
  readonly targetContext: string;
  readonly pid?: number;
  readonly command: string;
  readonly name?: string;
  readonly permissive: 'yes' | 'no' | 'unknown';
  readonly quote: Quote;
}
