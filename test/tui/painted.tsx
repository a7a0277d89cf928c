// A view as Ink really paints it, on a stream that only remembers: the frame as lines of text.
import { Writable } from 'node:stream';
import { render } from 'ink';
import type { Screen, Surroundings } from '../../src/tui/screen.ts';
import { themeFor } from '../../src/tui/theme.ts';

export const surroundingsOf = (
  columns: number,
  rows: number,
  charset: 'utf8' | 'ascii' = 'utf8',
): Surroundings => ({ size: { columns, rows }, theme: themeFor({ charset, color: 'none' }) });

export const paint = <State, Event, Effect>(
  { View }: Pick<Screen<State, Event, Effect>, 'View'>,
  state: State,
  surroundings: Surroundings,
): readonly string[] => {
  let frame = '';
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk: unknown, _encoding, done) => {
      if (chunk !== '') frame = String(chunk);
      done();
    },
  });
  Object.assign(stream, surroundings.size);
  const ink = render(<View state={state} surroundings={surroundings} />, {
    stdout: stream as NodeJS.WriteStream,
    debug: true,
    patchConsole: false,
    exitOnCtrlC: false,
  });
  const painted = frame;
  ink.unmount();
  return painted.split('\n');
};
