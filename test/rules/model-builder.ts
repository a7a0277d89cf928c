// Named changes that turn the healthy cluster into a situation, for rule cases. How models are built from evidence
// is tested elsewhere.
import type {
  AdvertStream,
  AvcDenial,
  Cloud,
  ClusterModel,
  ConfiguredInstance,
  FirewallJudgement,
  FirewallRule,
  Group,
  HostFacet,
  Instance,
  KeepalivedProcess,
  LadderCell,
  MachineFacts,
  NodeFacet,
  RunningInstanceFacts,
  VipHolding,
} from '../../src/cluster/model.ts';
import { known, type Reading, unknown } from '../../src/evidence/reading.ts';
import { addressOf, arpAnswer, confFile, healthy, holder, names, stream } from './healthy-model.ts';

export { addressOf, groupId, healthy, link, macOf, names, stream, vip } from './healthy-model.ts';

export type Change = (model: ClusterModel) => ClusterModel;

/** The healthy cluster with these changes, applied in order. */
export const situation = (...changes: readonly Change[]): ClusterModel =>
  changes.reduce((model, change) => change(model), healthy());

// ── changes of one thing ─────────────────────────────────────────────────────────────────────────────────────
const replace = <T>(items: readonly T[], which: (item: T) => boolean, change: (item: T) => T): readonly T[] =>
  items.map((item) => (which(item) ? change(item) : item));

export const changeNode =
  (name: string, change: Partial<NodeFacet>): Change =>
  (model) => ({
    ...model,
    nodes: replace(
      model.nodes,
      (n) => n.name === name,
      (n) => ({ ...n, ...change }),
    ),
  });

export const changeHost =
  (name: string, change: Partial<HostFacet>): Change =>
  (model) => ({
    ...model,
    hosts: replace(
      model.hosts,
      (h) => h.node === name,
      (h) => ({ ...h, ...change }),
    ),
  });

export const changeGroup =
  (change: Partial<Group>): Change =>
  (model) => ({ ...model, groups: model.groups.map((g) => ({ ...g, ...change })) });

export const changeInstance =
  (name: string, change: Partial<Instance>): Change =>
  (model) => ({
    ...model,
    instances: replace(
      model.instances,
      (i) => i.node === name,
      (i) => ({ ...i, ...change }),
    ),
  });

const mapReading = <T>(reading: Reading<T>, change: (value: T) => T): Reading<T> =>
  reading.kind === 'known' ? known(change(reading.value)) : reading;

/** `names` may be one node or several. */
export const configures =
  (which: string | readonly string[], change: Partial<ConfiguredInstance>): Change =>
  (model) => ({
    ...model,
    instances: replace(
      model.instances,
      (i) => [which].flat().includes(i.node),
      (i) => ({ ...i, configured: mapReading(i.configured, (value) => ({ ...value, ...change })) }),
    ),
  });

export const runs =
  (name: string, change: Partial<RunningInstanceFacts>): Change =>
  (model) => ({
    ...model,
    instances: replace(
      model.instances,
      (i) => i.node === name,
      (i) => ({ ...i, running: mapReading(i.running, (value) => ({ ...value, ...change })) }),
    ),
  });

export const changeProcess =
  (name: string, change: Partial<KeepalivedProcess>): Change =>
  (model) => ({
    ...model,
    nodes: replace(
      model.nodes,
      (n) => n.name === name,
      (n) => ({ ...n, processes: mapReading(n.processes, (all) => all.map((p) => ({ ...p, ...change }))) }),
    ),
  });

export const logs = (name: string, ...lines: readonly string[]): Change =>
  changeNode(name, { log: known(lines.map((text) => ({ text }))) });

/** Every stream heard from a sender says this. */
export const says =
  (from: string, change: Partial<AdvertStream>): Change =>
  (model) => ({
    ...model,
    adverts: {
      ...model.adverts,
      streams: replace(
        model.adverts.streams,
        (s) => s.sender === from,
        ({ quote: _, ...s }) => stream(from, s.heardAt, { ...s, ...change }),
      ),
    },
  });

export const hears =
  (...streams: readonly AdvertStream[]): Change =>
  (model) => ({ ...model, adverts: { ...model.adverts, streams: [...model.adverts.streams, ...streams] } });

export const hearsNothingFrom =
  (from: string, at?: string): Change =>
  (model) => ({
    ...model,
    adverts: {
      ...model.adverts,
      streams: model.adverts.streams.filter(
        (s) => s.sender !== from || (at !== undefined && s.heardAt !== at),
      ),
    },
  });

export const climbs =
  (from: string, to: string, change: Partial<LadderCell>): Change =>
  (model) => ({
    ...model,
    ladder: replace(
      model.ladder,
      (c) => c.from === from && c.to === to,
      (c) => ({ ...c, ...change }),
    ),
  });

export const changeHolding =
  (change: Partial<VipHolding>): Change =>
  (model) => ({ ...model, holders: model.holders.map((h) => ({ ...h, ...change })) });

const holding =
  (...by: readonly string[]): Change =>
  (model) => ({
    ...model,
    instances: model.instances.map((i) => ({ ...i, holdsVips: by.includes(i.node) ? 'yes' : 'no' })),
  });

export const held =
  (...by: readonly string[]): Change =>
  (model) =>
    holding(...by)(changeHolding({ holders: by.map(holder) })(model));
export const answered = (...by: readonly string[]): Change =>
  changeHolding({ arp: known(by.map((name) => arpAnswer(name))) });
export const answeredBy = (...macs: readonly string[]): Change =>
  changeHolding({ arp: known(macs.map((mac) => arpAnswer('foreign', mac))) });

// ── changes of a situation ───────────────────────────────────────────────────────────────────────────────────
const syncMasters: Change = (model) => ({
  ...model,
  groups: model.groups.map((g) => ({
    ...g,
    masters: model.instances
      .filter(
        (i) => g.members.includes(i.id) && i.running.kind === 'known' && i.running.value.state === 'MASTER',
      )
      .map((i) => i.node),
  })),
});

/** The node is MASTER as well: advertises, is delivered everywhere, holds the VIP. Peers do not yield. */
export const alsoMaster =
  (name: string): Change =>
  (model) => {
    const next = changeInstance(name, { holdsVips: 'yes' })(runs(name, { state: 'MASTER' })(model));
    const holders = next.holders.map((h) => ({
      ...h,
      holders: h.holders.some((one) => one.node === name) ? h.holders : [...h.holders, holder(name)],
    }));
    const ladder = replace(
      next.ladder,
      (c) => c.from === name,
      (c): LadderCell => ({
        ...c,
        due: 'yes',
        sent: 4,
        onWire: 4,
        arrived: 4,
        delivered: 4,
        accepted: 'refused-lower-priority',
      }),
    );
    const settings = next.instances.find((i) => i.node === name);
    const own = settings?.configured.kind === 'known' ? settings.configured.value : undefined;
    const streams = [
      ...next.adverts.streams,
      ...['n1', 'n2', 'n3', 'observer'].map((at) =>
        stream(name, at, {
          ...(own === undefined
            ? {}
            : {
                version: own.version,
                intervalMs: own.advertIntervalMs,
                addresses: own.vips.map((v) => v.split('/')[0] ?? v),
                dst: own.mode === 'unicast' ? addressOf(at === name ? 'n1' : at) : own.multicastGroup,
                authType: own.auth.type === 'PASS' ? 1 : own.auth.type === 'AH' ? 2 : 0,
                ...(own.auth.fingerprint === undefined ? {} : { authFingerprint: own.auth.fingerprint }),
              }),
          ...(settings === undefined ? {} : { vrid: settings.vrid }),
        }),
      ),
    ];
    return syncMasters({ ...next, holders, ladder, adverts: { ...next.adverts, streams } });
  };

export const lostInKernel = (from: string, to: string): Change =>
  climbs(from, to, {
    arrived: 4,
    delivered: 0,
    accepted: 'no',
    lostAt: 'receiver-kernel',
    loss: 'all',
    due: 'yes',
    sent: 4,
  });
export const lostOnNetwork =
  (from: string, to: string): Change =>
  (model) =>
    hearsNothingFrom(
      from,
      to,
    )(
      climbs(from, to, {
        arrived: 0,
        delivered: 0,
        accepted: 'no',
        lostAt: 'network',
        loss: 'all',
        due: 'yes',
        sent: 4,
      })(model),
    );
export const lostAtSender =
  (from: string): Change =>
  (model) =>
    hearsNothingFrom(from)({
      ...model,
      ladder: replace(
        model.ladder,
        (c) => c.from === from,
        (c) => ({
          ...c,
          due: 'yes',
          sent: 0,
          onWire: 0,
          arrived: 0,
          delivered: 0,
          accepted: 'no',
          lostAt: 'sender',
          loss: 'all',
        }),
      ),
    });
export const refused = (from: string, to: string): Change =>
  climbs(from, to, {
    due: 'yes',
    sent: 4,
    arrived: 4,
    delivered: 4,
    accepted: 'no',
    lostAt: 'daemon',
    loss: 'all',
  });

export const dropRule = (change: Partial<FirewallRule> = {}): FirewallRule => ({
  engine: 'nft',
  family: 'inet',
  table: 'filter',
  chain: 'input',
  hook: 'input',
  handle: 7,
  text: 'ip protocol 112 counter packets 40 bytes 1600 drop',
  kind: 'rule',
  owner: 'nft',
  counter: { before: 40, after: 44 },
  ...change,
});

/** Changes what a node's firewall does with the adverts of a peer. */
export const filters =
  (name: string, peer: string, change: Partial<FirewallJudgement>): Change =>
  (model) => {
    const direction = change.direction ?? 'in';
    return {
      ...model,
      hosts: replace(
        model.hosts,
        (h) => h.node === name,
        (h) => ({
          ...h,
          firewall: mapReading(h.firewall, (facts) => ({
            ...facts,
            judgements: replace(
              facts.judgements,
              (j) => j.direction === direction && j.peer === peer,
              (j) => ({ ...j, ...change }),
            ),
          })),
        }),
      ),
    };
  };

/** Nothing of the node could be read. */
export const unreachable =
  (name: string): Change =>
  (model) => {
    const why = `${name} could not be reached`;
    const members = model.instances.filter((i) => i.node !== name);
    return syncMasters({
      ...changeNode(name, {
        contact: { kind: 'unreachable', why: 'connection refused', nextStep: 'check sshd' },
        processes: unknown(why),
        unit: unknown(why),
        version: unknown(why),
        configuration: unknown(why),
        log: unknown(why),
      })(model),
      instances: members,
      groups: model.groups.map((g) => ({ ...g, members: members.map((i) => i.id) })),
      hosts: model.hosts.filter((h) => h.node !== name),
      ladder: model.ladder.filter((c) => c.from !== name && c.to !== name),
      holders: model.holders.map((h) => ({
        ...h,
        unread: [...h.unread, name],
        holders: h.holders.filter((one) => one.node !== name),
      })),
      adverts: {
        ...model.adverts,
        streams: model.adverts.streams
          .filter((s) => s.heardAt !== name)
          .map((s) => (s.sender === name ? { ...s, sender: 'foreign' } : s)),
        ears: model.adverts.ears.map((ear) =>
          ear.at === name ? { at: name, heard: 'no', reason: why } : ear,
        ),
      },
    });
  };

/** keepalived was stopped on the node in good order. */
export const stopped =
  (name: string): Change =>
  (model) => {
    const next = hearsNothingFrom(name)(
      changeNode(name, {
        processes: known([]),
        unit: known({
          manager: 'systemd',
          name: 'keepalived.service',
          activeState: 'inactive',
          subState: 'dead',
          enablement: 'enabled',
        }),
      })(changeInstance(name, { process: 'stopped', running: unknown('keepalived is not running') })(model)),
    );
    return syncMasters({
      ...next,
      ladder: next.ladder.map((c) =>
        c.from === name
          ? {
              ...c,
              due: 'no',
              sent: 0,
              onWire: 0,
              arrived: 0,
              delivered: 0,
              accepted: 'unknown',
              lostAt: null,
              loss: 'none',
            }
          : // the kernel drops its membership with the socket
            c.to === name && c.due === 'yes'
            ? { ...c, delivered: 0, accepted: 'no', lostAt: 'receiver-kernel', loss: 'all' }
            : c,
      ),
      holders: next.holders.map((h) => ({ ...h, holders: h.holders.filter((one) => one.node !== name) })),
      hosts: next.hosts.map((h) =>
        h.node === name ? { ...h, memberships: known({ eth1: ['224.0.0.1'] }) } : h,
      ),
    });
  };

/** n1 is BACKUP and silent, holding nothing. */
export const silentBackup =
  (name: string): Change =>
  (model) =>
    syncMasters({
      ...hearsNothingFrom(name)(runs(name, { state: 'BACKUP' })(model)),
      ladder: model.ladder.map((c) =>
        c.from === name
          ? { ...c, due: 'no', sent: 0, onWire: 0, arrived: 0, delivered: 0, accepted: 'unknown' }
          : c,
      ),
      holders: model.holders.map((h) => ({ ...h, holders: h.holders.filter((one) => one.node !== name) })),
    });

/** Members talk to each other by name. */
export const unicast: Change = (model) => ({
  ...model,
  groups: model.groups.map((g) => ({ ...g, mode: 'unicast' })),
  instances: model.instances.map((i) => ({
    ...i,
    configured: mapReading(
      i.configured,
      (value): ConfiguredInstance => ({
        ...value,
        mode: 'unicast',
        unicastSource: addressOf(i.node),
        unicastPeers: names.filter((name) => name !== i.node).map(addressOf),
        unicastPeersAt: { file: confFile, line: 20 },
      }),
    ),
  })),
  adverts: {
    ...model.adverts,
    streams: model.adverts.streams
      .filter((s) => s.heardAt !== 'observer')
      .map((s) => stream(s.sender, s.heardAt, { dst: addressOf(s.heardAt === s.sender ? 'n2' : s.heardAt) })),
  },
  hosts: model.hosts.map((h) => ({ ...h, memberships: known({ eth1: ['224.0.0.1'] }) })),
});

/** VRRPv3 without authentication, adverts every 100 ms. */
export const versionThree: Change = (model) => {
  const changed = configures(names, { version: 3, advertIntervalMs: 100 })(model);
  return names.reduce<ClusterModel>(
    (next, name) => says(name, { version: 3, intervalMs: 100, count: 40 })(next),
    {
      ...changed,
      groups: changed.groups.map((g) => ({ ...g, version: 3, advertIntervalMs: 100 })),
    },
  );
};

export const password = (fingerprint: string): Partial<ConfiguredInstance> => ({
  auth: { type: 'PASS', fingerprint, file: confFile, line: 16 },
});

/** The whole cluster uses one password, on disk and on the wire. */
export const withPassword: Change = (model) =>
  names.reduce<ClusterModel>(
    (next, name) => says(name, { authType: 1, authFingerprint: 'f00d01' })(next),
    configures(names, password('f00d01'))(model),
  );

export const denial = (change: Partial<AvcDenial> = {}): AvcDenial => ({
  atMs: 1_000_500,
  permissions: ['create'],
  targetClass: 'rawip_socket',
  sourceContext: 'system_u:system_r:keepalived_t:s0',
  targetContext: 'system_u:system_r:keepalived_t:s0',
  pid: 601,
  command: 'keepalived',
  permissive: 'no',
  quote: {
    node: 'n2',
    source: 'audit.log',
    quote: `avc: denied { ${(change.permissions ?? ['create']).join(' ')} } for comm="keepalived" scontext=…:keepalived_t:s0 tclass=${change.targetClass ?? 'rawip_socket'} permissive=0`,
  },
  ...change,
});

const changeMachine =
  (name: string, change: Partial<MachineFacts>): Change =>
  (model) => ({
    ...model,
    hosts: replace(
      model.hosts,
      (h) => h.node === name,
      (h) => ({ ...h, machine: mapReading(h.machine, (facts) => ({ ...facts, ...change })) }),
    ),
  });

/** DMI vendor and product of a node. */
export const onHardware = (name: string, hardware: string): Change => changeMachine(name, { hardware });

export const inCloud = (name: string, cloud: Cloud): Change =>
  changeMachine(name, {
    cloud: { name: cloud, quote: { node: name, source: '/sys/class/dmi/id', quote: cloud } },
  });

export const booted = (name: string, secondsAgo: number): Change =>
  changeMachine(name, { uptimeMs: secondsAgo * 1000 });
