// Problems of files that vipdoctor.yaml accepts: rule and node decide, as with findings. What keepalived does with a
// file does not change by it.
import type { Tolerance, Waiver } from '../report/acceptance.ts';
import { coverOf, expiryWords } from '../rules/acceptance.ts';
import type { LintFile, LintProblem } from './document.ts';

export interface AcceptedProblem extends LintProblem {
  readonly acceptance: Waiver;
}

/** Takes accepted problems out of a file; those whose acceptance has expired say so. */
export const siftFile = (file: LintFile, tolerance: Tolerance): LintFile => {
  const problems: LintProblem[] = [];
  const accepted: AcceptedProblem[] = [];
  for (const problem of file.problems) {
    const cover = coverOf({ rule: problem.rule, subject: { nodes: [file.node] } }, tolerance);
    if (cover.kind === 'holds') {
      const { reason, expires, file: where, line } = cover.acceptance;
      accepted.push({ ...problem, acceptance: { reason, expires, file: where, line } });
    } else if (cover.kind === 'expired')
      problems.push({ ...problem, message: `${problem.message}. ${expiryWords(cover.acceptance)}` });
    else problems.push(problem);
  }
  return { ...file, problems, ...(accepted.length === 0 ? {} : { accepted }) };
};
