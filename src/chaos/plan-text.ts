// The plan for people: what would be run where, who should take over and when, what could go wrong, and what speaks
// against it. Plain lines; making them safe for a terminal is up to whoever prints them.
import type { TimeRange } from '../keepalived/timers.ts';
import { faults } from './faults/index.ts';
import { describeManager } from './manager.ts';
import type { PlannedFault, Preparation } from './preparation.ts';
import type { Member } from './subject.ts';
import { quietMs } from './watch.ts';

const ms = (value: number): string =>
  value >= 1000 ? `${(value / 1000).toFixed(2)} s` : `${Math.round(value)} ms`;

const range = ({ minMs, maxMs }: TimeRange): string =>
  Math.round(minMs) === Math.round(maxMs) ? ms(maxMs) : `${ms(minMs)} to ${ms(maxMs)}`;

/** Helper functions in front of a command say nothing to people. */
const withoutFunctions = (command: string): string => command.replace(/^\w+\(\) \{\n[\s\S]*?^\}\n?/gm, '');

const commandLines = (node: string, command: string): readonly string[] =>
  withoutFunctions(command)
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trim().startsWith('#'))
    .map((line) => `    ${node}$ ${line}`);

const countedFrom = (fault: PlannedFault): string =>
  fault.deed.expectedClass === 'graceful' ? 'its goodbye (priority 0)' : 'the last advert that is heard';

const faultLines = ({ planned }: { readonly planned: PlannedFault }): readonly string[] => {
  const { deed, prediction } = planned;
  const { winner, masterAfter } = prediction;
  return [
    '',
    `${deed.fault} on ${deed.node}: ${faults[planned.fault].describe}`,
    '  inject',
    ...commandLines(deed.node, deed.inject),
    '  undo',
    ...commandLines(deed.node, deed.heal),
    `  expected (${deed.expectedClass}): ${winner.node} is master ${range(prediction.takeoverMs)} after ${countedFrom(planned)}`,
    `  then ${ms(quietMs(winner.secondBurstMs))} of quiet, healing, and ${masterAfter.node} is master (${prediction.why})`,
    ...deed.risks.map((risk) => `  risk: ${risk}`),
  ];
};

const memberWords = (member: Member): string => `${member.node} (priority ${member.timers.priority})`;

export const planLines = (
  preparation: Preparation,
  run: { readonly rescueAfterMs: number; readonly trialsEach: number },
): readonly string[] => {
  const { arena, sites, post, planned, objections } = preparation;
  const { group, master, members } = arena;
  const seconds = Math.ceil(run.rescueAfterMs / 1000);
  return [
    `VIP ${arena.vip}, VRID ${group.vrid}, VRRPv${group.version} every ${ms(group.advertIntervalMs)}, ${group.mode}`,
    `master ${master === undefined ? 'unclear' : memberWords(master)}; backups ${members
      .filter((member) => member !== master)
      .map(memberWords)
      .join(', ')}`,
    ...members.map((member) => {
      const site = sites.get(member.node);
      if (site === undefined) return `${member.node}: did not answer`;
      const kept = site.manager.kind === 'known' ? describeManager(site.manager.value) : site.manager.reason;
      const rescue = site.systemd === 'present' ? 'a systemd timer' : 'a waiting process';
      return `${member.node}: keepalived is managed by ${kept}; ${rescue} on it would heal it after ${seconds} s without us`;
    }),
    post === undefined
      ? 'observer: none'
      : `observer: ${post.where}, ${post.interface}${post.note === undefined ? '' : ` (${post.note})`}`,
    ...planned.flatMap((one) => faultLines({ planned: one })),
    ...(objections.length === 0
      ? []
      : [
          '',
          'against it:',
          ...objections.map(
            (one) => `  ${one.name}: ${one.why}${one.overridable === 'yes' ? ` (--force ${one.name})` : ''}`,
          ),
        ]),
  ];
};
