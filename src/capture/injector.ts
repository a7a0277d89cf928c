// The injector: sends a failover test's probes to the VIP at a fixed period and stamps each, on the observer. It
// knows how they are sent and what it prints; whether and by whom one was answered is told by the capture, except
// for TCP and HTTP, which only the sender can tell.
//
// Two questions that must not disturb each other. ICMP, TCP and HTTP go through the host's own neighbour entry, as
// the traffic of any client on the segment does. Who would answer a fresh ARP or ND question is asked by a sender
// apart: a MAC of its own (and a link-local address of its own), listed with the NIC until the socket closes.
// Answers to that MAC never reach the host's neighbour table; answers to its own MAC would repair the very entry
// whose convergence is measured. Switches that allow one MAC per port swallow such probes, and it shows before the
// fault already.
import type { ClockReading, ProbeRun } from '../timeline/trial.ts';
import { injectorPerl } from './injector-perl.ts';
import { injectorPython } from './injector-python.ts';
import { type Interpreters, runInterpreted, searchPath } from './interpreters.ts';

export interface ProbeWish {
  readonly kind: ProbeRun['kind'];
  /** As asked for. */
  readonly name: string;
  readonly periodMs: number;
  /** TCP and HTTP. */
  readonly target?: { readonly address: string; readonly port: number };
  /** HTTP. */
  readonly request?: { readonly host: string; readonly path: string };
}

export interface InjectorOptions {
  readonly interface: string;
  /** Without prefix length. */
  readonly vip: string;
  readonly probes: readonly ProbeWish[];
}

/** ICMP and ARP unless asked otherwise. */
const defaultPeriodMs = 5;
const leastPeriodMs = 1;
/** Each is a connection that the service sees. */
const defaultCallPeriodMs = 20;

const printable = /^[\x21-\x7e]+$/;

/** `icmp`, `arp`, `tcp://ADDRESS:PORT`, `http://ADDRESS[:PORT]/PATH`; a text says what is wrong. */
export function readProbeWish(text: string, vip: string, periodMs?: number): ProbeWish | string {
  if (periodMs !== undefined && !(periodMs >= leastPeriodMs))
    return `the period of a probe is at least ${leastPeriodMs} ms`;
  if (text === 'icmp') return { kind: 'icmp', name: text, periodMs: periodMs ?? defaultPeriodMs };
  if (text === 'arp' || text === 'nd')
    return { kind: vip.includes(':') ? 'nd' : 'arp', name: text, periodMs: periodMs ?? defaultPeriodMs };
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  const kind = parsed?.protocol === 'tcp:' ? 'tcp' : parsed?.protocol === 'http:' ? 'http' : undefined;
  if (parsed === undefined || kind === undefined || parsed.hostname === '')
    return `"${text}" is no probe: icmp, arp, tcp://ADDRESS:PORT or http://ADDRESS/PATH`;
  const port = parsed.port === '' ? (kind === 'http' ? 80 : undefined) : Number(parsed.port);
  if (port === undefined) return `"${text}" names no port`;
  const address = parsed.hostname.replace(/^\[|\]$/g, '');
  const wish = {
    kind,
    name: text,
    periodMs: periodMs ?? defaultCallPeriodMs,
    target: { address, port },
  } as const;
  if (kind === 'tcp') return wish;
  const path = `${parsed.pathname}${parsed.search}`;
  return printable.test(path)
    ? { ...wish, request: { host: parsed.host, path } }
    : `"${text}" has characters no path has`;
}

const specOf = ({ kind, periodMs, target, request }: ProbeWish): string =>
  [
    kind,
    Math.round(Math.max(leastPeriodMs, periodMs) * 1000),
    target?.address ?? '-',
    target?.port ?? 0,
    request?.host ?? '-',
    request?.path ?? '/',
  ].join(',');

/**
 * Shell text for a lifeline; runs until it is ended. Lines, times in µs since the base unless said otherwise:
 * `ready INTERPRETER BASE-NS` (realtime), `begin PROBE MARK`, `fail PROBE WORDS`, `c REALTIME-NS MONOTONIC-NS`,
 * `s PROBE N AT` sent, `a PROBE N AT` answered, `f PROBE N AT WORDS` failed, `end`. Exit status 96: no interpreter.
 */
export function injectorCommand(options: InjectorOptions, interpreters: Interpreters = 'any'): string {
  const args = [options.interface, options.vip, ...options.probes.map(specOf)];
  return [
    searchPath,
    runInterpreted({ python: injectorPython, perl: injectorPerl, args }, interpreters),
  ].join('\n');
}

export interface Injection {
  readonly runs: readonly ProbeRun[];
  readonly clockReadings: readonly ClockReading[];
  /** `complete` when the program said goodbye. */
  readonly end: 'complete' | 'cut-off';
  readonly problems: readonly string[];
}

export interface InjectorReader {
  /** More of what it printed. */
  push(text: string): void;
  /** `probing` from its first request on. */
  state(): 'waiting' | 'probing' | 'failed' | 'ended';
  /** When the last request was sent, ns on its own clock; its heartbeat. */
  lastSentAtNs(): bigint | undefined;
  /** Everything so far; `clock` is the name of the clock it ran on. */
  read(clock: string): Injection;
}

interface Request {
  sentAtNs: bigint;
  answeredAtNs?: bigint;
  failure?: string;
}

interface Run {
  mark: string | undefined;
  readonly requests: Map<number, Request>;
}

const whole = /^\d{1,19}$/;

/** Numbers its capture is searched for: an ICMP request's identifier and sequence, else the place in the row. */
const idOf = (wish: ProbeWish, mark: string | undefined, n: number): number =>
  wish.kind === 'icmp' && mark !== undefined
    ? ((Number(mark) + Math.floor(n / 0x10000)) & 0xffff) * 0x10000 + (n & 0xffff)
    : n;

export function createInjectorReader(probes: readonly ProbeWish[]): InjectorReader {
  const runs: readonly Run[] = probes.map(() => ({ mark: undefined, requests: new Map() }));
  const readings: Omit<ClockReading, 'clock'>[] = [];
  const problems: string[] = [];
  let state: ReturnType<InjectorReader['state']> = 'waiting';
  let base: bigint | undefined;
  let lastSentAtNs: bigint | undefined;
  let rest = '';

  const heard = (word: string, k: number, words: readonly string[]): void => {
    const run = runs[k];
    const [n, at, ...why] = words;
    if (run === undefined || base === undefined || n === undefined || at === undefined) return;
    if (!whole.test(n) || !/^-?\d{1,16}$/.test(at)) return;
    const atNs = base + BigInt(at) * 1000n;
    if (word === 's') {
      state = 'probing';
      lastSentAtNs = atNs;
      run.requests.set(Number(n), { sentAtNs: atNs });
      return;
    }
    const request = run.requests.get(Number(n));
    if (request === undefined) return;
    if (word === 'a') request.answeredAtNs = atNs;
    if (word === 'f') request.failure = why.join(' ').slice(0, 200);
  };

  const take = (line: string): void => {
    const [word = '', first = '', ...words] = line.split(' ');
    if (word === 'ready' && whole.test(words[0] ?? '')) base = BigInt(words[0] ?? 0);
    else if (word === 'end') state = 'ended';
    else if (word === 'c' && whole.test(first) && whole.test(words[0] ?? ''))
      readings.push({ realtimeNs: BigInt(first), monotonicNs: BigInt(words[0] ?? 0) });
    else if (word === 'fail') {
      const wish = probes[Number(first)];
      problems.push(`${wish === undefined ? '' : `${wish.name}: `}${words.join(' ').slice(0, 200)}`);
      if (wish === undefined || problems.length >= probes.length) state = 'failed';
    } else if (word === 'begin') {
      const run = runs[Number(first)];
      if (run !== undefined) run.mark = words[0];
    } else if (['s', 'a', 'f'].includes(word) && whole.test(first)) heard(word, Number(first), words);
  };

  return {
    push: (text) => {
      const lines = `${rest}${text}`.split('\n');
      rest = (lines.pop() ?? '').slice(-4096);
      for (const line of lines) take(line);
    },
    state: () => state,
    lastSentAtNs: () => lastSentAtNs,
    read: (clock) => ({
      runs: probes.flatMap((wish, at) => {
        const run = runs[at];
        if (run === undefined || run.mark === undefined) return [];
        const { mark } = run;
        return [
          {
            kind: wish.kind,
            name: wish.name,
            periodMs: wish.periodMs,
            ...(wish.kind === 'arp' || wish.kind === 'nd' ? { senderMac: mark } : {}),
            requests: [...run.requests].map(([n, request]) => ({ id: idOf(wish, mark, n), ...request })),
          },
        ];
      }),
      clockReadings: readings.map((reading) => ({ clock, ...reading })),
      end: state === 'ended' ? 'complete' : 'cut-off',
      problems: [...problems],
    }),
  };
}
