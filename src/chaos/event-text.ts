// The talk of a failover test in plain words: one line for an event that is worth one. Pure, and the same words on
// stderr, in the scrollback and for a screen reader. Making them safe for a terminal is up to whoever prints them.
import { figureWords } from '../report/failover-story.ts';
import type { FailoverHappening } from './events.ts';
import type { Sighting } from './sighting.ts';

const listed = (names: readonly string[]): string => names.join(', ');

const sightingWords = (sighting: Sighting): string | undefined => {
  switch (sighting.what) {
    case 'goodbye':
      return `  ${sighting.node} says goodbye (priority 0)`;
    case 'advertises':
      return `  ${sighting.node} advertises with priority ${sighting.priority}`;
    default:
      return undefined;
  }
};

const roundMs = (ms: number): string => (ms >= 1000 ? `${(ms / 1000).toFixed(2)} s` : `${Math.round(ms)} ms`);

const predictedWords = ({ min, max }: { readonly min: number; readonly max: number }): string =>
  Math.round(min) === Math.round(max) ? roundMs(max) : `${roundMs(min)} to ${roundMs(max)}`;

type Of<K extends FailoverHappening['kind']> = Extract<FailoverHappening, { readonly kind: K }>;

const rescueWords = ({ state, node, afterSeconds, why }: Of<'rescue'>): string | undefined => {
  switch (state) {
    case 'armed':
      return undefined;
    case 'read-back':
      return `  rescue armed on ${node} and read back: ${node} heals itself after ${afterSeconds} s without us`;
    case 'refused':
      return `  no rescue on ${node}, so nothing is injected: ${why ?? 'the reason is not known'}`;
    case 'disarmed':
      return `  rescue on ${node} disarmed, and gone`;
    case 'had-fired':
      return `  the rescue on ${node} had fired; it is gone`;
    case 'not-proven':
      return `  the rescue on ${node} could not be taken away: ${why ?? 'the reason is not known'}`;
  }
};

const resultWords = ({ trial, result, ended, why }: Of<'trial-finished'>): string => {
  if (result === null) return `trial ${trial} was not begun: ${why ?? ended}`;
  if (result.void !== null) return `trial ${trial} is void: ${result.void}`;
  const outages = result.outageMs.map((one) => `${one.probe} ${figureWords(one)}`);
  return [
    `trial ${trial}: ${result.newMaster ?? 'nobody'} took over; takeover ${figureWords(result.takeoverMs)}`,
    ...(outages.length === 0 ? [] : [`out: ${outages.join(', ')}`]),
  ].join('; ');
};

/** Undefined for what only a screen shows. `nowMs` is when it is said, ms since the epoch. */
export const eventWords = (event: FailoverHappening, nowMs: number): string | undefined => {
  switch (event.kind) {
    case 'phase':
      return event.phase === 'check' && event.step === 'begun' ? 'checking the cluster' : undefined;
    case 'checking':
    case 'injecting':
      return undefined;
    case 'lock':
      return event.state === 'held'
        ? `locked ${listed(event.nodes)}: no other run can begin there`
        : event.state === 'refused'
          ? `not locked: ${event.why ?? listed(event.nodes)}`
          : undefined;
    case 'snapshot':
      return `snapshots of ${listed(event.nodes)} taken`;
    case 'ledger':
      return event.state === 'not-written'
        ? `the ledger could not be written: ${event.why ?? 'the reason is not known'}`
        : event.state === 'left-open'
          ? `the ledger of run ${event.run} stays open for "vipdoctor recover"`
          : undefined;
    case 'trial':
      return `trial ${event.trial}${event.of === 1 ? '' : ` of ${event.of}`}: ${event.fault} on ${event.node}; ${event.winner} should take over after ${predictedWords(event.predictedMs)}`;
    case 'rescue':
      return rescueWords(event);
    case 'injected':
      return `  injected on ${event.node}`;
    case 'not-injected':
      return `  not injected on ${event.node}: ${event.why}`;
    case 'stop':
      return `  healing at once: ${event.why}`;
    case 'cut-off':
      return event.awayMs !== undefined
        ? `  ${event.node} reboots; it is waited for, ${Math.round(event.awayMs / 60_000)} min at most`
        : `  ${event.node} cannot be reached now; its own timer heals it in ${Math.max(0, Math.round((event.firesAtMs - nowMs) / 1000))} s`;
    case 'healing':
      return `  healing ${event.node}`;
    case 'healed':
      return `  ${event.node} is healed`;
    case 'not-healed':
      return `  ${event.node} could not be proven healed: ${event.why}`;
    case 'failback-late':
      return `  ${event.expected} is not master again yet`;
    case 'restored-check':
      return event.state === 'restored'
        ? '  every node is as it was before'
        : `  not as it was before: ${event.differences.join('; ')}`;
    case 'trial-finished':
      return resultWords(event);
    case 'sighting':
      return sightingWords(event.sighting);
  }
};
