// What a node says around a change of master: lines of keepalived's log and the service manager's, interfaces,
// processes, the connection. Each becomes a clue with a rank; the best ones near a change are its reason. It knows words
// for events, not which change they belong to.
import type { FaultReason, LogEvent } from '../../keepalived/log-event.ts';
import type { WatchClue } from '../../report/watch.ts';
import type { Fact } from './fact.ts';

/** Whose clue it is in a change: of the one that left, or of the one that came. */
export type ClueSide = 'leaving' | 'coming';

export interface Clue extends WatchClue {
  readonly atMs: number;
  /** The vrrp_instance it is about; absent: the whole node. */
  readonly instance?: string;
  readonly interface?: string;
  readonly side: ClueSide;
  /** The higher, the nearer to the cause. */
  readonly rank: number;
}

type LogFact = Extract<Fact, { kind: 'log' }>;

const faultWords = (reason: FaultReason): string => {
  switch (reason.kind) {
    case 'script':
      return `track script ${reason.name} failed`;
    case 'interface-down':
      return `interface ${reason.name} is down`;
    case 'no-address':
      return 'its interface has no address';
    case 'source-address-missing':
      return 'its source address is not configured on the node';
    case 'tracked-file':
      return `tracked file ${reason.name}`;
    case 'tracked-process':
      return `tracked process ${reason.name}`;
    case 'no-unicast-peers':
      return 'it has no unicast peers';
    case 'not-told':
      return 'FAULT state';
  }
};

interface Words {
  readonly text: string;
  readonly side: ClueSide;
  readonly rank: number;
  readonly instance?: string;
}

const leaving = (rank: number, text: string, instance?: string): Words => ({
  text,
  side: 'leaving',
  rank,
  ...(instance === undefined ? {} : { instance }),
});
const coming = (rank: number, text: string, instance?: string): Words => ({
  ...leaving(rank, text, instance),
  side: 'coming',
});

const wordsOf = (node: string, event: LogEvent): Words | undefined => {
  switch (event.kind) {
    case 'fault':
      return leaving(
        event.reason.kind === 'not-told' ? 60 : 90,
        `${faultWords(event.reason)} on ${node}`,
        event.instance,
      );
    case 'state':
      return event.state === 'FAULT' ? leaving(50, `${node} entered FAULT state`, event.instance) : undefined;
    case 'script-result':
      return event.result === 'succeeded'
        ? coming(55, `script ${event.script} succeeds again on ${node}`)
        : leaving(
            85,
            `script ${event.script} ${event.result === 'failed' ? 'failed' : 'timed out'} on ${node}`,
          );
    case 'priority-changed':
      return event.from === event.to
        ? undefined
        : event.to < event.from
          ? leaving(70, `the priority of ${node} fell from ${event.from} to ${event.to}`, event.instance)
          : coming(65, `the priority of ${node} rose from ${event.from} to ${event.to}`, event.instance);
    case 'yielded':
      return leaving(
        40,
        event.to === 'higher-address'
          ? `${node} heard the same priority from a higher address`
          : event.peerPriority === undefined
            ? `${node} heard a higher priority`
            : `${node} heard priority ${event.peerPriority} over its own ${event.ownPriority ?? '?'}`,
        event.instance,
      );
    case 'interface-state':
      return event.state === 'down' || event.state === 'deleted'
        ? leaving(
            88,
            `interface ${event.interface} of ${node} went ${event.state === 'down' ? 'down' : 'away'}`,
          )
        : coming(50, `interface ${event.interface} of ${node} came up`);
    case 'process-died':
      return leaving(
        82,
        `keepalived's ${event.process} process died on ${node} and ${event.outcome === 'respawned' ? 'was started again' : 'keepalived ended'}`,
      );
    case 'process-exit':
      return event.signal === undefined
        ? leaving(80, `keepalived's ${event.process} ended on ${node}`)
        : leaving(83, `keepalived's ${event.process} was ended by signal ${event.signal} on ${node}`);
    case 'stopping':
      return leaving(75, `keepalived was stopped on ${node}`);
    case 'stopped':
      return leaving(74, `keepalived was stopped on ${node}`);
    case 'reloading':
      return leaving(30, `keepalived was reloaded on ${node}`);
    case 'started':
      return coming(60, `keepalived was started on ${node}`);
    case 'timer-late':
      return leaving(78, `keepalived on ${node} was not scheduled for ${(event.lateMs / 1000).toFixed(1)} s`);
    case 'send-error':
      return leaving(76, `${node} could not send adverts: ${event.errorText}`, event.instance);
    case 'advert-timeout':
      return coming(
        20,
        `${event.instance} on ${node} heard no advert for its master down interval`,
        event.instance,
      );
    default:
      return undefined;
  }
};

/** The service manager about keepalived: it knows of deaths keepalived cannot tell itself. */
const managerWords = (node: string, text: string): Words | undefined => {
  const killed = /keepalived\S*: Main process exited, code=(killed|dumped|exited), status=(\S+)/.exec(text);
  if (killed !== null)
    return leaving(
      killed[1] === 'exited' ? 81 : 92,
      `keepalived's main process on ${node} ${killed[1] === 'exited' ? 'ended' : 'was killed'} (${killed[2]?.replace(/[^\w/]/g, '')})`,
    );
  if (/^Stopping (?:keepalived|Keepalive)/i.test(text))
    return leaving(77, `keepalived was stopped on ${node}`);
  if (
    /^(?:Powering off|Rebooting|Reached target (?:\S+ - )?(?:System )?(?:Reboot|Power-Off|Shutdown))/i.test(
      text,
    )
  )
    return leaving(91, `${node} is shutting down`);
  return undefined;
};

export const clueOfLog = ({ node, atMs, event, ident, text }: LogFact): Clue | undefined => {
  const words =
    event === undefined
      ? /^systemd/.test(ident)
        ? managerWords(node, text)
        : undefined
      : wordsOf(node, event);
  return words === undefined ? undefined : { node, source: 'log', quote: text, atMs, ...words };
};

export const clueOfLink = ({
  node,
  atMs,
  interface: name,
  state,
}: Extract<Fact, { kind: 'link' }>): Clue => ({
  node,
  source: 'link',
  atMs,
  interface: name,
  ...(state === 'up'
    ? coming(52, `interface ${name} of ${node} came up`)
    : leaving(89, `interface ${name} of ${node} ${state === 'gone' ? 'is gone' : 'went down'}`)),
});

export const clueOfProcess = ({ node, atMs, state }: Extract<Fact, { kind: 'process' }>): Clue => ({
  node,
  source: 'process',
  atMs,
  ...(state === 'running'
    ? coming(58, `keepalived runs again on ${node}`)
    : state === 'frozen'
      ? leaving(87, `keepalived on ${node} is frozen: its process is stopped (T)`)
      : leaving(72, `keepalived does not run on ${node} any more`)),
});

export const clueOfConnection = ({
  node,
  atMs,
  state,
  problem,
}: Extract<Fact, { kind: 'connection' }>): Clue | undefined =>
  state === 'lost'
    ? {
        node,
        source: 'connection',
        atMs,
        ...leaving(45, `${node} does not answer: ${problem ?? 'connection lost'}`),
      }
    : state === 'rebooted'
      ? { node, source: 'connection', atMs, ...leaving(93, `${node} was restarted`) }
      : undefined;

export interface ClueSearch {
  readonly fromMs: number;
  readonly toMs: number;
  /** Node that left and its instance, and the same of the one that came. */
  readonly leaving:
    | { readonly node: string; readonly instance?: string; readonly interface?: string }
    | undefined;
  readonly coming:
    | { readonly node: string; readonly instance?: string; readonly interface?: string }
    | undefined;
}

const fits = (clue: Clue, who: NonNullable<ClueSearch['leaving']>): boolean =>
  clue.node === who.node &&
  (clue.instance === undefined || who.instance === undefined || clue.instance === who.instance) &&
  (clue.interface === undefined || who.interface === undefined || clue.interface === who.interface);

const mostClues = 4;

/** The clues of a change, the nearest to its cause first, each saying once what it says. */
export const findClues = (clues: readonly Clue[], search: ClueSearch): readonly Clue[] => {
  const found = clues.filter(
    (clue) =>
      clue.atMs >= search.fromMs &&
      clue.atMs <= search.toMs &&
      ((clue.side === 'leaving' && search.leaving !== undefined && fits(clue, search.leaving)) ||
        (clue.side === 'coming' && search.coming !== undefined && fits(clue, search.coming))),
  );
  const seen = new Set<string>();
  return [...found]
    .sort((a, b) => b.rank - a.rank || a.atMs - b.atMs)
    .filter((clue) => {
      if (seen.has(clue.text)) return false;
      seen.add(clue.text);
      return true;
    })
    .slice(0, mostClues);
};
