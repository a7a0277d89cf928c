/**
 * Commands in the configuration: notify scripts, check scripts, and the user they run as (notify.c:
 * notify_script_init, set_script_params_array). Knows which words become arguments, which become user and group
 * and which are dropped; whether a file or user exists is the node's business.
 */
import { splitCommand } from '../source-line.ts';
import type { Complain } from './complaint.ts';
import type { Outcome } from './keyword.ts';
import { type ConfigLine, placeOfWord, wordAt } from './words.ts';

function commandWords(complain: Complain, line: ConfigLine): readonly string[] | undefined {
  const words = splitCommand(line.source.text, 'apply');
  if (words === undefined)
    complain(
      placeOfWord(line, 1),
      line.source.text.endsWith('\\') ? 'silent' : 'objects',
      'unmatched-quote',
      `a quote in the command of ${wordAt(line, 0) ?? ''} has no partner; the command is dropped`,
    );
  return words;
}

/** A notify line: the command in one word (quoted with its arguments), then user and group. */
export function checkNotifyCommand(
  complain: Complain,
  line: ConfigLine,
  whenMissing: 'complains' | 'stops',
): Outcome | undefined {
  const words = commandWords(complain, line);
  if (words === undefined) return undefined;
  if (words.length < 2) {
    if (whenMissing === 'stops') return 'missing-word';
    complain(line, 'objects', 'value-missing', `${wordAt(line, 0) ?? ''} needs a command`);
    return undefined;
  }
  const [, command = '', user] = words;
  if (splitInner(complain, line, command) === 'missing') return undefined;
  if (user !== undefined && !/^[A-Za-z_][A-Za-z0-9_.-]*\$?$/.test(user))
    complain(
      placeOfWord(line, 2),
      'silent',
      'command-not-quoted',
      `the word behind the command of ${wordAt(line, 0) ?? ''} is taken as the user to run it; put command and arguments in double quotes`,
    );
  return undefined;
}

/** `script` and `misc_path`: only the first word counts. Tells whether there is a command. */
export function checkScript(complain: Complain, line: ConfigLine): 'present' | 'missing' {
  const words = commandWords(complain, line);
  if (words === undefined || words.length < 2) return 'missing';
  if (words.length > 2)
    complain(
      placeOfWord(line, 2),
      'silent',
      'command-not-quoted',
      'only the first word is run; put the command with its arguments in double quotes',
    );
  return splitInner(complain, line, words[1] ?? '');
}

/** The one word of the command is split once more into program and arguments. */
function splitInner(complain: Complain, line: ConfigLine, command: string): 'present' | 'missing' {
  const split = splitCommand(command, 'apply');
  if (split === undefined)
    complain(
      placeOfWord(line, 1),
      command.endsWith('\\') ? 'silent' : 'objects',
      'unmatched-quote',
      'a quote within the command has no partner; the command is dropped',
    );
  return split === undefined || split.length === 0 ? 'missing' : 'present';
}
