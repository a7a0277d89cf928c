/**
 * What keepalived would say about a configuration, as data: where, which rule, how heavy. Knows how a weight
 * decides what becomes of the whole file; knows neither keywords nor how a complaint is shown.
 */
import type { Place } from '../source-line.ts';

/**
 * `refuses`: keepalived does not run with it. `objects`: `keepalived -t` fails and keepalived runs with something
 * else than what is written. `deprecated`: `keepalived -t` fails, the line works. `insecure`:
 * `keepalived -t` fails over the safety of scripts alone, all is taken as it is. `silent`: what is written does not
 * take effect and keepalived says so at most in its log. `advice`: it works and is likely not meant so.
 */
export type Weight = 'refuses' | 'objects' | 'deprecated' | 'insecure' | 'silent' | 'advice';

export interface Complaint extends Place {
  readonly rule: string;
  readonly weight: Weight;
  readonly message: string;
  /** A word that was probably meant, or what to write instead. */
  readonly suggestion?: string;
}

export type Complain = (
  at: Place,
  weight: Weight,
  rule: string,
  message: string,
  suggestion?: string,
) => void;

/** What keepalived does with the file: takes it as it is, runs with something else, or does not run. */
export type Verdict = 'clean' | 'adjusted' | 'rejected';

export function verdictOf(complaints: readonly Complaint[]): Verdict {
  if (complaints.some((one) => one.weight === 'refuses')) return 'rejected';
  return complaints.some((one) => one.weight === 'objects' || one.weight === 'deprecated')
    ? 'adjusted'
    : 'clean';
}

/** What `keepalived -t` says: it also fails for what does not keep keepalived from taking the file as it is. */
export function configTestOf(complaints: readonly Complaint[]): 'passes' | 'fails' {
  return verdictOf(complaints) !== 'clean' || complaints.some((one) => one.weight === 'insecure')
    ? 'fails'
    : 'passes';
}
