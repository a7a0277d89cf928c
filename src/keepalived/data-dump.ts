/**
 * keepalived.data, written on SIGUSR1, or to the log with -d (vrrp_data.c dump_vrrp). The format has no promise
 * and changed with every series; lines are therefore taken by what they say, not by their order. Knows 1.3 – 2.4.
 */
import { readAddress, readVirtualAddress, type VirtualAddress } from './addresses.ts';
import type { DumpProblem, DumpReading, RunningInstance, RunningState } from './running-instance.ts';

interface Section {
  readonly name: string;
  /** `key = value` lines three blanks deep; the first of each key. */
  readonly fields: ReadonlyMap<string, string>;
  /** Lines that are no `key = value`. */
  readonly phrases: readonly string[];
  /** Lines five blanks deep, by the line they hang under. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
  readonly end: 'seen' | 'missing';
}

export function readDataDump(text: string): DumpReading {
  if (text.trim() === '')
    return { instances: [], problems: [{ code: 'empty', message: 'the data dump is empty' }] };
  const sections = readSections(text);
  const problems: DumpProblem[] = [];
  if (sections.length === 0 && !/^-+< .* >-+$/m.test(text))
    problems.push({ code: 'not-a-dump', message: 'this is no keepalived data dump' });
  const instances: RunningInstance[] = [];
  for (const section of sections) {
    const instance = readInstance(section);
    if (instance !== undefined) instances.push(instance);
    if (instance === undefined || section.end === 'missing')
      problems.push({ code: 'incomplete', message: `the data dump breaks off in instance ${section.name}` });
  }
  return { instances, problems };
}

const instanceLine = /^ ?VRRP Instance = (.*)$/;

function readSections(text: string): readonly Section[] {
  const sections: Section[] = [];
  let fields = new Map<string, string>();
  let phrases: string[] = [];
  let lists = new Map<string, string[]>();
  let name: string | undefined;
  let list: string[] | undefined;
  const finish = (end: Section['end']): void => {
    if (name !== undefined) sections.push({ name, fields, phrases, lists, end });
    name = undefined;
  };
  for (const raw of text.split('\n')) {
    const line = raw.replace(/\r$/, '');
    if (line.trim() === '') continue;
    const begins = instanceLine.exec(line);
    const depth = line.length - line.trimStart().length;
    if (begins !== null) {
      finish('seen');
      name = begins[1] ?? '';
      fields = new Map();
      phrases = [];
      lists = new Map();
      list = undefined;
    } else if (depth < 3) finish('seen');
    else if (name === undefined) continue;
    else if (depth >= 5) list?.push(line.trim());
    else {
      const phrase = line.trim();
      const field = /^([^=]*?)\s*=\s*(.*)$/.exec(phrase);
      if (field?.[1] === undefined) phrases.push(phrase);
      else if (!fields.has(field[1])) fields.set(field[1], field[2] ?? '');
      list = [];
      lists.set(listKey(phrase), list);
    }
  }
  finish('missing');
  return sections;
}

/** `Virtual IP (2):`, `Virtual IP = 2` and `Virtual IP :` are the same heading. */
function listKey(phrase: string): string {
  return phrase.replace(/\s*(?:\(\d+\)\s*:?|=.*|:)$/, '');
}

function readInstance(section: Section): RunningInstance | undefined {
  const { fields, phrases, lists } = section;
  const text = (...keys: readonly string[]): string | undefined => {
    for (const key of keys) {
      const value = fields.get(key);
      if (value !== undefined && value !== '' && value !== '(none)') return value;
    }
    return undefined;
  };
  const number = (...keys: readonly string[]): number | undefined => {
    const match = /^-?\d+(?:\.\d+)?/.exec(text(...keys) ?? '');
    return match === null ? undefined : Number(match[0]);
  };
  const says = (pattern: RegExp): boolean => phrases.some((phrase) => pattern.test(phrase));
  const version =
    number('VRRP Version') ?? (says(/^Using VRRPv3/) ? 3 : says(/^Using VRRPv2/) ? 2 : undefined);
  const vrid = number('Virtual Router ID');
  const basePriority = number('Priority');
  const advertIntervalMs = readInterval(text('Advert interval'));
  if (
    version === undefined ||
    vrid === undefined ||
    basePriority === undefined ||
    advertIntervalMs === undefined
  )
    return undefined;
  const vips = readAddresses(lists.get('Virtual IP'));
  const state = readState(text('State'));
  const wantState = readState(text('Wantstate', 'Want State'));
  const interfaceName = text('Interface', 'Running on device')?.split(',')[0];
  const masterAdvertIntervalMs = readInterval(text('Master advert interval', 'Master advert int'));
  const masterPriority = number('Master priority');
  const masterRouter = readAddress(text('Master router') ?? '')?.text;
  const group = phrases
    .map((phrase) => /^Multicast address ([^,\s]+)/.exec(phrase)?.[1])
    .find((found) => found !== undefined);
  const source = readAddress(text('Using src_ip')?.split(' ')[0] ?? '')?.text;
  const flags = /^0x([0-9a-fA-F]{1,8})/.exec(text('Rate-limit flags') ?? '')?.[1];
  const transition = number('Last transition');
  const advertSent = number('Last advert sent');
  const masterDownUs = number('Master down timer');
  const downTimerAdverts = number('Down timer adverts');
  const preempt = readEnabled('Preempt', text('Preempt'), phrases);
  const accept = readEnabled('Accept', text('Accept'), phrases);
  const syncGroup = text('Sync group');
  const faults = readFaults(section);
  const sockets = readSockets(phrases);
  const unicast = readUnicast(lists, group);
  const tracked = [...lists].flatMap(([key, lines]) => (key.startsWith('Tracked ') ? lines : []));
  const authType = readAuthType(text('Authentication type'));
  const family = says(/^Using Native IPv6/)
    ? 'ipv6'
    : (vips[0]?.family ?? (group === undefined ? undefined : readAddress(group)?.family));
  return {
    name: section.name,
    ...(interfaceName === undefined || interfaceName === 'not configured'
      ? {}
      : { interface: interfaceName }),
    vrid,
    ...(family === undefined ? {} : { family }),
    ...(state === undefined ? {} : { state }),
    ...(wantState === undefined ? {} : { wantState }),
    basePriority,
    effectivePriority: number('Effective priority') ?? basePriority,
    advertIntervalMs,
    ...(masterAdvertIntervalMs === undefined ? {} : { masterAdvertIntervalMs }),
    ...(masterPriority === undefined || masterPriority === 0 ? {} : { masterPriority }),
    ...(masterRouter === undefined || masterRouter === '0.0.0.0' || masterRouter === '::'
      ? {}
      : { masterRouter }),
    version: version === 3 ? 3 : 2,
    vips,
    excludedVips: readAddresses(lists.get('Virtual IP Excluded')),
    ...(unicast === undefined ? {} : { unicast }),
    ...(group === undefined ? {} : { multicastGroup: group }),
    ...(source === undefined ? {} : { sourceAddress: source }),
    ...(authType === undefined ? {} : { authType }),
    ...(preempt === undefined ? {} : { preempt }),
    ...(accept === undefined ? {} : { accept }),
    strict: says(/^Enforcing strict/) || text('Enforcing strict VRRP compliance') === 'yes' ? 'on' : 'off',
    skipCheckAdvertAddresses:
      says(/^Skip checking advert/) || text('Skip checking advert IP addresses') === 'yes' ? 'on' : 'off',
    ...(downTimerAdverts === undefined ? {} : { downTimerAdverts }),
    ...(masterDownUs === undefined ? {} : { masterDownMs: masterDownUs / 1000 }),
    ...(transition === undefined ? {} : { lastTransitionAtMs: transition * 1000 }),
    ...(advertSent === undefined || advertSent === 0 ? {} : { lastAdvertSentAtMs: advertSent * 1000 }),
    ...(faults === undefined ? {} : { faults }),
    ...(flags === undefined ? {} : { rateLimitFlags: Number.parseInt(flags, 16) }),
    ...(sockets === undefined ? {} : { sockets }),
    ...(tracked.length === 0 ? {} : { tracked }),
    ...(syncGroup === undefined ? {} : { syncGroup }),
    source: 'data',
  };
}

/** `1 sec`, `100 milli-sec`, `0.10 sec`. */
function readInterval(text: string | undefined): number | undefined {
  const match = /^(\d+(?:\.\d+)?) (milli-sec|sec)/.exec(text ?? '');
  if (match?.[1] === undefined) return undefined;
  return match[2] === 'sec' ? Math.round(Number(match[1]) * 1_000_000) / 1000 : Number(match[1]);
}

function readState(text: string | undefined): RunningState | undefined {
  return text === 'MASTER' || text === 'BACKUP' || text === 'FAULT' || text === 'INIT' ? text : undefined;
}

/** `Preempt = disabled` (2.x), `Preempt disabled` and nothing when enabled (1.x). */
function readEnabled(
  key: string,
  value: string | undefined,
  phrases: readonly string[],
): 'on' | 'off' | undefined {
  const word = value ?? phrases.find((phrase) => phrase.startsWith(`${key} `))?.slice(key.length + 1);
  if (word === undefined) return undefined;
  if (word.startsWith('enabled')) return 'on';
  return word.startsWith('disabled') ? 'off' : undefined;
}

function readAddresses(lines: readonly string[] | undefined): readonly VirtualAddress[] {
  return (lines ?? []).flatMap((line) => {
    const address = readVirtualAddress(line.split(/\s+/));
    return address === undefined ? [] : [address];
  });
}

function readUnicast(lists: Section['lists'], group: string | undefined): readonly string[] | undefined {
  const lines = lists.get('Unicast Peer');
  if (lines === undefined) return group === undefined ? undefined : [];
  return lines.flatMap((line) => {
    const address = line
      .split(/[\s,]+/)
      .map(readAddress)
      .find((found) => found !== undefined);
    return address === undefined ? [] : [address.text];
  });
}

function readAuthType(text: string | undefined): 'none' | 'PASS' | 'AH' | undefined {
  if (text === 'none') return 'none';
  if (text === 'SIMPLE_PASSWORD') return 'PASS';
  return text === 'IPSEC_AH' ? 'AH' : undefined;
}

function readSockets(phrases: readonly string[]): RunningInstance['sockets'] {
  for (const phrase of phrases) {
    const match = /^fd_in (-?\d+), fd_out (-?\d+)/.exec(phrase);
    if (match !== null) return { fdIn: Number(match[1]), fdOut: Number(match[2]) };
    if (phrase === 'No sockets allocated') return { fdIn: -1, fdOut: -1 };
  }
  return undefined;
}

/** Flags of interface faults (≥ 2.2.8 or so); older 2.x only count. */
function readFaults({ fields, phrases, lists }: Section): readonly string[] | undefined {
  const counted = [
    'Number of config faults',
    'Number of tracker faults',
    'Number of interface and track script faults',
  ];
  const told = counted.filter((key) => fields.has(key));
  const flags = lists.get('Flags of interface faults') ?? [];
  if (told.length === 0 && flags.length === 0) return undefined;
  const faults = [...flags];
  for (const key of told) {
    const count = Number(fields.get(key));
    if (count > 0) faults.push(`${key.replace(/^Number of /, '')}: ${count}`);
  }
  if (phrases.includes('Duplicate VRID')) faults.push('duplicate VRID');
  return faults;
}
