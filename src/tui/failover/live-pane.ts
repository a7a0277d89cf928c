// A running trial: what is done just now, the rescue counting down, the steps, the conditions that end it, the live
// timeline, the trials so far, and the last of what was said.
import { type RunPhase, runPhases } from '../../chaos/events.ts';
import { drawSpread } from '../../report/failover-axis.ts';
import { msWords } from '../../report/failover-story.ts';
import { countWords } from '../../report/story.ts';
import { columnsOf } from '../../report/typeset.ts';
import { clip, columnsOfLine, emptyLine, hang, type Line, line, type Span, span, wrapped } from '../line.ts';
import type { Surroundings } from '../screen.ts';
import type { Theme } from '../theme.ts';
import { type FailoverState, heirNow, type LiveTrial, type Rescue, trialNow } from './state.ts';
import { stripLines } from './strips.ts';

const labelColumns = 10;

const labelled = (label: string, ...parts: readonly (Span | string)[]): Line => [
  span(' '),
  span(label.padEnd(labelColumns - 1), 'strong'),
  ...line(...parts),
];

const seconds = (ms: number): string => `${(Math.max(0, ms) / 1000).toFixed(1)} s`;

const watchWords = (live: LiveTrial, nowMs: number): string => {
  const { predictedMs, winner, quietMs, oldMaster } = live;
  const heir = heirNow(live);
  if (heir === undefined) {
    const [low, high] = [msWords(predictedMs.min), msWords(predictedMs.max)];
    const expected = low === high ? high : `${low} to ${high}`;
    return `waiting for ${winner} to take over: expected ${expected} after the last advert of ${oldMaster}`;
  }
  const quiet = Math.min(quietMs, trialNow(live, nowMs) - heir.atMs);
  return `${heir.node} is master; all must be quiet for ${seconds(quietMs)}: ${seconds(quiet)} so far`;
};

/** What is being done, in one sentence. */
export const nowWords = (state: FailoverState): string => {
  const { live, rescue } = state;
  if (live === undefined) return 'locking every node and taking snapshots';
  const epochMs = state.nowMs + state.epochOffsetMs;
  switch (live.phase) {
    case undefined:
    case 'recorders':
      return 'starting the capture, the probes and the recorders on the nodes';
    case 'steady':
      return `listening: ${live.oldMaster} must be heard as the only master`;
    case 'arm':
      return `writing the undo onto ${live.node}, arming its timer, and reading both back`;
    case 'inject':
      return `injecting ${live.fault} on ${live.node}`;
    case 'watch':
      return watchWords(live, state.nowMs);
    case 'heal':
      return rescue?.reach === 'cut-off'
        ? `${live.node} cannot be reached: its own timer heals it within ${Math.max(0, Math.ceil((rescue.firesAtMs - epochMs) / 1000))} s`
        : `healing ${live.node}`;
    case 'failback':
      return `${live.node} is healed; waiting for ${live.masterAfter} as master`;
    case 'quiet':
      return `${live.masterAfter} is master; waiting until all is quiet`;
    case 'compare':
      return state.restored === undefined
        ? 'comparing every node with its snapshot'
        : state.restored.state === 'restored'
          ? 'every node is as it was before'
          : 'not as it was before';
    case 'release':
      return 'releasing the locks and looking for leftovers';
    default:
      return live.phase;
  }
};

const stepNames: readonly (readonly [RunPhase, string])[] = [
  ['steady', 'steady'],
  ['arm', 'rescue'],
  ['inject', 'fault'],
  ['watch', 'watch'],
  ['heal', 'heal'],
  ['failback', 'return'],
  ['quiet', 'quiet'],
  ['compare', 'compare'],
];

const stepsLine = (live: LiveTrial, columns: number, { glyphs }: Theme): Line => {
  const reached = runPhases.indexOf(live.phase ?? 'recorders');
  const parts = stepNames.flatMap(([phase, name], at): readonly Span[] => {
    const place = runPhases.indexOf(phase);
    const gap = at === 0 ? '' : ' ';
    if (place < reached) return [span(`${gap}${glyphs.done} ${name}`, 'quiet')];
    if (place === reached) return [span(gap), span(`${glyphs.busy} ${name}`, 'strong')];
    return [span(`${gap}${glyphs.none} ${name}`, 'quiet')];
  });
  const whole = labelled('steps', ...parts);
  if (columnsOfLine(whole) <= columns) return whole;
  const at = Math.max(
    0,
    stepNames.findLastIndex(([phase]) => runPhases.indexOf(phase) <= reached),
  );
  return labelled('step', `${at + 1} of ${stepNames.length}: ${stepNames[at]?.[1] ?? ''}`);
};

const rescueLine = (rescue: Rescue, epochMs: number, columns: number, { glyphs }: Theme): Line => {
  const leftMs = Math.max(0, rescue.firesAtMs - epochMs);
  switch (rescue.state) {
    case 'armed':
    case 'read-back': {
      const words = `${rescue.node} heals itself within ${Math.ceil(leftMs / 1000)} s`;
      const proof = rescue.state === 'read-back' ? 'armed, read back' : 'armed, not read back yet';
      const room = columns - labelColumns - columnsOf(words) - columnsOf(proof) - 5;
      if (room < 6) return labelled('rescue', span(words, 'strong'));
      const bar = Math.min(24, room);
      const full = Math.round(Math.min(1, leftMs / (rescue.afterSeconds * 1000)) * bar);
      return labelled(
        'rescue',
        span(words, 'strong'),
        '  ',
        span(glyphs.bar.full.repeat(full), 'accent'),
        span(glyphs.bar.empty.repeat(bar - full), 'quiet'),
        '  ',
        span(proof, 'quiet'),
      );
    }
    case 'disarmed':
      return labelled('rescue', span(`on ${rescue.node} disarmed, and gone`, 'quiet'));
    case 'had-fired':
      return labelled('rescue', span(`on ${rescue.node} had fired; it is gone`, 'warn'));
    case 'refused':
      return labelled('rescue', span(`could not be armed on ${rescue.node}`, 'bad'));
    case 'not-proven':
      return labelled('rescue', span(`on ${rescue.node} could not be taken away`, 'bad'));
  }
};

/** How long nobody has answered, as far as slices tell. */
const outageMs = (live: LiveTrial, nowMs: number): number =>
  live.answeredMs === undefined ? 0 : Math.max(0, trialNow(live, nowMs) - live.answeredMs);

const stopLine = (live: LiveTrial, nowMs: number): Line => {
  if (live.stopped !== undefined) return labelled('stopped', span(live.stopped, 'warn'));
  const { maxOutageMs, secondSender } = live.stop;
  const out = outageMs(live, nowMs);
  // Answers of the slice that is still open are not counted yet.
  const now = out > 400 ? [span(` (now ${seconds(out)})`, 'warn')] : [];
  return labelled(
    'stop if',
    span(`outage over ${Math.round(maxOutageMs / 1000)} s`, 'quiet'),
    ...now,
    span(`${secondSender === 'expected' ? '' : ', second master'}, heartbeat lost`, 'quiet'),
  );
};

const soFarLines = ({ finished }: FailoverState, columns: number, theme: Theme): readonly Line[] => {
  const values = finished.flatMap(({ void: reason, takeoverMs: { value } }) =>
    reason === null && value !== null ? [value] : [],
  );
  const [first] = values;
  if (first === undefined) return [];
  const least = msWords(Math.min(...values));
  const most = msWords(Math.max(...values));
  const width = Math.min(30, columns - labelColumns - columnsOf(least) - columnsOf(most) - 26);
  const strip = width < 8 || values.length < 2 ? '' : drawSpread(values, { width, unicode: theme.charset });
  const words = values.length === 1 ? `takeover ${least}` : `takeover ${least}  ${strip}  ${most}`;
  return [labelled('so far', `${countWords(values.length, 'trial')}: `, words)];
};

const logLines = (state: FailoverState, columns: number, theme: Theme): readonly Line[] => {
  const room = Math.max(8, columns - labelColumns - 1);
  const lines = state.log
    .slice(-40)
    .toReversed()
    .map((text) => clip(line(span(theme.safe(text.trim()), 'quiet')), room, theme));
  return hang(line(' ', span('log', 'strong')), lines, labelColumns);
};

export const livePane = (state: FailoverState, { size, theme }: Surroundings): readonly Line[] => {
  const { live, rescue } = state;
  const { columns } = size;
  const epochMs = state.nowMs + state.epochOffsetMs;
  const room = Math.max(8, columns - labelColumns - 1);
  const log = logLines(state, columns, theme);
  const now = hang(
    line(' ', span('now', 'strong')),
    wrapped(theme.safe(nowWords(state)), room),
    labelColumns,
  );
  const restoring =
    state.interruption === 'restoring'
      ? hang(
          line(' ', span('restoring', 'warn')),
          wrapped("Ctrl-C again leaves it to the node's own timer", room, 'warn'),
          labelColumns + 1,
        )
      : [];
  if (live === undefined) return [...restoring, ...now, emptyLine, ...log];
  return [
    ...restoring,
    ...now,
    ...(rescue === undefined
      ? [labelled('rescue', span('not armed yet', 'quiet'))]
      : [rescueLine(rescue, epochMs, columns, theme)]),
    stepsLine(live, columns, theme),
    stopLine(live, state.nowMs),
    ...soFarLines(state, columns, theme),
    emptyLine,
    ...stripLines(live, state.nowMs, columns, theme),
    emptyLine,
    ...log,
  ];
};
