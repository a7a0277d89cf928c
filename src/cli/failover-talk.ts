// Where the events of a failover test go: words to stderr, and with `--format ndjson` a line each to stdout while they
// happen. It knows streams, not what the events mean.
import { eventWords } from '../chaos/event-text.ts';
import type { FailoverEvent, Tell } from '../chaos/events.ts';
import { escapeLine } from '../report/escape.ts';
import { ndjsonLine } from '../report/ndjson.ts';
import type { FailoverRequest } from './failover-options.ts';
import type { Terminal } from './terminal.ts';

export interface Talk {
  readonly tell: Tell;
  /** Lines of NDJSON that were not written yet, since the result goes to a file. */
  readonly kept: () => string;
}

export const openTalk = (
  terminal: Terminal,
  { format, check }: Pick<FailoverRequest, 'format' | 'check'>,
): Talk => {
  const style = terminal.errStyle(check.color);
  let kept = '';
  const record = (event: FailoverEvent): void => {
    const line = ndjsonLine(event);
    if (check.outputPath === undefined) void terminal.out(line);
    else kept += line;
  };
  return {
    tell: (happening) => {
      const event = { atMs: Date.now(), ...happening };
      if (format === 'ndjson') record(event);
      const words = eventWords(event, event.atMs);
      if (words !== undefined) void terminal.err(`${escapeLine(words, style.unicode)}\n`);
    },
    kept: () => kept,
  };
};
