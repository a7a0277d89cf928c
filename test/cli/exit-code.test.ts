// Exit codes of the contract.
import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../src/cli/exit-code.ts';
import { sampleReports } from '../report/sample-reports.ts';

const { healthy, oneRoot, incomplete, latent, ipv6 } = sampleReports;
const usual = { format: 'text', failOn: 'high', incomplete: 'passes' } as const;

describe('exit codes', () => {
  it.each([
    ['healthy', healthy, usual, 0],
    ['critical', oneRoot, usual, 1],
    ['high', latent, usual, 1],
    ['high, failing on critical', latent, { ...usual, failOn: 'critical' }, 0],
    ['medium', ipv6, usual, 0],
    ['medium, failing on medium', ipv6, { ...usual, failOn: 'medium' }, 1],
    ['critical, failing on never', oneRoot, { ...usual, failOn: 'never' }, 0],
    ['incomplete', incomplete, usual, 0],
    ['incomplete, strict', incomplete, { ...usual, incomplete: 'fails' }, 3],
    ['healthy, strict', healthy, { ...usual, incomplete: 'fails' }, 0],
    ['critical, strict', oneRoot, { ...usual, incomplete: 'fails' }, 1],
    ['nagios healthy', healthy, { ...usual, format: 'nagios' }, 0],
    ['nagios degraded', ipv6, { ...usual, format: 'nagios' }, 1],
    ['nagios critical', oneRoot, { ...usual, format: 'nagios' }, 2],
    ['nagios unknown', incomplete, { ...usual, format: 'nagios' }, 3],
  ] as const)('%s', (_, report, request, code) => {
    expect(exitCodeOf(report, request)).toBe(code);
  });

  it('not knowing about an innocent leaves nothing open', () => {
    const verdicts = [{ rule: 'udp-ignored-multi', result: 'not-evaluated', reason: 'x' }] as const;
    expect(exitCodeOf({ ...healthy, verdicts }, { ...usual, incomplete: 'fails' })).toBe(0);
  });

  it('a check that reached nobody has failed', () => {
    const nodes = incomplete.nodes.map((node) => ({ ...node, reachable: false }));
    expect(exitCodeOf({ ...incomplete, nodes }, usual)).toBe(2);
    expect(exitCodeOf({ ...incomplete, nodes }, { ...usual, incomplete: 'fails' })).toBe(3);
  });
});
