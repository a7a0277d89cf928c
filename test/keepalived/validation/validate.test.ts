// The judge of configurations: verdicts recorded from keepalived itself, places and words of complaints, what it
// never does (throw, show a password).
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileReading } from '../../../src/keepalived/config-lines.ts';
import { type Validation, validateConfig } from '../../../src/keepalived/validation/validate.ts';
import { parseVersion } from '../../../src/keepalived/version.ts';
import { variants, vrrpFile } from '../../lab/lint/variants.ts';

const judge = (
  text: string,
  {
    version,
    files = {},
  }: { readonly version?: string; readonly files?: Readonly<Record<string, string>> } = {},
): Validation => {
  const parsed = version === undefined ? undefined : parseVersion(version);
  return validateConfig({
    path: '/etc/keepalived.conf',
    read: (asked): FileReading => {
      const found = asked === '/etc/keepalived.conf' ? text : files[asked];
      return found === undefined ? { problem: 'no such file', kind: 'absent' } : { text: found };
    },
    glob: () => [],
    env: {},
    configId: 'node',
    isSecret: (line) => line.text.includes('auth_pass'),
    ...(parsed === undefined ? {} : { version: parsed }),
  });
};

interface Recorded {
  readonly version: string;
  readonly exits: Readonly<Record<string, number>>;
}

const isRecorded = (value: unknown): value is Recorded =>
  typeof value === 'object' && value !== null && 'version' in value && 'exits' in value;

const readRecorded = (): Recorded => {
  const value: unknown = JSON.parse(
    readFileSync(new URL('../../../fixtures/lint/verdicts-2.2.7.json', import.meta.url), 'utf8'),
  );
  if (!isRecorded(value)) throw new Error('the recorded verdicts have another form');
  return value;
};

describe('against recorded verdicts of keepalived -t', () => {
  const recorded = readRecorded();

  it('has a verdict for every variant', () => {
    expect(Object.keys(recorded.exits).sort()).toEqual(variants.map(({ name }) => name).sort());
  });

  it('takes what keepalived takes, and complains where it complains', () => {
    const apart = variants.flatMap(({ name, text }) => {
      const exit = recorded.exits[name] ?? 0;
      // Killed by a signal: keepalived itself failed.
      if (exit > 128) return [];
      const { verdict } = judge(text, { version: recorded.version });
      return (exit === 0) === (verdict === 'clean') ? [] : [`${name}: exit ${exit}, ours ${verdict}`];
    });
    expect(apart).toEqual([]);
  });
});

describe('what becomes of the file', () => {
  it('is clean when nothing is to be said', () => {
    expect(judge(vrrpFile({}))).toMatchObject({ verdict: 'clean', complaints: [] });
  });

  it.each([
    ['no VRID', 'vrrp_instance A {\n interface eth0\n virtual_ipaddress {\n 10.0.0.1\n }\n}', 'vrid-missing'],
    ['no interface', 'vrrp_instance A {\n virtual_router_id 5\n}', 'interface-missing'],
    [
      'version 3 without address',
      'vrrp_instance A {\n version 3\n interface e\n virtual_router_id 5\n}',
      'vip-missing',
    ],
    ['a keyword without its word', vrrpFile({ instance: 'priority' }), 'word-missing'],
    ['an include that must be there', `includem /nowhere.conf\n${vrrpFile({})}`, 'file-unreadable'],
  ])('is rejected: %s', (_name, text, rule) => {
    const { verdict, complaints } = judge(text);
    expect(verdict).toBe('rejected');
    expect(complaints.find(({ weight }) => weight === 'refuses')?.rule).toBe(rule);
  });

  it('is rejected when two instances share a VRID on one interface, not on two', () => {
    const other = (device: string): string =>
      vrrpFile({
        after: `vrrp_instance B {\n interface ${device}\n virtual_router_id 51\n virtual_ipaddress {\n 192.0.2.99\n }\n}`,
      });
    expect(judge(other('eth0')).verdict).toBe('rejected');
    expect(judge(other('eth1')).verdict).toBe('clean');
  });

  it('is adjusted when keepalived runs with something else', () => {
    expect(judge(vrrpFile({ state: 'state MASTER', instance: 'nopreempt' }))).toMatchObject({
      verdict: 'adjusted',
      complaints: [{ rule: 'nopreempt-with-master', weight: 'objects', suggestion: 'state BACKUP' }],
    });
  });

  it('stays clean with an include nobody insists on', () => {
    expect(judge(`include /nowhere.conf\n${vrrpFile({})}`).verdict).toBe('clean');
  });

  it('says where, also in an included file', () => {
    const files = {
      '/etc/more.conf': 'vrrp_instance A {\n    interface eth0\n    virtual_router_id 300\n}\n',
    };
    const { complaints } = judge('include more.conf\n', { files });
    expect(complaints.find(({ weight }) => weight === 'objects')).toMatchObject({
      file: '/etc/more.conf',
      line: 3,
      column: 23,
      rule: 'number-out-of-range',
    });
  });
});

describe('unknown keywords', () => {
  it.each([
    ['instance', 'nopreemt', 'nopreempt'],
    ['instance', 'virtual_routerid 5', 'virtual_router_id'],
    ['instance', 'track_scripts', 'track_script'],
    ['globals', 'stmp_connect_timeout 5', 'smtp_connect_timeout'],
    ['globals', 'router-id x', 'router_id'],
    ['script', 'intervall 2', 'interval'],
  ])('in %s: %s is meant to be another', (slot, line, meant) => {
    expect(judge(vrrpFile({ [slot]: line })).complaints[0]).toMatchObject({
      rule: 'unknown-keyword',
      suggestion: meant,
    });
  });

  it('names the block a keyword belongs to', () => {
    expect(judge(vrrpFile({ globals: 'unicast_src_ip 10.0.0.1' })).complaints[0]?.message).toContain(
      'in vrrp_instance',
    );
  });

  it('knows since when keepalived knows them', () => {
    const text = vrrpFile({ instance: 'timer_expired_backup' });
    expect(judge(text, { version: '2.2.7' }).complaints[0]?.message).toContain('known since 2.2.8');
    expect(judge(text, { version: '2.2.8' }).verdict).toBe('clean');
  });

  it('is said once, though four processes read the file', () => {
    expect(judge(`foo\n${vrrpFile({})}`).complaints).toHaveLength(1);
  });
});

describe('what it never does', () => {
  const pieces = [
    ...variants.flatMap(({ text }) => text.split('\n')).slice(0, 400),
    '{',
    '}',
    '"',
    '$A=\\',
    '~SEQ(A,1,3) $A',
    '@^x y',
    'include keepalived.conf',
  ];

  it('throws on no text', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string()), { maxLength: 30 }), (lines) => {
        expect(['clean', 'adjusted', 'rejected']).toContain(judge(lines.join('\n')).verdict);
      }),
      { numRuns: 200 },
    );
  });

  it('quotes no password, whatever stands in it', () => {
    const password = fc.stringMatching(/^Zq[A-Za-z0-9{}#!"'$ ]{2,12}xW$/);
    fc.assert(
      fc.property(password, (secret) => {
        const { complaints } = judge(
          vrrpFile({ instance: `authentication {\n    auth_type PASS\n    auth_pass ${secret}\n}` }),
        );
        // Shorter pieces, such as `key`, stand in ordinary words too.
        const words = secret.split(/[{}#!"'$ ]+/).filter((word) => word.length > 4);
        for (const { message } of complaints) for (const word of words) expect(message).not.toContain(word);
      }),
      { numRuns: 100 },
    );
  });

  it('does not repeat a password that stands alone in its block', () => {
    const { complaints } = judge(vrrpFile({ instance: 'authentication {\n auth_type PASS\n hunter2\n}' }));
    expect(complaints.map(({ message }) => message).join('\n')).not.toContain('hunter2');
  });
});
