/**
 * Builds the bundles whose faults a practice cluster cannot have on every machine: SELinux and firewalld on one real
 * host (sel1, 10.78.0.11), from what that host printed (fixtures/selinux, fixtures/netfilter), put into the words of
 * our probes. Its peer (10.78.0.12) is known by its adverts only: its own answers are composed to agree with them,
 * and what each node's ear and witness heard follows from the wire and the node's memberships and rules.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer, Bundle, NodeEvidence } from '../src/evidence/bundle.ts';
import { writeBundle } from '../src/evidence/bundle-folder.ts';
import { answersOf, type Daemon, daemonIn, type HostStory, say, toUnix } from './selinux-bundles/answers.ts';
import { noRules, peer, read, root, ruleset, vip, vm } from './selinux-bundles/host.ts';
import { type Advert, deliveryOf, listened, onBridge, onNode, readWire } from './selinux-bundles/wire.ts';

const unitOf = (daemon: Daemon | undefined, show: string): string => {
  const shown = (name: string, fallback: string): string =>
    new RegExp(`^${name}=(.*)$`, 'm').exec(show)?.[1] ?? fallback;
  const status = shown('ExecMainStatus', '0');
  return [
    `MainPID=${daemon?.pid ?? 0}`,
    'StatusText=',
    `Result=${shown('Result', 'success')}`,
    `NRestarts=${shown('NRestarts', '0')}`,
    `ExecMainCode=${status === '0' ? 0 : 1}`,
    `ExecMainStatus=${status}`,
    'Id=keepalived.service',
    'LoadState=loaded',
    `ActiveState=${shown('ActiveState', 'active')}`,
    `SubState=${shown('SubState', 'running')}`,
    'FragmentPath=/lib/systemd/system/keepalived.service',
    'UnitFileState=enabled',
    'NeedDaemonReload=no',
    'ConditionResult=yes',
    'AssertResult=yes',
    'ConditionTimestampMonotonic=2555190704',
    '',
  ].join('\n');
};

/** A dump of the real daemon with another instance's numbers: 2 is MASTER, 1 is BACKUP. */
const dumpAs = (change: { readonly priority: number; readonly state: 1 | 2 }): string =>
  read('master', 'keepalived.json')
    .replace(
      /"(base|effective)_priority":\d+/g,
      (_field, which: string) => `"${which}_priority":${change.priority}`,
    )
    .replace(/"(state|wantstate)":\d/g, (_field, which: string) => `"${which}":${change.state}`)
    .replace(/"vipset":\w+/, `"vipset":${change.state === 2}`);

const startedPeer = (state: 'MASTER' | 'BACKUP'): string =>
  [
    '1795195100.000000 sel2 Keepalived[301]: Starting Keepalived v2.2.7 (01/16,2022)',
    '1795195100.000000 sel2 Keepalived[301]: Starting VRRP child process, pid=302',
    `1795195104.000000 sel2 Keepalived_vrrp[302]: (VI_1) Entering ${state} STATE`,
    '',
  ].join('\n');

const plainConfiguration = (priority: number): string =>
  [
    'vrrp_instance VI_1 {',
    '    state BACKUP',
    '    interface eth0',
    '    virtual_router_id 51',
    `    priority ${priority}`,
    '    advert_int 1',
    '    virtual_ipaddress {',
    `        ${vip}/24 dev eth0`,
    '    }',
    '}',
    '',
  ].join('\n');

const peerStory = (wire: readonly Advert[]): HostStory => {
  const isMaster = wire.some((advert) => advert.src === peer.address);
  const journal = startedPeer(isMaster ? 'MASTER' : 'BACKUP');
  return {
    host: peer,
    folder: isMaster ? 'master' : 'backup',
    nft: noRules,
    journal,
    configuration: plainConfiguration(100),
    holdsVip: isMaster ? 'yes' : 'no',
    sockets: 'keepalived',
    unit: unitOf(daemonIn(journal), ''),
    dump: dumpAs({ priority: 100, state: isMaster ? 2 : 1 }),
    more: [say(['selinux', 'mode'], 'disabled'), say(['firewalld', 'zones'], 'not running')],
    selinux: 'disabled',
  };
};

/** `delivered`: what arrives at the VM from its peer also reaches a raw socket there. */
interface Situation {
  readonly name: string;
  readonly wire: readonly Advert[];
  readonly story: HostStory;
  readonly kernelAtVm: 'delivers' | 'does-not-deliver';
}

const nodeOf = (
  story: HostStory,
  wire: readonly Advert[],
  kernel: Situation['kernelAtVm'],
): NodeEvidence => ({
  node: story.host.name,
  address: story.host.address,
  contact: { kind: 'reached', rights: 'root', connectedAfterMs: 200 },
  problems: [],
  answers: answersOf(story),
  ear: listened(
    'tcpdump -p -i any',
    wire.map((advert) => onNode(advert, story.host)),
  ),
  witness: {
    kind: 'listened',
    source: 'python3',
    deliveries:
      kernel === 'delivers' ? wire.filter((advert) => advert.src !== story.host.address).map(deliveryOf) : [],
    problems: [],
  },
});

const bundleOf = ({ wire, story, kernelAtVm }: Situation): Bundle => {
  const startNs = wire[0]?.atNs ?? 0n;
  return {
    schemaVersion: 1,
    kind: 'check',
    tool: { name: 'vipdoctor', version: '0.1.0' },
    startedAt: new Date(Number(startNs / 1_000_000n) - 1000).toISOString(),
    durationMs: 5200,
    window: {
      listenedMs: 4000,
      limitMs: 30000,
      endedBecause: 'settled',
      detail: 'every question was settled',
    },
    nodes: [nodeOf(story, wire, kernelAtVm), nodeOf(peerStory(wire), wire, 'delivers')],
    observer: {
      kind: 'present',
      where: 'local',
      interface: 'br0',
      ear: listened('tcpdump -p -i br0', wire.map(onBridge)),
      arp: [],
      problems: [],
    },
  };
};

/** What a second reading of a real scenario changes: the mode, or which records were written at all. */
interface Twist {
  readonly name: string;
  readonly mode?: '1';
  readonly unrecorded?: RegExp;
}

const selinuxAnswers = (folder: string, twist: Twist | undefined): readonly Answer[] => [
  say(
    ['selinux', 'mode'],
    twist?.mode ?? (read(folder, 'getenforce.txt').startsWith('Enforcing') ? '1' : '0'),
  ),
  say(['selinux', 'denials', 'audit'], recorded(read(folder, 'audit.txt'), twist)),
  say(['selinux', 'denials', 'journal'], recorded(toUnix(read(folder, 'journal-avc.txt')), twist)),
  // The kernel printed other records of those seconds and suppressed the rest.
  say(['selinux', 'denials', 'kernel'], ''),
  say(['firewalld', 'zones'], 'not running'),
];

const recorded = (records: string, twist: Twist | undefined): string =>
  records
    .split('\n')
    .filter((line) => twist?.unrecorded?.test(line) !== true)
    .join('\n');

const selinuxSituation = (folder: string, twist?: Twist): Situation => {
  const wire = readWire(read(folder, 'tcpdump-vrrp-4s.txt'));
  const journal = toUnix(read(folder, 'journal-keepalived.txt'));
  const holdsVip = read(folder, 'ip-br-addr.txt').includes(vip) ? 'yes' : 'no';
  const daemon = daemonIn(journal);
  const failed = read(folder, 'systemctl-show.txt').includes('ActiveState=failed');
  const refused = /cant open raw socket/.test(journal);
  return {
    name: `selinux-${twist?.name ?? folder}`,
    wire,
    kernelAtVm: failed || refused ? 'does-not-deliver' : 'delivers',
    story: {
      host: vm,
      folder: holdsVip === 'yes' ? 'master' : 'backup',
      nft: noRules,
      journal,
      configuration: read(folder, 'keepalived.conf'),
      holdsVip,
      sockets: failed || refused ? 'none' : 'keepalived',
      unit: unitOf(failed ? undefined : daemon, read(folder, 'systemctl-show.txt')),
      dump: dumpAs({ priority: 150, state: holdsVip === 'yes' ? 2 : 1 }),
      more: selinuxAnswers(folder, twist),
      selinux: 'enabled',
    },
  };
};

const firewallSituation = (
  folder: string,
  { rules, kernelAtVm }: { readonly rules: string; readonly kernelAtVm: Situation['kernelAtVm'] },
): Situation => {
  const started = toUnix(read(folder, 'journal-keepalived.txt'));
  // firewalld was reloaded long after keepalived started; its journal of that hour no longer shows the start.
  const journal = /Starting VRRP child/.test(started)
    ? started
    : toUnix(read('firewalld-default-rejects', 'journal-keepalived.txt')) + started;
  const zones = folder.startsWith('firewalld') ? read(folder, 'firewall-cmd-list-all.txt') : undefined;
  const dump = read(folder, 'keepalived.json');
  return {
    name: folder,
    wire: readWire(read(folder, 'tcpdump-vrrp-4s.txt')),
    kernelAtVm,
    story: {
      host: vm,
      folder,
      nft: ruleset(rules),
      journal,
      configuration: read('healthy', 'keepalived.conf').replace('priority 150', 'priority 50'),
      holdsVip: read(folder, 'ip-j-addr.json').includes(vip) ? 'yes' : 'no',
      sockets: 'keepalived',
      unit: unitOf(daemonIn(journal), ''),
      dump,
      more: [
        say(['selinux', 'mode'], '1'),
        ...(zones === undefined
          ? [say(['firewalld', 'zones'], 'not running')]
          : [
              say(['firewalld', 'zones', 'zones'], zones),
              say(['firewalld', 'zones', 'files'], '/etc/firewalld/firewalld.conf:DefaultZone=public\n'),
            ]),
      ],
      selinux: 'enabled',
    },
  };
};

const situations: readonly Situation[] = [
  ...['healthy', 'raw-socket-denied', 'permissive', 'auditd-off', 'config-mislabelled', 'script-denied'].map(
    (folder) => selinuxSituation(folder),
  ),
  // One domain can be permissive while the host enforces (`semanage permissive -a keepalived_t`).
  selinuxSituation('permissive', { name: 'permissive-domain', mode: '1' }),
  // A dontaudit rule: the same refusal, and no record of it.
  selinuxSituation('raw-socket-denied', { name: 'denied-silently', unrecorded: /rawip_socket/ }),
  firewallSituation('firewalld-default-rejects', {
    rules: 'firewalld-default',
    kernelAtVm: 'does-not-deliver',
  }),
  firewallSituation('firewalld-rich-rule', { rules: 'firewalld-rich-permanent', kernelAtVm: 'delivers' }),
  firewallSituation('nft-drop', { rules: 'nft-drop', kernelAtVm: 'does-not-deliver' }),
];

for (const situation of situations) {
  const folder = join(root, 'fixtures/bundles', situation.name);
  for (const part of ['manifest.json', 'nodes', 'observer'])
    rmSync(join(folder, part), { recursive: true, force: true });
  await writeBundle(folder, bundleOf(situation));
  process.stdout.write(`${situation.name}\n`);
}
