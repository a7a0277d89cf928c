// A watch as plain text: a line for each thing that happens, and a table of how things stand. For logs, pipes and
// terminals without a screen; colour never says what words do not. It knows the events, not where they come from.
import { escapeLine } from './escape.ts';
import { columnsOf, type Paint, pad, paint, type TerminalStyle, table, wrap } from './typeset.ts';
import type { WatchEvent, WatchNode, WatchRouter, WatchSummary } from './watch.ts';

const two = (value: number): string => String(value).padStart(2, '0');

/** Local time of day, as logs beside it have it. */
export const clockText = (at: string, precision: 'seconds' | 'milliseconds' = 'milliseconds'): string => {
  const date = new Date(at);
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return precision === 'seconds' ? time : `${time}.${String(date.getMilliseconds()).padStart(3, '0')}`;
};

/** Local date. */
export const dateText = (at: string): string => {
  const date = new Date(at);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
};

/** A length of time in two units at most: `4 s`, `12 min`, `3 h 20 min`, `5 d 2 h`. */
export const spanText = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
};

export const retryText = (retryInMs: number | undefined): string =>
  retryInMs === undefined ? '' : `; tried again in ${(retryInMs / 1000).toFixed(retryInMs < 950 ? 1 : 0)} s`;

const familyText = (family: 'ipv4' | 'ipv6'): string => (family === 'ipv6' ? ' (IPv6)' : '');

/** `n1 → n2`; an arrow an ASCII terminal can show is put in by escaping. */
export const changeText = (from: string | null, to: string | null): string =>
  from === null ? (to ?? 'nobody') : `${from} → ${to ?? 'nobody'}`;

const sourceWords = {
  adverts: 'listening',
  log: 'following the log',
  addresses: 'watching addresses',
} as const;

export interface EventWords {
  /** What it is about: `VRID 101`, a node. */
  readonly about: string;
  readonly text: string;
  readonly weight: 'good' | 'bad' | 'warning' | 'plain';
}

const nodeWords = (event: Extract<WatchEvent, { kind: 'node' }>): EventWords => {
  switch (event.state) {
    case 'connected':
      return { about: event.node, text: 'connected', weight: 'good' };
    case 'rebooted':
      return { about: event.node, text: 'was restarted', weight: 'warning' };
    case 'lost':
      return {
        about: event.node,
        text: `${(event.problem ?? 'the connection was lost').replace(/\.$/, '')}${retryText(event.retryInMs)}`,
        weight: 'bad',
      };
    case 'given-up':
      return {
        about: event.node,
        text: `is not watched: ${event.problem ?? ''} ${event.nextStep ?? ''}`.trim(),
        weight: 'bad',
      };
  }
};

/** What an event says; undefined for those that are shown another way. */
export const eventWords = (event: WatchEvent): EventWords | undefined => {
  const vrid = 'vrid' in event ? `VRID ${event.vrid}${familyText(event.family)}` : '';
  switch (event.kind) {
    case 'started':
      return {
        about: 'watch',
        text: `watching ${event.nodes.map((node) => node.name).join(', ')}`,
        weight: 'plain',
      };
    case 'node':
      return nodeWords(event);
    case 'source':
      return {
        about: event.node,
        text:
          event.state === 'working'
            ? `${sourceWords[event.source]} again`
            : `${sourceWords[event.source]} was cut short: ${event.problem ?? 'no reason given'}${retryText(event.retryInMs)}`,
        weight: event.state === 'working' ? 'good' : 'warning',
      };
    case 'process':
      return {
        about: event.node,
        text:
          event.state === 'running'
            ? 'keepalived runs'
            : event.state === 'frozen'
              ? 'keepalived is frozen: its process is stopped (T)'
              : 'keepalived does not run',
        weight: event.state === 'running' ? 'good' : 'bad',
      };
    case 'link':
      return {
        about: event.node,
        text: `interface ${event.interface} ${event.state === 'up' ? 'is up' : event.state === 'down' ? 'is down' : 'is gone'}`,
        weight: event.state === 'up' ? 'good' : 'bad',
      };
    case 'router':
      return { about: vrid, text: event.text, weight: 'plain' };
    case 'transition':
      return {
        about: vrid,
        text:
          event.reason === 'first-heard' ? event.text : `${changeText(event.from, event.to)}: ${event.text}`,
        weight: event.to === null ? 'bad' : event.reason === 'first-heard' ? 'plain' : 'warning',
      };
    case 'two-masters':
      return {
        about: vrid,
        text:
          event.state === 'begin'
            ? `two masters: ${event.masters.join(' and ')}`
            : `one master again, of ${event.masters.join(' and ')}`,
        weight: event.state === 'begin' ? 'bad' : 'good',
      };
    case 'missed':
      return {
        about: vrid,
        text: `${event.heardAt === 'observer' ? 'the observer' : event.heardAt} missed ${event.missed} ${
          event.missed === 1 ? 'advert' : 'adverts'
        } of ${event.sender} (longest gap ${Math.round(event.gapMs)} ms)`,
        weight: 'warning',
      };
    case 'vip':
      return {
        about: event.node,
        text: `${event.state === 'added' ? 'has' : 'no longer has'} VIP ${event.vip} (${event.interface})`,
        weight: 'plain',
      };
    case 'stranger':
      return { about: vrid, text: event.text, weight: event.state === 'heard' ? 'bad' : 'good' };
    case 'log':
      return { about: event.node, text: `log: ${event.text}`, weight: 'plain' };
    case 'dropped':
      return {
        about: 'watch',
        text: `${event.count} events are missing here: they came faster than they were taken`,
        weight: 'warning',
      };
    case 'summary':
    case 'ended':
      return undefined;
  }
};

const paintOf: Readonly<Record<EventWords['weight'], readonly Paint[]>> = {
  good: ['green'],
  bad: ['red'],
  warning: ['yellow'],
  plain: [],
};

/** Lines of one event, wrapped under their beginning; none for what is shown another way. */
export const eventLines = (event: WatchEvent, style: TerminalStyle): readonly string[] => {
  const words = eventWords(event);
  if (words === undefined) return [];
  const lead = `${clockText(event.at)}  ${pad(escapeLine(words.about, style.unicode), 8)}  `;
  const room = Math.max(12, style.width - columnsOf(lead));
  const lines = wrap(escapeLine(words.text, style.unicode), room);
  return lines.map((line, at) => {
    const painted = paintOf[words.weight].length === 0 ? line : paint(style, line, ...paintOf[words.weight]);
    return at === 0 ? `${lead}${painted}` : `${' '.repeat(columnsOf(lead))}${painted}`;
  });
};

export const rateText = (router: Pick<WatchRouter, 'ratePerSecond'>): string =>
  router.ratePerSecond === null
    ? '-'
    : `${router.ratePerSecond.toFixed(router.ratePerSecond < 10 ? 2 : 1)}/s`;

export const jitterText = (router: Pick<WatchRouter, 'jitterMs'>): string =>
  router.jitterMs === null
    ? '-'
    : `${router.jitterMs < 10 ? router.jitterMs.toFixed(1) : Math.round(router.jitterMs)} ms`;

/** Who is master, in words that also say when that is not known or not right. */
export const masterText = (router: Pick<WatchRouter, 'masters' | 'hearing' | 'since'>): string => {
  if (router.masters.length > 1) return `TWO: ${router.masters.join(' + ')}`;
  const [master] = router.masters;
  if (router.hearing === 'unheard') return master === undefined ? 'not heard' : `${master}?`;
  return master ?? (router.since === null ? 'nobody yet' : 'NOBODY');
};

export const sinceText = (router: Pick<WatchRouter, 'since' | 'sinceIs'>, nowAt: string): string => {
  if (router.since === null) return '-';
  const span = spanText(Date.parse(nowAt) - Date.parse(router.since));
  return router.sinceIs === 'at-least' ? `≥ ${span}` : span;
};

/** Nodes that hold all, or else which holds what. */
export const holdersText = (router: Pick<WatchRouter, 'holders'>): string => {
  const sets = new Set(router.holders.map(({ nodes }) => nodes.join('+') || 'nobody'));
  if (sets.size === 0) return '-';
  if (sets.size === 1) return [...sets][0] ?? '-';
  return router.holders.map(({ vip, nodes }) => `${vip}: ${nodes.join('+') || 'nobody'}`).join(', ');
};

export const originMark = (router: Pick<WatchRouter, 'origin' | 'strangers'>): string =>
  router.origin === 'unknown'
    ? 'unknown VRID'
    : router.origin === 'unidentified'
      ? 'whose?'
      : router.strangers.length > 0
        ? `stranger ${router.strangers.join(', ')}`
        : '';

/** Whether somebody should look. */
export const isTroubled = (router: WatchRouter): boolean =>
  router.masters.length !== 1 ||
  router.origin !== 'ours' ||
  router.strangers.length > 0 ||
  router.holders.some(({ nodes }) => nodes.length > 1);

const columns = ['VRID', 'master', 'since', 'rate', 'jitter', 'missed', 'holders', 'flaps/h', ''];

const vridText = (router: WatchRouter): string => `${router.vrid}${router.family === 'ipv6' ? ' v6' : ''}`;

const routerRow = (router: WatchRouter, nowAt: string): readonly string[] => [
  vridText(router),
  masterText(router),
  sinceText(router, nowAt),
  rateText(router),
  jitterText(router),
  String(router.missed),
  holdersText(router),
  String(router.flapsLastHour),
  originMark(router),
];

export const nodeText = (node: WatchNode): string => {
  const broken = node.sources.filter((source) => source.state === 'down' || source.state === 'absent');
  const state =
    node.connection === 'connected'
      ? node.keepalived === 'running'
        ? broken.length === 0
          ? 'ok'
          : 'connected'
        : `keepalived ${node.keepalived}`
      : node.connection === 'given-up'
        ? 'not watched'
        : node.connection;
  const missing = node.connection === 'connected' ? broken.map(({ source }) => `no ${source}`) : [];
  return [`${node.name} ${state}`, ...missing].join(', ');
};

export const observerText = ({ observer }: WatchSummary): string =>
  observer.where === 'none' || observer.interface === null
    ? ''
    : `observer ${observer.where} ${observer.interface} ${observer.state === 'working' ? 'ok' : observer.state}`;

const inSentences = (router: WatchRouter, nowAt: string): string =>
  `VRID ${vridText(router)}: master ${masterText(router)} for ${sinceText(router, nowAt)}, ${rateText(router)}, jitter ${jitterText(
    router,
  )}, missed ${router.missed}, held by ${holdersText(router)}, ${router.flapsLastHour} flaps in the last hour${
    originMark(router) === '' ? '' : `, ${originMark(router)}`
  }`;

/** How things stand: a table where it fits, else a sentence for each VRID; then the nodes. */
export const summaryLines = (summary: WatchSummary, style: TerminalStyle): readonly string[] => {
  const safe = (text: string): string => escapeLine(text, style.unicode);
  const { routers, nodes, at } = summary;
  const rows = [columns, ...routers.map((router) => routerRow(router, at))].map((row) => row.map(safe));
  const laid = table(rows, style.width - 2);
  const body =
    routers.length === 0
      ? ['no VRID is configured or heard yet']
      : laid === 'too-wide'
        ? routers.flatMap((router) => wrap(safe(inSentences(router, at)), style.width - 2))
        : laid.map((row, index) => {
            const router = routers[index - 1];
            return router === undefined
              ? paint(style, row, 'dim')
              : isTroubled(router)
                ? paint(style, row, 'red')
                : row;
          });
  const people = [...nodes.map(nodeText), observerText(summary)].filter((text) => text !== '');
  return [
    `${clockText(at)}  ${paint(style, `watched for ${spanText(summary.watchedMs)}`, 'bold')}`,
    ...body.map((row) => `  ${row}`),
    ...wrap(safe(people.join(style.unicode === 'utf8' ? ' · ' : ' - ')), style.width - 2).map(
      (row) => `  ${row}`,
    ),
  ];
};

/** One event, or one summary, as it is written; a new day is said before its first line. */
export const createWatchText = (style: TerminalStyle): ((event: WatchEvent) => string) => {
  let day = '';
  return (event) => {
    const today = dateText(event.at);
    const lines = event.kind === 'summary' ? summaryLines(event, style) : eventLines(event, style);
    if (lines.length === 0) return '';
    const dated = day === '' || day === today ? lines : [`-- ${today}`, ...lines];
    day = today;
    return `${dated.join('\n')}\n`;
  };
};
