// The plan of a failover test in words, by what they are about: cluster, nodes, every fault with its commands,
// expectations and risks, and what speaks against it. Text and screen lay out the same. Making the words safe for a
// terminal is up to whoever shows them.
import type { TimeRange } from '../keepalived/timers.ts';
import { faults } from './faults/index.ts';
import { describeManager } from './manager.ts';
import type { PlannedFault, Preparation } from './preparation.ts';
import type { Member } from './subject.ts';
import { quietMs } from './watch.ts';

export interface FaultView {
  readonly fault: string;
  readonly node: string;
  readonly about: string;
  /** Shell lines, as they would be run on the node. */
  readonly inject: readonly string[];
  readonly undo: readonly string[];
  /** Who should take over, and when. */
  readonly expected: string;
  /** What comes after that. */
  readonly afterwards: string;
  readonly risks: readonly string[];
}

export interface ObjectionView {
  readonly name: string;
  readonly why: string;
  readonly state: 'overridable' | 'overridden' | 'final';
}

export interface PlanView {
  /** Typing it is the consent. */
  readonly vip: string;
  readonly master: string;
  readonly cluster: readonly string[];
  readonly nodes: readonly string[];
  readonly observer: string;
  readonly faults: readonly FaultView[];
  readonly objections: readonly ObjectionView[];
  readonly trialsEach: number;
}

const ms = (value: number): string =>
  value >= 1000 ? `${(value / 1000).toFixed(2)} s` : `${Math.round(value)} ms`;

const range = ({ minMs, maxMs }: TimeRange): string =>
  Math.round(minMs) === Math.round(maxMs) ? ms(maxMs) : `${ms(minMs)} to ${ms(maxMs)}`;

/** Helper functions in front of a command say nothing to people. */
const withoutFunctions = (command: string): string => command.replace(/^\w+\(\) \{\n[\s\S]*?^\}\n?/gm, '');

const commandLines = (command: string): readonly string[] =>
  withoutFunctions(command)
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trim().startsWith('#'));

const faultView = ({ fault, deed, prediction }: PlannedFault): FaultView => {
  const { winner, masterAfter } = prediction;
  const from =
    deed.expectedClass === 'graceful'
      ? 'its goodbye (priority 0)'
      : deed.expectedClass === 'service'
        ? 'the failure'
        : 'the last advert that is heard';
  return {
    fault: deed.fault,
    node: deed.node,
    about: faults[fault].describe,
    inject: commandLines(deed.inject),
    undo: commandLines(deed.heal),
    expected: `expected (${deed.expectedClass}): ${winner.node} is master ${range(prediction.takeoverMs)} after ${from}`,
    afterwards: `then ${ms(quietMs(winner.secondBurstMs))} of quiet, healing, and ${masterAfter.node} is master (${prediction.why})`,
    risks: deed.risks,
  };
};

const memberWords = (member: Member): string => `${member.node} (priority ${member.timers.priority})`;

const nodeWords = ({ sites }: Preparation, member: Member, afterSeconds: number): string => {
  const site = sites.get(member.node);
  if (site === undefined) return `${member.node}: did not answer`;
  const kept = site.manager.kind === 'known' ? describeManager(site.manager.value) : site.manager.reason;
  const rescue = site.systemd === 'present' ? 'a systemd timer' : 'a waiting process';
  return `${member.node}: keepalived is managed by ${kept}; ${rescue} on it would heal it after ${afterSeconds} s without us`;
};

export const viewPlan = (
  preparation: Preparation,
  run: {
    readonly rescueAfterMs: number;
    readonly trialsEach: number;
    readonly forced: readonly string[];
  },
): PlanView => {
  const { arena, post, planned, objections } = preparation;
  const { group, master, members } = arena;
  const afterSeconds = Math.ceil(run.rescueAfterMs / 1000);
  const backups = members.filter((member) => member !== master).map(memberWords);
  return {
    vip: arena.vip,
    master: master?.node ?? '?',
    cluster: [
      `VIP ${arena.vip}, VRID ${group.vrid}, VRRPv${group.version} every ${ms(group.advertIntervalMs)}, ${group.mode}`,
      `master ${master === undefined ? 'unclear' : memberWords(master)}; backups ${backups.join(', ')}`,
    ],
    nodes: members.map((member) => nodeWords(preparation, member, afterSeconds)),
    observer:
      post === undefined
        ? 'none'
        : `${post.where}, ${post.interface}${post.note === undefined ? '' : ` (${post.note})`}`,
    faults: planned.map(faultView),
    objections: objections.map(({ name, why, overridable }) => ({
      name,
      why,
      state: overridable === 'no' ? 'final' : run.forced.includes(name) ? 'overridden' : 'overridable',
    })),
    trialsEach: run.trialsEach,
  };
};

/** What keeps it from being done. */
export const standingIn = ({ objections }: PlanView): readonly ObjectionView[] =>
  objections.filter((one) => one.state !== 'overridden');
