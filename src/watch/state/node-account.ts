// What is known of one node while it is watched: its connection, its streams, keepalived's processes, addresses, the
// states its log tells, and the latest clues. Bounded; it decides nothing about masters.
import type { LogEvent } from '../../keepalived/log-event.ts';
import type { SourceName, WatchNode, WatchSource } from '../../report/watch.ts';
import type { Clue } from './clues.ts';
import { createLatest, type Latest } from './counts.ts';
import type { Fact } from './fact.ts';

export interface SourceAccount {
  readonly source: SourceName;
  state: WatchSource['state'];
  problem: string | undefined;
  losses: number;
  /** It went down, and has not worked again since. */
  broken: 'yes' | 'no';
  workingSinceMs: number;
}

export interface LoggedState {
  readonly state: 'MASTER' | 'BACKUP' | 'FAULT';
  readonly atMs: number;
}

export interface NodeAccount {
  readonly name: string;
  readonly address: string;
  connection: WatchNode['connection'];
  sinceMs: number;
  problem: string | undefined;
  nextStep: string | undefined;
  retryAtMs: number | undefined;
  losses: number;
  process: WatchNode['keepalived'];
  readonly sources: Readonly<Record<SourceName, SourceAccount>>;
  /** Interface by address; undefined until it was told. */
  held: Map<string, string> | undefined;
  /** By vrrp_instance. */
  readonly logged: Map<string, LoggedState>;
  readonly clues: Latest<Clue>;
  /** Lines that may still be told in the present ten seconds, and when those began. */
  lineBudget: number;
  lineBudgetSinceMs: number;
  lastSaid: string;
  lastSaidMs: number;
}

const cluesKept = 64;
const mostInstances = 512;
const linesPerSpan = 30;
const lineSpanMs = 10_000;

export const createSource = (source: SourceName): SourceAccount => ({
  source,
  state: 'starting',
  problem: undefined,
  losses: 0,
  broken: 'no',
  workingSinceMs: 0,
});

export const createNodeAccount = (name: string, address: string, atMs: number): NodeAccount => ({
  name,
  address,
  connection: 'connecting',
  sinceMs: atMs,
  problem: undefined,
  nextStep: undefined,
  retryAtMs: undefined,
  losses: 0,
  process: 'unknown',
  sources: {
    adverts: createSource('adverts'),
    log: createSource('log'),
    addresses: createSource('addresses'),
  },
  held: undefined,
  logged: new Map(),
  clues: createLatest<Clue>(cluesKept),
  lineBudget: linesPerSpan,
  lineBudgetSinceMs: 0,
  lastSaid: '',
  lastSaidMs: 0,
});

/** Remembers the states a log line tells. Lines come in order, so the last one counts. */
export const noteLogged = (node: NodeAccount, event: LogEvent, atMs: number): void => {
  if (event.kind === 'started' || event.kind === 'stopped') {
    node.logged.clear();
    return;
  }
  const told =
    event.kind === 'state'
      ? { instance: event.instance, state: event.state }
      : event.kind === 'fault'
        ? { instance: event.instance, state: 'FAULT' as const }
        : undefined;
  if (told === undefined) return;
  const before = node.logged.get(told.instance);
  if (before?.state === told.state) return;
  if (before === undefined && node.logged.size >= mostInstances) return;
  node.logged.set(told.instance, { state: told.state, atMs });
};

/** Several processes and the service manager say the same within moments. */
const sameWordsMs = 2000;

/** Whether one more line of this node is told; the same twice is told once, a log that floods in part. */
export const mayTellLine = (node: NodeAccount, said: string, atMs: number): boolean => {
  const repeats = node.lastSaid === said && atMs - node.lastSaidMs < sameWordsMs;
  node.lastSaid = said;
  node.lastSaidMs = atMs;
  if (repeats) return false;
  if (atMs - node.lineBudgetSinceMs > lineSpanMs) {
    node.lineBudgetSinceMs = atMs;
    node.lineBudget = linesPerSpan;
  }
  node.lineBudget -= 1;
  return node.lineBudget >= 0;
};

export const noteConnection = (node: NodeAccount, fact: Extract<Fact, { kind: 'connection' }>): void => {
  if (fact.state === 'rebooted') return;
  if (fact.state === 'lost' && node.connection === 'connected') node.losses += 1;
  // A node once lost stays so until it is back; trying again is no news.
  const next = fact.state === 'connecting' && node.losses > 0 ? 'lost' : fact.state;
  if (next !== node.connection) {
    node.connection = next;
    node.sinceMs = fact.atMs;
  }
  if (fact.state === 'connected') node.retryAtMs = undefined;
  if (fact.state === 'connected' || fact.problem !== undefined) {
    node.problem = fact.problem;
    node.nextStep = fact.nextStep;
  }
  if (fact.retryInMs !== undefined) node.retryAtMs = fact.atMs + fact.retryInMs;
  if (next !== 'connected') {
    node.process = 'unknown';
    for (const source of Object.values(node.sources)) if (source.state === 'working') source.state = 'down';
  }
};

/** True when it is worth telling that it went down; what went down before it was proven to work again is not. */
export const noteSource = (source: SourceAccount, fact: Extract<Fact, { kind: 'source' }>): boolean => {
  const before = source.state;
  source.state = fact.state === 'starting' && source.broken === 'yes' ? 'down' : fact.state;
  if (fact.problem !== undefined) source.problem = fact.problem;
  if (fact.state === 'working') {
    source.problem = undefined;
    source.workingSinceMs = fact.atMs;
  }
  if (fact.state !== 'down') return false;
  if (before === 'working') source.losses += 1;
  const news = source.broken === 'no';
  source.broken = 'yes';
  return news;
};

/** So long something must work before it is said to work again. */
const provenMs = 1500;

/** Since when it works again, told once. */
export const recovered = (source: SourceAccount, nowMs: number): number | undefined => {
  if (source.broken === 'no' || source.state !== 'working' || nowMs - source.workingSinceMs < provenMs)
    return undefined;
  source.broken = 'no';
  return source.workingSinceMs;
};
