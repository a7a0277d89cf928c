import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDataDump } from '../../src/keepalived/data-dump.ts';
import { readJsonDump } from '../../src/keepalived/json-dump.ts';
import { rateLimitErrors } from '../../src/keepalived/running-instance.ts';
import { fixtures } from './config-files.ts';

const load = (name: string): string => readFileSync(join(fixtures, 'keepalived', name), 'utf8');

describe('keepalived.data', () => {
  it('reads a master of 2.2.7', () => {
    expect(readDataDump(load('master-v2.data'))).toEqual({
      problems: [],
      instances: [
        {
          name: 'VI_1',
          interface: 'eth0',
          vrid: 51,
          family: 'ipv4',
          state: 'MASTER',
          wantState: 'MASTER',
          basePriority: 150,
          effectivePriority: 150,
          advertIntervalMs: 1000,
          version: 2,
          vips: [
            {
              family: 'ipv4',
              address: '10.78.0.100',
              prefixLength: 24,
              cidr: '10.78.0.100/24',
              dev: 'eth0',
              scope: 'global',
              flags: ['set'],
            },
          ],
          excludedVips: [],
          unicast: [],
          multicastGroup: '224.0.0.18',
          sourceAddress: '10.78.0.11',
          authType: 'none',
          preempt: 'on',
          accept: 'on',
          strict: 'off',
          skipCheckAdvertAddresses: 'off',
          downTimerAdverts: 3,
          masterDownMs: 960.031,
          lastTransitionAtMs: expect.closeTo(1_795_197_603_117.458, 2),
          faults: [],
          sockets: { fdIn: 13, fdOut: 14 },
          tracked: ['chk_ok weight 0'],
          source: 'data',
        },
      ],
    });
  });

  it('reads a backup and whom it follows', () => {
    expect(readDataDump(load('backup-v2.data')).instances).toMatchObject([
      { state: 'BACKUP', masterRouter: '10.78.0.12', masterPriority: 100, basePriority: 50 },
    ]);
  });

  it('reads unicast, v3, faults and flags as newer releases write them', () => {
    const text = `------< VRRP Topology >------
 VRRP Instance = VI 2
   VRRP Version = 3
   Sync group = G1
   Using Native IPv6
   State = BACKUP
   Master router = fe80::1
   Master priority = 200
   Master advert interval = 100 milli-sec
   Flags:
     Using unicast
   Rate-limit flags = 0x5000
   Wantstate = BACKUP
   Number of config faults = 0
   Number of tracker faults = 1
   Flags of interface faults:
     i/f down
   Last transition = 12.500000 (x)
   Interface = vrrp.51, vmac on eth0
   Virtual Router ID = 51
   Priority = 90
   Effective priority = 80
   Advert interval = 250 milli-sec
   Last advert sent = 0.000000
   Preempt = disabled
   Password = ********
   Virtual IP (2):
     fe80::a dev vrrp.51@eth0 scope link
     2001:db8::a/64 dev eth0 scope global
   Virtual IP Excluded :
     10.0.0.9 dev eth0 scope global
   Unicast Peer :
     fe80::2, min_ttl 0, max_ttl 255
     fe80::3
   No sockets allocated
------< Interfaces >------
`;
    const { instances, problems } = readDataDump(text);
    expect(problems).toEqual([]);
    expect(instances[0]).toMatchObject({
      name: 'VI 2',
      interface: 'vrrp.51',
      family: 'ipv6',
      version: 3,
      effectivePriority: 80,
      advertIntervalMs: 250,
      masterAdvertIntervalMs: 100,
      rateLimitFlags: 0x5000,
      faults: ['i/f down', 'tracker faults: 1'],
      vips: [{ cidr: 'fe80::a/128' }, { cidr: '2001:db8::a/64' }],
      excludedVips: [{ cidr: '10.0.0.9/32' }],
      sockets: { fdIn: -1, fdOut: -1 },
      preempt: 'off',
      syncGroup: 'G1',
      unicast: ['fe80::2', 'fe80::3'],
    });
    expect(instances[0]).not.toHaveProperty('lastAdvertSentAtMs');
  });

  it('reads what 1.3 says', () => {
    const text = ` VRRP Instance = VI_1
   Using VRRPv2
   Want State = MASTER
   Running on device = eth0
   Virtual Router ID = 9
   Priority = 100
   Advert interval = 1 sec
   Accept enabled
   Preempt disabled
   Virtual IP = 1
     10.0.0.1/32 dev eth0 scope global
   Unicast Peer = 1
     10.0.0.2
   Using smtp notification
-----
`;
    const [instance] = readDataDump(text).instances;
    expect(instance).toMatchObject({
      wantState: 'MASTER',
      interface: 'eth0',
      version: 2,
      vips: [{ cidr: '10.0.0.1/32' }],
      preempt: 'off',
      accept: 'on',
      unicast: ['10.0.0.2'],
    });
    expect(instance).not.toHaveProperty('state');
    expect(instance).not.toHaveProperty('faults');
  });

  it('tells an empty, a foreign and a broken-off dump apart', () => {
    expect(readDataDump(' \n').problems).toMatchObject([{ code: 'empty' }]);
    expect(readDataDump('hello').problems).toMatchObject([{ code: 'not-a-dump' }]);
    const text = load('master-v2.data');
    const half = readDataDump(text.slice(0, text.indexOf('Virtual IP')));
    expect(half.problems).toMatchObject([{ code: 'incomplete' }]);
  });

  it('reads every truncation', () => {
    const text = load('backup-v2.data');
    for (let length = 0; length < text.length; length += 3)
      expect(readDataDump(text.slice(0, length)).instances.length).toBeLessThanOrEqual(1);
  });
});

describe('keepalived.json', () => {
  it('reads a master of 2.2.7', () => {
    const { instances, problems } = readJsonDump(load('master-v2.json'));
    expect(problems).toEqual([]);
    expect(instances).toMatchObject([
      {
        name: 'VI_1',
        interface: 'eth0',
        vrid: 51,
        state: 'MASTER',
        wantState: 'MASTER',
        basePriority: 150,
        advertIntervalMs: 1000,
        version: 2,
        vips: [{ cidr: '10.78.0.100/24', flags: ['set'] }],
        authType: 'none',
        preempt: 'on',
        stats: { advert_rcvd: 3, advert_sent: 34, become_master: 1 },
        source: 'json',
      },
    ]);
    expect(instances[0]).not.toHaveProperty('masterPriority');
  });

  it('agrees with the data dump of the same moment', () => {
    for (const name of ['master-v2', 'backup-v2', 'two-masters-v2']) {
      const [json] = readJsonDump(load(`${name}.json`)).instances;
      const [data] = readDataDump(load(`${name}.data`)).instances;
      expect(json?.name).toBe('VI_1');
      for (const key of [
        'name',
        'vrid',
        'basePriority',
        'effectivePriority',
        'advertIntervalMs',
        'version',
        'vips',
        'state',
        'preempt',
      ] as const)
        expect(json?.[key]).toEqual(data?.[key]);
    }
  });

  it('reads json_version 2 and intervals below a second', () => {
    const one =
      '{"data":{"iname":"A","vrid":1,"base_priority":5,"adver_int":0.1,"master_adver_int":0.25,"state":1,"version":3,"auth_data":"a\u0001b"}}';
    for (const text of [`[${one}]`, `{"vrrp":[${one}],"track_process":[]}`])
      expect(readJsonDump(text).instances).toMatchObject([
        { state: 'BACKUP', advertIntervalMs: 100, masterAdvertIntervalMs: 250, version: 3 },
      ]);
  });

  it('keeps no password', () => {
    expect(
      JSON.stringify(
        readJsonDump('[{"data":{"iname":"A","vrid":1,"base_priority":5,"auth_data":"hunter2"}}]'),
      ),
    ).not.toContain('hunter2');
  });

  it('says when the file is not complete', () => {
    const text = load('master-v2.json').trimEnd();
    for (let length = 1; length < text.length; length++)
      expect(readJsonDump(text.slice(0, length))).toMatchObject({
        instances: [],
        problems: [{ code: 'incomplete' }],
      });
    expect(readJsonDump('').problems).toMatchObject([{ code: 'empty' }]);
    expect(readJsonDump('{"a":1}').problems).toMatchObject([{ code: 'not-a-dump' }]);
    expect(readJsonDump('[{"data":{}}]').problems).toMatchObject([{ code: 'malformed' }]);
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.json(), (text) => Array.isArray(readJsonDump(text).instances)));
    fc.assert(
      fc.property(
        fc.string(),
        (text) => Array.isArray(readJsonDump(text).instances) && Array.isArray(readDataDump(text).instances),
      ),
    );
  });
});

describe('rateLimitErrors', () => {
  it('names the bits', () => {
    expect(rateLimitErrors(0)).toEqual([]);
    expect(rateLimitErrors(0x1)).toEqual(['ttl-not-255']);
    expect(rateLimitErrors(0x1000 | 0x4000)).toEqual(['wrong-password', 'bad-checksum']);
    expect(rateLimitErrors(0x2000)).toEqual(['advert-interval']);
    expect(rateLimitErrors(0x8000 | 0x2000000)).toEqual(['unicast-multicast', 'hmac-clock-skew']);
    expect(rateLimitErrors(0x3ffffff)).toHaveLength(26);
  });
});
