/**
 * One line of virtual_rules or static_rules (vrrp_iprule.c: alloc_rule). Knows options, ranges, families and which
 * actions exclude each other; table and realm names may be known on the node and are taken as they are.
 */
import type { Family } from '../addresses.ts';
import type { Outcome } from './keyword.ts';
import { type RouteContext, readDestination } from './route-line.ts';
import { routeTypes } from './route-names.ts';
import {
  anyUnsigned,
  type ConfigLine,
  placeOfWord,
  quoteWord,
  readAnyBase,
  readUnsigned,
  wordAt,
} from './words.ts';

const priorities = ['preference', 'order', 'priority'];
const markWord = /^\s*\+?(?:0x[0-9a-f]+|\d+)(?:\/\+?(?:0x[0-9a-f]+|\d+))?$/i;

export function checkRuleLine(
  line: ConfigLine,
  { complain, kind, trackGroups }: RouteContext,
): Outcome | undefined {
  let family: Family | undefined;
  let action: 'none' | 'table' | 'l3mdev' | 'goto' | 'other' = 'none';
  let tableOption: 'none' | 'given' = 'none';
  let priority: number | undefined;
  let target: number | undefined;
  const objects = (at: number, rule: string, message: string): undefined =>
    void complain(placeOfWord(line, at), 'objects', rule, message);
  const dropped = (at: number, rule: string, message: string): undefined =>
    objects(at, rule, `${message}; keepalived drops the rule`);

  for (let index = 0; index < line.words.length; index++) {
    let option = wordAt(line, index) ?? '';
    const value = wordAt(line, index + 1);
    const act = (what: typeof action, at: number): 'taken' | 'refused' => {
      if (action !== 'none') {
        dropped(at, 'settings-conflict', 'a rule has one action');
        return 'refused';
      }
      action = what;
      return 'taken';
    };
    if (option === 'inet' || option === 'inet6') {
      const wanted = option === 'inet' ? 'ipv4' : 'ipv6';
      if (family !== undefined && family !== wanted)
        return dropped(index, 'family-mismatch', 'the rule mixes IPv4 and IPv6');
      family = wanted;
      // keepalived steps over the word behind it as well.
      index++;
      continue;
    }
    if (option === 'not' || option === 'no_track') continue;
    if (option === 'l3mdev') {
      if (act('l3mdev', index) === 'refused') return undefined;
      continue;
    }
    if (option === 'from' || option === 'to') {
      if (value === undefined) return 'missing-word';
      const found = readDestination(value);
      if (found === undefined)
        return dropped(index + 1, 'address-invalid', `${quoteWord(line, value)} is no address`);
      if (found.prefixIs === 'invalid') objects(index + 1, 'prefix-invalid', 'the prefix length is invalid');
      if (found.family === 'any' ? family !== undefined : family !== undefined && family !== found.family)
        return dropped(index + 1, 'family-mismatch', 'the rule mixes IPv4 and IPv6');
      if (found.family !== 'any') family = found.family;
      index++;
    } else if (option === 'table' || option === 'lookup') {
      if (value === undefined) return 'missing-word';
      const number = readAnyBase(value);
      if (number === 0 || (number !== undefined && number > anyUnsigned.most))
        return dropped(index + 1, 'number-out-of-range', 'the table number is invalid');
      if (act('table', index) === 'refused') return undefined;
      index++;
    } else if (priorities.includes(option)) {
      if (value === undefined) return 'missing-word';
      priority = readAnyBase(value);
      if (priority === undefined || priority > anyUnsigned.most)
        return dropped(index + 1, 'number-invalid', `${option} takes a number`);
      index++;
    } else if (option === 'fwmark') {
      if (value === undefined) return 'missing-word';
      if (!markWord.test(value))
        return dropped(index + 1, 'number-invalid', 'fwmark takes a mark, with a mask if wanted');
      index++;
    } else if (option === 'realms') {
      if (value === undefined) return 'missing-word';
      tableOption = 'given';
      if (family === 'ipv6') return dropped(index, 'family-mismatch', 'realms are for IPv4');
      family = 'ipv4';
      index++;
    } else if (['suppress_prefixlength', 'sup_pl', 'suppress_ifgroup', 'sup_group'].includes(option)) {
      if (value === undefined) return 'missing-word';
      if (
        option.includes('p') &&
        option !== 'sup_group' &&
        option !== 'suppress_ifgroup' &&
        'fault' in readUnsigned(value, { least: 0, most: 2_147_483_647 })
      )
        return dropped(index + 1, 'number-invalid', `${option} takes a number`);
      tableOption = 'given';
      index++;
    } else if (option === 'tunnel-id') {
      if (value === undefined) return 'missing-word';
      if ('fault' in readUnsigned(value, { least: 0, most: Number.MAX_SAFE_INTEGER }))
        return dropped(index + 1, 'number-invalid', 'tunnel-id takes a number');
      index++;
    } else if (option === 'uidrange') {
      if (value === undefined) return 'missing-word';
      if (!/^\s*\d+-\d+/.test(value))
        return dropped(index + 1, 'number-invalid', 'uidrange takes FIRST-LAST');
      index++;
    } else if (option === 'protocol') {
      if (value === undefined) return 'missing-word';
      const reading = readUnsigned(value, { least: 0, most: 255 });
      if ('fault' in reading) objects(index + 1, 'number-invalid', 'protocol takes a number from 0 to 255');
      else if (reading.value !== 18 && !line.words.some((word) => word.value === 'no_track'))
        objects(
          index + 1,
          'settings-conflict',
          'a tracked rule has the protocol keepalived (18); add no_track to keep another',
        );
      index++;
    } else if (option === 'sport' || option === 'dport') {
      if (value === undefined) return 'missing-word';
      // keepalived refuses a single port (vrrp_iprule.c tests the count of numbers before it repairs it).
      if (!/^\s*\d+-\d+/.test(value))
        objects(index + 1, 'number-invalid', `${option} takes FIRST-LAST; keepalived ignores it`);
      index++;
    } else if (['tos', 'dsfield', 'dev', 'iif', 'oif', 'ipproto'].includes(option)) {
      if (value === undefined) return 'missing-word';
      index++;
    } else if (option === 'track_group' && kind === 'static') {
      if (value === undefined) return 'missing-word';
      if (!trackGroups.has(value))
        objects(index + 1, 'reference-unknown', `track_group ${quoteWord(line, value)} is not defined above`);
      index++;
    } else {
      if (option === 'type') {
        option = wordAt(line, ++index) ?? '';
        if (option === '') return 'missing-word';
      }
      if (option === 'goto') {
        const word = wordAt(line, ++index);
        if (word === undefined) return 'missing-word';
        const reading = readUnsigned(word, anyUnsigned);
        if ('fault' in reading) return dropped(index, 'number-invalid', 'goto takes a number');
        target = reading.value;
        if (act('goto', index) === 'refused') return undefined;
      } else if (option === 'nop' || ['blackhole', 'unreachable', 'prohibit'].includes(option)) {
        if (act('other', index) === 'refused') return undefined;
      } else if (routeTypes.has(option))
        return dropped(index, 'option-unknown', `${option} is no action of a rule`);
      else return dropped(index, 'option-unknown', `${quoteWord(line, option)} is no option of a rule`);
    }
  }
  if (action === 'none') return dropped(0, 'value-missing', 'the rule has no action');
  if (target !== undefined && (priority === undefined || priority >= target))
    return dropped(0, 'settings-conflict', 'goto needs a preference below its target');
  if (tableOption === 'given' && action !== 'table' && action !== 'l3mdev')
    return dropped(0, 'settings-conflict', 'realms and suppressors need a table');
  if (priority === undefined)
    objects(
      0,
      'rule-without-preference',
      'the rule has no preference; keepalived picks one, which is seldom meant',
    );
  return undefined;
}
