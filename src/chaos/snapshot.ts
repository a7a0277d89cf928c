// What a node looks like before and after a test: what its manager says of keepalived, addresses, links, routes,
// packet filter rules, file modes. VIPs are left out, for who holds them is compared for the cluster as a whole; so is
// what changes by itself (lifetimes, counters). Text, reading, comparing; it runs nothing.
import { quote } from '../transport/quote.ts';
import { type Manager, stateCommand } from './manager.ts';

export interface Snapshot {
  readonly node: string;
  readonly vipsHeld: readonly string[];
  /** Lines by section, normalised and sorted. */
  readonly sections: ReadonlyMap<string, readonly string[]>;
}

export interface SnapshotWishes {
  readonly manager: Manager | undefined;
  /** Files whose modes and owners are compared. */
  readonly files: readonly string[];
}

export const snapshotCommand = ({ manager, files }: SnapshotWishes): string => {
  const section = (name: string, command: string): string =>
    `echo "@@ ${name}"\n{ ${command}\n} 2>/dev/null </dev/null`;
  return [
    'PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; export PATH LC_ALL=C',
    section('keepalived', manager === undefined ? ':' : stateCommand(manager)),
    section('addresses', 'ip -o addr show'),
    section('links', 'ip -o link show'),
    section('routes', 'ip -4 route show table all; ip -6 route show table all'),
    section('policy', 'ip -4 rule show; ip -6 rule show'),
    section('nftables', 'command -v nft >/dev/null && nft -s list ruleset'),
    section('iptables', 'for p in iptables ip6tables; do command -v $p-save >/dev/null && $p-save; done'),
    section(
      'files',
      files.length === 0
        ? ':'
        : `for f in ${files.map(quote).join(' ')}; do stat -c '%a %U:%G %n' "$f" || echo "none $f"; done`,
    ),
    'echo "@@ end"',
  ].join('\n');
};

const cleanLine = (section: string, line: string): string | undefined => {
  const text = line.replace(/\s+/g, ' ').trim();
  if (text === '') return undefined;
  switch (section) {
    case 'addresses':
      return text
        .replace(/\\.*$/, '')
        .replace(/ (dynamic|temporary|mngtmpaddr|tentative|deprecated|noprefixroute)\b/g, '')
        .trim();
    case 'links':
      return text.replace(/ qlen \d+/, '').replace(/^\d+: /, '');
    case 'routes':
      return / proto (keepalived|18|ra)\b/.test(text) || /\bmulticast ff00::\/8\b/.test(text)
        ? undefined
        : text.replace(/ expires \S+/, '').replace(/ cache\b.*/, '');
    case 'iptables':
      return text.startsWith('#') ? undefined : text.replace(/\[\d+:\d+\]/g, '').trim();
    case 'nftables':
      return text.replace(/ expires \S+/g, '').replace(/counter packets \d+ bytes \d+/g, 'counter');
    default:
      return text;
  }
};

/** As a whole word: `10.0.0.5` is not in `10.0.0.50`. */
const mentions = (line: string, vip: string): boolean => {
  const at = line.indexOf(vip);
  return at >= 0 && !/[\w.:]/.test(line[at + vip.length] ?? ' ') && !/[\w.:]/.test(line[at - 1] ?? ' ');
};

/** Undefined when the answer is not whole. */
export const readSnapshot = (node: string, vips: readonly string[], text: string): Snapshot | undefined => {
  const sections = new Map<string, string[]>();
  const held = new Set<string>();
  let current: string[] | undefined;
  let name = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('@@ ')) {
      name = line.slice('@@ '.length);
      current = [];
      sections.set(name, current);
      continue;
    }
    const clean = cleanLine(name, line);
    if (clean === undefined || current === undefined) continue;
    const vip =
      name === 'addresses' || name === 'routes' ? vips.find((one) => mentions(clean, one)) : undefined;
    if (vip !== undefined) {
      if (name === 'addresses') held.add(vip);
      continue;
    }
    current.push(clean);
  }
  if (!sections.has('end')) return undefined;
  // The order of firewall rules is what they mean.
  for (const [section, lines] of sections) if (section !== 'nftables' && section !== 'iptables') lines.sort();
  return { node, vipsHeld: [...held].sort(), sections };
};

export interface Difference {
  readonly node: string;
  readonly section: string;
  /** In both orders, as `diff` would say it: `- before`, `+ after`. */
  readonly lines: readonly string[];
}

const without = (lines: readonly string[], others: readonly string[]): readonly string[] => {
  const left = [...others];
  return lines.filter((line) => {
    const at = left.indexOf(line);
    if (at < 0) return true;
    left.splice(at, 1);
    return false;
  });
};

export const compareSnapshots = (before: Snapshot, after: Snapshot): readonly Difference[] => {
  const names = new Set([...before.sections.keys(), ...after.sections.keys()]);
  return [...names].flatMap((section): readonly Difference[] => {
    const was = before.sections.get(section) ?? [];
    const is = after.sections.get(section) ?? [];
    if (was.join('\n') === is.join('\n')) return [];
    const lines = [
      ...without(was, is).map((line) => `- ${line}`),
      ...without(is, was).map((line) => `+ ${line}`),
    ];
    return [
      { node: before.node, section, lines: lines.length > 0 ? lines : ['(the order of rules changed)'] },
    ];
  });
};
