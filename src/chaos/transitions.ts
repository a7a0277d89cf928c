// keepalived's own words about a trial: its log lines that name a state, from the journal of a node.
import type { TrialRecord } from '../timeline/trial.ts';

export const transitionsCommand = (sinceMs: number): string =>
  `journalctl -q --no-pager -o short-unix --since ${JSON.stringify(`@${Math.floor(sinceMs / 1000) - 1}`)} 2>/dev/null | grep -a 'Keepalived' | grep -aE '(MASTER|BACKUP|FAULT) STATE|Stopping|Starting VRRP|exited' | head -n 100`;

export const readTransitions = (node: string, text: string): TrialRecord['transitions'] =>
  text.split('\n').flatMap((line) => {
    const found = /^(\d+)\.(\d{3})\d* \S+ (.*)$/.exec(line);
    return found === null
      ? []
      : [{ node, atMs: Number(found[1]) * 1000 + Number(found[2]), text: (found[3] ?? '').slice(0, 300) }];
  });
