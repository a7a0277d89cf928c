// Which multicast groups the kernel is a member of, by interface, in keepalived's network namespace.
import type { Answer } from '../evidence/bundle.ts';
import { known, unknown } from '../evidence/reading.ts';
import { answerTo, linesByPath } from './answers.ts';
import type { Probe, Round } from './probe.ts';
import { ipv4FromHex, ipv6FromBytes } from './sockets.ts';

/** Groups by interface: `{ eth0: ['224.0.0.18', '224.0.0.1', 'ff02::12'] }`. */
export type GroupsByInterface = Readonly<Record<string, readonly string[]>>;

export interface Memberships {
  readonly before: GroupsByInterface;
  readonly after: GroupsByInterface | 'not-asked';
}

export const membershipsProbe: Probe<Memberships> = {
  id: 'memberships',
  asks: 'which multicast groups is the node a member of?',
  parts: [
    {
      part: 'groups',
      shell: `tell '' grep -sH '' "$KA_NET/igmp" "$KA_NET/igmp6"`,
      rounds: ['before', 'after'],
      limitBytes: 262_144,
      timeoutSeconds: 2,
    },
  ],
  read: (answers) => {
    const before = readRound(answers, 'before');
    if (before === undefined) return unknown('the multicast memberships of the node could not be read');
    return known({ before, after: readRound(answers, 'after') ?? 'not-asked' });
  },
};

function readRound(answers: readonly Answer[], round: Round): GroupsByInterface | undefined {
  const answer = answerTo(answers, 'groups', round);
  if (answer === undefined || answer.exit === 'lost') return undefined;
  const groups: Record<string, string[]> = {};
  const add = (name: string, group: string) => {
    const list = groups[name] ?? [];
    list.push(group);
    groups[name] = list;
  };
  let device: string | undefined;
  for (const [path, lines] of linesByPath(answer.text)) {
    for (const line of lines) {
      if (path.endsWith('igmp6')) {
        const [, name, hex] = line.trim().split(/\s+/);
        if (name !== undefined && /^[0-9a-f]{32}$/.test(hex ?? '')) {
          add(name, ipv6FromBytes((hex?.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))));
        }
        continue;
      }
      // `2<TAB>eth0      :     2      V3`, then `<TABs>120000E0     1 0:00000000`.
      const head = /^\d+\s+(\S+)\s*:/.exec(line);
      if (head !== null) {
        device = head[1];
        if (device !== undefined) groups[device] ??= [];
        continue;
      }
      const group = /^\s+([0-9A-F]{8})\s/.exec(line)?.[1];
      if (group !== undefined && device !== undefined) add(device, ipv4FromHex(group));
    }
  }
  return Object.keys(groups).length > 0 ? groups : undefined;
}
