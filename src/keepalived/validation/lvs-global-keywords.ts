import type { Complain } from './complaint.ts';
import type { GlobalFacts } from './global-keywords.ts';
import { isMulticast, readSocketAddress } from './inet.ts';
import type { Keyword } from './keyword.ts';
import { placeOfWord, quoteWord, readUnsigned, wordAt } from './words.ts';

const longestTimeout = 86_400 * 31;

export function lvsTimeouts(complain: Complain): Keyword {
  return {
    name: 'lvs_timeouts',
    take: (line) => {
      if (line.words.length < 3) {
        complain(line, 'objects', 'value-missing', 'lvs_timeouts takes tcp, tcpfin or udp with seconds');
        return undefined;
      }
      for (let index = 1; index < line.words.length; index++) {
        const word = wordAt(line, index) ?? '';
        if (!['tcp', 'tcpfin', 'udp'].includes(word)) {
          complain(
            placeOfWord(line, index),
            'objects',
            'option-unknown',
            `lvs_timeouts does not know ${quoteWord(line, word)}`,
          );
          continue;
        }
        index++;
        const value = wordAt(line, index);
        if (value === undefined || 'fault' in readUnsigned(value, { least: 0, most: longestTimeout }))
          complain(
            placeOfWord(line, index),
            'objects',
            'number-invalid',
            `lvs_timeouts ${word} takes 0 to ${longestTimeout} seconds; keepalived ignores it`,
          );
      }
      return undefined;
    },
  };
}

export function lvsSyncDaemon(complain: Complain, facts: GlobalFacts): Keyword {
  const name = 'lvs_sync_daemon';
  const ranges: Readonly<Record<string, readonly [number, number]>> = {
    id: [0, 255],
    maxlen: [1, 65_507],
    port: [1, 65_535],
    ttl: [1, 255],
  };
  return {
    name,
    take: (line) => {
      const say = (index: number, rule: string, message: string): undefined =>
        void complain(placeOfWord(line, index), 'objects', rule, message);
      if (facts.syncDaemon === 'set')
        return say(0, 'set-twice', `${name} is already set; this one is ignored`);
      const device = wordAt(line, 1);
      if (device === undefined) return say(0, 'value-missing', `${name} needs an interface`);
      if (device.length > 15) return say(1, 'name-too-long', 'the interface name is too long');
      facts.syncDaemon = 'set';
      let instance: 'unset' | 'set' = 'unset';
      for (let index = 2; index < line.words.length; index++) {
        const word = wordAt(line, index) ?? '';
        const range = Object.hasOwn(ranges, word) ? ranges[word] : undefined;
        const value = wordAt(line, index + 1);
        if (word === 'inst') {
          if (instance === 'set') say(index, 'set-twice', `${name} has its VRRP instance already`);
          else if (value === undefined) return 'missing-word';
          instance = 'set';
          index++;
        } else if (range !== undefined) {
          const [least, most] = range;
          if (value === undefined || 'fault' in readUnsigned(value, { least, most }))
            say(index + 1, 'number-invalid', `${name} ${word} takes a number from ${least} to ${most}`);
          index++;
        } else if (word === 'group') {
          const group = value === undefined ? undefined : readSocketAddress(value);
          if (group === undefined || !isMulticast(group))
            say(index + 1, 'address-invalid', `${name} group takes a multicast address`);
          index++;
        } else if (index === 2) instance = 'set';
        else if (index === 3) say(3, 'keyword-deprecated', `write id before the sync id of ${name}`);
        else say(index, 'option-unknown', `${name} does not know ${quoteWord(line, word)}`);
      }
      return undefined;
    },
  };
}
