// The list of what can be wrong with a file holds every id that is complained with.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { complaintRules } from '../../../src/keepalived/validation/complaint-rules.ts';

const room = join(import.meta.dirname, '../../../src/keepalived');

/** Words of the same form that name something else. */
const otherWords = [
  /^(?:block-ended|in-block|leave-block|skip-block|missing-word|no-address|out-of-range|too-precise|too-many)$/,
  /^(?:flag|mh|sh)-[a-z0-9]+$/,
  /^(?:ttl-propagate|tunnel-id|closing-brace)$/,
];

const idsIn = (path: string): readonly string[] =>
  [...readFileSync(path, 'utf8').matchAll(/(?<![\w-])'([a-z]+(?:-[a-z0-9]+)+)'/g)].flatMap((match) =>
    match[1] === undefined || otherWords.some((form) => form.test(match[1] ?? '')) ? [] : [match[1]],
  );

const files = readdirSync(join(room, 'validation'))
  .filter((name) => name.endsWith('.ts') && name !== 'complaint-rules.ts')
  .map((name) => join(room, 'validation', name));

it('names every complaint of the validation', () => {
  const used = new Set(files.flatMap(idsIn));
  expect(used.size).toBeGreaterThan(50);
  expect([...used].filter((id) => !complaintRules.includes(id))).toEqual([]);
});

it('names nothing twice, and in order', () => {
  expect(complaintRules).toEqual([...new Set(complaintRules)].sort());
});
