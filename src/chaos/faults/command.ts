// The user's own fault: a command that makes it, a command that undoes it, and, if they have one, a command that tells
// whether it is undone.

import { quote } from '../../transport/quote.ts';
import { type Fault, refused } from './fault.ts';

export const ownCommand: Fault = {
  name: 'command',
  describe: 'a command of your own (--inject, --heal, --healed)',
  expectedClass: 'crash',
  doneTo: 'master',
  partOfAll: 'no',
  plan: ({ node }, { command }) =>
    command === undefined
      ? refused('say with --inject and --heal what to run, and how to undo it')
      : {
          kind: 'deed',
          deed: {
            fault: 'command',
            node,
            prepare: '',
            inject: `sh -c ${quote(command.inject)}`,
            heal: `sh -c ${quote(command.heal)}; vd_status=$?`,
            healed: command.healed === undefined ? '[ "$vd_status" = 0 ]' : `sh -c ${quote(command.healed)}`,
            expectedClass: 'crash',
            controlPath: 'untouched',
            secondSender: 'expected',
            risks: [
              'what these commands do is not known here; --heal may be run more than once, also by the node alone',
              ...(command.healed === undefined
                ? ['without --healed, an exit status 0 of --heal counts as healed']
                : []),
            ],
          },
        },
};
