// Whether a failover may be tried at all: a list of reasons against it, each with a name that `--force` can override,
// and those that nothing overrides. Pure; judged from the same model and report as a check.
import type { ClusterModel } from '../cluster/model.ts';
import type { CheckReport } from '../report/report.ts';
import type { FaultDeed, Refusal, RefusalName } from './faults/fault.ts';
import type { FaultSite } from './site.ts';
import type { Arena } from './subject.ts';

export const forcibleNames = [
  'backup-not-proven',
  'node-unreachable',
  'critical-findings',
  'control-path',
  'rescue-too-short',
  'vip-held-elsewhere',
] as const;
export type ForcibleName = (typeof forcibleNames)[number];

export interface Objection {
  readonly name:
    | ForcibleName
    | 'master-unclear'
    | 'no-backup'
    | 'ssh-through-vip'
    | 'no-rights'
    | RefusalName
    | 'not-surveyed'
    | 'rescue-pending';
  readonly why: string;
  readonly overridable: 'yes' | 'no';
}

export interface Circumstances {
  readonly model: ClusterModel;
  readonly report: CheckReport;
  readonly arena: Arena;
  /** By node; a node that did not answer is missing. */
  readonly sites: ReadonlyMap<string, FaultSite>;
  /** Address our connection to the node goes to, where it is known. */
  readonly remoteAddresses: ReadonlyMap<string, string>;
  readonly deeds: readonly FaultDeed[];
  /** Faults that cannot be done, with the reason. */
  readonly impossible: readonly Refusal[];
  /** What other runs left on nodes, `node: thing`. */
  readonly leftovers: readonly string[];
  readonly rescueAfterMs: number;
  /** From injecting to healing, as planned, ms. */
  readonly longestFaultMs: number;
}

const firm = (name: Objection['name'], why: string): Objection => ({ name, why, overridable: 'no' });
const soft = (name: ForcibleName, why: string): Objection => ({ name, why, overridable: 'yes' });

const aboutMaster = ({ model, arena }: Circumstances): readonly Objection[] => {
  const { master, group, vip } = arena;
  if (master === undefined)
    return [
      firm(
        'master-unclear',
        group.masters.length === 0
          ? `no node is master of ${vip}`
          : group.masters.length === 1
            ? `${group.masters[0]} is master of ${vip}, but its configuration could not be read`
            : `${group.masters.join(' and ')} are masters of ${vip} at once`,
      ),
    ];
  const holding = model.holders.find((one) => one.group === group.id && one.vip === vip);
  const strangers = holding?.holders.filter((holder) => holder.node !== master.node) ?? [];
  return strangers.map((holder) =>
    soft('vip-held-elsewhere', `${holder.node} has ${vip} on ${holder.interface} and is not its master`),
  );
};

/** A backup counts when what the master sends is accepted there, or at least delivered. */
const hears = (model: ClusterModel, arena: Arena, from: string, to: string): 'yes' | 'no' => {
  const cell = model.ladder.find((one) => one.group === arena.group.id && one.from === from && one.to === to);
  if (cell === undefined) return 'no';
  return cell.accepted === 'yes' ||
    (typeof cell.delivered === 'number' && cell.delivered > 0 && cell.loss !== 'all')
    ? 'yes'
    : 'no';
};

const aboutBackups = ({ model, arena }: Circumstances): readonly Objection[] => {
  const { master, members, group } = arena;
  if (master === undefined) return [];
  const backups = model.instances.filter(
    (instance) =>
      instance.group === group.id &&
      instance.node !== master.node &&
      instance.process === 'running' &&
      instance.running.kind === 'known' &&
      instance.running.value.state === 'BACKUP',
  );
  if (backups.length === 0 || members.length < 2)
    return [
      firm('no-backup', `no other node runs keepalived as BACKUP for ${arena.vip}: nobody would take over`),
    ];
  return backups.some((backup) => hears(model, arena, master.node, backup.node) === 'yes')
    ? []
    : [
        soft(
          'backup-not-proven',
          `no backup provably hears ${master.node}: see "vipdoctor check" for where its adverts are lost`,
        ),
      ];
};

const aboutHealth = ({ report, arena }: Circumstances): readonly Objection[] => {
  const grave = report.findings.filter(
    (finding) =>
      finding.severity === 'critical' &&
      (finding.subject.vrid === undefined || finding.subject.vrid === arena.group.vrid),
  );
  return grave.slice(0, 3).map((finding) => soft('critical-findings', `check finds: ${finding.title}`));
};

const aboutNodes = ({ model, arena, sites, leftovers }: Circumstances): readonly Objection[] => {
  const away = model.nodes.filter((node) => node.contact.kind !== 'reached');
  return [
    ...away.map((node) =>
      soft('node-unreachable', `${node.name} could not be reached: its part is not known`),
    ),
    ...arena.members.flatMap((member): readonly Objection[] => {
      const site = sites.get(member.node);
      if (site === undefined)
        return [firm('not-surveyed', `${member.node} did not answer the questions about how to heal it`)];
      if (site.rights === 'none')
        return [firm('no-rights', `no root rights on ${member.node}: neither hurt nor heal`)];
      return [];
    }),
    ...leftovers.map((thing) =>
      firm('rescue-pending', `${thing}: another run is not over; see "vipdoctor recover"`),
    ),
  ];
};

const aboutControlPath = (one: Circumstances): readonly Objection[] => {
  const { arena, sites, remoteAddresses, deeds } = one;
  const throughVip = arena.members.flatMap((member): readonly Objection[] => {
    const address = sites.get(member.node)?.arrivesAt ?? remoteAddresses.get(member.node);
    return address !== undefined && arena.vips.includes(address)
      ? [
          firm(
            'ssh-through-vip',
            `the SSH connection to ${member.node} goes to ${address}, the VIP itself: give its own address`,
          ),
        ]
      : [];
  });
  const cut = deeds.filter(
    (deed) => deed.controlPath === 'cut' && sites.get(deed.node)?.systemd !== 'present',
  );
  return [
    ...throughVip,
    ...cut.map((deed) =>
      soft(
        'control-path',
        `${deed.fault} on ${deed.node} cuts our own connection, and without systemd there the rescue depends on one waiting process`,
      ),
    ),
  ];
};

const aboutTime = ({ rescueAfterMs, longestFaultMs, deeds }: Circumstances): readonly Objection[] =>
  rescueAfterMs >= longestFaultMs || deeds.length === 0
    ? []
    : [
        soft(
          'rescue-too-short',
          `the fault should last about ${Math.ceil(longestFaultMs / 1000)} s, and the rescue would end it after ${Math.round(rescueAfterMs / 1000)} s: raise --rescue-after`,
        ),
      ];

export const objectionsTo = (one: Circumstances): readonly Objection[] => [
  ...aboutMaster(one),
  ...aboutBackups(one),
  ...aboutNodes(one),
  ...aboutControlPath(one),
  ...one.impossible.map(({ name, why }) => firm(name, why)),
  ...aboutHealth(one),
  ...aboutTime(one),
];

/** What is left after `--force`. */
export const standing = (
  objections: readonly Objection[],
  forced: readonly ForcibleName[],
): readonly Objection[] =>
  objections.filter((one) => one.overridable === 'no' || !forced.some((name) => name === one.name));
