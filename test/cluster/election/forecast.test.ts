// Who becomes master after which loss: elections against RFC arithmetic, and what weights, preemption, sync groups,
// owners and peer lists change about them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forecast, type Outcome, type Prospect } from '../../../src/cluster/election/forecast.ts';
import { lossWords } from '../../../src/cluster/election/losses.ts';
import type { ClusterModel, VrrpState } from '../../../src/cluster/model.ts';
import { known } from '../../../src/evidence/reading.ts';
import { predictTakeoverFromEvent } from '../../../src/keepalived/timers.ts';
import { renderConf } from '../../../src/lab/keepalived-conf.ts';
import { topologies } from '../../../src/lab/topology.ts';
import { instanceText, onPaper, scriptText, type TrioWords, trio } from '../../rules/paper-model.ts';

const only = (model: ClusterModel): Prospect => {
  const [prospect, ...more] = forecast(model);
  if (prospect === undefined || more.length > 0) throw new Error('one virtual router was expected');
  return prospect;
};

const afterLosing = (prospect: Prospect, ...lost: readonly string[]): Outcome => {
  const found = prospect.outcomes.find((outcome) => outcome.lost.map(lossWords).join() === lost.join());
  if (found === undefined)
    throw new Error(
      `nobody tried ${lost.join(' + ')}; tried: ${prospect.outcomes.map((outcome) => outcome.lost.map(lossWords).join(' + ')).join('; ')}`,
    );
  return found;
};

/** The live cluster with these states. */
const ruling = (model: ClusterModel, states: Readonly<Record<string, VrrpState>>): ClusterModel => ({
  ...model,
  instances: model.instances.map((instance) => ({
    ...instance,
    running: known({ state: states[instance.node] ?? 'BACKUP', source: 'json' }),
  })),
});

const withScript = (weight: string | undefined, more: Partial<TrioWords> = {}): TrioWords => ({
  before: scriptText('chk', ['interval 2', 'fall 2', 'timeout 1', ...(weight === undefined ? [] : [weight])]),
  ...more,
  lines: ['track_script {', '    chk', '}', ...(more.lines ?? [])],
});

describe('times', () => {
  it('agree with the RFC for every version, priority and interval', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<2 | 3>(2, 3),
        fc.integer({ min: 1, max: 252 }),
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 2, max: 6 }),
        (version, priority, steps, adverts) => {
          const advertIntervalMs = version === 2 ? 1000 * (1 + (steps % 4)) : steps * 10;
          const lines = [...(version === 3 ? ['version 3'] : []), `down_timer_adverts ${adverts}`];
          const prospect = only(
            onPaper({
              a: instanceText({ priority: priority + 1, interval: advertIntervalMs / 1000, lines }),
              b: instanceText({ priority, interval: advertIntervalMs / 1000, lines }),
            }),
          );
          const timers = { version, priority, advertIntervalMs, downTimerAdverts: adverts };
          const crash = predictTakeoverFromEvent(timers, { kind: 'silent' });
          const stop = predictTakeoverFromEvent(timers, { kind: 'graceful' });
          const lost = afterLosing(prospect, 'node a');
          expect(prospect.masters).toEqual(['a']);
          expect(lost.masters).toEqual(['b']);
          expect(Math.abs((lost.takeoverMs?.minMs ?? -9) - crash.minMs)).toBeLessThanOrEqual(1);
          expect(Math.abs((lost.takeoverMs?.maxMs ?? -9) - crash.maxMs)).toBeLessThanOrEqual(1);
          const stopped = afterLosing(prospect, 'keepalived on a (stopped)').takeoverMs;
          expect(Math.abs((stopped?.maxMs ?? -9) - stop.maxMs)).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('of a check that makes FAULT: until it has failed often enough, then the skew', () => {
    const outcome = afterLosing(only(trio(withScript(undefined))), 'script chk on n1');
    // (fall - 1) × 2 s at best, fall × 2 s and a hanging last one at worst; skew of priority 99: 613 ms.
    expect(outcome).toMatchObject({ masters: ['n2'], takeoverMs: { minMs: 2613, maxMs: 5613 } });
  });

  it('of a weighted check: the others discard lower adverts until their timer ends', () => {
    const outcome = afterLosing(only(trio(withScript('weight -20'))), 'script chk on n1');
    expect(outcome).toMatchObject({ masters: ['n2'], takeoverMs: { minMs: 4613, maxMs: 8613 } });
  });

  it('of a weighted check with preempt_delay: that delay as well', () => {
    const outcome = afterLosing(
      only(trio(withScript('weight -20', { lines: ['preempt_delay 10'] }))),
      'script chk on n1',
    );
    expect(outcome.masters).toEqual(['n2']);
    expect(outcome.takeoverMs?.minMs).toBeGreaterThan(2000 + 10_000);
    expect(outcome.takeoverMs?.maxMs).toBeLessThan(5000 + 10_000 + 5000);
  });

  it('are not delayed by preempt_delay when the master is gone', () => {
    const outcome = afterLosing(only(trio({ lines: ['preempt_delay 300'] })), 'node n1');
    expect(outcome).toMatchObject({ masters: ['n2'], takeoverMs: { minMs: 2613, maxMs: 3613 } });
  });

  it('of keepalived 1.x count the base priority', () => {
    const words = withScript('weight 50', { before: scriptText('chk', ['weight 50']) });
    const takeover = (version: string) =>
      afterLosing(
        only(trio({ ...words, versions: { n1: version, n2: version, n3: version } })),
        'keepalived on n1 (stopped)',
      ).takeoverMs?.maxMs;
    expect(takeover('1.3.5')).toBe(613);
    expect(takeover('2.2.7')).toBe(418);
  });

  it('of a member that waits for fewer adverts: it is first, then hands on', () => {
    const outcome = afterLosing(only(trio({ own: { n3: { lines: ['down_timer_adverts 1'] } } })), 'node n1');
    expect(outcome).toMatchObject({ masters: ['n2'], interim: ['n3'] });
  });
});

describe('who', () => {
  it('n3 after n1 and n2, nobody after a node and the link of the only other', () => {
    const two = onPaper({ a: instanceText({ priority: 100 }), b: instanceText({ priority: 90 }) });
    expect(afterLosing(only(trio()), 'node n1', 'node n2').masters).toEqual(['n3']);
    expect(afterLosing(only(two), 'node a', 'interface eth1 on b')).toMatchObject({ masters: [] });
    expect(afterLosing(only(two), 'node a', 'interface eth1 on b').takeoverMs).toBeUndefined();
  });

  it('stays when the weight is too small, or nobody preempts', () => {
    const small = withScript('weight -20', { own: { n1: { priority: 150 } } });
    expect(afterLosing(only(trio(small)), 'script chk on n1')).toMatchObject({
      masters: ['n1'],
      takeoverMs: { minMs: 0, maxMs: 0 },
    });
    const sticky = withScript('weight -20', { lines: ['nopreempt'] });
    expect(afterLosing(only(trio(sticky)), 'script chk on n1').masters).toEqual(['n1']);
    const faulting = withScript(undefined, { lines: ['nopreempt'] });
    expect(afterLosing(only(trio(faulting)), 'script chk on n1').masters).toEqual(['n2']);
  });

  it('stays when an owner’s weighted check fails, and goes when its node does', () => {
    const prospect = only(trio(withScript('weight -100', { own: { n1: { priority: 255 } } })));
    expect(prospect.outcomes.some(({ lost }) => lost.map(lossWords).join() === 'script chk on n1')).toBe(
      false,
    );
    expect(afterLosing(prospect, 'node n1').masters).toEqual(['n2']);
  });

  it('nobody when a check that makes FAULT fails everywhere', () => {
    const prospect = only(trio(withScript(undefined)));
    expect(afterLosing(prospect, 'script chk on n1', 'script chk on n2', 'script chk on n3')).toMatchObject({
      masters: [],
    });
  });

  it('two, when a link goes that is not tracked', () => {
    const prospect = only(trio({ lines: ['dont_track_primary'] }));
    expect(afterLosing(prospect, 'interface eth1 on n1').masters).toEqual(['n1', 'n2']);
  });

  it('FAULT for the link of a VIP, unless it is not to be tracked', () => {
    const far = only(trio({ vips: ['10.77.0.5 dev eth7'] }));
    expect(afterLosing(far, 'interface eth7 on n1').masters).toEqual(['n2']);
    const free = only(trio({ vips: ['10.77.0.5 dev eth7 no_track'] }));
    expect(free.outcomes.some(({ lost }) => lost.some(({ name }) => name === 'eth7'))).toBe(false);
  });

  it('the higher address among equals, and the other by luck', () => {
    const prospect = only(
      trio({
        own: {
          n1: { lines: ['mcast_src_ip 10.77.0.11'] },
          n2: { lines: ['mcast_src_ip 10.77.0.9'], priority: 50 },
          n3: { lines: ['mcast_src_ip 10.77.0.10'], priority: 50 },
        },
      }),
    );
    expect(afterLosing(prospect, 'node n1')).toMatchObject({ masters: ['n3'], otherwise: [['n2']] });
  });

  it('one of two owners gives way', () => {
    const prospect = only(trio({ own: { n1: { priority: 255 }, n2: { priority: 255 } } }));
    expect(prospect.masters).toHaveLength(1);
  });

  it('goes on from the masters that rule', () => {
    const prospect = only(ruling(trio({ lines: ['nopreempt'] }), { n3: 'MASTER' }));
    expect(prospect.masters).toEqual(['n3']);
    expect(prospect.assumed).toEqual([]);
    expect(afterLosing(prospect, 'node n1')).toMatchObject({ masters: ['n3'], takeoverMs: { maxMs: 0 } });
    expect(afterLosing(prospect, 'node n3').masters).toEqual(['n1']);
  });

  it('leaves out what is in FAULT already', () => {
    const prospect = only(ruling(trio(), { n1: 'MASTER', n2: 'FAULT' }));
    expect(afterLosing(prospect, 'node n1').masters).toEqual(['n3']);
  });

  it('says what is assumed of a cluster where nobody preempts', () => {
    expect(only(trio({ lines: ['nopreempt'] })).assumed.join()).toContain('n1 at first');
  });
});

describe('unicast', () => {
  const peers = (own: number, ...others: readonly number[]) => ({
    lines: [
      `unicast_src_ip 10.77.0.1${own}`,
      'unicast_peer {',
      ...others.map((other) => `    10.77.0.1${other}`),
      '}',
    ],
  });

  it('a full mesh elects as multicast does', () => {
    const prospect = only(trio({ own: { n1: peers(1, 2, 3), n2: peers(2, 1, 3), n3: peers(3, 1, 2) } }));
    expect(prospect).toMatchObject({ masters: ['n1'], deaf: [] });
    expect(afterLosing(prospect, 'node n1')).toMatchObject({
      masters: ['n2'],
      takeoverMs: { minMs: 2613, maxMs: 3613 },
    });
  });

  it('a peer that a list forgets is a second master', () => {
    const prospect = only(trio({ own: { n1: peers(1, 2), n2: peers(2, 1, 3), n3: peers(3, 1, 2) } }));
    expect(prospect.masters).toEqual(['n1', 'n3']);
    expect(prospect.deaf).toEqual(['n1 does not list n3 as a unicast peer']);
    // n2 lists n3: as master it keeps n3 down.
    expect(afterLosing(prospect, 'node n1').masters).toEqual(['n2']);
  });
});

describe('sync groups', () => {
  const sync = 'vrrp_sync_group VG {\n    group {\n        LAN\n        WAN\n    }\n}';
  const router = (lines: readonly string[] = []) =>
    Object.fromEntries(
      ['a', 'b'].map((name, index) => [
        name,
        [
          sync,
          scriptText('chk', ['weight -50']),
          instanceText({
            name: 'LAN',
            interface: 'eth1',
            vrid: 10,
            priority: 100 - index,
            vips: ['10.0.1.1'],
            lines,
          }),
          instanceText({
            name: 'WAN',
            interface: 'eth2',
            vrid: 20,
            priority: 100 - index,
            vips: ['10.0.2.1'],
          }),
        ].join('\n'),
      ]),
    );

  it('one link lost moves both sides', () => {
    const prospects = forecast(onPaper(router()));
    for (const prospect of prospects) {
      expect(prospect.masters).toEqual(['a']);
      expect(afterLosing(prospect, 'interface eth2 on a').masters).toEqual(['b']);
    }
    const [lan, wan] = prospects.map(
      (prospect) => afterLosing(prospect, 'interface eth2 on a').takeoverMs?.maxMs,
    );
    // LAN says goodbye with priority 0, but neither goes before WAN, whose link is dead, has timed out.
    expect(lan).toBe(wan);
  });

  it('different links lost leave nobody on either side', () => {
    for (const prospect of forecast(onPaper(router())))
      expect(afterLosing(prospect, 'interface eth1 on a', 'interface eth2 on b').masters).toEqual([]);
  });

  it('drop weighted checks, so that nothing happens when they fail', () => {
    const [lan] = forecast(onPaper(router(['track_script {', '    chk', '}'])));
    expect(lan?.outcomes.some(({ lost }) => lost.some(({ kind }) => kind === 'script'))).toBe(false);
  });
});

describe('any cluster', () => {
  const member = fc.record({
    priority: fc.integer({ min: 1, max: 255 }),
    lines: fc.subarray([
      'nopreempt',
      'preempt_delay 3',
      'down_timer_adverts 2',
      'track_script {\n        chk\n    }',
      'track_interface {\n        eth2 weight -30\n    }',
    ]),
  });

  it('of members that hear each other has exactly one master while one of them stands', () => {
    fc.assert(
      fc.property(
        fc.array(member, { minLength: 2, maxLength: 4 }),
        fc.integer({ min: -60, max: 60 }),
        (members, weight) => {
          const prospect = only(
            onPaper(
              Object.fromEntries(
                members.map(({ priority, lines }, index) => [
                  `m${index}`,
                  `${scriptText('chk', [`weight ${weight}`])}\n${instanceText({ priority, lines: [...lines, `mcast_src_ip 10.0.0.${index + 1}`] })}`,
                ]),
              ),
            ),
          );
          expect(prospect.masters).toHaveLength(1);
          for (const { lost, masters, ended, takeoverMs } of prospect.outcomes) {
            expect(ended).toBe('settled');
            const down = (node: string): boolean =>
              lost.some(
                (loss) =>
                  loss.node === node &&
                  (loss.kind === 'node' ||
                    loss.kind === 'stop' ||
                    loss.name === 'eth1' ||
                    (loss.kind === 'script' && weight === 0)),
              );
            const standing = members.filter((_, index) => !down(`m${index}`));
            expect(masters).toHaveLength(standing.length === 0 ? 0 : 1);
            for (const master of masters) expect(down(master)).toBe(false);
            if (takeoverMs !== undefined) expect(takeoverMs.minMs).toBeLessThanOrEqual(takeoverMs.maxMs);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('of the practice cluster keeps one master after every single loss', () => {
    for (const { nodes } of topologies)
      for (const prospect of forecast(
        onPaper(Object.fromEntries(nodes.map((plan) => [plan.name, renderConf(plan.conf)]))),
      )) {
        expect(prospect.deaf).toEqual([]);
        for (const outcome of prospect.outcomes.filter(({ lost }) => lost.length === 1))
          expect(outcome.masters).toHaveLength(1);
      }
  });
});

describe('nopreempt and timers that end within a few ms', () => {
  // Seen on real nodes: priorities 99 and 98 at 1 s end 3.9 ms apart, and the lower one was first and stayed.
  it('may leave the lower one master', () => {
    const outcome = afterLosing(only(trio({ lines: ['nopreempt'] })), 'node n1');
    expect(outcome.masters).toEqual(['n2']);
    expect(outcome.otherwise).toEqual([['n3']]);
  });

  it('may do so too where a sync group ties crossing priorities', () => {
    const node = (first: number, second: number): string =>
      [
        'vrrp_sync_group G {\n group {\n  V1\n  V2\n }\n}',
        ...[first, second].map(
          (priority, index) =>
            `vrrp_instance V${index + 1} {\n state BACKUP\n interface eth0\n virtual_router_id ${61 + index}\n priority ${priority}\n virtual_ipaddress {\n  192.0.2.${61 + index}/24\n }\n}`,
        ),
      ].join('\n');
    const crossed = onPaper({ n1: node(100, 98), n2: node(99, 99), n3: node(98, 100) });
    const states: ClusterModel = ruling(crossed, { n1: 'MASTER' });
    for (const prospect of forecast(states)) {
      const outcome = afterLosing(prospect, 'node n1');
      expect([outcome.masters, ...outcome.otherwise]).toContainEqual(['n2']);
      expect([outcome.masters, ...outcome.otherwise]).toContainEqual(['n3']);
    }
  });

  it('does not when priorities are apart, or preemption puts it right', () => {
    const apart = onPaper({
      a: instanceText({ priority: 100, lines: ['nopreempt'] }),
      b: instanceText({ priority: 90, lines: ['nopreempt'] }),
      c: instanceText({ priority: 80, lines: ['nopreempt'] }),
    });
    expect(afterLosing(only(apart), 'node a')).toMatchObject({ masters: ['b'], otherwise: [] });
    expect(afterLosing(only(trio({})), 'node n1')).toMatchObject({ masters: ['n2'], otherwise: [] });
  });
});
