// Which findings do not count because somebody accepted them. It compares rule and subject and weighs nothing; when
// an acceptance ends is told by the day it is given, never by a clock.
import type { Acceptance, AcceptedFinding, JudgedAcceptance, Tolerance } from '../report/acceptance.ts';
import type { Finding, RuleVerdict } from '../report/report.ts';

type Matchable = Pick<Finding, 'rule' | 'subject'>;

const withoutPrefix = (vip: string): string => (vip.split('/')[0] ?? vip).toLowerCase();

/** A finding that names no VRID or VIP is about more than one, so an acceptance that does does not cover it. */
export const covers = (acceptance: Acceptance, { rule, subject }: Matchable): boolean =>
  acceptance.rule === rule &&
  (acceptance.nodes === undefined ||
    (subject.nodes.length > 0 && subject.nodes.every((node) => acceptance.nodes?.includes(node)))) &&
  (acceptance.vrid === undefined || acceptance.vrid === subject.vrid) &&
  (acceptance.vip === undefined ||
    (subject.vip !== undefined && withoutPrefix(acceptance.vip) === withoutPrefix(subject.vip)));

/** The day named is the last one it holds. */
export const holds = (acceptance: Acceptance, today: string): boolean => today <= acceptance.expires;

/** The acceptance that covers a finding today, else the one that did. */
export const coverOf = (
  finding: Matchable,
  { acceptances, today }: Tolerance,
): { readonly kind: 'holds' | 'expired'; readonly acceptance: Acceptance } | { readonly kind: 'none' } => {
  const covering = acceptances.filter((acceptance) => covers(acceptance, finding));
  const holding = covering.find((acceptance) => holds(acceptance, today));
  if (holding !== undefined) return { kind: 'holds', acceptance: holding };
  const [expired] = covering.toSorted((a, b) => (a.expires < b.expires ? 1 : -1));
  return expired === undefined ? { kind: 'none' } : { kind: 'expired', acceptance: expired };
};

export const expiryWords = ({ expires, reason, file, line }: Acceptance): string =>
  `It was accepted until ${expires} (${reason.replace(/\.$/, '')}); that has expired (${file}:${line}).`;

const waive = (finding: Finding, acceptance: Acceptance, through?: string): AcceptedFinding => {
  const { reason, expires, file, line } = acceptance;
  return {
    ...finding,
    acceptance: { reason, expires, file, line, ...(through === undefined ? {} : { through }) },
  };
};

export interface Sifted {
  /** What counts; what came back says so in its summary. */
  readonly findings: readonly Finding[];
  readonly accepted: readonly AcceptedFinding[];
}

/**
 * Takes accepted findings out. A consequence goes with its roots when all of them are accepted; one that has another
 * root stays, and so does an accepted consequence's root.
 */
export const sift = (findings: readonly Finding[], tolerance: Tolerance): Sifted => {
  const direct = new Map(
    findings.flatMap((finding) => {
      const cover = coverOf(finding, tolerance);
      return cover.kind === 'holds' ? [[finding.id, waive(finding, cover.acceptance)] as const] : [];
    }),
  );
  const acceptedAs = (finding: Finding): AcceptedFinding | undefined => {
    const own = direct.get(finding.id);
    if (own !== undefined) return own;
    const roots = finding.causedBy.map((id) => direct.get(id));
    const [first] = roots;
    if (first === undefined || roots.includes(undefined)) return undefined;
    const { reason, expires, file, line } = first.acceptance;
    return { ...finding, acceptance: { reason, expires, file, line, through: first.id } };
  };
  const accepted = findings.flatMap((finding) => acceptedAs(finding) ?? []);
  const away = new Set(accepted.map(({ id }) => id));
  return {
    accepted,
    findings: findings
      .filter(({ id }) => !away.has(id))
      .map((finding) => {
        const cover = coverOf(finding, tolerance);
        return cover.kind === 'expired'
          ? { ...finding, summary: `${finding.summary} ${expiryWords(cover.acceptance)}` }
          : finding;
      }),
  };
};

/** What became of each acceptance. A rule that was not evaluated, or is not one of this command, leaves it open. */
export const judgeAcceptances = (
  matchable: readonly (Matchable & { readonly id: string })[],
  verdicts: readonly RuleVerdict[],
  { acceptances, today }: Tolerance,
): readonly JudgedAcceptance[] =>
  acceptances.map((acceptance) => {
    const findings = matchable.filter((one) => covers(acceptance, one)).map(({ id }) => id);
    const result = verdicts.find(({ rule }) => rule === acceptance.rule)?.result ?? 'not-evaluated';
    return {
      ...acceptance,
      findings,
      state: !holds(acceptance, today)
        ? 'expired'
        : findings.length > 0
          ? 'applied'
          : result === 'not-evaluated'
            ? 'open'
            : 'stale',
    };
  });
