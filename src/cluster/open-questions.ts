// When has enough been heard? The questions still open while the wire is listened to, each in words an operator
// can read; none left means that listening longer would tell nothing more.

import { masterDownIntervalMs } from '../keepalived/timers.ts';
import type { ClusterModel, Group, Instance, LadderCell } from './model.ts';

/** A sender nobody told us about is given this long to show itself even where adverts are faster, ms. */
const LEAST_LISTENING_MS = 1200;
/** Adverts that must have been seen to die on a rung before that counts as proof. */
const ADVERTS_TO_PROVE = 3;
/** Allowance for a node's own delays on top of the protocol's timers, ms. */
const SLACK_MS = 250;

const membersOf = (group: Group, model: ClusterModel): readonly Instance[] =>
  model.instances.filter((instance) => instance.group === group.id);

/** After this long a master that exists must have been heard, and one that was lost must have been replaced, ms. */
const proofTimeMs = (group: Group, model: ClusterModel): number => {
  const times = membersOf(group, model).map((member) =>
    member.configured.kind === 'known'
      ? masterDownIntervalMs({
          version: member.configured.value.version,
          advertIntervalMs: group.advertIntervalMs,
          priority: member.configured.value.priority,
          downTimerAdverts: member.configured.value.downTimerAdverts,
        })
      : 3 * group.advertIntervalMs + 1000,
  );
  return Math.max(...times, 3 * group.advertIntervalMs) + SLACK_MS;
};

const heardTwice = (cell: LadderCell): boolean =>
  [cell.delivered, cell.arrived, cell.onWire, cell.sent].some((count) => count !== 'unknown' && count >= 2);

const isSettled = (cell: LadderCell): boolean => {
  if (cell.due === 'no') return true;
  if (cell.lostAt === 'sender' || cell.lostAt === 'unknown') return false;
  if (cell.lostAt === 'network' || cell.lostAt === 'receiver-kernel') {
    const gone = cell.lostAt === 'network' ? cell.sent : cell.arrived;
    const left = gone === 'unknown' ? cell.onWire : gone;
    return cell.loss === 'all' && left !== 'unknown' && left >= ADVERTS_TO_PROVE;
  }
  if (cell.lostAt === 'daemon') return cell.delivered !== 'unknown' && cell.delivered >= ADVERTS_TO_PROVE;
  if (cell.delivered !== 'unknown')
    return cell.delivered >= 2 || cell.detail.startsWith('keepalived does not run');
  return heardTwice(cell);
};

const questionsOf = (group: Group, model: ClusterModel, elapsedMs: number): readonly string[] => {
  const members = membersOf(group, model);
  const running = members.filter((member) => member.process !== 'stopped');
  if (running.length === 0) return [];
  const proof = proofTimeMs(group, model);
  const name = `VRID ${group.vrid}`;
  const least = Math.max(LEAST_LISTENING_MS, Math.min(2.2 * group.advertIntervalMs, proof));
  const questions = elapsedMs < least ? [`${name}: does anyone else send adverts?`] : [];
  if (elapsedMs >= proof) return questions;
  const cells = model.ladder.filter((cell) => cell.group === group.id);
  const masters = members.filter(
    (member) => member.running.kind === 'known' && member.running.value.state === 'MASTER',
  );
  if (masters.length === 0) questions.push(`${name}: is there a master?`);
  for (const cell of cells)
    if (!isSettled(cell)) questions.push(`${name}: do adverts from ${cell.from} reach ${cell.to}?`);
  if (cells.length === 0 && masters.length > 0) {
    const heard = model.adverts.streams.some((stream) => stream.vrid === group.vrid && stream.count >= 2);
    if (!heard) questions.push(`${name}: does the master send adverts?`);
  }
  if (masters.length > 1 && cells.every((cell) => cell.lostAt === null))
    questions.push(`${name}: do both masters stay?`);
  return questions;
};

/** Empty when listening can end. */
export const openQuestions = (model: ClusterModel, elapsedMs: number): readonly string[] =>
  model.groups.flatMap((group) => questionsOf(group, model, elapsedMs));
