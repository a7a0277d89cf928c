// The kernel settings that decide about adverts and addresses, by path below /proc/sys. It knows which ones to
// read, not which values are wrong.
import type { Answer } from '../evidence/bundle.ts';
import { known, type Reading, unknown } from '../evidence/reading.ts';
import { answerTo, linesByPath, whyUseless } from './answers.ts';
import type { Probe } from './probe.ts';

/** Value by path, e.g. `net/ipv4/conf/eth0/rp_filter` → `1`. */
export type SysctlValues = Readonly<Record<string, string>>;

const perInterface = [
  'rp_filter',
  'arp_ignore',
  'arp_announce',
  'arp_filter',
  'accept_local',
  'forwarding',
  'force_igmp_version',
  'src_valid_mark',
  'log_martians',
  'promote_secondaries',
];

const global = [
  'net/ipv4/icmp_echo_ignore_broadcasts',
  'net/ipv4/igmp_link_local_mcast_reports',
  'net/ipv4/ip_nonlocal_bind',
  'net/ipv4/ip_forward',
  'net/ipv6/ip_nonlocal_bind',
];

const paths = [
  ...perInterface.map((name) => `/proc/sys/net/ipv4/conf/*/${name}`),
  ...global.map((name) => `/proc/sys/${name}`),
  '/proc/sys/net/ipv6/conf/*/disable_ipv6',
  '/proc/sys/net/ipv6/conf/*/accept_dad',
];

/** /proc/sys/net follows the reader's namespace, so another namespace needs its own shell to expand the pattern. */
const shell = `
if [ -n "$KA_NS" ]; then tell '' $KA_NS sh -c 'grep -sH "" PATHS'
else tell '' grep -sH '' PATHS
fi
`.replaceAll('PATHS', paths.join(' '));

export const sysctlsProbe: Probe<SysctlValues> = {
  id: 'sysctls',
  asks: 'how is the kernel set up for reverse-path checks, ARP and multicast?',
  parts: [{ part: 'values', shell, rounds: ['before'], limitBytes: 1_048_576, timeoutSeconds: 2 }],
  read,
};

function read(answers: readonly Answer[]): Reading<SysctlValues> {
  const answer = answerTo(answers, 'values');
  const values: Record<string, string> = {};
  for (const [path, [value]] of linesByPath(answer?.text ?? '')) {
    if (value !== undefined && path.startsWith('/proc/sys/')) values[path.slice('/proc/sys/'.length)] = value;
  }
  // grep also fails when a single interface vanished meanwhile; what it printed counts.
  if (Object.keys(values).length > 0) return known(values);
  return unknown(whyUseless(answer, 'sysctls') ?? 'sysctls: the answer is empty');
}
