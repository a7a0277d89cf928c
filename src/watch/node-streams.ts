// What a watched node streams, as facts: adverts from its ear, lines from its log, addresses, interfaces and processes
// from its pulse. It turns what they say into facts and judges nothing.
import { earCommand } from '../capture/ear.ts';
import { followingMark, logFollowerCommand } from '../capture/log-follower.ts';
import { nodePulseCommand, type PulseLine, readPulseLine } from '../capture/node-pulse.ts';
import { advertFilter } from '../capture/packet-filter.ts';
import { readLogLine } from '../keepalived/log-lines.ts';
import { readLine } from '../probes/log.ts';
import type { SourceName } from '../report/watch.ts';
import { createEarReading, type Vantage } from './ear-reading.ts';
import type { HostClock } from './host-clock.ts';
import type { StreamPlan, StreamState } from './keep-stream.ts';
import { createLineReading } from './line-reading.ts';
import type { Fact } from './state/fact.ts';

export interface NodeStreamWishes {
  readonly node: string;
  readonly clock: HostClock;
  readonly macs: Vantage['macs'];
  readonly interfaces: Vantage['interfaces'];
  /** Takes secrets out of a line. */
  readonly redact: (line: string) => string;
  readonly onFact: (fact: Fact) => void;
  /** keepalived was started or reloaded: what it told about itself may be old. */
  readonly onConfigurationMayDiffer: () => void;
}

/** Addresses and interfaces beyond these are not followed. */
const mostAddresses = 4096;
const mostInterfaces = 1024;

const sourceFact = (node: string, source: SourceName, state: StreamState): Fact => ({
  kind: 'source',
  atMs: Date.now(),
  node,
  source,
  ...state,
});

export const advertStream = (
  vantage: Vantage,
  onFact: (fact: Fact) => void,
  interfaceName?: string,
): StreamPlan => {
  const reading = createEarReading(vantage, onFact);
  return {
    command: () =>
      earCommand({
        filter: advertFilter,
        ...(interfaceName === undefined ? {} : { interface: interfaceName }),
      }),
    onStart: reading.restart,
    onChunk: (chunk) => reading.push(chunk, Date.now()),
    onState: (state) => onFact(sourceFact(vantage.ear, 'adverts', state)),
  };
};

const logStream = ({
  node,
  clock,
  redact,
  onFact,
  onConfigurationMayDiffer,
}: NodeStreamWishes): StreamPlan => {
  const reading = createLineReading();
  let state: 'working' | 'starting' = 'starting';
  /** Lines of the time before tell the past. */
  let followedSinceMs = Number.POSITIVE_INFINITY;
  /** Of the newest line that carried a time: after a restart the backlog begins with lines already seen. */
  let newestStampMs = Number.NEGATIVE_INFINITY;
  let lostSinceMs = Number.NEGATIVE_INFINITY;
  const take = (text: string): void => {
    if (text.startsWith(followingMark)) {
      state = 'working';
      if (newestStampMs === Number.NEGATIVE_INFINITY) followedSinceMs = Date.now();
      lostSinceMs = newestStampMs;
      return;
    }
    const line = readLine(redact(text));
    if (line === undefined) return;
    const stampMs = line.atMs;
    if (stampMs !== undefined) {
      if (stampMs <= lostSinceMs) return;
      newestStampMs = Math.max(newestStampMs, stampMs);
    }
    const event = readLogLine(line.ident === '?' ? line.message : line.text);
    const atMs = stampMs === undefined ? Date.now() : clock.ours(stampMs);
    // What was logged while we were away from a node we watched is news as well.
    const firstTime = lostSinceMs === Number.NEGATIVE_INFINITY;
    const age = firstTime && stampMs !== undefined && atMs < followedSinceMs ? 'past' : 'fresh';
    onFact({ kind: 'log', atMs, node, event, ident: line.ident, text: line.message, age });
    if (age === 'fresh' && (event?.kind === 'started' || event?.kind === 'reloading'))
      onConfigurationMayDiffer();
  };
  return {
    command: logFollowerCommand,
    onStart: () => {
      state = 'starting';
      reading.restart();
    },
    onChunk: (chunk) => {
      reading.push(chunk, take);
      return state;
    },
    onState: (next) => onFact(sourceFact(node, 'log', next)),
  };
};

const pulseStream = ({ node, clock, onFact, onConfigurationMayDiffer }: NodeStreamWishes): StreamPlan => {
  const reading = createLineReading();
  let table: Map<string, string> | undefined;
  let boot: string | undefined;
  let process: string | undefined;
  const links = new Map<string, 'up' | 'down'>();
  let linksKnown: 'yes' | 'no' = 'no';

  const timeOf = (stampMs: number | undefined): number =>
    stampMs === undefined ? Date.now() : clock.ours(stampMs);

  const takeLink = (line: Extract<PulseLine, { kind: 'link' }>): void => {
    const before = links.get(line.interface);
    if (line.state === 'gone') links.delete(line.interface);
    else if (links.size < mostInterfaces) links.set(line.interface, line.state);
    if (linksKnown === 'no' || before === line.state || (before === undefined && line.state !== 'up')) return;
    onFact({ kind: 'link', atMs: timeOf(line.stampMs), node, interface: line.interface, state: line.state });
  };

  const takeAddress = (line: Extract<PulseLine, { kind: 'address' }>): void => {
    if (line.stampMs === undefined) {
      if (table !== undefined && table.size < mostAddresses) table.set(line.address, line.interface);
      return;
    }
    const { address, interface: on, change } = line;
    onFact({ kind: 'address', atMs: timeOf(line.stampMs), node, address, interface: on, change });
  };

  const take = (text: string): void => {
    const line = readPulseLine(text);
    switch (line?.kind) {
      case undefined:
        return;
      case 'boot':
        if (boot !== undefined && boot !== line.token)
          onFact({ kind: 'connection', atMs: Date.now(), node, state: 'rebooted' });
        boot = line.token;
        return;
      case 'pulse':
        clock.note(line.stampMs, Date.now());
        onFact({ kind: 'process', atMs: timeOf(line.stampMs), node, state: line.process });
        if (process !== undefined && process !== line.process && line.process === 'running')
          onConfigurationMayDiffer();
        process = line.process;
        return;
      case 'table':
        if (line.part === 'begin') table = new Map();
        else if (table !== undefined) {
          onFact({ kind: 'addresses', atMs: Date.now(), node, held: table });
          table = undefined;
          linksKnown = 'yes';
        }
        return;
      case 'link':
        takeLink(line);
        return;
      case 'address':
        takeAddress(line);
    }
  };
  return {
    command: nodePulseCommand,
    onStart: () => {
      reading.restart();
      table = undefined;
    },
    onChunk: (chunk) => {
      reading.push(chunk, take);
      return 'working';
    },
    onState: (next) => onFact(sourceFact(node, 'addresses', next)),
  };
};

export const nodeStreams = (wishes: NodeStreamWishes): readonly StreamPlan[] => {
  const { node, clock, macs, interfaces, onFact } = wishes;
  return [
    advertStream({ ear: node, clock, macs, interfaces }, onFact),
    logStream(wishes),
    pulseStream(wishes),
  ];
};
