// The way into the practice cluster: which lines ask for it, and what the inner program is told.
import { describe, expect, it } from 'vitest';
import { innerArguments } from '../../src/cli/lab-entry.ts';
import { asksForLab } from '../../src/cli/lab-question.ts';

describe('lines that ask for the lab', () => {
  it.each([
    [['check', '--lab'], true],
    [['check', '--format', 'json', '--lab', 'n2'], true],
    [['check', '--lab', '--help'], false],
    [['check', '--', '--lab'], false],
    [['lab', 'up'], false],
    [['explain', '--lab'], false],
  ])('%j: %s', (argv, asks) => {
    expect(asksForLab(argv)).toBe(asks);
  });
});

describe('the inner line', () => {
  it('has the inventory instead of --lab', () => {
    expect(innerArguments(['check', '--format', 'json', '--lab', 'n2'], '/run/i.yaml')).toEqual({
      argv: ['check', '--lab-inventory=/run/i.yaml', '--format', 'json', 'n2'],
    });
  });

  it.each([[['--lab-name', 'mine']], [['--lab-name=mine']]])('takes the name of the lab out: %j', (words) => {
    expect(innerArguments(['check', '--lab', ...words, '-v'], 'i')).toEqual({
      argv: ['check', '--lab-inventory=i', '-v'],
      labName: 'mine',
    });
  });

  it('leaves what follows -- alone', () => {
    expect(innerArguments(['check', '--lab', '--', '--lab'], 'i').argv).toEqual([
      'check',
      '--lab-inventory=i',
      '--',
      '--lab',
    ]);
  });
});
