import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderHostKeyAlgorithms } from '../../src/transport/handshake.ts';
import { decideHostKey, type HostKeyQuestion } from '../../src/transport/host-key-check.ts';
import {
  fingerprintKey,
  formatKnownHost,
  type HostIdentity,
  judgeHostKey,
  knownKeyTypes,
  parseKnownHosts,
} from '../../src/transport/known-hosts.ts';

function makeKey(type: string, filler: number): Buffer {
  const name = Buffer.from(type);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(name.length);
  return Buffer.concat([length, name, Buffer.alloc(36, filler)]);
}

const ED = makeKey('ssh-ed25519', 1);
const ED2 = makeKey('ssh-ed25519', 2);
const RSA = makeKey('ssh-rsa', 3);
const text = (key: Buffer, type = 'ssh-ed25519'): string => `${type} ${key.toString('base64')}`;
const hashed = (name: string): string => {
  const salt = Buffer.alloc(20, 7);
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
};
const at = (host: string, port = 22): HostIdentity => ({ host, port });
const judge = (file: string, identity: HostIdentity, key: Uint8Array) =>
  judgeHostKey(parseKnownHosts(file, '/kh'), identity, key).kind;

describe('judgeHostKey', () => {
  it.each([
    ['plain', `n1,10.0.0.1 ${text(ED)} comment`, at('10.0.0.1'), 'trusted'],
    ['in any case', `N1 ${text(ED)}`, at('n1'), 'trusted'],
    ['hashed', `${hashed('n1')} ${text(ED)}`, at('n1'), 'trusted'],
    ['hashed, another name', `${hashed('n2')} ${text(ED)}`, at('n1'), 'unknown'],
    ['with a port', `[n1]:2222 ${text(ED)}`, at('n1', 2222), 'trusted'],
    ['hashed with a port', `${hashed('[n1]:2222')} ${text(ED)}`, at('n1', 2222), 'trusted'],
    ['of another port', `[n1]:2222 ${text(ED)}`, at('n1'), 'unknown'],
    ['of the bare host', `n1 ${text(ED)}`, at('n1', 2222), 'trusted'],
    ['another of the bare host', `n1 ${text(ED2)}`, at('n1', 2222), 'unknown'],
    ['wildcard', `*.example.net,!bad.example.net ${text(ED)}`, at('n1.example.net'), 'trusted'],
    ['negated', `*.example.net,!bad.example.net ${text(ED)}`, at('bad.example.net'), 'unknown'],
    ['question mark', `n? ${text(ED)}`, at('n1'), 'trusted'],
    ['IPv6', `fe80::1 ${text(ED)}`, at('fe80::1'), 'trusted'],
    ['changed', `n1 ${text(ED2)}`, at('n1'), 'changed'],
    ['one of two', `n1 ${text(ED2)}\nn1 ${text(ED)}`, at('n1'), 'trusted'],
    ['another kind', `n1 ${text(RSA, 'ssh-rsa')}`, at('n1'), 'unknown'],
    ['revoked', `n1 ${text(ED)}\n@revoked * ${text(ED)}`, at('n1'), 'revoked'],
    ['another revoked', `n1 ${text(ED)}\n@revoked * ${text(ED2)}`, at('n1'), 'trusted'],
    ['authority only', `@cert-authority * ${text(ED)}`, at('n1'), 'unknown'],
    ['unknown marker', `@new n1 ${text(ED)}`, at('n1'), 'unknown'],
    ['comment', `# n1 ${text(ED)}`, at('n1'), 'unknown'],
    ['unknown hash', `|2|AAAA|BBBB ${text(ED)}`, at('n1'), 'unknown'],
  ] as const)('%s', (_, file, identity, verdict) => {
    expect(judge(file, identity, ED)).toBe(verdict);
  });

  it('trusts what was written down for it, and only for that host', () => {
    fc.assert(
      fc.property(
        fc.domain(),
        fc.integer({ min: 1, max: 65535 }),
        fc.uint8Array({ minLength: 1 }),
        (host, port, bytes) => {
          const key = Buffer.concat([ED, bytes]);
          const line = formatKnownHost(at(host, port), key);
          expect(judge(line, at(host, port), key)).toBe('trusted');
          expect(judge(line, at(`other-${host}`, port), key)).toBe('unknown');
        },
      ),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), fc.uint8Array(), (file, host, key) => {
        expect(['trusted', 'unknown', 'changed', 'revoked']).toContain(judge(file, at(host), key));
      }),
    );
  });
});

it('asks for the kinds of key that are on record first', () => {
  const known = parseKnownHosts(`n1 ${text(RSA, 'ssh-rsa')}\nn2 ${text(ED)}`, '/kh');
  expect(knownKeyTypes(known, at('n1'))).toEqual(['ssh-rsa']);
  expect(orderHostKeyAlgorithms(['ssh-rsa']).slice(0, 4)).toEqual([
    'rsa-sha2-512',
    'rsa-sha2-256',
    'ssh-rsa',
    'ssh-ed25519',
  ]);
  expect(orderHostKeyAlgorithms([])[0]).toBe('ssh-ed25519');
});

describe('decideHostKey', () => {
  const question = (file: string, more: Partial<HostKeyQuestion> = {}): HostKeyQuestion => ({
    node: 'n1',
    identity: at('n1'),
    key: ED,
    verdict: judgeHostKey(parseKnownHosts(file, '/kh'), at('n1'), ED),
    checking: 'strict',
    recordIn: '/home/me/.ssh/known_hosts',
    ...more,
  });

  it('names the fingerprint and the command for an unknown key', async () => {
    const decision = await decideHostKey(question(''));
    if (decision.kind !== 'refuse') throw new Error('it was accepted');
    expect(decision.failure.message).toContain(`ED25519 ${fingerprintKey(ED)}`);
    expect(decision.failure.nextStep).toContain('ssh-keyscan -t ed25519 n1 >> /home/me/.ssh/known_hosts');
    expect(decision.failure.nextStep).toContain('--host-key-checking accept-new');
  });

  it('says that certificates are not supported where one would have decided', async () => {
    const decision = await decideHostKey(question(`@cert-authority * ${text(RSA, 'ssh-rsa')}`));
    expect(decision.kind === 'refuse' ? decision.failure.nextStep : '').toContain(
      '/kh:1 trusts it by certificate',
    );
  });

  it.each([
    ['', 'strict', 'refuse'],
    ['', 'accept-new', 'accept-and-record'],
    ['', 'off', 'accept'],
    [`n1 ${text(ED2)}`, 'strict', 'refuse'],
    [`n1 ${text(ED2)}`, 'accept-new', 'refuse'],
    [`n1 ${text(ED2)}`, 'off', 'accept'],
    [`@revoked n1 ${text(ED)}`, 'off', 'refuse'],
    [`n1 ${text(ED)}`, 'strict', 'accept'],
  ] as const)('%j with %s: %s', async (file, checking, kind) => {
    expect((await decideHostKey(question(file, { checking }))).kind).toBe(kind);
  });

  it('takes yes or the fingerprint, nothing else, and never asks about a changed key', async () => {
    const said = (answer: string | undefined) => ({ prompt: async () => answer });
    expect((await decideHostKey(question('', said('Yes ')))).kind).toBe('accept-and-record');
    expect((await decideHostKey(question('', said(fingerprintKey(ED))))).kind).toBe('accept-and-record');
    for (const answer of ['y', 'no', '', undefined, fingerprintKey(RSA)]) {
      expect((await decideHostKey(question('', said(answer)))).kind).toBe('refuse');
    }
    const asked: string[] = [];
    const prompt = async () => {
      asked.push('asked');
      return 'yes';
    };
    const decision = await decideHostKey(question(`n1 ${text(ED2)}`, { prompt }));
    expect([decision.kind, asked]).toEqual(['refuse', []]);
    expect(decision.kind === 'refuse' ? decision.failure.message : '').toContain('HAS CHANGED');
  });
});
