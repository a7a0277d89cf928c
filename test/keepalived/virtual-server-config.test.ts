import { expect, test } from 'vitest';
import { modelOf, parseText } from './config-files.ts';

const read = (text: string) => modelOf(parseText(text));

test('a virtual server, and what its real servers take over from it', () => {
  const [server] = read(`virtual_server 10.0.0.5 80 {
    lb_algo wrr
    lb_kind DR
    protocol TCP
    weight 3
    inhibit_on_failure
    sorry_server 10.0.0.99 8080
    real_server 10.0.0.21 80 {
        weight 0
        TCP_CHECK {
            connect_port 80
        }
    }
    real_server 10.0.0.22 {
        lvs_method TUN
    }
}`).virtualServers;
  expect(server).toMatchObject({
    name: '10.0.0.5 80',
    services: [{ kind: 'address', protocol: 'TCP', address: '10.0.0.5', port: 80 }],
    scheduler: 'wrr',
    forwarding: 'DR',
    sorryServer: { address: '10.0.0.99', port: 8080 },
    realServers: [
      { address: '10.0.0.21', port: 80, weight: 0, forwarding: 'DR', inhibitOnFailure: 'yes' },
      { address: '10.0.0.22', port: 0, weight: 3, forwarding: 'TUN' },
    ],
  });
});

test('groups with ranges and marks, and marks of either family', () => {
  const { virtualServers } = read(`virtual_server_group web {
    10.0.0.5-7 80
    fd00::fe-100 443
    fwmark 3 inet6
}
virtual_server group web {
    protocol UDP
    real_server 10.0.0.21 80 {
    }
}
virtual_server fwmark 9 {
    ip_family inet6
    real_server fd00::21 80 {
    }
}
virtual_server group nowhere {
}`);
  expect(virtualServers.map(({ name, services }) => [name, services])).toEqual([
    [
      'group web',
      [
        ...['10.0.0.5', '10.0.0.6', '10.0.0.7'].map((address) => ({
          kind: 'address',
          protocol: 'UDP',
          address,
          port: 80,
        })),
        ...['fd00::fe', 'fd00::ff', 'fd00::100'].map((address) => ({
          kind: 'address',
          protocol: 'UDP',
          address,
          port: 443,
        })),
        { kind: 'fwmark', mark: 3, family: 'ipv6' },
      ],
    ],
    ['fwmark 9', [{ kind: 'fwmark', mark: 9, family: 'ipv6' }]],
  ]);
});

test.each([
  [
    'eth1 inst VI_1 id 7 port 9000 ttl 3 group 224.0.0.90',
    { instance: 'VI_1', syncId: 7, port: 9000, group: '224.0.0.90' },
  ],
  ['eth1 VI_1', { instance: 'VI_1' }],
  ['eth1 VI_1 7', { instance: 'VI_1', syncId: 7 }],
  ['eth1 VI_1 id 7 maxlen 1400', { instance: 'VI_1', syncId: 7 }],
] as const)('lvs_sync_daemon %s', (words, expected) => {
  const { syncDaemon } = read(`global_defs {\n    lvs_sync_daemon ${words}\n}`);
  expect(syncDaemon).toEqual({
    interface: 'eth1',
    ...expected,
    source: expect.objectContaining({ line: 2 }),
  });
});

test('without one there is none', () => {
  expect(read('global_defs {\n}')).not.toHaveProperty('syncDaemon');
});
