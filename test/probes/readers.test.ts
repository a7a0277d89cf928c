// The readers on texts real nodes printed (fixtures/probes) and on the forms of older tools. Readers never throw.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Answer } from '../../src/evidence/bundle.ts';
import type { Reading } from '../../src/evidence/reading.ts';
import { allProbes, probes } from '../../src/probes/catalogue.ts';
import { readLine } from '../../src/probes/log.ts';
import { readCgroup } from '../../src/probes/processes.ts';
import { readDenial } from '../../src/probes/selinux.ts';
import { findVrrpProcess, socketsOf } from '../../src/probes/sockets.ts';

const fixture = (name: string) =>
  readFileSync(join(import.meta.dirname, '../../fixtures/probes', name), 'utf8');
const answer = (part: string, text: string, more: Partial<Answer> = {}): Answer => ({
  probe: 'test',
  part,
  round: 'before',
  exit: 0,
  truncated: 'no',
  text,
  ...more,
});
const known = <T>(reading: Reading<T>): T => {
  if (reading.kind === 'unknown') throw new Error(reading.reason);
  return reading.value;
};

describe('addresses', () => {
  test('from JSON, the VIP among them', () => {
    const { before, after } = known(probes.addresses.read([answer('table', fixture('ip-addr.json'))]));
    expect(before.links.map((link) => link.name)).toEqual(['lo', 'eth0']);
    expect(before.addresses).toContainEqual(
      expect.objectContaining({ interface: 'eth0', family: 'ipv4', address: '10.78.0.100' }),
    );
    expect(after).toBe('not-asked');
  });

  test('from the text of busybox and old iproute2', () => {
    const text = `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
7: eth1.20@eth1: <BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN> mtu 1500 qdisc noqueue state UP qlen 1000
    link/ether 02:00:00:00:00:07 brd ff:ff:ff:ff:ff:ff
    inet 10.0.0.2/24 brd 10.0.0.255 scope global eth1.20
    inet 10.0.0.5/32 scope global secondary eth1.20:vip
    inet6 fe80::7/64 scope link tentative dadfailed
`;
    const { before } = known(probes.addresses.read([answer('table', text)]));
    expect(before.links[1]).toEqual({
      name: 'eth1.20',
      index: 7,
      mac: '02:00:00:00:00:07',
      flags: ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP', 'M-DOWN'],
      operState: 'UP',
    });
    expect(before.addresses.slice(1)).toEqual([
      {
        interface: 'eth1.20',
        family: 'ipv4',
        address: '10.0.0.2',
        prefixLength: 24,
        scope: 'global',
        flags: [],
        label: 'eth1.20',
      },
      {
        interface: 'eth1.20',
        family: 'ipv4',
        address: '10.0.0.5',
        prefixLength: 32,
        scope: 'global',
        flags: ['secondary'],
        label: 'eth1.20:vip',
      },
      {
        interface: 'eth1.20',
        family: 'ipv6',
        address: 'fe80::7',
        prefixLength: 64,
        scope: 'link',
        flags: ['tentative', 'dadfailed'],
      },
    ]);
  });

  test('an answer that is not one says why', () => {
    const reading = probes.addresses.read([answer('table', 'ip: permission denied', { exit: 1 })]);
    expect(reading).toEqual({
      kind: 'unknown',
      reason: 'addresses: failed with exit status 1: ip: permission denied',
    });
    expect(probes.addresses.read([]).kind).toBe('unknown');
  });
});

test('links from JSON and text', () => {
  const fromJson = known(
    probes.links.read([
      answer('table', fixture('ip-link.json')),
      answer('carrier', '/sys/class/net/eth0/carrier_changes:3\n'),
    ]),
  );
  expect(fromJson.find((link) => link.name === 'eth0')).toMatchObject({
    carrier: 'yes',
    carrierChanges: 3,
    operState: 'UP',
  });
  const text = `3: v0@eth0: <NO-CARRIER,BROADCAST,UP> mtu 1400 qdisc noqueue master br0 state DOWN mode DEFAULT
    link/ether 00:00:5e:00:01:33 brd ff:ff:ff:ff:ff:ff
    macvlan mode private addrgenmode eui64`;
  expect(known(probes.links.read([answer('table', 'usage', { exit: 1 }), answer('table', text)]))).toEqual([
    {
      name: 'v0',
      index: 3,
      mac: '00:00:5e:00:01:33',
      mtuBytes: 1400,
      flags: ['NO-CARRIER', 'BROADCAST', 'UP'],
      operState: 'DOWN',
      carrier: 'no',
      kind: 'macvlan',
      master: 'br0',
      parent: 'eth0',
    },
  ]);
});

test('routes from JSON and text, and the way to a peer', () => {
  const tables = known(
    probes.routes.read([
      answer('routes4', fixture('ip-route.json')),
      answer(
        'routes6',
        'fe80::/64 dev eth0 proto kernel metric 256\nunreachable default dev lo table unspec metric 4294967295\n',
      ),
      answer('rules4', '0:\tfrom all lookup local\n32766:\tfrom all lookup main\n'),
      answer('get', '10.0.0.9 dev eth1 src 10.0.0.1 uid 0 \n    cache \n', {
        about: '10.0.0.9',
        round: 'after',
      }),
      answer('get', 'RTNETLINK answers: Network is unreachable\n', {
        about: '10.9.9.9',
        round: 'after',
        exit: 2,
      }),
      answer('get', 'Cannot open netlink socket: whatever\n', { about: '10.9.9.8', round: 'after', exit: 1 }),
    ]),
  );
  expect(tables.routes.some((route) => route.interface === 'eth0' && route.family === 'ipv4')).toBe(true);
  expect(tables.routes.filter((route) => route.family === 'ipv6')).toEqual([
    expect.objectContaining({ destination: 'fe80::/64', type: 'unicast', interface: 'eth0', metric: 256 }),
    expect.objectContaining({ destination: 'default', type: 'unreachable', table: 'unspec' }),
  ]);
  expect(tables.rules).toEqual(['0: from all lookup local', '32766: from all lookup main']);
  expect(tables.peers.map((peer) => [peer.peer, peer.via, peer.sourceAddress])).toEqual([
    ['10.0.0.9', 'eth1', '10.0.0.1'],
    ['10.9.9.9', 'none', undefined],
    ['10.9.9.8', 'unknown', undefined],
  ]);
});

test('memberships, sockets and counters from /proc/net', () => {
  const text = fixture('proc-net.txt');
  const { before } = known(probes.memberships.read([answer('groups', text)]));
  expect(before.eth0).toContain('224.0.0.18');
  expect(before.eth0).toContain('ff02::1');
  const tables = known(probes.sockets.read([answer('raw', text)]));
  expect(tables.before).toEqual([
    { family: 'ipv4', protocol: 112, localAddress: '0.0.0.0', receiveQueueBytes: 0, drops: 0, inode: 49101 },
    {
      family: 'ipv4',
      protocol: 112,
      localAddress: '224.0.0.18',
      receiveQueueBytes: 0,
      drops: 0,
      inode: 49100,
    },
  ]);
  const later = text.replace('Ip: 1 64 7160', 'Ip: 1 64 7163');
  const counters = known(
    probes.counters.read([answer('values', text), answer('values', later, { round: 'after' })]),
  );
  expect(counters.deltas).toEqual({ IpInReceives: 3 });
  expect(counters.before.TcpExtIPReversePathFilter).toBe(0);
  expect(counters.before.UdpIgnoredMulti).toBe(0);
  expect(counters.before.IpExtInMcastPkts).toBeGreaterThan(0);
  expect(counters.before.Ip6InReceives).toBeGreaterThanOrEqual(0);
  expect(counters.interfaces.eth0?.before.receivedPackets).toBeGreaterThan(0);
  expect(counters.interfaces.eth0?.after).toEqual(counters.interfaces.eth0?.before);
});

test('processes: parent, VRRP child by its sockets, capabilities, label, namespaces', () => {
  const fds = fixture('proc-fd.txt');
  const describe = [
    '/proc/7997/status:CapEff:\t0000000000003c00',
    '/proc/7999/status:CapEff:\t000001ffffffffff',
    '/proc/7999/attr/current:system_u:system_r:keepalived_t:s0\0',
    `/proc/7997/stat:7997 (keep) alived) S 1 ${'0 '.repeat(17)}273801 0`,
    '/proc/7997/cgroup:0::/system.slice/keepalived.service',
    '/proc/7997/comm:keepalived',
    '/proc/stat:btime 1795195000',
  ].join('\n');
  const processes = known(
    probes.processes.read([
      answer('list', '7997 1 parent S host host\n7998 7997 child S host host\n7999 7997 child T own own\n'),
      answer('describe', describe),
      answer(
        'links',
        `lrwxrwxrwx 1 root root 0 Nov 20 18:03 /proc/7997/exe -> /usr/sbin/keepalived (deleted)\n\n/proc/7999/fd/:\n${fds}`,
      ),
      answer('command-line', '/usr/sbin/keepalived\0--dont-fork\0', { about: '7997' }),
      answer('temporary-directory', 'TMPDIR=/run/x\n', { about: '7997' }),
    ]),
  );
  const [parent, , vrrp] = processes;
  expect(parent).toMatchObject({
    role: 'parent',
    executable: '/usr/sbin/keepalived (deleted)',
    commandLine: ['/usr/sbin/keepalived', '--dont-fork'],
    managedBy: 'systemd',
    unit: 'keepalived.service',
    effectiveCapabilities: 0x3c00n,
    startedAtMs: 1795195000_000 + 2738010,
    temporaryDirectory: '/run/x',
  });
  expect(vrrp).toMatchObject({
    runState: 'T',
    selinuxContext: 'system_u:system_r:keepalived_t:s0',
    networkNamespace: 'own',
    root: 'own',
    managedBy: 'unknown',
  });
  const sockets = known(probes.sockets.read([answer('raw', fixture('proc-net.txt'))])).before;
  expect(vrrp && socketsOf(vrrp, sockets).map((socket) => socket.inode)).toEqual([49101, 49100]);
  expect(parent && findVrrpProcess(parent, processes, sockets)?.pid).toBe(7999);
  expect(known(probes.processes.read([answer('list', '')]))).toEqual([]);
});

test.each([
  [['0::/system.slice/keepalived.service'], 'systemd', undefined],
  [['12:pids:/x', '1:name=systemd:/system.slice/keepalived@red.service'], 'systemd', undefined],
  [[`0::/system.slice/docker-${'a1'.repeat(32)}.scope`], 'docker', 'a1'.repeat(32)],
  [[`4:memory:/docker/${'b2'.repeat(32)}`], 'docker', 'b2'.repeat(32)],
  [[`0::/machine.slice/libpod-${'c3'.repeat(32)}.scope/container`], 'podman', 'c3'.repeat(32)],
  [
    [`0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-${'d4'.repeat(32)}.scope`],
    'containerd',
    'd4'.repeat(32),
  ],
  [[`3:cpu:/kubepods/besteffort/pod1/${'e5'.repeat(32)}`], 'containerd', 'e5'.repeat(32)],
  [['1:name=openrc:/openrc.keepalived', '0::/openrc.keepalived'], 'openrc', undefined],
  [['0::/user.slice/user-0.slice/session-3.scope'], 'none', undefined],
  [['0::/'], 'unknown', undefined],
  [[], 'unknown', undefined],
] as const)('the manager of cgroup %j is %s', (lines, managedBy, containerId) => {
  const facts = readCgroup(lines);
  expect(facts.managedBy).toBe(managedBy);
  expect(facts.containerId).toBe(containerId);
});

describe('SELinux', () => {
  test('denials of the enforcing host, from the audit log and the journal, each once', () => {
    const journal = fixture('selinux-journal.txt').replaceAll(/^\w+ \d+ [\d:]+/gm, '1795196694.900000');
    const state = known(
      probes.selinux.read([
        answer('mode', '1'),
        answer('denials', fixture('selinux-enforcing.audit.log'), { about: 'audit' }),
        answer('denials', journal, { about: 'journal' }),
        answer('denials', 'dmesg: read kernel buffer failed: Operation not permitted\n', {
          about: 'kernel',
          exit: 1,
        }),
      ]),
    );
    expect(state.mode).toBe('enforcing');
    expect(state.read).toEqual(['audit log', 'journal']);
    expect(state.unread).toEqual(['kernel log: dmesg: read kernel buffer failed: Operation not permitted']);
    expect(state.denials).toContainEqual(
      expect.objectContaining({
        permissions: ['create'],
        targetClass: 'rawip_socket',
        permissive: 'no',
        pid: 1419,
        atMs: 1795195497568,
      }),
    );
    expect(state.denials).toContainEqual(
      expect.objectContaining({
        name: '/memfd:/keepalived/consolidated_configuration (deleted)',
        permissions: ['read'],
      }),
    );
  });

  test('the same record in two logs is one denial', () => {
    const record =
      'avc:  denied  { create } for  pid=5 comm="keepalived" scontext=u:r:keepalived_t:s0 tcontext=u:r:t:s0 tclass=rawip_socket permissive=0';
    const state = known(
      probes.selinux.read([
        answer('mode', '1'),
        answer('denials', `type=AVC msg=audit(1795195497.568:619): ${record}\n`, { about: 'audit' }),
        answer('denials', `1795195497.570000 n1 audit[5]: AVC ${record}\n`, { about: 'journal' }),
        answer('denials', `[ 12.3] audit: type=1400 audit(1795195497.568:619): ${record}\n`, {
          about: 'kernel',
        }),
      ]),
    );
    expect(state.denials).toHaveLength(1);
  });

  test('a permissive record says so, a record of somebody else is none', () => {
    const lines = fixture('selinux-permissive.audit.log')
      .split('\n')
      .filter((line) => line !== '');
    expect(lines.map((line) => readDenial(line, 'audit log')?.permissive)).toEqual(['yes', 'yes', 'yes']);
    expect(
      readDenial(
        'type=AVC msg=audit(1.000:1): avc:  denied  { read } for  pid=1 comm="sshd" scontext=a:b:sshd_t:s0 tcontext=c:d:e:s0 tclass=file',
        'audit log',
      ),
    ).toBeUndefined();
    expect(known(probes.selinux.read([answer('mode', 'disabled')])).mode).toBe('disabled');
  });
});

describe('the log', () => {
  test('lines of every form', () => {
    expect(
      fixture('journal-iso.txt')
        .split('\n')
        .map((text) => readLine(text)?.ident)[0],
    ).toBe('Keepalived');
    expect(readLine('1795195497.540123 n1 Keepalived_vrrp[77]: (VI_1) Entering MASTER STATE')).toEqual({
      atMs: 1795195497540,
      ident: 'Keepalived_vrrp',
      pid: 77,
      message: '(VI_1) Entering MASTER STATE',
      text: '1795195497.540123 n1 Keepalived_vrrp[77]: (VI_1) Entering MASTER STATE',
    });
    expect(readLine('Nov  2 17:24:57 n1 daemon.info Keepalived[3]: hello')).toMatchObject({
      ident: 'Keepalived',
      message: 'hello',
    });
    expect(readLine('{"log":"hello\\n","stream":"stdout","time":"2026-11-20T10:00:00.5Z"}')).toMatchObject({
      message: 'hello',
      atMs: Date.UTC(2026, 10, 20, 10, 0, 0, 500),
    });
    expect(readLine('2026-11-20T10:00:00.123456789Z stdout F hello')).toMatchObject({ message: 'hello' });
    expect(readLine('   ')).toBeUndefined();
  });

  test('the second asking adds only what is new', () => {
    const one = '1795195497.1 n1 Keepalived[3]: one';
    const two = '1795195498.1 n1 Keepalived[3]: two';
    const log = known(
      probes.log.read([
        answer('lines', `${one}\n`, { about: 'journal' }),
        answer('lines', `${one}\n${two}\n`, { about: 'journal', round: 'after' }),
      ]),
    );
    expect(log.lines.map((line) => line.message)).toEqual(['one', 'two']);
  });
});

describe('service managers', () => {
  test.each([
    ['cap_chown cap_net_admin cap_net_raw', ['cap_chown', 'cap_net_admin', 'cap_net_raw']],
    ['', []],
    ['18446744073709551615', ['cap_net_broadcast', 'cap_net_admin', 'cap_net_raw']],
    ['18446744073709543423', ['cap_net_broadcast', 'cap_net_admin']],
  ])('capabilities a unit may give: %j', (shown, names) => {
    const text = `Id=keepalived.service\nLoadState=loaded\nActiveState=active\nCapabilityBoundingSet=${shown}\n`;
    expect(known(probes.unit.read([answer('systemd', text)]))[0]?.capabilityBoundingSet).toEqual(names);
  });

  test('a running unit', () => {
    expect(known(probes.unit.read([answer('systemd', fixture('systemctl-show.txt'))]))).toEqual([
      {
        manager: 'systemd',
        name: 'keepalived.service',
        activeState: 'active',
        subState: 'running',
        enablement: 'enabled',
        mainPid: 7997,
        fragmentPath: '/lib/systemd/system/keepalived.service',
        needsDaemonReload: 'no',
      },
    ]);
  });

  test.each([
    [
      'a start condition',
      { ActiveState: 'inactive', ConditionResult: 'no', ConditionTimestampMonotonic: '5' },
      'a start condition of the unit was not met',
    ],
    [
      'an exit status',
      { ActiveState: 'failed', Result: 'exit-code', ExecMainCode: '1', ExecMainStatus: '6' },
      'result exit-code, exit status 6',
    ],
    [
      'a signal',
      { ActiveState: 'failed', Result: 'signal', ExecMainCode: '2', ExecMainStatus: '9' },
      'result signal, signal 9',
    ],
    ['a mask', { ActiveState: 'inactive', LoadState: 'masked' }, 'the unit is masked'],
    [
      'nothing, when never started',
      { ActiveState: 'inactive', ConditionResult: 'no', ConditionTimestampMonotonic: '0' },
      undefined,
    ],
  ])('names %s as the reason', (_name, fields, reason) => {
    const text = Object.entries({
      Id: 'keepalived.service',
      LoadState: 'loaded',
      Result: 'success',
      ...fields,
    })
      .map(([key, value]) => `${key}=${value}`)
      .join('\n');
    expect(known(probes.unit.read([answer('systemd', text)]))[0]?.reason).toBe(reason);
  });

  test('OpenRC, init scripts, stopped containers, and none at all', () => {
    const openrc = probes.unit.read([
      answer('other', ' * status: crashed\n', { about: 'openrc', exit: 32 }),
      answer('other', '           keepalived | default\n', { about: 'openrc-runlevels' }),
    ]);
    expect(known(openrc)[0]).toMatchObject({
      manager: 'openrc',
      activeState: 'failed',
      enablement: 'enabled',
    });
    expect(known(probes.unit.read([answer('other', '', { about: 'sysv', exit: 3 })]))[0]?.activeState).toBe(
      'inactive',
    );
    const docker = answer(
      'other',
      'vip|osixia/keepalived:2.0.20|Exited (1) 2 hours ago\nweb|nginx|Up 3 days\n',
      { about: 'docker' },
    );
    expect(known(probes.unit.read([docker]))).toEqual([
      {
        manager: 'docker',
        name: 'vip',
        activeState: 'inactive',
        reason: 'container of osixia/keepalived:2.0.20: Exited (1) 2 hours ago',
      },
    ]);
    expect(probes.unit.read([]).kind).toBe('unknown');
  });
});

describe('firewalls', () => {
  test('zones of firewalld, with the default zone from its marks or its file', () => {
    const marked = fixture('firewalld-zone.txt').replace('public', 'public (default, active)');
    const block = `block\n  target: %%REJECT%%\n  interfaces: \n  rich rules: \n\trule protocol value="vrrp" accept\n`;
    const state = known(
      probes.firewalld.read([
        answer('zones', `${block}\n${marked}`, { about: 'zones' }),
        answer('zones', '/etc/firewalld/firewalld.conf:DefaultZone=work\n', { about: 'files' }),
      ]),
    );
    expect(state).toMatchObject({
      kind: 'running',
      defaultZone: 'public',
      zones: [
        { name: 'block', target: '%%REJECT%%', richRules: ['rule protocol value="vrrp" accept'] },
        { name: 'public', active: 'yes', services: ['dhcpv6-client', 'ssh'], protocols: [] },
      ],
    });
    expect(known(probes.firewalld.read([answer('zones', 'not running')])).kind).toBe('not-running');
  });

  test('ufw on, off and absent', () => {
    const files = '/etc/ufw/ufw.conf:ENABLED=yes\n/etc/default/ufw:DEFAULT_INPUT_POLICY="DROP"\n';
    expect(known(probes.ufw.read([answer('files', files)]))).toMatchObject({
      kind: 'on',
      inputPolicy: 'DROP',
    });
    expect(known(probes.ufw.read([answer('files', '/etc/ufw/ufw.conf:ENABLED=no\n')])).kind).toBe('off');
    expect(known(probes.ufw.read([answer('files', '', { exit: 2 })])).kind).toBe('absent');
  });

  test('nft: JSON, not in use, no rights', () => {
    const json = '{"nftables": []}';
    expect(
      known(probes.nft.read([answer('ruleset', json), answer('ruleset', json, { round: 'after' })])),
    ).toMatchObject({ kind: 'json', before: json, after: json });
    expect(known(probes.nft.read([answer('ruleset', 'nf_tables is not loaded')]))).toEqual({
      kind: 'not-in-use',
    });
    expect(probes.nft.read([answer('ruleset', 'Operation not permitted', { exit: 1 })]).kind).toBe('unknown');
    expect(probes.nft.read([answer('ruleset', json, { truncated: 'yes' })]).kind).toBe('unknown');
  });

  test('iptables: what is in use but unreadable is a problem, not an absence', () => {
    const save = '*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n';
    expect(
      known(probes.iptables.read([answer('save', save, { about: 'iptables-legacy:ipv4' })])).saves,
    ).toEqual([{ engine: 'iptables-legacy', family: 'ipv4', before: save }]);
    expect(known(probes.iptables.read([])).saves).toEqual([]);
    expect(
      probes.iptables.read([answer('save', '', { about: 'iptables-nft:ipv4', exit: 'missing' })]).kind,
    ).toBe('unknown');
  });
});

test('host, version, neighbours, bridges', () => {
  const host = known(
    probes.host.read([
      answer(
        'files',
        '/etc/os-release:ID=alpine\n/etc/os-release:PRETTY_NAME="Alpine Linux v3.19"\n/proc/sys/kernel/osrelease:6.6.1\n/proc/uptime:12.5 3.4\n',
      ),
      answer('clock', '1795200551.%N\n'),
      answer('tools', 'tcpdump\nip\n'),
    ]),
  );
  expect(host).toMatchObject({
    distributionId: 'alpine',
    distribution: 'Alpine Linux v3.19',
    uptimeSeconds: 12.5,
    clockNs: 1795200551000000000n,
    clockResolution: 's',
    tools: ['tcpdump', 'ip'],
  });
  expect(
    known(
      probes.version.read([answer('text', 'Keepalived v2.2.7 (01/16,2022)\n\nCopyright', { about: '12' })]),
    )[0],
  ).toMatchObject({ pid: 12, text: 'Keepalived v2.2.7 (01/16,2022)', major: 2, minor: 2, patch: 7 });
  expect(probes.version.read([answer('text', '', { exit: 'missing' })])).toEqual({
    kind: 'unknown',
    reason: 'keepalived is neither running nor installed',
  });
  expect(known(probes.neighbours.read([answer('table', fixture('ip-neigh.json'))]))[0]?.mac).toMatch(/:/);
  expect(
    known(
      probes.neighbours.read([
        answer('table', '10.0.0.1 dev eth0 lladdr 02:00:00:00:00:01 REACHABLE\n10.0.0.2 dev eth0  FAILED\n'),
      ]),
    ),
  ).toEqual([
    { address: '10.0.0.1', interface: 'eth0', mac: '02:00:00:00:00:01', states: ['REACHABLE'] },
    { address: '10.0.0.2', interface: 'eth0', states: ['FAILED'] },
  ]);
  expect(
    known(
      probes.bridges.read([
        answer(
          'settings',
          '/sys/class/net/br0/bridge/multicast_snooping:1\n/sys/class/net/br0/bridge/multicast_querier:0\n',
        ),
      ]),
    ),
  ).toEqual([{ name: 'br0', snooping: 'on', querier: 'off' }]);
});

test('no reader throws, whatever a node answers', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.constantFrom(...['ip-addr.json', 'proc-net.txt', 'systemctl-show.txt'].map(fixture)),
  );
  const exit = fc.constantFrom<Answer['exit']>(0, 1, 'missing', 'timeout', 'lost');
  for (const probe of allProbes) {
    const parts = probe.parts.map((part) => part.part);
    const one = fc.record({
      probe: fc.constant(probe.id),
      part: fc.constantFrom(...parts, 'path', 'stat', 'carrier'),
      about: fc.option(fc.constantFrom('1', '1:json', 'audit', 'zones', 'iptables-nft:ipv4', '-', '-:/x'), {
        nil: undefined,
      }),
      round: fc.constantFrom<Answer['round']>('before', 'after'),
      exit,
      text,
      truncated: fc.constantFrom<Answer['truncated']>('no', 'yes'),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 6 }), (records) => {
        const answers = records.map(
          ({ about, ...rest }): Answer => (about === undefined ? rest : { ...rest, about }),
        );
        expect(['known', 'unknown']).toContain(probe.read(answers).kind);
      }),
      { numRuns: 60 },
    );
  }
});

describe('ipvs', () => {
  const head = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
`;
  const table = (text: string) => known(probes.ipvs.read([answer('table', text)]));

  test('services by address, with options, and by firewall mark', () => {
    const { loaded, services } = table(`${head}UDP  0A4D0005:0035 wlc ops persistent 300 FFFFFFFF
  -> 0A4D0015:0035      Route   100    2          7         
  -> 0A4D0016:0035      Tunnel  0      0          0         
FWM  0000000A sh persistent 50 FFFFFFFF
  -> 7F000001:0000      Local   1      0          0         
`);
    expect(loaded).toBe('yes');
    expect(services).toMatchObject([
      {
        protocol: 'UDP',
        address: '10.77.0.5',
        port: 53,
        scheduler: 'wlc',
        servers: [
          { address: '10.77.0.21', port: 53, forward: 'Route', weight: 100, activeConnections: 2 },
          { address: '10.77.0.22', forward: 'Tunnel', weight: 0 },
        ],
      },
      { protocol: 'FWM', mark: 10, scheduler: 'sh', servers: [{ address: '127.0.0.1', forward: 'Local' }] },
    ]);
  });

  test('IPv6, with all its zeros', () => {
    const { services } = table(`${head}TCP  [fd00:0077:0000:0000:0000:0000:0000:0005]:01BB mh 
  -> [fd00:0077:0000:0000:0000:0000:0000:0021]:01BB      Masq    1      0          0         
`);
    expect(services).toMatchObject([
      { address: 'fd00:77::5', port: 443, scheduler: 'mh', servers: [{ address: 'fd00:77::21', port: 443 }] },
    ]);
  });

  test('empty, not loaded, unread, or something else', () => {
    expect(table(head)).toEqual({ loaded: 'yes', services: [] });
    expect(table('absent')).toEqual({ loaded: 'no', services: [] });
    expect(probes.ipvs.read([])).toMatchObject({ kind: 'unknown' });
    expect(
      probes.ipvs.read([answer('table', 'cat: /proc/net/ip_vs: Permission denied', { exit: 1 })]),
    ).toMatchObject({
      reason: expect.stringContaining('Permission denied'),
    });
    expect(probes.ipvs.read([answer('table', 'hello')])).toMatchObject({ kind: 'unknown' });
  });
});

describe('network-config', () => {
  const files = (text: string) =>
    known(
      probes['network-config'].read([answer('managers', '', { exit: 1 }), answer('assigned', text)]),
    ).assigned.map(({ file, line, address }) => [file, line, address]);

  test('addresses each kind of file assigns, and nothing else of it', () => {
    expect(
      files(`/etc/sysconfig/network-scripts/ifcfg-eth0:4:IPADDR1="10.0.0.5"
/etc/network/interfaces:9:    address 10.0.0.6/24
/etc/network/interfaces:12:    up ip addr add 10.0.0.7/32 dev eth0
/etc/network/interfaces:13:#    address 10.0.0.8/24
/etc/NetworkManager/system-connections/lan.nmconnection:11:address2=10.0.0.9/24,10.0.0.1
/etc/systemd/network/lan.network:5:Address=fd00::5/64
/etc/systemd/network/lan.network:6:Gateway=10.0.0.1
/etc/netplan/50.yaml:7:      addresses: [10.0.0.10/24, "fd00::6/64"]
/etc/netplan/50.yaml:8:        - 10.0.0.11/24
/etc/netplan/50.yaml:12:          - to: 10.0.0.0/8
/etc/netplan/50.yaml:14:        addresses: [10.0.0.53]
/etc/rc.local:3:/sbin/ip -6 a add fd00::7/64 dev eth0`),
    ).toEqual([
      ['/etc/sysconfig/network-scripts/ifcfg-eth0', 4, '10.0.0.5'],
      ['/etc/network/interfaces', 9, '10.0.0.6'],
      ['/etc/network/interfaces', 12, '10.0.0.7'],
      ['/etc/NetworkManager/system-connections/lan.nmconnection', 11, '10.0.0.9'],
      ['/etc/systemd/network/lan.network', 5, 'fd00::5'],
      ['/etc/netplan/50.yaml', 7, '10.0.0.10'],
      ['/etc/netplan/50.yaml', 7, 'fd00::6'],
      ['/etc/netplan/50.yaml', 8, '10.0.0.11'],
      ['/etc/rc.local', 3, 'fd00::7'],
    ]);
  });

  test('who runs, and what systemd-networkd manages and keeps', () => {
    const config = known(
      probes['network-config'].read([
        answer('managers', 'systemd-network\nNetworkManager\nsystemd-network\n'),
        answer('assigned', '', { exit: 1 }),
        answer(
          'networkd',
          `/run/systemd/netif/links/2:ADMIN_STATE=configured
/run/systemd/netif/links/2:NETWORK_FILE=/run/systemd/network/10-netplan-eth0.network
/run/systemd/netif/links/3:ADMIN_STATE=unmanaged
`,
        ),
        answer('keeping', '/etc/systemd/network/lan.network\n'),
      ]),
    );
    expect(config).toEqual({
      managers: ['systemd-networkd', 'NetworkManager'],
      assigned: [],
      networkd: [{ index: 2, file: '/run/systemd/network/10-netplan-eth0.network' }],
      keeping: ['/etc/systemd/network/lan.network'],
    });
  });

  test('not asked, or not in time', () => {
    expect(probes['network-config'].read([])).toMatchObject({ kind: 'unknown' });
    expect(
      probes['network-config'].read([answer('managers', ''), answer('assigned', '', { exit: 'timeout' })]),
    ).toMatchObject({ kind: 'unknown' });
  });
});

describe('listeners', () => {
  const from = (text: string) => known(probes.listeners.read([answer('tcp', text)]));

  test('as ss prints them, old and new', () => {
    expect(
      from(`State      Recv-Q Send-Q Local Address:Port  Peer Address:Port
LISTEN     0      128    *:22                *:*
LISTEN     0      128    :::22               :::*
LISTEN     0      511    10.77.0.5%eth1:443  0.0.0.0:*
LISTEN     0      511    [fd77::5]:443       [::]:*
`),
    ).toEqual([
      { address: 'any', port: 22 },
      { address: 'any', port: 22 },
      { address: '10.77.0.5', port: 443 },
      { address: 'fd77::5', port: 443 },
    ]);
  });

  test('from /proc/net/tcp', () => {
    expect(
      from(`   0: 0500004D0A:0050 00000000:0000 0A
   1: 05004D0A:01BB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0
   2: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0
`),
    ).toEqual([
      { address: '10.77.0.5', port: 443 },
      { address: 'any', port: 22 },
    ]);
  });

  test('unread', () => {
    expect(probes.listeners.read([])).toMatchObject({ kind: 'unknown' });
  });
});
