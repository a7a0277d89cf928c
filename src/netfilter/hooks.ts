/**
 * The order in which the kernel shows a packet to its hooks, and which base chains listen at each. Knows families,
 * hooks, priorities and devices (linux/netfilter*.h); does not look into rules.
 */
import type { PacketUnderTest } from './packet.ts';
import type { Chain, Table } from './ruleset.ts';
import type { Standpoint } from './world.ts';

/** When conntrack looks at the packet in prerouting and output (NF_IP_PRI_CONNTRACK). */
export const conntrackPriority = -200;

export interface Stage {
  readonly layer: Standpoint['layer'];
  readonly hook: string;
  /** Device an ingress/egress hook belongs to; undefined when it is not known. */
  readonly device: string | undefined;
  readonly inDevice: string | undefined;
  readonly outDevice: string | undefined;
  readonly linkHeader: Standpoint['linkHeader'];
}

export interface HookedChain {
  readonly chain: Chain;
  readonly table: Table;
  /** Place in the hook; all nat chains act at one fixed priority per hook, whatever they ask for. */
  readonly priority: number;
  /** `maybe`: the listing does not say whether the table is dormant or on which device the chain listens. */
  readonly listens: 'yes' | 'maybe';
}

const deviceStage = (hook: 'ingress' | 'egress', device: string | undefined): Stage => ({
  layer: 'device',
  hook,
  device,
  inDevice: hook === 'ingress' ? device : '',
  outDevice: hook === 'egress' ? device : '',
  linkHeader: 'present',
});

/** Every hook on the packet's way, in order. */
export function stagesOf(packet: PacketUnderTest): readonly Stage[] {
  const bridge = packet.bridgeMaster;
  const port = bridge === packet.interface ? undefined : packet.interface;
  const ipDevice = bridge ?? packet.interface;
  const lower = packet.lowerDevices ?? [];
  const incoming = packet.direction === 'in';
  const bridgeStage = (hook: string): Stage => ({
    layer: 'bridge',
    hook,
    device: undefined,
    inDevice: incoming ? port : '',
    outDevice: incoming ? '' : port,
    linkHeader: 'present',
  });
  const ipStage = (hook: string): Stage => ({
    layer: 'ip',
    hook,
    device: undefined,
    inDevice: incoming ? ipDevice : '',
    outDevice: incoming ? '' : ipDevice,
    linkHeader: incoming ? 'present' : 'absent',
  });
  if (incoming) {
    return [
      ...lower.toReversed().map((device) => deviceStage('ingress', device)),
      ...(bridge === undefined
        ? []
        : [deviceStage('ingress', port), bridgeStage('prerouting'), bridgeStage('input')]),
      deviceStage('ingress', ipDevice),
      ipStage('prerouting'),
      ipStage('input'),
    ];
  }
  return [
    ipStage('output'),
    ipStage('postrouting'),
    deviceStage('egress', ipDevice),
    ...(bridge === undefined
      ? []
      : [bridgeStage('output'), bridgeStage('postrouting'), deviceStage('egress', port)]),
    ...lower.map((device) => deviceStage('egress', device)),
  ];
}

const natPriorities: Readonly<Record<string, number>> = {
  prerouting: -100,
  output: -100,
  input: 100,
  postrouting: 100,
};

function familiesAt(stage: Stage, packet: PacketUnderTest): readonly string[] {
  if (stage.layer === 'bridge') return ['bridge'];
  if (stage.layer === 'device') return ['netdev', 'inet'];
  return [packet.family === 'ipv4' ? 'ip' : 'ip6', 'inet'];
}

/** Base chains at a stage in the kernel's order. */
export function chainsAt(
  stage: Stage,
  packet: PacketUnderTest,
  tables: readonly Table[],
): readonly HookedChain[] {
  const families = familiesAt(stage, packet);
  const found: HookedChain[] = [];
  for (const table of tables) {
    if (table.activity === 'dormant' || !families.includes(table.family)) continue;
    for (const chain of table.chains) {
      const { base } = chain;
      if (base === undefined || base.hook !== stage.hook) continue;
      let listens: HookedChain['listens'] = table.activity === 'unknown' ? 'maybe' : 'yes';
      if (stage.layer === 'device') {
        if (base.devices === 'unknown') listens = 'maybe';
        else if (stage.device === undefined) listens = 'maybe';
        else if (!base.devices.some((device) => deviceFits(device, stage.device ?? ''))) continue;
      }
      const priority = base.type === 'nat' ? (natPriorities[base.hook] ?? base.priority) : base.priority;
      found.push({ chain, table, priority, listens });
    }
  }
  // Of chains with one priority the kernel runs the one registered last first (nf_hook_entries_grow).
  return found
    .map((entry, index) => ({ entry, index }))
    .sort((a, b) => a.entry.priority - b.entry.priority || natOrder(a.entry, b.entry) || b.index - a.index)
    .map(({ entry }) => entry);
}

const deviceFits = (pattern: string, device: string): boolean =>
  pattern.endsWith('*') ? device.startsWith(pattern.slice(0, -1)) : pattern === device;

function natOrder(a: HookedChain, b: HookedChain): number {
  const bothNat = a.chain.base?.type === 'nat' && b.chain.base?.type === 'nat';
  return bothNat ? (a.chain.base?.priority ?? 0) - (b.chain.base?.priority ?? 0) : 0;
}
