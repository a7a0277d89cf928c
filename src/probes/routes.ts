// Routes of all tables, policy rules, and by which way the node would answer each peer. What a strict
// reverse-path filter makes of that is decided elsewhere.
import type { Answer } from '../evidence/bundle.ts';
import { known, type Reading, unknown } from '../evidence/reading.ts';
import { answersTo, answerTo, numberField, objectsIn, parseJson, textField, whyUseless } from './answers.ts';
import type { Probe } from './probe.ts';

export interface FoundRoute {
  readonly family: 'ipv4' | 'ipv6';
  /** `default`, an address, or a prefix. */
  readonly destination: string;
  /** `unicast`, `local`, `broadcast`, `multicast`, `unreachable`, `blackhole` … */
  readonly type: string;
  /** Absent for routes without a device (unreachable, multipath). */
  readonly interface?: string;
  readonly gateway?: string;
  readonly table: string;
  readonly metric?: number;
  /** The route as one line, for quoting. */
  readonly text: string;
}

export interface WayToPeer {
  readonly peer: string;
  /** Interface the kernel would answer that address through; `none` when it has no route. */
  readonly via: string | 'none' | 'unknown';
  readonly sourceAddress?: string;
  readonly text: string;
}

export interface RouteTables {
  readonly routes: readonly FoundRoute[];
  /** Policy rules as printed, e.g. `0: from all lookup local`. */
  readonly rules: readonly string[];
  readonly peers: readonly WayToPeer[];
}

const limits = { limitBytes: 4_194_304, timeoutSeconds: 3 } as const;

export const routesProbe: Probe<RouteTables> = {
  id: 'routes',
  asks: 'by which way does the node reach and answer its peers?',
  parts: [
    {
      part: 'routes4',
      shell: `ask '' $KA_NS ip -4 $VD_IPJ route show table all`,
      rounds: ['before'],
      ...limits,
    },
    {
      part: 'routes6',
      shell: `[ ! -e "$KA_NET/if_inet6" ] || ask '' $KA_NS ip -6 $VD_IPJ route show table all`,
      rounds: ['before'],
      ...limits,
    },
    { part: 'rules4', shell: `ask '' $KA_NS ip -4 rule show`, rounds: ['before'], ...limits },
    {
      part: 'get',
      shell: 'for vd_peer in $VD_PEERS; do ask "$vd_peer" $KA_NS ip route get "$vd_peer"; done',
      rounds: ['after'],
      limitBytes: 4096,
      timeoutSeconds: 2,
    },
  ],
  read,
};

function read(answers: readonly Answer[]): Reading<RouteTables> {
  const four = answerTo(answers, 'routes4');
  const useless = whyUseless(four, 'routes');
  if (four === undefined || useless !== undefined) return unknown(useless ?? 'routes: not asked');
  const six = answerTo(answers, 'routes6');
  return known({
    routes: [...readRoutes(four.text, 'ipv4'), ...(six?.exit === 0 ? readRoutes(six.text, 'ipv6') : [])],
    rules: (answerTo(answers, 'rules4')?.text ?? '')
      .split('\n')
      .map((line) => line.trim().replace(/\s+/g, ' '))
      .filter((line) => /^\d+:/.test(line)),
    peers: answersTo(answers, 'get').map(readWay),
  });
}

function readRoutes(text: string, family: FoundRoute['family']): FoundRoute[] {
  const json = parseJson(text);
  return json === undefined
    ? text.split('\n').flatMap((line) => fromLine(line, family))
    : fromJson(json, family);
}

function fromJson(json: unknown, family: FoundRoute['family']): FoundRoute[] {
  return objectsIn(json).flatMap((route): FoundRoute[] => {
    const destination = textField(route, 'dst');
    if (destination === undefined) return [];
    const type = textField(route, 'type') ?? 'unicast';
    const device = textField(route, 'dev');
    const gateway = textField(route, 'gateway');
    const table = textField(route, 'table') ?? 'main';
    const metric = numberField(route, 'metric');
    const words = [
      type === 'unicast' ? '' : type,
      destination,
      gateway === undefined ? '' : `via ${gateway}`,
      device === undefined ? '' : `dev ${device}`,
      table === 'main' ? '' : `table ${table}`,
      metric === undefined ? '' : `metric ${metric}`,
    ];
    return [
      {
        family,
        destination,
        type,
        ...(device === undefined ? {} : { interface: device }),
        ...(gateway === undefined ? {} : { gateway }),
        table,
        ...(metric === undefined ? {} : { metric }),
        text: words.filter((word) => word !== '').join(' '),
      },
    ];
  });
}

const routeTypes = [
  'unicast',
  'local',
  'broadcast',
  'multicast',
  'unreachable',
  'blackhole',
  'prohibit',
  'anycast',
  'throw',
];

function fromLine(line: string, family: FoundRoute['family']): FoundRoute[] {
  const words = line.trim().split(/\s+/);
  const typed = routeTypes.includes(words[0] ?? '');
  const destination = typed ? words[1] : words[0];
  // Continuation lines of a multipath route begin with `nexthop`.
  if (!destination || destination === 'nexthop') return [];
  const after = (word: string) => {
    const at = words.indexOf(word);
    return at < 0 ? undefined : words[at + 1];
  };
  const device = after('dev');
  const gateway = after('via');
  const metric = after('metric');
  return [
    {
      family,
      destination,
      type: typed ? (words[0] ?? 'unicast') : 'unicast',
      ...(device === undefined ? {} : { interface: device }),
      ...(gateway === undefined ? {} : { gateway }),
      table: after('table') ?? 'main',
      ...(metric === undefined ? {} : { metric: Number(metric) }),
      text: words.join(' '),
    },
  ];
}

function readWay(answer: Answer): WayToPeer {
  const text = answer.text.trim().split('\n')[0]?.trim().replace(/\s+/g, ' ') ?? '';
  const peer = answer.about ?? '';
  const device = / dev (\S+)/.exec(text)?.[1];
  const source = / src (\S+)/.exec(text)?.[1];
  if (answer.exit === 0 && device !== undefined) {
    return { peer, via: device, ...(source === undefined ? {} : { sourceAddress: source }), text };
  }
  // EUNREACH from the FIB (`unreachable`, `No route to host`) is an answer; anything else is not.
  const none = /unreachable|No route to host|prohibit|Permission denied|Invalid argument/.test(text);
  return { peer, via: none ? 'none' : 'unknown', text };
}
