import { describe, expect, it } from 'vitest';
import { fingerprint, instanceOf, modelOf, parseFixture, parseText } from './config-files.ts';

const vip = 'virtual_ipaddress {\n10.0.0.1\n}';
const vip6 = 'virtual_ipaddress {\nfe80::1\n}';

describe('deployments', () => {
  it('reads three plain hosts', () => {
    const [instance] = modelOf(parseFixture('three-hosts-multicast.conf')).instances;
    expect(instance).toMatchObject({
      name: 'VI_1',
      state: { value: 'MASTER' },
      interface: { value: 'eth1', source: { line: 4 } },
      vrid: { value: 101 },
      priority: { value: 100, source: { line: 6, column: 14 } },
      version: { value: 2, origin: 'default' },
      advertIntervalMs: { value: 1000 },
      mode: 'multicast',
      multicastGroup: { value: '224.0.0.18', origin: 'default' },
      authType: { value: 'none' },
      vips: [{ cidr: '10.20.0.50/32', source: { line: 9 } }],
    });
    expect(instance).not.toHaveProperty('authPass');
  });

  it('reads a container with unicast peers', () => {
    const model = modelOf(parseFixture('container-unicast.conf'));
    expect(model.instances[0]).toMatchObject({
      mode: 'unicast',
      unicastIntent: 'with-peers',
      sourceAddress: { value: '192.168.7.11' },
      unicastPeers: [{ address: '192.168.7.12' }, { address: '192.168.7.13', minTtl: 254, maxTtl: 255 }],
      checkUnicastSource: { value: 'on' },
      preempt: { value: 'off' },
      authType: { value: 'PASS' },
      authPass: { lengthChars: 13, oddities: ['longer-than-8'] },
      vips: [{ cidr: '192.168.7.100/24', dev: 'eth0', label: 'eth0:vip' }, { cidr: '192.168.7.101/32' }],
      tracks: [
        { kind: 'interface', name: 'eth0' },
        { kind: 'interface', name: 'eth2', weight: -10 },
        { kind: 'script', name: 'chk_backend' },
      ],
      notify: [{ kind: 'any' }],
    });
    expect(model.instances[0]).not.toHaveProperty('multicastGroup');
    expect(model.scripts).toMatchObject([
      {
        name: 'chk_backend',
        command: { value: ['/container/check.sh', '--port', '80'] },
        intervalMs: { value: 2000 },
        fall: { value: 3 },
        weight: { value: -20 },
      },
    ]);
    expect(model.globals.defaultInterface.value).toBe('eth0');
  });

  it('reads a large site spread over files', () => {
    const model = modelOf(parseFixture('full.conf'));
    expect(model.globals).toMatchObject({
      routerId: { value: 'lb1-east' },
      skipCheckAdvertAddresses: { value: 'on' },
      scriptSecurity: { value: 'on' },
    });
    expect(model.syncGroups).toMatchObject([{ name: 'G_EDGE', members: ['VI_EXT', 'VI_INT'] }]);
    expect(model.otherBlocks.map((node) => node.keyword)).toEqual(['virtual_server']);
    const [external, internal, six] = model.instances;
    expect(external).toMatchObject({
      vrid: { value: 41 },
      priority: { value: 200 },
      advertIntervalMs: { value: 1000, origin: 'adjusted', written: '1.4' },
      preemptDelayMs: { value: 0, origin: 'adjusted' },
      skipCheckAdvertAddresses: { value: 'on', origin: 'global' },
      garp: { masterRefreshMs: { value: 60_000, origin: 'global' } },
      virtualRoutes: [['172.16.0.0/12', 'via', '10.1.0.1', 'dev', 'ens33']],
    });
    expect(internal?.vips.map((address) => address.cidr)).toEqual([
      '10.2.0.1/24',
      '10.2.0.2/24',
      '10.2.0.3/24',
      '10.2.0.4/24',
    ]);
    expect(internal).toMatchObject({
      vrid: { value: 42 },
      preempt: { value: 'off' },
      authPass: { lengthChars: 9 },
    });
    expect(internal?.authPass?.fingerprint).toBe(fingerprint(new TextEncoder().encode('two word')));
    expect(six).toMatchObject({
      family: 'ipv6',
      version: { value: 3 },
      advertIntervalMs: { value: 250 },
      multicastGroup: { value: 'ff02::12' },
      macInterface: { kind: 'vmac' },
      vips: [{ cidr: 'fe80::aa/128' }, { cidr: '2001:db8::aa/64' }],
      excludedVips: [{ cidr: '10.3.0.1/32' }],
    });
    expect(modelOf(parseFixture('full.conf', 'lb2')).instances[0]?.priority.value).toBe(150);
  });
});

describe('what keepalived makes of it', () => {
  it('derives priority from state and state from priority', () => {
    expect(instanceOf(`state MASTER\n${vip}`)).toMatchObject({
      state: { value: 'MASTER' },
      priority: { value: 255, origin: 'default' },
    });
    expect(instanceOf(`state BACKUP\n${vip}`).priority).toEqual({ value: 100, origin: 'default' });
    expect(instanceOf(vip).state).toEqual({ value: 'BACKUP', origin: 'default' });
    expect(instanceOf(`priority 255\n${vip}`).state.value).toBe('MASTER');
    expect(instanceOf(`priority 300\n${vip}`).priority).toMatchObject({
      value: 100,
      origin: 'adjusted',
      written: '300',
    });
  });

  it.each([
    [2, '0.4', 1000],
    [2, '1.5', 2000],
    [2, '255', 255_000],
    [3, '0.1', 100],
    [3, '0.333', 330],
    [3, '100', 40_950],
  ])('rounds a v%s interval of %s', (version, written, expectedMs) => {
    expect(instanceOf(`version ${version}\nadvert_int ${written}\n${vip}`).advertIntervalMs.value).toBe(
      expectedMs,
    );
  });

  it('ignores an interval it cannot read', () => {
    expect(instanceOf(`advert_int 1s\n${vip}`).advertIntervalMs).toEqual({ value: 1000, origin: 'default' });
  });

  it('uses version 3 for IPv6, whatever global_defs say', () => {
    const globals = 'global_defs {\nvrrp_version 2\n}';
    expect(instanceOf(vip6, globals)).toMatchObject({ family: 'ipv6', version: { value: 3 } });
    expect(instanceOf(`native_ipv6\nvirtual_ipaddress {\n}`).version.value).toBe(3);
    expect(instanceOf(vip, 'global_defs {\nvrrp_version 3\n}').version).toMatchObject({
      value: 3,
      origin: 'global',
      source: { line: 2 },
    });
    expect(instanceOf(`${vip6}\nversion 2`).version).toMatchObject({ value: 3, origin: 'adjusted' });
  });

  it('lets the first address settle the family', () => {
    expect(
      instanceOf('virtual_ipaddress {\n10.0.0.1\nfe80::1\n10.0.0.2\n}').vips.map(
        (address) => address.address,
      ),
    ).toEqual(['10.0.0.1', '10.0.0.2']);
  });

  it('ignores authentication where VRRP has none', () => {
    const auth = 'authentication {\nauth_type PASS\nauth_pass abc\n}';
    expect(instanceOf(`${auth}\n${vip}`).authType).toMatchObject({ value: 'PASS', origin: 'configured' });
    expect(instanceOf(`version 3\n${auth}\n${vip}`).authType).toMatchObject({
      value: 'none',
      origin: 'adjusted',
      written: 'PASS',
    });
    expect(instanceOf(`strict_mode\n${auth}\n${vip}`).authType.value).toBe('none');
    expect(instanceOf(`authentication {\nauth_type PASS\n}\n${vip}`).authType).toMatchObject({
      value: 'none',
      why: 'no password is given',
    });
  });

  it('resets nopreempt and preempt_delay that cannot work', () => {
    expect(instanceOf(`state MASTER\npriority 100\nnopreempt\n${vip}`).preempt).toMatchObject({
      value: 'on',
      origin: 'adjusted',
    });
    expect(instanceOf(`state BACKUP\nnopreempt\npreempt_delay 5\n${vip}`)).toMatchObject({
      preempt: { value: 'off' },
      preemptDelayMs: { value: 0 },
    });
    expect(instanceOf(`state BACKUP\npreempt_delay 5\n${vip}`).preemptDelayMs.value).toBe(5000);
  });

  it('falls back to multicast when there is no peer', () => {
    expect(instanceOf(`unicast_src_ip 10.0.0.9\nunicast_peer {\n}\n${vip}`)).toMatchObject({
      mode: 'multicast',
      unicastIntent: 'configured-without-peers',
      multicastGroup: { value: '224.0.0.18' },
    });
    expect(instanceOf(`mcast_dst_ip 224.0.0.99\n${vip}`).multicastGroup).toMatchObject({
      value: '224.0.0.99',
    });
  });

  it('sets accept by strictness', () => {
    expect(instanceOf(vip).accept).toEqual({ value: 'on', origin: 'default' });
    expect(instanceOf(vip, 'global_defs {\nvrrp_strict\n}')).toMatchObject({
      strict: { value: 'on', origin: 'global' },
      accept: { value: 'off' },
    });
    expect(instanceOf(`no_accept\n${vip}`).accept).toMatchObject({ value: 'off', source: { line: 3 } });
  });

  it('skips a second instance of the same name and one without a name', () => {
    const model = modelOf(parseText(`vrrp_instance A {\n}\nvrrp_instance A {\n}\nvrrp_instance {\n}`));
    expect(model.instances).toHaveLength(1);
    expect(model.problems.map((problem) => problem.code)).toEqual(['duplicate-name', 'block-without-name']);
  });

  it('reads auth_hmac without keeping a key', () => {
    const instance = instanceOf(
      `version 3\nadvert_int 4\nauth_hmac {\nkey 1 0123456789abcdef0123\nkey 2 file:/run/k\nactive_key 1\n}\n${vip}`,
    );
    expect(instance.authHmac).toMatchObject({
      activeKey: { value: 1 },
      keys: [
        { id: 1, form: 'inline' },
        { id: 2, form: 'file' },
      ],
      timeWindowMs: { value: 12_000 },
    });
    expect(JSON.stringify(instance)).not.toContain('0123456789abcdef0123');
  });

  it('reads what is tracked', () => {
    const model = modelOf(
      parseText(
        'vrrp_track_process P {\nprocess nginx\nquorum 2\ndelay 1.5\nweight 10 reverse\n}\nvrrp_track_file F {\nfile /run/f\n}\nvrrp_script S {\nscript "/bin/a b"\ninterval 0.5\ntimeout 2\n}',
      ),
    );
    expect(model.trackProcesses).toMatchObject([
      {
        name: 'P',
        process: { value: ['nginx'] },
        quorum: { value: 2 },
        terminateDelayMs: { value: 1500 },
        weight: { value: 10 },
        direction: 'reverse',
      },
    ]);
    expect(model.trackFiles).toMatchObject([
      { name: 'F', path: { value: '/run/f' }, weight: { value: 1, origin: 'default' } },
    ]);
    expect(model.scripts).toMatchObject([
      {
        command: { value: ['/bin/a', 'b'] },
        intervalMs: { value: 500 },
        timeoutMs: { value: 2000 },
        rise: { value: 1 },
      },
    ]);
  });
});

describe('the state an instance starts for', () => {
  const role = (name: string, more: string): string =>
    `vrrp_instance ${name} {\n interface eth0\n virtual_router_id 5\n ${vip}\n${more}\n}\n`;
  const states = (text: string) =>
    modelOf(parseText(text)).instances.map(({ state }) => `${state.value} ${state.origin}`);

  it('is BACKUP in a sync group, unless every member is the owner', () => {
    const group = 'vrrp_sync_group G {\n group {\n  A\n  B\n }\n}\n';
    expect(states(group + role('A', 'state MASTER') + role('B', 'state MASTER'))).toEqual([
      'MASTER configured',
      'MASTER configured',
    ]);
    expect(states(group + role('A', 'state MASTER\npriority 120') + role('B', 'state MASTER'))).toEqual([
      'BACKUP adjusted',
      'BACKUP adjusted',
    ]);
    expect(states(group + role('A', 'state MASTER') + role('B', 'state BACKUP'))).toEqual([
      'BACKUP adjusted',
      'BACKUP configured',
    ]);
  });

  it('is BACKUP with AH, which leaves nopreempt alone', () => {
    const [instance] = modelOf(
      parseText(
        role(
          'A',
          'state MASTER\npriority 120\nnopreempt\nauthentication {\n auth_type AH\n auth_pass abc\n}',
        ),
      ),
    ).instances;
    expect(instance).toMatchObject({
      state: { value: 'BACKUP', origin: 'adjusted' },
      preempt: { value: 'off', origin: 'configured' },
    });
  });

  it('lists an address as often as it is written, as the advert does', () => {
    const twice = 'virtual_ipaddress {\n10.0.0.1\n10.0.0.1 label eth0:1\n}';
    const [instance] = modelOf(
      parseText(`vrrp_instance A {\n interface eth0\n virtual_router_id 5\n ${twice}\n}`),
    ).instances;
    expect(instance?.vips.map(({ cidr }) => cidr)).toEqual(['10.0.0.1/32', '10.0.0.1/32']);
  });
});
