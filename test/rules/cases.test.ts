// Guards over the whole set of rules: each has cases, fires and keeps silent where they say, reads only the facets
// it declares, and has words.
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { domains } from '../../scripts/generate.ts';
import type { ClusterModel, FacetName } from '../../src/cluster/model.ts';
import { rules } from '../../src/rules/generated/index.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { healthy, situation, unicast, versionThree, withPassword } from './model-builder.ts';
import type { RuleCases } from './rule-cases.ts';

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const load = async (): Promise<readonly (RuleCases & { readonly domain: string })[]> => {
  const files = domains.flatMap((domain) =>
    readdirSync(folder(domain))
      .filter((file) => file.endsWith('.cases.ts'))
      .map((file) => ({ domain, file })),
  );
  return Promise.all(
    files.map(async ({ domain, file }) => {
      const module: { cases: RuleCases } = await import(folder(`${domain}/${file}`));
      expect(file, 'cases are named after their rule').toBe(`${module.cases.rule.id}.cases.ts`);
      return { domain, ...module.cases };
    }),
  );
};

/** Hands a rule its facets and throws when it reaches for another. */
const guarded = (rule: Rule, model: ClusterModel): ClusterModel =>
  new Proxy(model, {
    get: (target, name) => {
      if (!rule.needs.includes(name as FacetName))
        throw new Error(`${rule.id} reads ${String(name)} without declaring it`);
      return target[name as FacetName];
    },
  });

const all = await load();
const healthyModels = [
  ['multicast', healthy()],
  ['VRRPv3', situation(versionThree)],
  ['unicast', situation(unicast)],
  ['PASS authentication', situation(withPassword)],
] as const;

test('every rule has its cases file and every cases file its rule', () => {
  expect(all.map((one) => one.rule.id).toSorted()).toEqual(rules.map((rule) => rule.id).toSorted());
  expect(new Set(rules.map((rule) => rule.id)).size).toBe(rules.length);
});

test('rules explain only rules there are, and never in circles', () => {
  const ids = new Set(rules.map((rule) => rule.id));
  for (const rule of rules)
    for (const id of rule.explains) expect(ids, `${rule.id} explains ${id}`).toContain(id);
  const reaches = (from: string, path: readonly string[]): void => {
    expect(path, `${[...path, from].join(' → ')} is a circle`).not.toContain(from);
    for (const next of rules.find((rule) => rule.id === from)?.explains ?? []) reaches(next, [...path, from]);
  };
  for (const rule of rules) reaches(rule.id, []);
});

describe.each(all.map((one) => [one.rule.id, one] as const))(
  '%s',
  (_id, { domain, rule, fires, silent, unjudged }) => {
    test('has enough cases', () => {
      expect(fires.length).toBeGreaterThanOrEqual(domain === 'innocent' ? 0 : 2);
      if (domain === 'innocent') expect(fires).toEqual([]);
      expect(silent.length).toBeGreaterThanOrEqual(2);
    });

    test('has words', () => {
      for (const text of [rule.title, rule.why, rule.proof, rule.remedy])
        expect(text.length).toBeGreaterThan(10);
      if (domain !== 'innocent') expect(rule.why.split(' ').length).toBeGreaterThan(10);
      expect(rule.sources.length).toBeGreaterThan(0);
      expect(rule.needs.length).toBeGreaterThan(0);
      expect(new Set(rule.needs).size).toBe(rule.needs.length);
    });

    test.each(healthyModels)('clears a healthy cluster: %s', (_name, model) => {
      expect(rule.check(guarded(rule, model))).toMatchObject({ result: 'clear' });
    });

    test.each(fires.map((one) => [one.name, one] as const))('fires: %s', (_name, expected) => {
      const outcome = rule.check(guarded(rule, expected.model));
      if (outcome.result !== 'found') throw new Error(`did not fire: ${JSON.stringify(outcome)}`);
      const { findings } = outcome;
      expect(findings.map((finding) => finding.subject.nodes)).toEqual(expected.nodes);
      const quotes = findings.flatMap((finding) => finding.evidence.map((quote) => quote.quote));
      expect(
        quotes.some((quote) => expected.evidence.test(quote)),
        `${expected.evidence} in\n${quotes.join('\n')}`,
      ).toBe(true);
      if (expected.says !== undefined)
        expect(`${findings[0].title}\n${findings[0].summary}`).toMatch(expected.says);
      if (expected.severity !== undefined)
        expect(findings[0].severity ?? rule.severity).toBe(expected.severity);
      for (const finding of findings) {
        expect(`${finding.title} ${finding.summary} ${quotes.join(' ')}`).not.toMatch(
          /undefined|NaN|\[object/,
        );
        expect(finding.title).not.toMatch(/\.$/);
        expect(finding.remedy.text.length).toBeGreaterThan(10);
      }
    });

    test.each(silent.map((one) => [one.name, one] as const))('is silent: %s', (_name, expected) => {
      const outcome = rule.check(guarded(rule, expected.model));
      expect(outcome).toMatchObject({ result: 'clear' });
      if (expected.reason !== undefined)
        expect(outcome).toMatchObject({ reason: expect.stringMatching(expected.reason) });
    });

    test.each((unjudged ?? []).map((one) => [one.name, one] as const))(
      'cannot judge: %s',
      (_name, expected) => {
        expect(rule.check(guarded(rule, expected.model))).toMatchObject({
          result: 'not-evaluated',
          reason: expect.stringMatching(expected.reason),
        });
      },
    );
  },
);
