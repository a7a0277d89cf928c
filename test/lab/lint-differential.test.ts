/**
 * The judge of configurations against keepalived itself: every variant is given to `keepalived -t` of the lab's image
 * and its verdict compared with ours. With VIPDOCTOR_RECORD=FILE the verdicts are written there (the unit tests
 * replay them).
 */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configTestOf } from '../../src/keepalived/validation/complaint.ts';
import { validateConfig } from '../../src/keepalived/validation/validate.ts';
import { parseVersion } from '../../src/keepalived/version.ts';
import { type ConfigTest, type LintField, openLintField } from './lint/field.ts';
import { variants } from './lint/variants.ts';
import { requireLab, skipNote } from './require-lab.ts';

const lab = await requireLab();

/** A signal killed it: keepalived itself failed on the text, which says nothing about the text. */
const crashed = ({ exit }: ConfigTest): boolean => exit > 128;

describe.skipIf(!lab.available)(`lint against keepalived -t${skipNote(lab)}`, () => {
  let field: LintField | undefined;
  let answers: readonly ConfigTest[] = [];

  beforeAll(async () => {
    field = await openLintField();
    answers = field.test(variants.map(({ text }) => text));
  });
  afterAll(() => field?.close());

  it('agrees on every variant', () => {
    const version = parseVersion(field?.version ?? '');
    if (version === undefined) throw new Error('no keepalived in the image');
    const path = process.env.VIPDOCTOR_RECORD;
    if (path !== undefined)
      writeFileSync(
        path,
        `${JSON.stringify({
          version: version.text,
          exits: Object.fromEntries(variants.map(({ name }, index) => [name, answers[index]?.exit])),
        })}\n`,
      );
    const judged = variants.flatMap(({ name, text }, index) => {
      const answer = answers[index];
      if (answer === undefined || crashed(answer)) return [];
      const { complaints } = validateConfig({
        path: '/lint.conf',
        version,
        read: (asked) => (asked === '/lint.conf' ? { text } : { problem: 'no such file', kind: 'absent' }),
        glob: () => [],
        env: {},
        configId: 'node',
        isSecret: () => false,
      });
      return [
        {
          name,
          keepalived: answer.exit === 0 ? 'takes' : 'complains',
          ours: configTestOf(complaints),
          output: answer.output,
        },
      ];
    });
    expect(judged.length).toBeGreaterThan(900);
    const apart = judged.filter(({ keepalived, ours }) => (keepalived === 'takes') !== (ours === 'passes'));
    expect(apart).toEqual([]);
  });
});
