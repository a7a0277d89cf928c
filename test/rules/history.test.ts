// How much of what is over still counts: by itself, when it keeps coming back, and when it accounts for the present.
import { describe, expect, test } from 'vitest';
import { rules } from '../../src/rules/generated/index.ts';
import { weightOfFlaw, weightOfHistory } from '../../src/rules/history.ts';
import { judge } from '../../src/rules/judge.ts';
import type { Entry } from '../../src/rules/logged.ts';
import { n2Logged, n2Said } from './log-cases.ts';
import { alsoMaster, logs, situation } from './model-builder.ts';

const minutes = (...ago: readonly number[]): readonly Entry[] =>
  ago.map((one) => ({ text: 'said', event: undefined, agoMs: one * 60_000 }));

describe('weightOfHistory', () => {
  test.each([
    ['logged while listening', minutes(0), 'high'],
    ['a minute ago, once', minutes(1), 'low'],
    ['twice within the hour', minutes(40, 1), 'low'],
    ['three times, the next not overdue', minutes(50, 30, 8), 'high'],
    ['three times, and silent for longer than ever', minutes(50, 45, 40), 'low'],
    [
      'one long fault that logged every second',
      minutes(...Array.from({ length: 600 }, (_, i) => 11 - i / 60)),
      'low',
    ],
    ['yesterday, every hour', minutes(1500, 1440, 1380), 'low'],
  ] as const)('%s', (_name, hits, severity) => {
    expect(weightOfHistory(hits, 'high').severity).toBe(severity);
  });

  test('lines without a time are history', () => {
    expect(weightOfHistory([{ text: 'said', event: undefined }], 'high')).toEqual({ severity: 'low' });
  });
});

test('a flaw counts in full for an hour: it will show again', () => {
  expect(weightOfFlaw(minutes(50), 'high').severity).toBe('high');
  expect(weightOfFlaw(minutes(70), 'high').severity).toBe('low');
});

const refused = '(VI_1): send advert error 101 (Network is unreachable)';
const named = (model: Parameters<typeof judge>[0]) =>
  judge(model, rules).findings.map(({ rule, severity, cause }) => `${rule} ${severity} ${cause}`);

test('what is over leaves the verdict healthy, and is told', () => {
  for (const line of [
    refused,
    'VRRP child process(612) died: Respawning',
    'A thread timer expired 3.870000 seconds ago',
    'Netlink: Receive buffer overrun on monitor socket',
    '(VI_1) invalid authentication HMAC from 10.77.0.11',
  ]) {
    const judgement = judge(n2Said(line), rules);
    expect([line, judgement.verdict]).toEqual([line, 'healthy']);
    expect(judgement.findings.length).toBeGreaterThan(0);
  }
});

test('what is over and accounts for the present is its root', () => {
  expect(named(n2Logged([60, refused]))).toEqual(['advert-send-error-network low root']);
  const now = situation(alsoMaster('n2'), logs('n2', '(VI_1) invalid authentication HMAC from 10.77.0.11'));
  expect(named(now)).toContain('auth-hmac-mismatch-or-clock-skew critical root');
  expect(named(now)).toContain('multiple-masters critical consequence');
});
