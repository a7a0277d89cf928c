// How much room fresh values get before they are looked through. It knows one setting of the engine and nothing of
// what the program does.
import { setFlagsFromString } from 'node:v8';

/** Releases in which the setting is known to exist; an engine complains on stderr about one it does not know. */
const knownIn: ReadonlySet<string> = new Set(['20', '22']);

/**
 * Left alone, the engine doubles that room with every burst of answers and never gives it back: with ten nodes that is
 * more than half of what they cost. It stays as it is when called; commands that read millions of frames want it large.
 */
export const keepYoungMemorySmall = (): void => {
  const [major = ''] = process.versions.node.split('.');
  if (knownIn.has(major)) setFlagsFromString('--semi-space-growth-factor=1');
};
