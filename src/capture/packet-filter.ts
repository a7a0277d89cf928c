// What an ear listens for: adverts (VRRP and AH), ARP, neighbour discovery, and group membership, as a pcap filter
// and as the same thing in classic BPF for readers without libpcap.

/** Adverts alone, for who listens for days. */
export const advertFilter = ['ip proto 112', 'ip proto 51', 'ip6 proto 112', 'ip6 proto 51'].join(' or ');

/** For tcpdump and cap. MLD comes behind a hop-by-hop header, where `icmp6` does not look. */
export const pcapFilter = [
  'ip proto 112',
  'ip proto 51',
  'ip proto 2',
  'ip6 proto 112',
  'ip6 proto 51',
  'arp',
  '(ip6[6] = 58 and (ip6[40] = 135 or ip6[40] = 136 or ip6[40] = 130 or ip6[40] = 131 or ip6[40] = 132 or ip6[40] = 143))',
  '(ip6[6] = 0 and ip6[40] = 58)',
].join(' or ');

/** Bytes kept of each frame. */
export const snapBytes = 512;

interface Step {
  readonly label?: string;
  readonly code: number;
  readonly k: number;
  /** Labels to jump to; without them the next step follows. */
  readonly then?: string;
  readonly else?: string;
}

const loadProtocol = { code: 0x28, k: 0xfffff000 }; // SKF_AD_OFF + SKF_AD_PROTOCOL, linux/filter.h
const loadByte = (at: number) => ({ code: 0x30, k: at });
const ifEqual = (value: number, then: string, otherwise?: string): Step =>
  otherwise === undefined ? { code: 0x15, k: value, then } : { code: 0x15, k: value, then, else: otherwise };
const giveBack = (bytes: number) => ({ code: 0x06, k: bytes });

/** Offsets count from the network header, as a cooked (SOCK_DGRAM) packet socket shows packets. */
const steps: readonly Step[] = [
  loadProtocol,
  ifEqual(0x0806, 'keep'),
  ifEqual(0x0800, 'ipv4'),
  ifEqual(0x86dd, 'ipv6', 'drop'),
  { label: 'ipv4', ...loadByte(9) },
  ifEqual(112, 'keep'),
  ifEqual(51, 'keep'),
  ifEqual(2, 'keep', 'drop'),
  { label: 'ipv6', ...loadByte(6) },
  ifEqual(112, 'keep'),
  ifEqual(51, 'keep'),
  ifEqual(0, 'hop-by-hop'),
  ifEqual(58, 'icmp', 'drop'),
  { label: 'hop-by-hop', ...loadByte(40) },
  ifEqual(58, 'keep', 'drop'),
  { label: 'icmp', ...loadByte(40) },
  ...[130, 131, 132, 135, 136].map((type) => ifEqual(type, 'keep')),
  ifEqual(143, 'keep', 'drop'),
  { label: 'drop', ...giveBack(0) },
  { label: 'keep', ...giveBack(snapBytes) },
];

export interface BpfInstruction {
  readonly code: number;
  readonly jumpTrue: number;
  readonly jumpFalse: number;
  readonly k: number;
}

export const cookedFilter: readonly BpfInstruction[] = steps.map((step, at) => {
  const distance = (label: string | undefined) =>
    label === undefined ? 0 : steps.findIndex((other) => other.label === label) - at - 1;
  return { code: step.code, jumpTrue: distance(step.then), jumpFalse: distance(step.else), k: step.k };
});
