/**
 * bfd_instance, as the BFD process reads it, and as the VRRP process and the checkers do, which only want its name
 * and weight (bfd_parser.c: init_bfd_keywords).
 */
import type { Address } from '../addresses.ts';
import type { RootKeyword } from './block-walk.ts';
import type { Complain } from './complaint.ts';
import { readSocketAddress } from './inet.ts';
import { type Keyword, makeBuilders } from './keyword.ts';
import type { TrackableFacts } from './vrrp-facts.ts';
import { type ConfigLine, placeOfWord, quoteWord, wordAt } from './words.ts';

const ignoredElsewhere = `source_ip neighbor_ip neighbour_ip min_rx min_tx idle_tx multiplier passive ttl hoplimit
  max_hops vrrp checker multihop`;

const longestName = 31;

/** For the VRRP process and the checkers: names, and the weight where it is used. */
export function bfdReferences(
  complain: Complain,
  known: TrackableFacts[],
  reader: 'vrrp' | 'checkers',
): RootKeyword {
  const build = makeBuilders(complain);
  let current: TrackableFacts | undefined;
  let listed: 'all' | 'some' = 'all';
  let forReader: 'yes' | 'no' = 'no';
  return {
    name: 'bfd_instance',
    reading: 'active',
    needs: 1,
    since: '2.0.0',
    take: (line) => {
      const name = wordAt(line, 1) ?? '';
      if (known.some((one) => one.name === name)) {
        complain(
          placeOfWord(line, 1),
          'objects',
          'name-twice',
          `bfd_instance ${quoteWord(line, name)} is already defined`,
        );
        return 'skip-block';
      }
      current = { name, weight: 0 };
      known.push(current);
      listed = 'all';
      forReader = 'no';
      return undefined;
    },
    block: [
      ...ignoredElsewhere.split(/\s+/).map((name) =>
        build.presence(name, () => {
          if (name !== 'vrrp' && name !== 'checker') return;
          listed = 'some';
          if ((name === 'vrrp') === (reader === 'vrrp')) forReader = 'yes';
        }),
      ),
      reader === 'checkers' ? build.presence('weight') : weightKeyword(complain, () => current),
    ],
    close: () => {
      if (listed === 'some' && forReader === 'no' && current !== undefined)
        known.splice(known.indexOf(current), 1);
    },
  };
}

function weightKeyword(complain: Complain, now: () => TrackableFacts | undefined): Keyword {
  const build = makeBuilders(complain);
  return {
    name: 'weight',
    needs: 1,
    take: (line) => {
      build
        .signed('weight', { least: -253, most: 253 }, (value) => {
          const current = now();
          if (current !== undefined) current.weight = value;
        })
        .take?.(line);
      if (line.words.length >= 3 && wordAt(line, 2) !== 'reverse')
        complain(
          placeOfWord(line, 2),
          'objects',
          'option-unknown',
          `${quoteWord(line, wordAt(line, 2))} is no option of a weight (only reverse)`,
        );
      return undefined;
    },
  };
}

interface BfdFacts {
  readonly line: ConfigLine;
  neighbour?: Address;
  source?: Address;
  ttl: number;
  maxHops?: { readonly value: number; readonly line: ConfigLine };
}

/** For the BFD process itself. */
export function bfdKeyword(complain: Complain): RootKeyword {
  const build = makeBuilders(complain);
  const names = new Set<string>();
  const pairs: { readonly neighbour: string; readonly source: string | undefined }[] = [];
  let current: BfdFacts | undefined;
  const neighbour = (name: string): Keyword => ({
    name,
    needs: 1,
    take: (line) => {
      const address = readSocketAddress(wordAt(line, 1) ?? '');
      if (address === undefined) {
        complain(
          placeOfWord(line, 1),
          'objects',
          'address-invalid',
          `${name} is no IP address; keepalived drops the instance`,
        );
        current = undefined;
        return 'leave-block';
      }
      if (current !== undefined) current.neighbour = address;
      return undefined;
    },
  });
  const milliseconds = (name: string, least: number): Keyword =>
    // keepalived reads milliseconds with three decimal places.
    ({
      ...build.seconds(name, { least, most: 4_294_967 }),
    });
  return {
    name: 'bfd_instance',
    reading: 'active',
    needs: 1,
    since: '2.0.0',
    take: (line) => {
      const name = wordAt(line, 1) ?? '';
      current = undefined;
      if (name.length > longestName || names.has(name)) {
        const rule = names.has(name) ? 'name-twice' : 'name-too-long';
        complain(
          placeOfWord(line, 1),
          'objects',
          rule,
          `bfd_instance: the name is ${names.has(name) ? 'already used' : 'too long'}; keepalived skips the block`,
        );
        return 'skip-block';
      }
      names.add(name);
      current = { line, ttl: 0 };
      return undefined;
    },
    block: [
      {
        name: 'source_ip',
        needs: 1,
        take: (line) => {
          const address = readSocketAddress(wordAt(line, 1) ?? '');
          if (address === undefined)
            complain(
              placeOfWord(line, 1),
              'objects',
              'address-invalid',
              'source_ip is no IP address; keepalived ignores it',
            );
          else if (current !== undefined) current.source = address;
          return undefined;
        },
      },
      neighbour('neighbor_ip'),
      neighbour('neighbour_ip'),
      milliseconds('min_rx', 1),
      milliseconds('min_tx', 1),
      milliseconds('idle_tx', 1000),
      build.unsigned('multiplier', { least: 1, most: 255 }),
      build.presence('passive'),
      ...['ttl', 'hoplimit'].map((name) =>
        build.unsigned(name, { least: 1, most: 255 }, (value) => {
          if (current !== undefined) current.ttl = value;
        }),
      ),
      build.signed('max_hops', { least: -1, most: 255 }, (value, line) => {
        if (current !== undefined) current.maxHops = { value, line };
      }),
      ...['weight', 'vrrp', 'checker', 'multihop'].map((name) => build.presence(name)),
    ],
    close: () => {
      if (current !== undefined) closeBfd(complain, current, pairs);
    },
  };
}

function closeBfd(
  complain: Complain,
  { line, neighbour, source, ttl, maxHops }: BfdFacts,
  pairs: { readonly neighbour: string; readonly source: string | undefined }[],
): undefined {
  const objects = (where: ConfigLine, rule: string, message: string): undefined =>
    void complain(where, 'objects', rule, message);
  if (neighbour === undefined)
    return objects(line, 'block-incomplete', 'bfd_instance has no neighbor_ip; keepalived drops it');
  if (source !== undefined && source.family !== neighbour.family)
    return objects(
      line,
      'family-mismatch',
      'source_ip and neighbor_ip are of different families; keepalived drops the instance',
    );
  const isTaken = pairs.some(
    (pair) =>
      pair.neighbour === neighbour.text &&
      (pair.source === undefined || source === undefined || pair.source === source.text),
  );
  if (isTaken)
    return objects(
      line,
      'name-twice',
      'another bfd_instance has the same addresses; keepalived ignores this one',
    );
  pairs.push({ neighbour: neighbour.text, source: source?.text });
  const hops = ttl === 0 ? (neighbour.family === 'ipv4' ? 255 : 64) : ttl;
  if (maxHops !== undefined && maxHops.value > hops)
    return objects(maxHops.line, 'settings-conflict', 'max_hops is above the TTL; keepalived uses the TTL');
  return undefined;
}
