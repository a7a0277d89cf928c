// What the parser says about mistakes, and that the quick help is the parser's own.
import { describe, expect, it } from 'vitest';
import { fastAnswer, helpTopicOf } from '../../src/cli/fast-answers.ts';
import { allHelpTexts } from '../../src/cli/help-texts.ts';
import { commandNames, explainMistake } from '../../src/cli/program.ts';
import { tool } from '../../src/cli/tool.ts';

describe('help', () => {
  it('is there for every command, in 80 columns, with examples', async () => {
    const texts = await allHelpTexts();
    expect(Object.keys(texts)).toEqual(['', ...commandNames]);
    for (const [topic, text] of Object.entries(texts)) {
      expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
      expect(text).toMatch(/^[\x20-\x7e\n]*$/);
      expect(text).toMatch(topic === '' ? /Commands:/ : /Examples:\n {2}vipdoctor /);
    }
  });

  it('tells every option of the contract', async () => {
    const text = (await allHelpTexts()).check ?? '';
    for (const option of [
      '-i, --inventory',
      '--group',
      '-l, --user',
      '--identity',
      '-J, --jump',
      '--known-hosts',
      '--host-key-checking',
      '--ask-sudo-pass',
      '--observer',
      '--interface',
      '--listen',
      '--format',
      '-o, --output',
      '--color',
      '--fail-on',
      '--strict',
      '--timeout',
      '--record',
      '--from',
      '--lab',
    ])
      expect(text).toContain(option);
  });
});

describe('quick answers', () => {
  it.each([
    [['--help'], ''],
    [['-h'], ''],
    [['help'], ''],
    [['help', 'lab'], 'lab'],
    [['check', '--help'], 'check'],
    [['check', '-h'], 'check'],
  ])('%j asks for help', (argv, topic) => {
    expect(helpTopicOf(argv)).toBe(topic);
  });

  it.each([[[]], [['check']], [['check', 'n1', '--help']], [['--help', 'x', 'y']], [['--', '--help']]])(
    '%j is for the parser',
    (argv) => {
      expect(helpTopicOf(argv)).toBeUndefined();
    },
  );

  it('gives the version', () => {
    expect(fastAnswer(['--version'])).toBe(`${tool.version}\n`);
    expect(fastAnswer(['check', '--version'])).toBeUndefined();
  });
});

describe('mistakes', () => {
  it.each([
    [
      'Unknown command: chek',
      ['chek'],
      'unknown command "chek". Did you mean "check"?\nSee "vipdoctor --help".',
    ],
    [
      'Unknown argument: lsten',
      ['check', 'n1', '--lsten=3'],
      'unknown option --lsten. Did you mean "--listen"?\nSee "vipdoctor check --help".',
    ],
    [
      'Unknown arguments: fail-no, strct',
      ['check', '--fail-no', 'low', '--strct'],
      'unknown option --fail-no. Did you mean "--fail-on"?\nunknown option --strct. Did you mean "--strict"?\nSee "vipdoctor check --help".',
    ],
    [
      'Unknown argument: healt',
      ['lab', 'healt'],
      'unknown lab command "healt". Did you mean "heal"?\nSee "vipdoctor lab --help".',
    ],
    [
      'Not enough arguments following: i',
      ['check', '-i'],
      'Not enough arguments following: i\nSee "vipdoctor check --help".',
    ],
  ])('%s', (message, argv, said) => {
    expect(explainMistake(message, argv)).toBe(said);
  });
});
