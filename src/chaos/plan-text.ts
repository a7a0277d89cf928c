// The plan for people as plain lines. Making them safe for a terminal is up to whoever prints them.
import type { FaultView, PlanView } from './plan-view.ts';

const prompted = (node: string, commands: readonly string[]): readonly string[] =>
  commands.map((line) => `    ${node}$ ${line}`);

const faultLines = (one: FaultView): readonly string[] => [
  '',
  `${one.fault} on ${one.node}: ${one.about}`,
  '  inject',
  ...prompted(one.node, one.inject),
  '  undo',
  ...prompted(one.node, one.undo),
  `  ${one.expected}`,
  `  ${one.afterwards}`,
  ...one.risks.map((risk) => `  risk: ${risk}`),
];

export const planLines = (view: PlanView): readonly string[] => [
  ...view.cluster,
  ...view.nodes,
  `observer: ${view.observer}`,
  ...view.faults.flatMap(faultLines),
  ...(view.objections.length === 0
    ? []
    : [
        '',
        'against it:',
        ...view.objections.map(
          ({ name, why, state }) => `  ${name}: ${why}${state === 'final' ? '' : ` (--force ${name})`}`,
        ),
      ]),
];
