// Which addresses the node holds, before and after listening, in keepalived's network namespace. Reads iproute2's
// JSON and the text of older iproute2 and busybox alike.
import type { Answer } from '../evidence/bundle.ts';
import { known, type Reading, unknown } from '../evidence/reading.ts';
import { answerTo, numberField, objectsIn, parseJson, textField, textList, whyUseless } from './answers.ts';
import type { Probe, Round } from './probe.ts';

export interface HeldAddress {
  readonly interface: string;
  readonly family: 'ipv4' | 'ipv6';
  readonly address: string;
  readonly prefixLength: number;
  readonly scope: string;
  /** As `ip` prints them: `secondary`, `deprecated`, `dadfailed`, `tentative`, `dynamic` … */
  readonly flags: readonly string[];
  readonly label?: string;
  /** `proto keepalived` where kernel (5.18) and iproute2 know who set it. */
  readonly setBy?: string;
}

export interface AddressedLink {
  readonly name: string;
  readonly index: number;
  readonly mac: string;
  /** `UP`, `LOWER_UP`, `NO-CARRIER` … */
  readonly flags: readonly string[];
  readonly operState: string;
}

export interface AddressTable {
  readonly links: readonly AddressedLink[];
  readonly addresses: readonly HeldAddress[];
  /** The line of the answer each address came from, for quoting, by address. */
  readonly quotes: Readonly<Record<string, string>>;
}

export interface AddressTables {
  readonly before: AddressTable;
  readonly after: AddressTable | 'not-asked';
}

const shell = `
if [ -z "$VD_IPJ" ]; then
  VD_IPJ=' '
  if vd_timed ip -j link show lo >/dev/null 2>&1 </dev/null; then VD_IPJ=-j
  elif [ $? -ge 124 ] && have ip; then VD_HUNG="$VD_HUNG ip"
  fi
fi
ask '' $KA_NS ip $VD_IPJ addr show
`;

export const addressesProbe: Probe<AddressTables> = {
  id: 'addresses',
  asks: 'which addresses does the node hold?',
  parts: [{ part: 'table', shell, rounds: ['before', 'after'], limitBytes: 2_097_152, timeoutSeconds: 3 }],
  read: (answers) => {
    const before = readRound(answers, 'before');
    if (before.kind === 'unknown') return before;
    const after = readRound(answers, 'after');
    return known({ before: before.value, after: after.kind === 'known' ? after.value : 'not-asked' });
  },
};

function readRound(answers: readonly Answer[], round: Round): Reading<AddressTable> {
  const answer = answerTo(answers, 'table', round);
  const useless = whyUseless(answer, 'addresses');
  if (answer === undefined || useless !== undefined) return unknown(useless ?? 'addresses: not asked');
  const json = parseJson(answer.text);
  if (json !== undefined) return known(fromJson(json));
  const table = fromText(answer.text);
  return table.links.length > 0 ? known(table) : unknown('addresses: the answer could not be understood');
}

function fromJson(json: unknown): AddressTable {
  const links: AddressedLink[] = [];
  const addresses: HeldAddress[] = [];
  const quotes: Record<string, string> = {};
  for (const link of objectsIn(json)) {
    const name = textField(link, 'ifname');
    if (name === undefined) continue;
    links.push({
      name,
      index: numberField(link, 'ifindex') ?? 0,
      mac: textField(link, 'address') ?? '',
      flags: textList(link.flags),
      operState: textField(link, 'operstate') ?? 'UNKNOWN',
    });
    for (const info of objectsIn(link.addr_info)) {
      const family = familyOf(textField(info, 'family'));
      const address = textField(info, 'local');
      if (family === undefined || address === undefined) continue;
      const prefixLength = numberField(info, 'prefixlen') ?? (family === 'ipv4' ? 32 : 128);
      const scope = textField(info, 'scope') ?? 'global';
      const label = textField(info, 'label');
      const setBy = textField(info, 'protocol');
      addresses.push({
        interface: name,
        family,
        address,
        prefixLength,
        scope,
        flags: Object.keys(info).filter((key) => info[key] === true),
        ...(label === undefined ? {} : { label }),
        ...(setBy === undefined ? {} : { setBy }),
      });
      const word = family === 'ipv4' ? 'inet' : 'inet6';
      quotes[address] = `${name}: ${word} ${address}/${prefixLength} scope ${scope}`;
    }
  }
  return { links, addresses, quotes };
}

function familyOf(word: string | undefined): 'ipv4' | 'ipv6' | undefined {
  return word === 'inet' ? 'ipv4' : word === 'inet6' ? 'ipv6' : undefined;
}

/** `2: eth0@if7: <BROADCAST,…> mtu 1500 … state UP …`, then `link/ether MAC` and `inet ADDR/LEN …` lines. */
function fromText(text: string): AddressTable {
  const links: AddressedLink[] = [];
  const addresses: HeldAddress[] = [];
  const quotes: Record<string, string> = {};
  let current: { name: string; index: number; mac: string; flags: string[]; operState: string } | undefined;
  for (const line of text.split('\n')) {
    const head = /^(\d+): ([^:@\s]+)(?:@[^:\s]+)?: <([^>]*)>(.*)$/.exec(line);
    if (head !== null) {
      current = {
        name: head[2] ?? '',
        index: Number(head[1]),
        mac: '',
        flags: (head[3] ?? '').split(','),
        operState: / state (\S+)/.exec(head[4] ?? '')?.[1] ?? 'UNKNOWN',
      };
      links.push(current);
      continue;
    }
    if (current === undefined) continue;
    const link = /^\s+link\/\S+ ([0-9a-f:]+)/.exec(line);
    if (link !== null) {
      current.mac = link[1] ?? '';
      continue;
    }
    const inet = /^\s+(inet6?) ([0-9a-fA-F.:]+)(?: peer ([0-9a-fA-F.:]+))?(?:\/(\d+))?(.*)$/.exec(line);
    const family = familyOf(inet?.[1]);
    const address = inet?.[2];
    if (inet === null || family === undefined || address === undefined) continue;
    const words = (inet[5] ?? '').trim().split(/\s+/);
    const scopeAt = words.indexOf('scope');
    const tail = scopeAt < 0 ? [] : words.slice(scopeAt + 2);
    const label = tail.find((word) => word === current?.name || word.startsWith(`${current?.name}:`));
    addresses.push({
      interface: current.name,
      family,
      address,
      prefixLength: Number(inet[4] ?? (family === 'ipv4' ? 32 : 128)),
      scope: words[scopeAt + 1] ?? 'global',
      flags: tail.filter((word) => word !== label),
      ...(label === undefined ? {} : { label }),
    });
    quotes[address] = `${current.name}: ${line.trim()}`;
  }
  return { links, addresses, quotes };
}
