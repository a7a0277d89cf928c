// The plan: what is expected and what may go wrong first, then the exact commands, then the cluster and how every node
// would heal itself. The question stands below, where it is always seen.
import type { FaultView, PlanView } from '../../chaos/plan-view.ts';
import { entryLine } from '../entry.ts';
import { emptyLine, hang, type Line, line, span, wrapped } from '../line.ts';
import type { Surroundings } from '../screen.ts';
import type { Theme, Tone } from '../theme.ts';
import { asksForConsent } from './keys.ts';
import type { FailoverState } from './state.ts';

const labelColumns = 10;

const part = (
  label: string,
  texts: readonly string[],
  {
    columns,
    theme,
    tone = 'plain',
  }: { readonly columns: number; readonly theme: Theme; readonly tone?: Tone },
): readonly Line[] => {
  if (texts.length === 0) return [];
  const narrow = columns < 50;
  const room = Math.max(8, columns - (narrow ? 3 : labelColumns) - 1);
  const lines = texts.flatMap((text) => wrapped(theme.safe(text), room, tone));
  const head = line(' ', span(label, 'strong'));
  return narrow ? [head, ...lines.map((one) => [span('   '), ...one])] : hang(head, lines, labelColumns);
};

const commands = (
  label: string,
  { node }: FaultView,
  lines: readonly string[],
  { columns, theme }: { readonly columns: number; readonly theme: Theme },
): readonly Line[] => {
  const narrow = columns < 50;
  const room = Math.max(8, columns - (narrow ? 3 : labelColumns) - 1);
  const prompt = `${theme.safe(node)}$ `;
  const set = lines.flatMap((text) => {
    const safe = theme.safeCommand(text);
    const pieces: string[] = [];
    for (let at = 0; at < safe.length || at === 0; at += Math.max(8, room - prompt.length))
      pieces.push(safe.slice(at, at + Math.max(8, room - prompt.length)));
    return pieces.map((piece, at) =>
      line(span(at === 0 ? prompt : ' '.repeat(prompt.length), 'quiet'), span(piece, 'accent')),
    );
  });
  const head = line(' ', span(label, 'strong'));
  return narrow ? [head, ...set.map((one) => [span('   '), ...one])] : hang(head, set, labelColumns);
};

const faultLines = (
  fault: FaultView,
  place: { readonly columns: number; readonly theme: Theme },
): readonly Line[] => [
  ...part('fault', [`${fault.fault} on ${fault.node}: ${fault.about}`], { ...place, tone: 'strong' }),
  ...part('then', [fault.expected, fault.afterwards], place),
  ...part('risk', fault.risks, { ...place, tone: 'warn' }),
  ...commands('inject', fault, fault.inject, place),
  ...commands('undo', fault, fault.undo, place),
  emptyLine,
];

export const planLinesOf = (plan: PlanView, { size, theme }: Surroundings): readonly Line[] => {
  const place = { columns: size.columns, theme };
  const against = plan.objections.map(({ name, why, state }) => {
    const note =
      state === 'final' ? '' : state === 'overridden' ? ' (overridden with --force)' : ` (--force ${name})`;
    return `${name}: ${why}${note}`;
  });
  return [
    ...(against.length === 0 ? [] : [...part('against', against, { ...place, tone: 'bad' }), emptyLine]),
    ...part('cluster', plan.cluster, place),
    emptyLine,
    ...plan.faults.flatMap((fault) => faultLines(fault, place)),
    ...part('trials', plan.trialsEach === 1 ? [] : [`each fault ${plan.trialsEach} times`], place),
    ...part('rescue', plan.nodes, place),
    ...part('observer', [plan.observer], place),
  ];
};

/** The question, with what was mistyped before. */
export const questionLines = (state: FailoverState, { size, theme }: Surroundings): readonly Line[] => {
  const { plan } = state;
  if (plan === undefined || !asksForConsent(state)) return [];
  const wide = size.columns >= 60;
  const words = wide
    ? `This interrupts ${plan.vip} on ${plan.master}. Type ${plan.vip} to go on:`
    : `Type ${plan.vip} to go on:`;
  const wrong =
    state.mistyped === undefined
      ? []
      : [line(' ', span(theme.safe(`"${state.mistyped}" is not ${plan.vip}: nothing was touched`), 'warn'))];
  return [...wrong, [span(' '), ...entryLine(theme.safe(words), state.typed, theme)]];
};
