import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { addressBytes, ipv4Text, ipv6Text, macText } from '../../src/wire/address.ts';

describe('address text', () => {
  it.each([
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['0:0:1:0:0:0:0:1', '0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0DB8::00A', '2001:db8::a'],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
  ])('RFC 5952: %s is %s', (given, canonical) => {
    const bytes = addressBytes(given);
    expect(bytes && ipv6Text(bytes, 0)).toBe(canonical);
  });

  it('agrees with ipaddr.js on every IPv6 address but the mapped ones', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(0, 0, 0, 1, 0xab, 0xffff), { minLength: 8, maxLength: 8 }),
        (words) => {
          const bytes = Uint8Array.from(words.flatMap((value) => [value >>> 8, value & 0xff]));
          const reference = new ipaddr.IPv6([...bytes]);
          if (reference.isIPv4MappedAddress()) return;
          expect(ipv6Text(bytes, 0)).toBe(reference.toRFC5952String());
        },
      ),
    );
  });

  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        expect(addressBytes(ipv6Text(bytes, 0))).toEqual(bytes);
        expect(addressBytes(ipv4Text(bytes, 0))).toEqual(bytes.slice(0, 4));
      }),
    );
  });

  it.each([
    '',
    '1.2.3',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.4/24',
    '1:2',
    '1:::2',
    '::1::',
    'fe80::1%eth0',
    '1:2:3:4:5:6:7:8:9',
    ':1::',
    '::12345',
    '1.2.3.4::',
  ])('takes %j for no address', (text) => {
    expect(addressBytes(text)).toBeUndefined();
  });

  it('writes a MAC with two digits each', () => {
    expect(macText(Uint8Array.of(0, 1, 0xa, 0xff, 0x10, 0x5e), 0)).toBe('00:01:0a:ff:10:5e');
  });
});
