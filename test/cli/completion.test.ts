// Completion scripts in the shells they are for: what a person gets when pressing Tab. A shell that is not installed
// is skipped, and missed where every test must run.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { catalogOf } from '../../src/cli/completion/catalog.ts';
import { completionScript } from '../../src/cli/completion.ts';
import { UsageError } from '../../src/cli/faults.ts';
import { labSubcommands } from '../../src/cli/lab-options.ts';
import { reportFormats } from '../../src/report/render.ts';
import { rules } from '../../src/rules/generated/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'vipdoctor-completion-'));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, '.ssh'));
writeFileSync(
  join(folder, '.ssh/config'),
  'Host lb-one lb-two\n  User ops\nhost *.example !bad\nHOST third\n  HostName 10.0.0.3\n',
);
mkdirSync(join(folder, 'here'));
writeFileSync(join(folder, 'here/a b.conf'), '');
writeFileSync(join(folder, 'here/node.yaml'), '');

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];
const isThere = (shell: Shell): boolean => spawnSync(shell, ['-c', 'true']).status === 0;

const scriptOf = (shell: Shell): string => {
  const path = join(folder, `vipdoctor.${shell}`);
  writeFileSync(path, completionScript(shell, commands));
  return path;
};

const run = (program: string, argv: readonly string[], input = ''): string => {
  const ended = spawnSync(program, argv, {
    encoding: 'utf8',
    cwd: join(folder, 'here'),
    env: { PATH: process.env.PATH ?? '', HOME: folder, TERM: 'dumb', LC_ALL: 'C.UTF-8' },
    input,
    timeout: 18_000,
  });
  expect(ended.stderr).toBe('');
  return ended.stdout;
};

/** The last word is the one Tab is pressed on. `=` is a word of its own, as bash has it. */
const inBash = (...words: readonly string[]): readonly string[] =>
  run('bash', [
    '--norc',
    '-c',
    `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _vipdoctor; printf '%s\\n' "\${COMPREPLY[@]}"`,
    'bash',
    scriptOf('bash'),
    ...words,
  ])
    .split('\n')
    .filter((line) => line !== '');

const inFish = (line: string): readonly string[] =>
  run('fish', ['--no-config', '-c', `source ${scriptOf('fish')}; complete -C '${line}'`])
    .split('\n')
    .flatMap((one) => one.split('\t')[0] || []);

/** What zsh shows after Tab was pressed at the end of the line, up to `until`; a real line editor in a terminal. */
const inZsh = (line: string, until: string): string =>
  run('zsh', [
    '-f',
    '-c',
    `zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "unsetopt zle_bracketed_paste 2>/dev/null; autoload -U compinit; compinit -D -u; setopt noautomenu autolist nolistambiguous; LISTMAX=1000; COLUMNS=200; source $1; PS1=go''on"
zpty -r shell said '*goon*'
zpty -w -n shell "$2"$'\\t'
zpty -r shell said "*$3*"
print -r -- "$said"
zpty -d shell`,
    'zsh',
    scriptOf('zsh'),
    line,
    until,
  ]);

describe('completion', () => {
  it('knows every command and option of the help', () => {
    for (const shell of shells) {
      const script = completionScript(shell, commands);
      for (const command of commands) {
        expect(script, `${shell} ${command.name}`).toContain(command.name);
        for (const [name, option] of Object.entries(command.options))
          if (option.hidden !== true)
            expect(script, shell).toContain(shell === 'fish' ? ` -l ${name} ` : `--${name}`);
      }
      for (const each of labSubcommands) expect(script).toContain(each.command.split(' ')[0]);
    }
  });

  it('says which shells there are', () => {
    expect(() => completionScript('bsh', commands)).toThrow(UsageError);
    expect(() => completionScript('bsh', commands)).toThrow(/did you mean "?bash/i);
    expect(() => completionScript(undefined, commands)).toThrow(/bash, zsh, fish/);
  });

  it('offers words for every option that takes only some', () => {
    const check = catalogOf(commands).find((command) => command.name === 'check');
    const format = check?.options.find((option) => option.long === 'format')?.value;
    expect(format).toMatchObject({ kind: 'words' });
    for (const each of reportFormats) expect(format).toMatchObject({ words: expect.arrayContaining([each]) });
  });

  it.runIf(process.env.VIPDOCTOR_LAB === 'required')('has every shell where every test must run', () => {
    expect(shells.filter((shell) => !isThere(shell))).toEqual([]);
  });
});

describe.skipIf(!isThere('bash'))('in bash (skipped where there is none)', () => {
  it('completes commands and options', () => {
    expect(inBash('vipdoctor', 'che')).toEqual(['check']);
    expect(inBash('vipdoctor', '')).toEqual(commands.map((command) => command.name));
    expect(inBash('vipdoctor', '--v')).toEqual(['--version']);
    expect(inBash('vipdoctor', 'check', '--fo')).toEqual(['--format']);
    expect(inBash('vipdoctor', 'check', '--from', 'x', '--fa')).toEqual(['--fail-on']);
    expect(inBash('vipdoctor', 'self-check', '--fa')).toEqual([]);
  });

  it('completes values, after a space and after =', () => {
    expect(inBash('vipdoctor', 'check', '--format', '')).toEqual(expect.arrayContaining([...reportFormats]));
    expect(inBash('vipdoctor', 'check', '--format', '=', 'ma')).toEqual(['markdown']);
    expect(inBash('vipdoctor', 'check', '--format', '=')).toContain('json');
    expect(inBash('vipdoctor', 'check', '--fail-on', '')).toEqual([
      'critical',
      'high',
      'medium',
      'low',
      'never',
    ]);
    expect(inBash('vipdoctor', 'failover', '--fault', 'daemon-k')).toEqual(['daemon-killed']);
    expect(inBash('vipdoctor', 'explain', 'rp-filter')).toEqual(
      rules.map((rule) => rule.id).filter((id) => id.startsWith('rp-filter')),
    );
  });

  it('completes the practice cluster: commands, faults, variants, topologies', () => {
    expect(inBash('vipdoctor', 'lab', '')).toEqual(['up', 'break', 'heal', 'down', 'list', 'exec']);
    expect(inBash('vipdoctor', 'lab', '--name', 'x', 'break', 'rp')).toEqual(['rp-filter-drop']);
    expect(inBash('vipdoctor', 'lab', 'up', 'two')).toEqual(['two-vrids']);
    expect(inBash('vipdoctor', 'lab', 'up', '--topology', 'two')).toEqual(['two-vrids']);
    expect(inBash('vipdoctor', 'lab', 'break', 'host-firewall-input-drop', '--variant', 'nft-i')).toContain(
      'nft-inet',
    );
  });

  it('completes hosts of ~/.ssh/config and files', () => {
    expect(inBash('vipdoctor', 'check', '')).toEqual(['lb-one', 'lb-two', 'third']);
    expect(inBash('vipdoctor', 'check', 'lb-one', 'lb')).toEqual(['lb-one', 'lb-two']);
    expect(inBash('vipdoctor', 'check', '-J', 't')).toEqual(['third']);
    expect(inBash('vipdoctor', 'check', '-i', 'no')).toEqual(['node.yaml']);
    expect(inBash('vipdoctor', 'lint', 'a')).toEqual(['a b.conf']);
  });
});

describe.skipIf(!isThere('fish'))('in fish (skipped where there is none)', () => {
  it('completes commands, options, values, hosts and files', () => {
    expect(inFish('vipdoctor che')).toEqual(['check']);
    expect(inFish('vipdoctor check --form')).toEqual(['--format']);
    expect([...inFish('vipdoctor check --fail-on ')].sort()).toEqual(
      ['critical', 'high', 'low', 'medium', 'never'].sort(),
    );
    expect(inFish('vipdoctor check --format=mark')).toEqual(['--format=markdown']);
    expect(inFish('vipdoctor lab br')).toEqual(['break']);
    expect(inFish('vipdoctor lab break rp')).toEqual(['rp-filter-drop']);
    expect(inFish('vipdoctor check l')).toEqual(['lb-one', 'lb-two']);
    expect(inFish('vipdoctor lint a')).toEqual(['a b.conf']);
    expect(inFish('vipdoctor explain rp-filter-d')).toEqual(['rp-filter-drop']);
  });
});

describe.skipIf(!isThere('zsh'))('in zsh (skipped where there is none)', () => {
  it('completes commands, options, values, hosts and files', () => {
    expect(inZsh('vipdoctor check --format ', 'text')).toMatch(/html\s+json\s+junit\s+markdown/);
    expect(inZsh('vipdoctor lab break rp', 'rp-filter-drop')).toContain('rp-filter-drop');
    expect(inZsh('vipdoctor check l', 'lb-two')).toMatch(/lb-one\s+lb-two/);
    expect(inZsh('vipdoctor lint no', 'node.yaml')).toContain('node.yaml');
    expect(inZsh('vipdoctor completion f', 'fish')).toContain('fish');
  });
});
