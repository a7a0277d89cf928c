// Where the events of a failover test go: words to stderr, and with `--format ndjson` a line each to stdout while they
// happen. It knows streams, not what the events mean.
import { eventWords } from '../chaos/event-text.ts';
import type { FailoverEvent, Tell } from '../chaos/events.ts';
import { escapeLine } from '../report/escape.ts';
import { ndjsonLine } from '../report/ndjson.ts';
import type { FailoverRequest } from './failover-options.ts';
import type { FailoverScreen } from './failover-screen.ts';
import type { Terminal } from './terminal.ts';

export interface Talk {
  readonly tell: Tell;
  /** Lines of NDJSON that were not written yet, since the result goes to a file. */
  readonly kept: () => string;
  /** From now on events go to the screen, and nothing is written beside it; undefined: written again. */
  readonly show: (screen: Pick<FailoverScreen, 'tell'> | undefined) => void;
}

export const openTalk = (
  terminal: Terminal,
  { format, check }: Pick<FailoverRequest, 'format' | 'check'>,
): Talk => {
  const style = terminal.errStyle(check.color);
  let kept = '';
  let screen: Pick<FailoverScreen, 'tell'> | undefined;
  const record = (event: FailoverEvent): void => {
    const line = ndjsonLine(event);
    if (check.outputPath === undefined) void terminal.out(line);
    else kept += line;
  };
  return {
    tell: (happening) => {
      const event = { atMs: Date.now(), ...happening };
      if (format === 'ndjson') record(event);
      if (screen !== undefined) {
        screen.tell(event);
        return;
      }
      const words = eventWords(event, event.atMs);
      if (words !== undefined) void terminal.err(`${escapeLine(words, style.unicode)}\n`);
    },
    kept: () => kept,
    show: (shown) => {
      screen = shown;
    },
  };
};
