// A node's answers, read: every probe's reader applied to its own answers. The only place that knows which probes
// feed the model.
import type { NodeEvidence } from '../evidence/bundle.ts';
import type { Reading } from '../evidence/reading.ts';
import { probes } from '../probes/catalogue.ts';

export type Readings = {
  readonly [K in keyof typeof probes]: ReturnType<(typeof probes)[K]['read']>;
};

const readings = new WeakMap<NodeEvidence['answers'], Readings>();

/** Read once per list of answers: while listening the same answers are looked at many times. */
export const readNode = (evidence: NodeEvidence): Readings => {
  const before = readings.get(evidence.answers);
  if (before !== undefined) return before;
  const read = Object.fromEntries(
    Object.entries(probes).map(([id, probe]) => [
      id,
      probe.read(evidence.answers.filter((answer) => answer.probe === id)),
    ]),
    // Object.fromEntries forgets which reader belongs to which id.
  ) as unknown as Readings;
  readings.set(evidence.answers, read);
  return read;
};

export const valueOr = <T, D>(reading: Reading<T>, otherwise: D): T | D =>
  reading.kind === 'known' ? reading.value : otherwise;
