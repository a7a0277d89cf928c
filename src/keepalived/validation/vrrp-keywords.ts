/**
 * The blocks of the VRRP part beside vrrp_instance: sync groups, static addresses, routes and rules, and the
 * settings of interfaces (vrrp_parser.c: init_vrrp_keywords).
 */
import { readAddressLine } from './address-line.ts';
import type { RootKeyword } from './block-walk.ts';
import type { Complain } from './complaint.ts';
import type { GlobalFacts } from './global-keywords.ts';
import { instanceKeyword, notifyLists } from './instance-keywords.ts';
import { type Keyword, makeBuilders } from './keyword.ts';
import { checkRouteLine } from './route-line.ts';
import { checkRuleLine } from './rule-line.ts';
import { trackableKeywords, trackLists } from './tracking-keywords.ts';
import { noTracks, type SyncGroupFacts, type VrrpFacts } from './vrrp-facts.ts';
import { type ConfigLine, placeOfWord, quoteWord, readDecimal, wordAt } from './words.ts';

export function vrrpKeywords(
  complain: Complain,
  facts: VrrpFacts,
  globals: GlobalFacts,
): readonly RootKeyword[] {
  const context = { complain, kind: 'static', trackGroups: facts.trackGroups } as const;
  return [
    trackGroup(complain, facts),
    {
      name: 'static_ipaddress',
      reading: 'active',
      lines: (line) => {
        const reading = readAddressLine(line, context);
        return typeof reading === 'string' ? reading : undefined;
      },
    },
    { name: 'static_routes', reading: 'active', lines: (line) => checkRouteLine(line, context) },
    { name: 'static_rules', reading: 'active', lines: (line) => checkRuleLine(line, context) },
    syncGroup(complain, facts),
    garpGroup(complain),
    linkbeat(complain),
    instanceKeyword(complain, facts, globals),
    ...trackableKeywords(complain, facts),
    upDownDelays(complain),
  ];
}

/** The name of a block that must have exactly one; undefined after the complaint. */
function blockName(complain: Complain, line: ConfigLine): string | undefined {
  const name = wordAt(line, 1);
  if (name !== undefined && line.words.length === 2) return name;
  complain(
    line,
    'objects',
    'name-missing',
    `${wordAt(line, 0) ?? ''} needs exactly one name; keepalived skips the block`,
  );
  return undefined;
}

/** A block listing instance names, in one or many lines. */
function memberList(complain: Complain, owner: () => { members?: readonly string[] } | undefined): Keyword {
  let names: string[] = [];
  let opener: ConfigLine | undefined;
  let place: 'first' | 'again' = 'first';
  return {
    name: 'group',
    take: (line) => {
      names = [];
      opener = line;
      place = owner()?.members === undefined ? 'first' : 'again';
      if (place === 'again')
        complain(line, 'objects', 'set-twice', 'group is already given; keepalived skips this one');
      return undefined;
    },
    lines: (line) => {
      names.push(...line.words.map(({ value }) => value));
      return undefined;
    },
    close: () => {
      const target = owner();
      if (place === 'again' || target === undefined) return;
      if (names.length > 0) target.members = names;
      else if (opener !== undefined) complain(opener, 'objects', 'block-empty', 'group lists no instance');
    },
  };
}

function trackGroup(complain: Complain, facts: VrrpFacts): RootKeyword {
  let current: { members?: readonly string[] } | undefined;
  return {
    name: 'track_group',
    reading: 'active',
    take: (line) => {
      const name = blockName(complain, line);
      if (name === undefined) return 'skip-block';
      if (facts.trackGroups.has(name)) {
        complain(
          placeOfWord(line, 1),
          'objects',
          'name-twice',
          `track_group ${quoteWord(line, name)} is already defined`,
        );
        return 'skip-block';
      }
      facts.trackGroups.add(name);
      current = {};
      return undefined;
    },
    block: [memberList(complain, () => current)],
  };
}

function syncGroup(complain: Complain, facts: VrrpFacts): RootKeyword {
  const build = makeBuilders(complain);
  let current: SyncGroupFacts | undefined;
  const now = (): SyncGroupFacts | undefined => current;
  const weighted = (): void => {
    if (current !== undefined) current.weighted = 'yes';
  };
  return {
    name: 'vrrp_sync_group',
    reading: 'active',
    take: (line) => {
      const name = blockName(complain, line);
      if (name === undefined) return 'skip-block';
      if (facts.syncGroups.some((one) => one.name === name)) {
        complain(
          placeOfWord(line, 1),
          'objects',
          'name-twice',
          `vrrp_sync_group ${quoteWord(line, name)} is already defined`,
        );
        return 'skip-block';
      }
      current = { name, line, weighted: 'no', tracks: noTracks(), scripts: new Set() };
      facts.syncGroups.push(current);
      return undefined;
    },
    block: [
      memberList(complain, now),
      ...trackLists(complain, facts, now),
      ...notifyLists(
        complain,
        ['notify_backup', 'notify_master', 'notify_fault', 'notify_stop', 'notify'],
        () => now()?.scripts,
      ),
      build.truth('smtp_alert'),
      build.deprecated(
        build.presence('global_tracking', weighted),
        'track_interface, track_script or track_file in the group',
      ),
      build.presence('sync_group_tracking_weight', weighted),
      build.truth('notify_priority_changes'),
    ],
  };
}

function garpGroup(complain: Complain): RootKeyword {
  const build = makeBuilders(complain);
  let opener: ConfigLine | undefined;
  let delays = 0;
  let interfaces = 0;
  const grouped = new Set<string>();
  const interval = (name: string): Keyword =>
    build.seconds(name, { least: 0, most: 2147.483647 }, () => {
      delays++;
    });
  const take = (line: ConfigLine, index: number): void => {
    const name = wordAt(line, index) ?? '';
    if (grouped.has(name))
      complain(placeOfWord(line, index), 'objects', 'set-twice', 'the interface is in a garp_group already');
    grouped.add(name);
  };
  return {
    name: 'garp_group',
    reading: 'active',
    take: (line) => {
      opener = line;
      delays = 0;
      return undefined;
    },
    block: [
      interval('garp_interval'),
      interval('gna_interval'),
      {
        name: 'interface',
        needs: 1,
        take: (line) => {
          take(line, 1);
          return undefined;
        },
      },
      {
        name: 'interfaces',
        take: () => {
          interfaces = 0;
          return undefined;
        },
        lines: (line) => {
          for (let index = 0; index < line.words.length; index++) take(line, index);
          interfaces += line.words.length;
          return undefined;
        },
        close: () => {
          if (interfaces === 0 && opener !== undefined)
            complain(opener, 'objects', 'block-empty', 'interfaces lists no interface');
        },
      },
    ],
    close: () => {
      if (delays === 0 && opener !== undefined)
        complain(opener, 'objects', 'block-incomplete', 'garp_group sets no interval; keepalived drops it');
    },
  };
}

function linkbeat(complain: Complain): RootKeyword {
  return {
    name: 'linkbeat_interfaces',
    reading: 'active',
    lines: (line) => {
      const kind = wordAt(line, 1);
      if (kind !== undefined && (!['MII', 'ETHTOOL', 'IOCTL'].includes(kind) || line.words.length > 2))
        complain(
          placeOfWord(line, 1),
          'objects',
          'option-unknown',
          'an interface may be followed by MII, ETHTOOL or IOCTL',
        );
      return undefined;
    },
  };
}

function upDownDelays(complain: Complain): RootKeyword {
  return {
    name: 'interface_up_down_delays',
    reading: 'active',
    lines: (line) => {
      if (line.words.length < 2)
        complain(
          line,
          'silent',
          'value-missing',
          'no delay is given for the interface; keepalived ignores the line',
        );
      for (let index = 1; index < Math.min(3, line.words.length); index++)
        if ('fault' in readDecimal(wordAt(line, index) ?? '', { least: 0, most: 255_000_000 }, 6)) {
          complain(placeOfWord(line, index), 'objects', 'number-invalid', 'a delay is 0 to 255 seconds');
          break;
        }
      return undefined;
    },
  };
}
