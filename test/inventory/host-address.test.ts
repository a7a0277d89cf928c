import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHostAddress } from '../../src/inventory/host-address.ts';

describe('parseHostAddress', () => {
  it.each([
    ['n1', { host: 'n1' }],
    ['ops@n1:2222', { user: 'ops', host: 'n1', port: 2222 }],
    ['10.0.0.1', { host: '10.0.0.1' }],
    ['::1', { host: '::1' }],
    ['[::1]', { host: '::1' }],
    ['root@[2001:db8::1]:22', { user: 'root', host: '2001:db8::1', port: 22 }],
    ['fe80::1%eth0', { host: 'fe80::1%eth0' }],
    ['me@corp.example@n1', { user: 'me@corp.example', host: 'n1' }],
    ['ssh://ops@n1:22/', { user: 'ops', host: 'n1', port: 22 }],
  ])('%s', (text, host) => {
    expect(parseHostAddress(text)).toEqual({ kind: 'host', host });
  });

  it.each([
    '',
    '@n1',
    'n1:',
    'n1:0',
    'n1:65536',
    'n1:ssh',
    '[::1',
    '-oProxyCommand=id',
    'a b',
    'x@-n1',
    'n1;id',
    '$(id)@n1',
  ])('refuses %j with a reason', (text) => {
    const parsed = parseHostAddress(text);
    expect(parsed.kind === 'bad' ? parsed.reason : parsed).toMatch(/is not a host: ./);
  });

  it('never throws, and never lets a dash, a quote or white space through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const parsed = parseHostAddress(text);
        if (parsed.kind === 'host') expect(parsed.host.host).not.toMatch(/^-|[\s'"`$;|&<>]/);
      }),
    );
  });
});
