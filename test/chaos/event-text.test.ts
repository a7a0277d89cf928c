// The plain talk of a failover test: the words for a whole recorded trial, and for what goes wrong.
import { describe, expect, it } from 'vitest';
import { eventWords } from '../../src/chaos/event-text.ts';
import type { FailoverHappening } from '../../src/chaos/events.ts';
import { toldTrial } from './told-trials.ts';

const talk = (situation: string): readonly string[] =>
  toldTrial(situation, { trial: 2, of: 3 }).flatMap((event) => eventWords(event, event.atMs) ?? []);

describe('the talk of a trial', () => {
  it('says what is done, what is seen, and what it gave', () => {
    expect(talk('killed-v3')).toEqual([
      'trial 2 of 3: daemon-killed on n1; n2 should take over after 360 ms to 371 ms',
      '  rescue armed on n1 and read back: n1 heals itself after 60 s without us',
      '  injected on n1',
      expect.stringMatching(/^ {2}n2 advertises with priority \d+$/),
      '  healing n1',
      expect.stringMatching(/^ {2}n2 advertises with priority \d+$/),
      '  n1 is healed',
      '  rescue on n1 disarmed, and gone',
      expect.stringMatching(/^ {2}n1 advertises with priority \d+$/),
      '  every node is as it was before',
      expect.stringMatching(/^trial 2: n2 took over; takeover 36\d\.\d\d ± 0\.\d\d ms; out: icmp/),
    ]);
  });

  it('hears a goodbye', () => {
    expect(talk('stopped-v3')).toContain('  n1 says goodbye (priority 0)');
  });
});

describe('what goes wrong', () => {
  const words = (happening: FailoverHappening): string | undefined => eventWords(happening, 1_000_000);

  it('is said with its reason', () => {
    expect(words({ kind: 'stop', trial: 1, why: 'no heartbeat from n2', atTrialMs: 5 })).toBe(
      '  healing at once: no heartbeat from n2',
    );
    expect(words({ kind: 'cut-off', trial: 1, node: 'n1', firesAtMs: 1_042_400 })).toBe(
      '  n1 cannot be reached now; its own timer heals it in 42 s',
    );
    expect(words({ kind: 'cut-off', trial: 1, node: 'n1', firesAtMs: 1_042_400, awayMs: 600_000 })).toBe(
      '  n1 reboots; it is waited for, 10 min at most',
    );
    expect(
      words({
        kind: 'restored-check',
        trial: 1,
        state: 'not-restored',
        differences: ['no node holds 10.0.0.5', 'n1, links: - up ; + down'],
      }),
    ).toBe('  not as it was before: no node holds 10.0.0.5; n1, links: - up ; + down');
    expect(
      words({
        kind: 'trial-finished',
        trial: 1,
        ended: 'not-begun',
        why: 'the wire is not calm',
        result: null,
      }),
    ).toBe('trial 1 was not begun: the wire is not calm');
    expect(words({ kind: 'ledger', state: 'not-written', run: 'r', why: 'ENOSPC' })).toBe(
      'the ledger could not be written: ENOSPC',
    );
    expect(
      words({
        kind: 'rescue',
        state: 'refused',
        node: 'n1',
        firesAtMs: 0,
        afterSeconds: 60,
        why: 'no process waits on the node',
      }),
    ).toBe('  no rescue on n1, so nothing is injected: no process waits on the node');
  });
});
