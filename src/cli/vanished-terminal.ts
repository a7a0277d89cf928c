// A terminal that is gone when the program ends. Node.js puts terminals back as it found them, and aborts where that
// fails (node::ResetStdio), whatever the exit code was to be. It skips descriptors that are another file by then.
import { closeSync, openSync } from 'node:fs';
import { isatty } from 'node:tty';

const standard = [0, 1, 2] as const;

/** To be called before anything else looks at the streams. */
export const outliveTerminal = (): void => {
  const terminals = standard.filter((fd) => isatty(fd));
  process.on('exit', () => {
    for (const fd of terminals) {
      if (isatty(fd)) continue;
      try {
        closeSync(fd);
        openSync('/dev/null', 'r+');
      } catch {
        // Closed already: then there is nothing to put back.
      }
    }
  });
};
