/**
 * One line of virtual_ipaddress, virtual_ipaddress_excluded or static_ipaddress (vrrp_ipaddress.c:
 * alloc_ipaddress). Knows its options and which faults cost the whole address; whether the interface exists is
 * the node's business.
 */
import type { Address } from '../addresses.ts';
import type { Complain } from './complaint.ts';
import { readPrefixed } from './inet.ts';
import type { Outcome } from './keyword.ts';
import { knownScopes } from './route-names.ts';
import {
  anyUnsigned,
  type ConfigLine,
  placeOfWord,
  quoteWord,
  readAnyBase,
  readUnsigned,
  wordAt,
} from './words.ts';

export interface AddressLine {
  readonly address: Address;
  readonly prefix: number;
  readonly device: string | undefined;
  readonly ownVmac: 'yes' | 'no';
  readonly line: ConfigLine;
}

export interface AddressContext {
  readonly complain: Complain;
  /** `static`: static_ipaddress, which takes track_group and no use_vmac. */
  readonly kind: 'virtual' | 'static';
  readonly trackGroups: ReadonlySet<string>;
}

const flags = ['home', '-nodad', 'mngtmpaddr', 'noprefixroute', 'autojoin', 'no_track'];

/** The address, or nothing when keepalived drops it. */
export function readAddressLine(
  line: ConfigLine,
  { complain, kind, trackGroups }: AddressContext,
): AddressLine | Outcome | undefined {
  const first = wordAt(line, 0) ?? '';
  const reading = readPrefixed(first);
  const objects = (index: number, rule: string, message: string): undefined =>
    void complain(placeOfWord(line, index), 'objects', rule, message);
  if (reading === 'no-address')
    return objects(
      0,
      'address-invalid',
      `${quoteWord(line, first)} is no IP address; keepalived drops the line`,
    );
  const { address } = reading;
  let { prefix } = reading;
  const widest = address.family === 'ipv4' ? 32 : 128;
  if (reading.prefixIs === 'invalid')
    objects(
      0,
      'prefix-invalid',
      `the prefix length is no number from 0 to ${widest}; keepalived uses ${widest}`,
    );
  let device: string | undefined;
  let ownVmac: 'yes' | 'no' = 'no';
  let broadcast: 'none' | 'given' | 'computed' = 'none';
  let peer: 'none' | 'given' = 'none';
  let scope: 'none' | 'given' = 'none';
  let label: 'none' | 'given' = 'none';
  const valued = ['dev', 'scope', 'broadcast', 'brd', 'label', 'peer', 'preferred_lft'];
  if (kind === 'static') valued.push('track_group');
  for (let index = 1; index < line.words.length; index++) {
    const option = wordAt(line, index) ?? '';
    if (flags.includes(option)) continue;
    if (option === 'use_vmac' && kind === 'virtual') {
      ownVmac = 'yes';
      continue;
    }
    if (!valued.includes(option)) {
      objects(
        index,
        'option-unknown',
        `${quoteWord(line, option)} is no option of an address; keepalived ignores it`,
      );
      continue;
    }
    const value = wordAt(line, ++index);
    if (value === undefined)
      return objects(index - 1, 'value-missing', `${option} needs a value; keepalived drops the address`);
    switch (option) {
      case 'dev':
        if (device !== undefined)
          return objects(index, 'set-twice', 'dev is given twice; keepalived drops the address');
        device = value;
        break;
      case 'scope':
        scope = 'given';
        if (readAnyBase(value) === undefined && !knownScopes.has(value))
          objects(index, 'value-invalid', `${quoteWord(line, value)} is no scope; keepalived ignores it`);
        break;
      case 'broadcast':
      case 'brd':
        if (address.family === 'ipv6')
          return objects(index, 'family-mismatch', 'IPv6 has no broadcast; keepalived drops the address');
        if (value === '+' || value === '-') broadcast = 'computed';
        else if (isIpv4(value)) broadcast = 'given';
        else
          return objects(
            index,
            'address-invalid',
            'the broadcast address is invalid; keepalived drops the address',
          );
        break;
      case 'label':
        label = 'given';
        if (value.length > 15)
          return objects(
            index,
            'name-too-long',
            'a label has at most 15 characters; keepalived drops the address',
          );
        break;
      case 'peer': {
        if (peer === 'given') {
          objects(index, 'set-twice', 'peer is given twice');
          break;
        }
        const other = readPrefixed(value);
        if (other === 'no-address' || value.includes('/'))
          objects(index, 'address-invalid', 'the peer address is invalid');
        else if (other.address.family !== address.family)
          objects(index, 'family-mismatch', 'the peer is of the other address family');
        else {
          if (prefix !== widest)
            objects(0, 'settings-conflict', 'with a peer the prefix of the address itself does not count');
          peer = 'given';
          prefix = widest;
        }
        break;
      }
      case 'preferred_lft':
        if (value !== 'forever' && 'fault' in readUnsigned(value, anyUnsigned))
          objects(index, 'number-invalid', 'preferred_lft takes seconds or forever');
        break;
      default:
        if (!trackGroups.has(value))
          objects(index, 'reference-unknown', `track_group ${quoteWord(line, value)} is not defined above`);
    }
  }
  if (broadcast !== 'none' && peer === 'given')
    objects(0, 'settings-conflict', 'an address has either a broadcast or a peer');
  else if (broadcast === 'computed' && prefix > 30)
    objects(0, 'settings-conflict', `a broadcast cannot be computed for a prefix of ${prefix}`);
  if (address.family === 'ipv6' && scope === 'given')
    objects(0, 'family-mismatch', 'IPv6 addresses take no scope; keepalived ignores it');
  if (address.family === 'ipv6' && label === 'given')
    objects(0, 'family-mismatch', 'IPv6 addresses take no label; keepalived ignores it');
  return { address, prefix, device, ownVmac, line };
}

function isIpv4(word: string): boolean {
  const reading = readPrefixed(word);
  return reading !== 'no-address' && reading.address.family === 'ipv4' && !word.includes('/');
}
