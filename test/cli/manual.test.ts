// The manual page: what `npm run generate` would write now, complete, and without a complaint of those who format it.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { manualPath, renderManual } from '../../scripts/manual.ts';
import { commands } from '../../src/cli/commands.ts';
import { labSubcommands } from '../../src/cli/lab-options.ts';

const path = fileURLToPath(new URL(`../../${manualPath}`, import.meta.url));
const isThere = (program: string, ...argv: readonly string[]): boolean =>
  spawnSync(program, argv).error === undefined;

/** Words as a reader sees them. */
const shown = (text: string): string => text.replace(/.\x08/g, '').replace(/[‐−]/g, '-').replace(/\s+/g, ' ');

describe('the manual page', () => {
  it('is in step with the commands: npm run generate', () => {
    expect(readFileSync(path, 'utf8')).toBe(renderManual());
  });

  it('names every command, every option that is not hidden, and every exit code', () => {
    const page = renderManual();
    for (const command of commands) {
      expect(page).toContain(`.Ss "${command.name.replaceAll('-', '\\-')}"`);
      for (const [name, option] of Object.entries(command.options))
        if (option.hidden !== true)
          expect(
            page.includes(`Fl -${name}`) || page.includes(`\\-\\-${name.replaceAll('-', '\\-')}`),
            name,
          ).toBe(true);
    }
    for (const each of labSubcommands) expect(page).toContain(`.Ss "lab ${each.command.split(' ')[0]}"`);
    for (const code of ['0', '1', '2', '3', '4', '130']) expect(page).toContain(`.It ${code}\n`);
  });

  it.skipIf(!isThere('mandoc', '-h'))('is accepted by mandoc without a warning (skipped without it)', () => {
    const ended = spawnSync('mandoc', ['-Tlint', '-W', 'warning', path], { encoding: 'utf8' });
    expect(ended.stdout + ended.stderr).toBe('');
  });

  it.skipIf(!isThere('groff', '-v'))('is accepted by groff without a warning (skipped without it)', () => {
    const ended = spawnSync('groff', ['-mdoc', '-ww', '-z', path], { encoding: 'utf8' });
    expect(ended.stdout + ended.stderr).toBe('');
  });

  it.skipIf(!isThere('mandoc', '-h'))(
    'shows options and examples as they are typed (skipped without mandoc)',
    () => {
      const ended = spawnSync('mandoc', ['-Tutf8', '-O', 'width=200', path], { encoding: 'utf8' });
      const page = shown(ended.stdout);
      expect(page).toContain('-i, --inventory FILE');
      expect(page).toContain('vipdoctor check -i nodes.yaml --fail-on medium');
      expect(page).toContain('ssh n1 cat /etc/keepalived/keepalived.conf | vipdoctor lint -');
      expect(page).toContain('vipdoctor lab break');
    },
  );
});
