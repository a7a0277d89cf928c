// What somebody has decided to live with for a while: an acceptance as written, what became of it, and the finding it
// stands for. Types and words only; who applies an acceptance to findings is elsewhere.
import type { Finding } from './report.ts';

/** One entry under `accept:` of vipdoctor.yaml. What is absent is not asked about. */
export interface Acceptance {
  readonly rule: string;
  /** Every node of the finding must be among these. */
  readonly nodes?: readonly string[];
  readonly vrid?: number;
  /** Without prefix. */
  readonly vip?: string;
  readonly reason: string;
  /** Last day it holds, UTC: `2027-03-31`. */
  readonly expires: string;
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

/** UTC day of an ISO 8601 time; what is no time ends every acceptance, which is the safe side. */
export const dayOf = (time: string): string => {
  const at = Date.parse(time);
  return Number.isNaN(at) ? '9999-12-31' : new Date(at).toISOString().slice(0, 10);
};

/** Acceptances and the day they are held against. */
export interface Tolerance {
  readonly acceptances: readonly Acceptance[];
  /** UTC: `2026-11-20`. */
  readonly today: string;
}

/**
 * `applied`: findings were accepted. `expired`: it no longer holds; what it stood for counts again. `stale`: it
 * matches nothing. `open`: its rule could not be evaluated, so nobody knows.
 */
export type AcceptanceState = 'applied' | 'expired' | 'stale' | 'open';

export interface JudgedAcceptance extends Acceptance {
  readonly state: AcceptanceState;
  /** Ids of the findings it matches; of an expired one those that came back. */
  readonly findings: readonly string[];
}

/** Why a finding does not count. */
export interface Waiver {
  readonly reason: string;
  readonly expires: string;
  readonly file: string;
  readonly line: number;
  /** Id of the accepted root this is a consequence of; absent when it was accepted by its own name. */
  readonly through?: string;
}

export interface AcceptedFinding extends Finding {
  readonly acceptance: Waiver;
}

/** `accepted until 2027-03-31: lab switch (vipdoctor.yaml:4)`. */
export const waiverWords = ({ expires, reason, file, line }: Waiver): string =>
  `accepted until ${expires}: ${reason.replace(/\.$/, '')} (${file}:${line})`;

/** What an operator should know about acceptances that did nothing, or nothing any more. */
export const remarksOn = (acceptances: readonly JudgedAcceptance[]): readonly string[] =>
  acceptances.flatMap(({ file, line, rule, state, expires, findings }) => {
    const where = `${file}:${line}`;
    if (state === 'stale')
      return [`${where}: the acceptance of ${rule} matches nothing that was found: it can go`];
    if (state === 'expired')
      return [
        findings.length > 0
          ? `${where}: the acceptance of ${rule} has expired on ${expires}: what it stood for counts again`
          : `${where}: the acceptance of ${rule} has expired on ${expires} and matches nothing: it can go`,
      ];
    return [];
  });
