// Texts nobody writes and somebody will feed in: whatever the bytes, each is read to its end, judged, and told with
// file and line.
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/keepalived/config-tree.ts';
import { collectSecrets } from '../../src/keepalived/secrets.ts';
import { type Validation, validateConfig } from '../../src/keepalived/validation/validate.ts';
import { parseVersion } from '../../src/keepalived/version.ts';
import { parseText } from './config-files.ts';

const instance =
  'vrrp_instance A {\n interface eth0\n virtual_router_id 5\n virtual_ipaddress {\n  192.0.2.9/24\n }\n}\n';

const judge = (text: string, release = '2.2.7'): Validation => {
  const version = parseVersion(release);
  return validateConfig({
    ...(version === undefined ? {} : { version }),
    path: '/k.conf',
    read: (path) => (path === '/k.conf' ? { text } : { problem: 'no such file', kind: 'absent' }),
    glob: () => [],
    env: {},
    configId: 'node',
    isSecret: () => false,
  });
};
const rulesOf = (text: string, release?: string): readonly string[] =>
  judge(text, release).complaints.map(({ rule, line, column }) => `${rule} ${line}:${column}`);

describe('odd files', () => {
  it('drops each 1023 bytes of a line too long, and reads what is left of it', () => {
    const filler = 'x'.repeat(2 * 1023);
    expect(rulesOf(`${instance}${filler}nonsense 1\n`)).toEqual([
      'line-too-long 8:1',
      'line-too-long 8:1024',
      'unknown-keyword 8:2047',
    ]);
    expect(rulesOf(`${instance}${filler}\n`)).toEqual(['line-too-long 8:1', 'line-too-long 8:1024']);
  });

  it('reads a line of megabytes', () => {
    const { verdict, complaints } = judge(`${instance}${'x'.repeat(9_000_000)}\n`);
    expect(verdict).toBe('adjusted');
    expect(complaints.every(({ line }) => line === 8)).toBe(true);
  });

  it('reads a line up to its NUL byte, and since 2.4 not at all', () => {
    const text = `${instance}# a\0b\nc\0d\n`;
    expect(rulesOf(text)).toEqual(['embedded-nul 8:1', 'embedded-nul 9:1', 'unknown-keyword 9:1']);
    expect(rulesOf(text, '2.4.0')).toEqual(['embedded-nul 8:1', 'embedded-nul 9:1']);
  });

  it('takes comments of any length for nothing', () => {
    expect(rulesOf(`#${'-'.repeat(1000)}\n  ! note\n\t# note\n${instance}`)).toEqual([]);
  });

  // Held against keepalived 2.2.7: (Line 8) Unknown keyword '\\', and invalid number '90\\'.
  it('reads a backslash at the end of a comment as one at the end of the line, from 2.0.9 to 2.3.4', () => {
    const text = `${instance}# note \\\n\t! x " \\\n# two \\\\\n# blank \\ \n`;
    expect(rulesOf(text)).toEqual(['unknown-keyword 8:1', 'unknown-keyword 9:2']);
    for (const release of ['2.0.8', '2.4.0']) expect(rulesOf(text, release)).toEqual([]);
    const priority = instance.replace(' interface', ' priority 90 # note \\\n interface');
    expect(judge(priority).verdict).toBe('adjusted');
    expect(judge(priority, '2.4.0').verdict).toBe('clean');
  });

  it('does not end a definition at a comment within it', () => {
    const text = `$V= \\\nvirtual_ipaddress { \\\n# note\n192.0.2.9/24 \\\n}\nvrrp_instance A {\n interface eth0\n virtual_router_id 5\n $V\n}\n`;
    expect(judge(text).verdict).toBe('clean');
  });

  it('sees the end of blocks nested deeper than calls may be', () => {
    const deep = 'a {\n'.repeat(50_000);
    const tree = parseText(`${deep}auth_pass hunter2\n`);
    expect(collectSecrets(tree)).toEqual(['hunter2']);
    expect(judge(deep).verdict).not.toBe('clean');
  });

  it('takes a byte order mark for part of the first word, as keepalived does', () => {
    expect(judge(`\ufeff${instance}`).verdict).not.toBe('clean');
  });

  it('cuts a file off that includes itself', () => {
    const tree = parseConfig({
      path: '/k.conf',
      read: () => ({ text: `include k.conf\n${instance}` }),
      glob: () => [],
      env: {},
    });
    expect(tree.problems.map(({ code }) => code)).toContain('include-too-deep');
  });
});
