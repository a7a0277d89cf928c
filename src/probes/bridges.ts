// Linux bridges on the node and whether they snoop multicast: a bridge that snoops without a querier loses adverts.
import type { Answer } from '../evidence/bundle.ts';
import { known, type Reading, unknown } from '../evidence/reading.ts';
import { answerTo, linesByPath } from './answers.ts';
import type { Probe } from './probe.ts';

export interface FoundBridge {
  readonly name: string;
  /** /sys/class/net/NAME/bridge/multicast_snooping. */
  readonly snooping: 'on' | 'off' | 'unknown';
  /** Whether the bridge itself sends IGMP queries. */
  readonly querier: 'on' | 'off' | 'unknown';
}

export const bridgesProbe: Probe<readonly FoundBridge[]> = {
  id: 'bridges',
  asks: 'are there bridges on the node that filter multicast?',
  parts: [
    {
      part: 'settings',
      shell: `tell '' grep -sH '' /sys/class/net/*/bridge/multicast_snooping /sys/class/net/*/bridge/multicast_querier`,
      rounds: ['before'],
      limitBytes: 65_536,
      timeoutSeconds: 2,
    },
  ],
  read,
};

function read(answers: readonly Answer[]): Reading<readonly FoundBridge[]> {
  const answer = answerTo(answers, 'settings');
  if (answer === undefined || answer.exit === 'lost') return unknown('bridges: not asked');
  const files = linesByPath(answer.text);
  const names = new Set([...files.keys()].flatMap((path) => path.split('/')[4] ?? []));
  const setting = (name: string, key: string) => {
    const value = files.get(`/sys/class/net/${name}/bridge/${key}`)?.[0];
    return value === '1' ? 'on' : value === '0' ? 'off' : 'unknown';
  };
  return known(
    [...names].map((name) => ({
      name,
      snooping: setting(name, 'multicast_snooping'),
      querier: setting(name, 'multicast_querier'),
    })),
  );
}
