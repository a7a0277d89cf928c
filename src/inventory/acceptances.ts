// What vipdoctor.yaml accepts: its entries under `accept:`, read and checked as far as can be said without judging
// anything. Which rules there are is told by the caller.
import ipaddr from 'ipaddr.js';
import type { Acceptance } from '../report/acceptance.ts';
import { nearestOf } from './edit-distance.ts';
import type { InventoryProblem } from './inventory.ts';
import { keysAt, synonyms, vipdoctorFileSchema, wordsFor } from './vipdoctor-schema.ts';
import { readYamlDocument } from './yaml-document.ts';

export interface AcceptanceReading {
  readonly acceptances: readonly Acceptance[];
  readonly problems: readonly InventoryProblem[];
}

const dayForm = /^(\d{4})-(\d{2})-(\d{2})$/;
const timeForm = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:[Zz]|[+-]\d{2}:?\d{2})$/;

/** The UTC day a date or time names; undefined when it names none. */
export const readDay = (written: string): string | undefined => {
  const text = written.trim();
  if (!dayForm.test(text) && !timeForm.test(text)) return undefined;
  const at = Date.parse(dayForm.test(text) ? `${text}T00:00:00Z` : text.replace(' ', 'T'));
  if (Number.isNaN(at)) return undefined;
  const day = new Date(at).toISOString().slice(0, 10);
  // The engine turns the 31st of June into the 1st of July.
  return dayForm.test(text) && day !== text ? undefined : day;
};

/** As addresses are written in findings: no prefix, shortest form. */
const readVip = (written: string): string | undefined => {
  const address = written.trim().split('/')[0] ?? '';
  return ipaddr.isValid(address) && (address.includes(':') || ipaddr.IPv4.isValidFourPartDecimal(address))
    ? ipaddr.parse(address).toString()
    : undefined;
};

const unknownRule = (rule: string, known: readonly string[]): string => {
  const meant = nearestOf(rule, known);
  return `there is no rule ${JSON.stringify(rule)}: ${
    meant === undefined ? '"vipdoctor explain" lists them' : `did you mean ${meant}?`
  }`;
};

/** Reads the `accept:` section; a file without one accepts nothing. */
export const readAcceptances = (
  file: { readonly path: string; readonly text: string },
  knownRules: readonly string[],
): AcceptanceReading => {
  if (file.text.split('\n').every((line) => /^\s*(?:#.*)?$/.test(line)))
    return { acceptances: [], problems: [] };
  const reading = readYamlDocument(file, { schema: vipdoctorFileSchema, keysAt, synonyms, wordsFor });
  if (reading.kind === 'refused') return { acceptances: [], problems: reading.problems };
  const problems: InventoryProblem[] = [];
  const acceptances = (reading.value.accept ?? []).flatMap((entry, index): readonly Acceptance[] => {
    const lineOf = (key?: string): number =>
      reading.lineOf(['accept', index, ...(key === undefined ? [] : [key])]) ?? 1;
    const complain = (key: string, message: string): void => {
      problems.push({ severity: 'error', file: file.path, line: lineOf(key), message });
    };
    const { rule, nodes, vrid, vip, reason } = entry;
    if (!knownRules.includes(rule)) complain('rule', unknownRule(rule, knownRules));
    const expires = readDay(entry.expires);
    if (expires === undefined)
      complain('expires', `expires is a day such as 2027-03-31, not ${JSON.stringify(entry.expires)}`);
    const address = vip === undefined ? undefined : readVip(vip);
    if (vip !== undefined && address === undefined)
      complain('vip', `vip is an address, not ${JSON.stringify(vip)}`);
    if (expires === undefined || (vip !== undefined && address === undefined)) return [];
    return [
      {
        rule,
        ...(nodes === undefined ? {} : { nodes: typeof nodes === 'string' ? [nodes] : nodes }),
        ...(vrid === undefined ? {} : { vrid }),
        ...(address === undefined ? {} : { vip: address }),
        reason,
        expires,
        file: file.path,
        line: lineOf(),
      },
    ];
  });
  return { acceptances: problems.length > 0 ? [] : acceptances, problems };
};
