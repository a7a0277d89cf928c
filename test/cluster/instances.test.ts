// What state a node is in when listening ends: the dump is from the beginning, adverts and addresses tell the rest.
import { describe, expect, it } from 'vitest';
import { readConfiguration } from '../../src/cluster/configuration.ts';
import { describeInstances, type Heard, type NodeView } from '../../src/cluster/instances.ts';
import type { AdvertStream, VrrpState } from '../../src/cluster/model.ts';
import { known, unknown } from '../../src/evidence/reading.ts';
import { aStream } from './situations.ts';

const path = '/etc/keepalived/keepalived.conf';
const vip = '10.77.0.5';
const config = readConfiguration({
  path,
  files: new Map([
    [
      path,
      `vrrp_instance VI_1 {\n interface eth1\n virtual_router_id 101\n priority 99\n virtual_ipaddress {\n ${vip}\n }\n}\n`,
    ],
  ]),
});

const view = (
  dumped: VrrpState | 'no dump',
  before: readonly string[],
  after: readonly string[] | 'not-asked',
): NodeView => ({
  node: 'n2',
  daemons: [
    {
      pid: 700,
      config: known(config),
      dump:
        dumped === 'no dump'
          ? unknown('none came')
          : known([
              {
                name: 'VI_1',
                interface: 'eth1',
                vrid: 101,
                family: 'ipv4',
                state: dumped,
                source: 'json',
                basePriority: 99,
                effectivePriority: 99,
                advertIntervalMs: 1000,
                version: 2,
                vips: [],
                excludedVips: [],
              },
            ]),
    },
  ],
  links: known([
    {
      name: 'eth1',
      index: 3,
      mac: '02:00:00:00:00:02',
      up: 'yes',
      operState: 'UP',
      carrier: 'yes',
      addresses: ['10.77.0.12/24'],
    },
  ]),
  held: known({ before: new Set(before), after: after === 'not-asked' ? after : new Set(after) }),
  loggedStates: new Map(),
});

const second = (number: number): bigint => BigInt(Math.round(number * 1000)) * 1_000_000n;

const sent = (count: number, until: number, priority = 99): AdvertStream =>
  aStream('n2', 'n2', count, { priority, firstAtNs: second(until - count + 1), lastAtNs: second(until) });
const came = (count: number, until: number): AdvertStream =>
  aStream('n1', 'n2', count, { firstAtNs: second(until - count + 1), lastAtNs: second(until) });
const heard = (outgoing: readonly AdvertStream[], incoming: readonly AdvertStream[] = []): Heard => ({
  outgoing,
  incoming,
  elsewhere: [],
  ear: 'listened',
});

const stateOf = (node: NodeView, ears: Heard): string | undefined => {
  const [instance] = describeInstances(node, ears);
  return instance?.running.kind === 'known' ? instance.running.value.state : 'unknown';
};

describe('the state when listening ends', () => {
  it.each<[string, NodeView, Heard, string]>([
    ['a backup stays one', view('BACKUP', [], []), heard([], [came(4, 4)]), 'BACKUP'],
    ['a master stays one', view('MASTER', [vip], [vip]), heard([sent(4, 4)]), 'MASTER'],
    ['a backup began to send', view('BACKUP', [], [vip]), heard([sent(2, 4)]), 'MASTER'],
    ['a backup took the VIP, and no advert of it was seen', view('BACKUP', [], [vip]), heard([]), 'MASTER'],
    ['a VIP it held all along makes no master', view('BACKUP', [vip], [vip]), heard([]), 'BACKUP'],
    ['an instance that was starting', view('INIT', [], [vip]), heard([sent(3, 4)]), 'MASTER'],
    [
      'a master said goodbye and gave the VIP up',
      view('MASTER', [vip], []),
      heard([sent(2, 2), sent(1, 3, 0)], [came(1, 3.5)]),
      'BACKUP',
    ],
    [
      'a master was outranked and gave the VIP up',
      view('MASTER', [vip], []),
      heard([sent(1, 1)], [came(3, 4)]),
      'BACKUP',
    ],
    [
      'its only adverts were sent before anybody listened',
      view('MASTER', [vip], []),
      heard([], [came(3, 4)]),
      'BACKUP',
    ],
    [
      'two adverts of another are too few to tell',
      view('MASTER', [vip], []),
      heard([], [came(2, 4)]),
      'MASTER',
    ],
    ['nobody could listen', view('MASTER', [vip], []), { ...heard([], [came(3, 4)]), ear: 'deaf' }, 'MASTER'],
    [
      'a master fell silent but keeps the VIP',
      view('MASTER', [vip], [vip]),
      heard([sent(1, 1)], [came(3, 4)]),
      'MASTER',
    ],
    [
      'a master without its VIP goes on sending',
      view('MASTER', [], []),
      heard([sent(4, 4)], [came(4, 4)]),
      'MASTER',
    ],
    [
      'a backup became master for a moment and stepped back',
      view('BACKUP', [], []),
      heard([sent(2, 2)], [came(3, 5)]),
      'BACKUP',
    ],
    ['without a dump its adverts tell', view('no dump', [], [vip]), heard([sent(3, 4)]), 'MASTER'],
    ['without a dump, silent and without the VIP', view('no dump', [], []), heard([]), 'BACKUP'],
    ['without a dump, silent with the VIP', view('no dump', [vip], [vip]), heard([]), 'unknown'],
    ['while listening goes on', view('BACKUP', [], 'not-asked'), heard([sent(1, 1)]), 'BACKUP'],
  ])('%s', (_name, node, ears, state) => {
    expect(stateOf(node, ears)).toBe(state);
  });

  it('says whether a VIP is held, and nothing where addresses were not read', () => {
    expect(describeInstances(view('MASTER', [], [vip]), heard([]))[0]?.holdsVips).toBe('yes');
    expect(describeInstances(view('MASTER', [vip], []), heard([]))[0]?.holdsVips).toBe('no');
    const unread: NodeView = { ...view('MASTER', [], []), held: unknown('no ip command') };
    expect(describeInstances(unread, heard([]))[0]).not.toHaveProperty('holdsVips');
  });
});
