// Who is master when, told by small stories: each is a capture, read the whole way from bytes to the document.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { composeDocument, type ReplayDocument } from '../../src/replay/document.ts';
import { onTheWire } from '../../src/replay/judgement.ts';
import { createReplay } from '../../src/replay/replay.ts';
import { rules } from '../../src/rules/generated/index.ts';
import { advertFrame, adverts, arpFrame, captureOf } from './capture-story.ts';

const read = (capture: Uint8Array): ReplayDocument => {
  const replay = createReplay({ lines: 'none' });
  replay.push(capture);
  return composeDocument({
    replayed: replay.end(),
    source: 'story.pcap',
    tool: { name: 'vipdoctor', version: '0' },
  });
};

const changes = (document: ReplayDocument): readonly string[] =>
  document.routers.flatMap((router) =>
    router.transitions.map(({ from, to, reason }) => `${from ?? '-'} > ${to ?? '-'}: ${reason}`),
  );
const rulesFound = (document: ReplayDocument): readonly string[] =>
  document.findings.map((finding) => finding.rule);

const a = { from: 1, priority: 150 } as const;
const b = { from: 2, priority: 100 } as const;

describe('masters over time', () => {
  it('one master all the time', () => {
    const document = read(captureOf(adverts({ ...a, start: 0, end: 20 })));
    expect(changes(document)).toEqual(['- > 192.0.2.1: first-heard']);
    expect(document.verdict).toBe('healthy');
    expect(document.routers[0]?.senders[0]?.interval).toEqual({
      count: 20,
      minMs: 1000,
      meanMs: 1000,
      maxMs: 1000,
      jitterMs: 0,
    });
  });

  it('a resignation, then the backup', () => {
    const document = read(
      captureOf(
        adverts({ ...a, start: 0, end: 5 }),
        advertFrame({ ...a, at: 5.5, priority: 0 }),
        adverts({ ...b, start: 6.1, end: 12.1 }),
      ),
    );
    expect(changes(document)).toEqual(['- > 192.0.2.1: first-heard', '192.0.2.1 > 192.0.2.2: priority-0']);
    expect(document.routers[0]?.transitions[1]?.takeoverMs).toBe(600);
    expect(document.routers[0]?.senders[0]?.farewells).toBe(1);
    expect(document.findings).toEqual([]);
    expect(document.verdict).toBe('healthy');
  });

  it('a silent death, then the backup after an election', () => {
    const document = read(
      captureOf(adverts({ ...a, start: 0, end: 5 }), adverts({ ...b, start: 8.6, end: 14.6 })),
    );
    expect(changes(document)[1]).toBe('192.0.2.1 > 192.0.2.2: timeout');
    expect(document.routers[0]?.transitions[1]?.takeoverMs).toBe(3600);
    expect(document.findings).toEqual([]);
  });

  it('a higher priority comes back, and its first advert crosses one of the old master', () => {
    const document = read(
      captureOf(
        adverts({ ...b, start: 0, end: 5 }),
        adverts({ ...a, start: 4.998, end: 12.998 }),
        arpFrame(4.9985, { from: 1, operation: 1, senderIp: '192.0.2.100', targetIp: '192.0.2.100' }),
      ),
    );
    expect(changes(document)).toEqual([
      '- > 192.0.2.2: first-heard',
      '192.0.2.2 > 192.0.2.1: higher-priority',
    ]);
    expect(document.routers[0]?.transitions[1]?.announcedAfterMs).toBe(0.5);
    expect(document.routers[0]?.overlaps).toEqual([]);
    expect(document.verdict).toBe('healthy');
  });

  it('two masters to the end', () => {
    const document = read(
      captureOf(adverts({ ...a, start: 0, end: 20 }), adverts({ ...b, start: 5.5, end: 20.5 })),
    );
    expect(document.routers[0]?.overlaps).toMatchObject([
      { senders: ['192.0.2.1', '192.0.2.2'], state: 'ongoing' },
    ]);
    expect(rulesFound(document)).toEqual(['multiple-masters']);
    expect(document.verdict).toBe('critical');
    expect(document.headline).toBe(
      '192.0.2.1 and 192.0.2.2 are MASTER of VRID 51 at the same time; the capture alone does not tell why.',
    );
    expect(document.clusters[0]?.masters).toEqual(['192.0.2.1', '192.0.2.2']);
  });

  it('two masters for a while, then one', () => {
    const document = read(
      captureOf(adverts({ ...a, start: 0, end: 20 }), adverts({ ...b, start: 5.5, end: 9.5 })),
    );
    expect(document.routers[0]?.overlaps).toMatchObject([{ state: 'over', durationMs: 4000 }]);
    expect(rulesFound(document)).toEqual(['multiple-masters']);
    expect(document.clusters[0]?.masters).toEqual(['192.0.2.1']);
  });

  it('a lower priority that yields after one advert is an election, not a second master', () => {
    const document = read(captureOf(adverts({ ...a, start: 0, end: 20 }), advertFrame({ ...b, at: 7.3 })));
    expect(document.routers[0]?.overlaps).toEqual([]);
    expect(document.findings).toEqual([]);
  });

  it('nobody left while another router goes on', () => {
    const document = read(
      captureOf(
        adverts({ ...a, start: 0, end: 5 }),
        adverts({ ...b, vrid: 52, vips: ['192.0.2.101'], start: 0, end: 30 }),
      ),
    );
    expect(rulesFound(document)).toEqual(['no-master']);
    expect(changes(document)).toContain('192.0.2.1 > -: timeout');
  });

  it('copies of one packet on stacked interfaces are one advert', () => {
    const once = adverts({ ...a, start: 0, end: 10 });
    const document = read(
      captureOf(
        once,
        once.map(({ at, bytes }) => ({ at: at + 0.0001, bytes })),
      ),
    );
    expect(document.capture.adverts).toBe(22);
    expect(document.routers[0]?.senders[0]?.adverts).toBe(11);
    expect(document.routers[0]?.senders[0]?.interval?.minMs).toBeGreaterThan(999);
  });

  it('unicast adverts to several peers have their own rhythm each', () => {
    const document = read(
      captureOf(
        adverts({ ...a, dst: '192.0.2.2', start: 0, end: 10 }),
        adverts({ ...a, dst: '192.0.2.3', start: 0.0002, end: 10.0002 }),
      ),
    );
    expect(document.routers[0]?.senders[0]?.interval).toMatchObject({ meanMs: 1000, count: 20 });
    expect(document.clusters[0]?.mode).toBe('unicast');
  });
});

describe('real keepalived 2.2.7', () => {
  it('a stop, a return, a firewall that makes two masters, a crash', () => {
    const document = read(readFileSync('fixtures/pcap/keepalived-2.2.7-failovers.pcap'));
    expect(changes(document)).toEqual([
      '- > 10.77.0.11: first-heard',
      '10.77.0.11 > 10.77.0.12: priority-0',
      '10.77.0.12 > 10.77.0.11: higher-priority',
      '10.77.0.11 > 10.77.0.12: timeout',
    ]);
    expect(document.routers[0]?.overlaps).toMatchObject([
      { senders: ['10.77.0.11', '10.77.0.12'], state: 'over' },
    ]);
    // Skew time of priority 99, three intervals and it: what the timers of the protocol say.
    expect(
      document.routers[0]?.transitions.map((one) => Math.round((one.takeoverMs ?? 0) / 10) * 10),
    ).toEqual([0, 610, 650, 3610]);
    expect(document.findings.map((finding) => finding.rule)).toEqual(['multiple-masters']);
    expect(document.headline).toContain('were MASTER of VRID 101');
  });
});

describe('judged by the wire alone', () => {
  const both = (own: object, other: object) =>
    read(
      captureOf(
        adverts({ ...a, ...own, start: 0, end: 10 }),
        adverts({ ...b, ...other, start: 0.5, end: 10.5 }),
      ),
    );

  it.each([
    ['auth-password-mismatch', { password: 'one' }, { password: 'other' }],
    ['auth-type-mismatch', { password: 'one' }, {}],
    ['vrrp-version-mismatch', { version: 2 }, { version: 3 }],
    ['advert-interval-mismatch-v2', { intervalMs: 1000 }, { intervalMs: 2000 }],
    ['vip-list-mismatch', { vips: ['192.0.2.100'] }, { vips: ['192.0.2.100', '192.0.2.101'] }],
    ['vrid-collision-foreign-group', {}, { vips: ['192.0.2.200'] }],
    ['vrid-mismatch-between-peers', { vrid: 51 }, { vrid: 52 }],
    ['ttl-not-255', {}, { ttl: 254 }],
  ])('%s is the root, with proof from the capture', (rule, own, other) => {
    const document = both(own, other);
    const roots = document.findings.filter((finding) => finding.cause === 'root');
    expect(roots.map((finding) => finding.rule)).toContain(rule);
    for (const finding of document.findings) {
      expect(finding.evidence.length).toBeGreaterThan(0);
      for (const quote of finding.evidence) expect(quote.source).toContain('story.pcap');
    }
    expect(document.verdict).toBe('critical');
  });

  it('any number of VRIDs for the same VIPs is one finding', () => {
    const mismatches = (vrids: number, vips: readonly string[]) =>
      read(
        captureOf(
          ...Array.from({ length: vrids }, (_, at) =>
            adverts({ from: 1 + at, priority: 100, vrid: 10 + at, vips, start: at / 1000, end: 10 }),
          ),
        ),
      ).findings.filter(({ rule }) => rule === 'vrid-mismatch-between-peers');
    const [three, ...others] = mismatches(3, ['192.0.2.100', '192.0.2.101']);
    expect(others).toEqual([]);
    expect(three?.subject.nodes).toEqual(['192.0.2.1', '192.0.2.2', '192.0.2.3']);
    expect(three?.title).toBe(
      '192.0.2.1, 192.0.2.2 and 192.0.2.3 use different VRIDs for VIP 192.0.2.100 (10, 11 and 12)',
    );
    const many = mismatches(60, ['192.0.2.100']);
    expect(many.map(({ subject }) => subject.nodes.length)).toEqual([60]);
    expect(many[0]?.title).toContain('192.0.2.6 and 54 more use different VRIDs');
  });

  it('one sender of several VRIDs with the same VIP has no rival', () => {
    const document = read(
      captureOf(
        adverts({ ...a, vrid: 51, start: 0, end: 10 }),
        adverts({ ...a, vrid: 52, start: 0.5, end: 10 }),
      ),
    );
    expect(rulesFound(document)).not.toContain('vrid-mismatch-between-peers');
  });

  it('a difference never seen at the same time weighs less', () => {
    const document = read(
      captureOf(
        adverts({ ...a, start: 0, end: 5 }),
        adverts({ ...b, vips: ['192.0.2.100', '192.0.2.101'], start: 9, end: 15 }),
      ),
    );
    expect(document.findings.map(({ rule, severity }) => [rule, severity])).toEqual([
      ['vip-list-mismatch', 'medium'],
    ]);
  });

  it('two MACs answer one question', () => {
    const answer = (at: number, from: number) =>
      arpFrame(at, { from, operation: 2, senderIp: '192.0.2.100', targetIp: '192.0.2.9' });
    const document = read(
      captureOf(
        adverts({ ...a, start: 0, end: 10 }),
        adverts({ ...b, start: 0.5, end: 10.5 }),
        answer(3, 1),
        answer(3.001, 2),
      ),
    );
    expect(rulesFound(document)).toContain('duplicate-arp-answers');
  });

  it('every rule it asks exists, and is answered', () => {
    const ids = rules.map((rule) => rule.id);
    for (const id of [...onTheWire, 'multiple-masters', 'no-master', 'vrid-mismatch-between-peers'])
      expect(ids).toContain(id);
    const results = new Map(both({}, {}).verdicts.map(({ rule, result }) => [rule, result]));
    for (const id of onTheWire)
      if (!id.includes('-arp-') && id !== 'vip-used-by-other-host') expect(results.get(id)).toBe('clear');
  });

  it('what needs the nodes is not evaluated, and says so', () => {
    const document = both({}, {});
    const firewall = document.verdicts.find((verdict) => verdict.rule === 'host-firewall-input-drop');
    expect(firewall).toEqual({
      rule: 'host-firewall-input-drop',
      result: 'not-evaluated',
      reason: 'needs the nodes; a capture alone cannot tell',
    });
  });

  it('a capture without adverts is unknown, not healthy', () => {
    expect(read(captureOf([])).verdict).toBe('unknown');
    expect(read(captureOf(adverts({ ...a, start: 0, end: 1 }))).verdict).toBe('unknown');
  });
});
