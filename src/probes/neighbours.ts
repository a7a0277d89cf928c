// The node's neighbour table (ARP and ND): which MAC it holds for which address.
import type { Answer } from '../evidence/bundle.ts';
import { known, type Reading, unknown } from '../evidence/reading.ts';
import { answerTo, objectsIn, parseJson, textField, textList, whyUseless } from './answers.ts';
import type { Probe } from './probe.ts';

export interface Neighbour {
  readonly address: string;
  readonly interface: string;
  /** Absent while unresolved. */
  readonly mac?: string;
  /** `REACHABLE`, `STALE`, `FAILED` … */
  readonly states: readonly string[];
}

export const neighboursProbe: Probe<readonly Neighbour[]> = {
  id: 'neighbours',
  asks: 'which MAC does the node know for its neighbours?',
  parts: [
    {
      part: 'table',
      shell: `ask '' $KA_NS ip $VD_IPJ neigh show`,
      rounds: ['before'],
      limitBytes: 1_048_576,
      timeoutSeconds: 3,
    },
  ],
  read,
};

function read(answers: readonly Answer[]): Reading<readonly Neighbour[]> {
  const answer = answerTo(answers, 'table');
  const useless = whyUseless(answer, 'neighbours');
  if (answer === undefined || useless !== undefined) return unknown(useless ?? 'neighbours: not asked');
  const json = parseJson(answer.text);
  if (json !== undefined) {
    return known(
      objectsIn(json).flatMap((entry): Neighbour[] => {
        const address = textField(entry, 'dst');
        const device = textField(entry, 'dev');
        if (address === undefined || device === undefined) return [];
        const mac = textField(entry, 'lladdr');
        return [
          {
            address,
            interface: device,
            ...(mac === undefined ? {} : { mac }),
            states: textList(entry.state),
          },
        ];
      }),
    );
  }
  return known(
    answer.text.split('\n').flatMap((line): Neighbour[] => {
      const match = /^(\S+) dev (\S+)(?: lladdr (\S+))?(.*)$/.exec(line);
      if (match?.[1] === undefined || match[2] === undefined) return [];
      return [
        {
          address: match[1],
          interface: match[2],
          ...(match[3] === undefined ? {} : { mac: match[3] }),
          states: (match[4] ?? '')
            .trim()
            .split(/\s+/)
            .filter((word) => /^[A-Z]+$/.test(word)),
        },
      ];
    }),
  );
}
