/**
 * One line of virtual_routes or static_routes (vrrp_iproute.c: alloc_route, parse_nexthops). Knows options, ranges
 * and families; table, protocol and realm names may be known on the node and are taken as they are.
 */
import type { Family } from '../addresses.ts';
import type { Complain } from './complaint.ts';
import { readPrefixed } from './inet.ts';
import type { Outcome } from './keyword.ts';
import { routeTypes } from './route-names.ts';
import {
  anyUnsigned,
  type ConfigLine,
  placeOfWord,
  quoteWord,
  readAnyBase,
  readDecimal,
  readUnsigned,
  wordAt,
} from './words.ts';

export interface RouteContext {
  readonly complain: Complain;
  readonly kind: 'virtual' | 'static';
  readonly trackGroups: ReadonlySet<string>;
}

/** A destination: the family of a prefix, `any` for default; undefined when it is none. */
export function readDestination(
  word: string,
): { readonly family: Family | 'any'; readonly prefixIs: 'valid' | 'invalid' } | undefined {
  if (word === 'default' || word === 'any' || word === 'all') return { family: 'any', prefixIs: 'valid' };
  if (word === 'default6') return { family: 'ipv6', prefixIs: 'valid' };
  const reading = readPrefixed(word);
  return reading === 'no-address'
    ? undefined
    : { family: reading.address.family, prefixIs: reading.prefixIs };
}

const counted = ['metric', 'priority', 'preference', 'window', 'initcwnd', 'initrwnd'];
const lockable = ['mtu', 'advmss', 'reordering', 'cwnd', 'ssthresh'];
const timed = ['rtt', 'rttvar', 'rto_min'];
const named = ['tos', 'dsfield', 'table', 'protocol', 'scope', 'realms', 'vrf'];

/** Milliseconds, or with a unit s, sec, secs or ms, msec, msecs. */
function isRoundTripTime(word: string): boolean {
  const match = /^\s*([^sS]*?)(m?)(?:s|secs?)?$/i.exec(word);
  return match !== null && !('fault' in readDecimal(match[1] ?? '', { least: 0, most: 960_000_000 }, 3));
}

export function checkRouteLine(
  line: ConfigLine,
  { complain, kind, trackGroups }: RouteContext,
): Outcome | undefined {
  let family: Family | undefined;
  let device: 'none' | 'given' = 'none';
  let destination: 'none' | 'given' = 'none';
  let tracked: 'yes' | 'no' = 'yes';
  let alternatives: 'none' | 'given' = 'none';
  let index = 0;
  const objects = (at: number, rule: string, message: string): undefined =>
    void complain(placeOfWord(line, at), 'objects', rule, message);
  const mixed = (at: number): undefined =>
    objects(at, 'family-mismatch', 'the route mixes IPv4 and IPv6; keepalived drops it');
  const fits = (other: Family | 'any'): boolean => {
    if (other === 'any') return family === undefined;
    family ??= other;
    return family === other;
  };
  const plainAddress = (word: string): Family | undefined => {
    const reading = readPrefixed(word);
    return reading === 'no-address' || word.includes('/') ? undefined : reading.address.family;
  };

  while (index < line.words.length) {
    const option = wordAt(line, index) ?? '';
    if (option === 'inet' || option === 'inet6') {
      if (!fits(option === 'inet' ? 'ipv4' : 'ipv6')) return mixed(index);
      // keepalived steps over the word behind it as well.
      index += 2;
      continue;
    }
    if (option === 'nexthop') {
      if (alternatives === 'given')
        return objects(index, 'settings-conflict', 'a route has either or or nexthop');
      const outcome = checkNexthops(line, index, { objects, fits, mixed, plainAddress });
      if (outcome !== undefined) return outcome;
      index = line.words.length;
      break;
    }
    if (['src', 'via', 'gw', 'from', 'or'].includes(option)) {
      if (option === 'gw')
        complain(placeOfWord(line, index), 'deprecated', 'keyword-deprecated', 'gw is deprecated', 'via');
      if (option === 'or') {
        complain(placeOfWord(line, index), 'deprecated', 'keyword-deprecated', 'or is deprecated', 'nexthop');
        alternatives = 'given';
      }
      let word = wordAt(line, ++index);
      if ((option === 'via' || option === 'gw') && (word === 'inet' || word === 'inet6')) {
        if (!fits(word === 'inet' ? 'ipv4' : 'ipv6')) return mixed(index);
        word = wordAt(line, ++index);
      }
      if (word === undefined) return 'missing-word';
      const found = option === 'from' ? readDestination(word)?.family : plainAddress(word);
      if (found === undefined)
        return objects(index, 'address-invalid', `${option} takes an address; keepalived drops the route`);
      if (option === 'from' && found !== 'ipv6')
        return objects(index, 'family-mismatch', 'from is for IPv6 only; keepalived drops the route');
      if (option !== 'or' && !fits(found)) return mixed(index);
    } else if (counted.includes(option) || lockable.includes(option)) {
      if (lockable.includes(option) && wordAt(line, index + 1) === 'lock') index++;
      const word = wordAt(line, ++index);
      if (word === undefined) return 'missing-word';
      if ('fault' in readUnsigned(word, anyUnsigned))
        return objects(index, 'number-invalid', `${option} takes a number; keepalived drops the route`);
    } else if (timed.includes(option)) {
      if (wordAt(line, index + 1) === 'lock') index++;
      const word = wordAt(line, ++index);
      if (word === undefined) return 'missing-word';
      if (!isRoundTripTime(word))
        return objects(index, 'number-invalid', `${option} takes a time; keepalived drops the route`);
    } else if (named.includes(option)) {
      const word = wordAt(line, ++index);
      if (word === undefined) return 'missing-word';
      const number = readAnyBase(word);
      if (
        number !== undefined &&
        number > (option === 'table' ? anyUnsigned.most : 255) &&
        option !== 'realms'
      )
        return objects(index, 'number-out-of-range', `${option} is too large; keepalived drops the route`);
      if (option === 'realms' && !fits('ipv4')) return mixed(index);
      if (option === 'protocol')
        checkProtocol(line, index, {
          complain,
          tracked: line.words.some(({ value }) => value === 'no_track') ? 'no' : 'yes',
        });
    } else if (option === 'expires' || option === 'pref') {
      if (!fits('ipv6'))
        return objects(index, 'family-mismatch', `${option} is for IPv6 only; keepalived drops the route`);
      const word = wordAt(line, ++index);
      if (word === undefined) return 'missing-word';
      const isName = option === 'pref' && ['low', 'medium', 'high'].includes(word);
      if (
        !isName &&
        'fault' in readUnsigned(word, { least: 0, most: option === 'pref' ? 255 : anyUnsigned.most })
      )
        return objects(index, 'number-invalid', `${option} is invalid; keepalived drops the route`);
    } else if (['hoplimit', 'quickack', 'fastopen_no_cookie'].includes(option)) {
      const word = wordAt(line, ++index);
      if (word === undefined) return 'missing-word';
      if ('fault' in readUnsigned(word, { least: 0, most: option === 'hoplimit' ? 255 : 1 }))
        return objects(index, 'number-invalid', `${option} is invalid; keepalived drops the route`);
    } else if (option === 'features' || option === 'ttl-propagate') {
      const word = wordAt(line, ++index);
      if (word === undefined) return 'missing-word';
      const known = option === 'features' ? ['ecn'] : ['enabled', 'disabled'];
      if (!known.includes(word)) objects(index, 'option-unknown', `${option} takes ${known.join(' or ')}`);
    } else if (option === 'congctl') {
      if (wordAt(line, index + 1) === 'lock') index++;
      if (wordAt(line, ++index) === undefined) return 'missing-word';
    } else if (option === 'as') {
      if (wordAt(line, ++index) === undefined) return 'missing-word';
      if (wordAt(line, index) === 'to') index++;
      objects(index, 'option-unknown', 'as is not supported; keepalived ignores it');
    } else if (option === 'dev' || option === 'oif') {
      if (wordAt(line, ++index) === undefined) return 'missing-word';
      device = 'given';
    } else if (option === 'encap') {
      if (wordAt(line, index + 1) === undefined) objects(index, 'value-missing', 'encap needs a type');
      // Encapsulations are left to keepalived; what follows belongs to them.
      index = line.words.length;
    } else if (option === 'no_track') tracked = 'no';
    else if (option === 'track_group' && kind === 'static') {
      const word = wordAt(line, ++index);
      if (word === undefined) return 'missing-word';
      if (!trackGroups.has(word))
        objects(index, 'reference-unknown', `track_group ${quoteWord(line, word)} is not defined above`);
    } else if (!['onlink', 'add', 'append', 'prepend'].includes(option)) {
      if (option === 'to') index++;
      let word = wordAt(line, index);
      if (word !== undefined && isRouteType(option === 'to' ? 'to' : word)) word = wordAt(line, ++index);
      if (word === undefined) return 'missing-word';
      const found = readDestination(word);
      if (found === undefined)
        return objects(
          index,
          'option-unknown',
          `${quoteWord(line, word)} is neither an option of a route nor a destination; keepalived drops the route`,
        );
      if (found.prefixIs === 'invalid')
        objects(index, 'prefix-invalid', 'the prefix length of the destination is invalid');
      if (found.family !== 'any' && !fits(found.family)) return mixed(index);
      if (found.family === 'any' && family !== undefined) return mixed(index);
      destination = 'given';
    }
    index++;
  }
  if (destination === 'none')
    return objects(0, 'value-missing', 'the route has no destination; keepalived drops it');
  if (tracked === 'yes' && device === 'none')
    objects(0, 'route-not-tracked', 'a route without dev cannot be tracked; add dev, or no_track');
  return undefined;
}

function isRouteType(word: string): boolean {
  if (routeTypes.has(word)) return true;
  const number = readAnyBase(word);
  return number !== undefined && number <= 255;
}

/** A tracked route gets keepalived's own protocol number (18). */
function checkProtocol(
  line: ConfigLine,
  index: number,
  { complain, tracked }: { readonly complain: Complain; readonly tracked: 'yes' | 'no' },
): void {
  const word = wordAt(line, index) ?? '';
  if (tracked === 'yes' && word !== 'keepalived' && readAnyBase(word) !== 18)
    complain(
      placeOfWord(line, index),
      'objects',
      'settings-conflict',
      'a tracked route has the protocol keepalived; add no_track to keep another',
    );
}

interface NexthopTools {
  readonly objects: (at: number, rule: string, message: string) => undefined;
  readonly fits: (family: Family | 'any') => boolean;
  readonly mixed: (at: number) => undefined;
  readonly plainAddress: (word: string) => Family | undefined;
}

function checkNexthops(line: ConfigLine, start: number, tools: NexthopTools): Outcome | undefined {
  const { objects, fits, mixed, plainAddress } = tools;
  for (let index = start; index < line.words.length; index++) {
    const option = wordAt(line, index) ?? '';
    if (option === 'nexthop' || option === 'onlink') continue;
    if (!['via', 'dev', 'weight', 'realms'].includes(option)) {
      if (option === 'encap') return undefined;
      return objects(index, 'option-unknown', `${quoteWord(line, option)} is no option of a nexthop`);
    }
    let word = wordAt(line, ++index);
    if (option === 'via' && (word === 'inet' || word === 'inet6')) {
      if (!fits(word === 'inet' ? 'ipv4' : 'ipv6')) return mixed(index);
      word = wordAt(line, ++index);
    }
    if (word === undefined) return 'missing-word';
    if (option === 'via') {
      const found = plainAddress(word);
      if (found === undefined) return objects(index, 'address-invalid', 'via takes an address');
      if (!fits(found)) return mixed(index);
    } else if (option === 'weight' && 'fault' in readUnsigned(word, { least: 1, most: 256 }))
      return objects(index, 'number-invalid', 'a nexthop weight is a number from 1 to 256');
    else if (option === 'realms' && !fits('ipv4')) return mixed(index);
  }
  return undefined;
}
