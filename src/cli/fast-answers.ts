// `--version` and `--help` without loading anything that parses command lines: the texts were made from the same
// definitions when the program was built. Every other command line is for the parser.
import { readFileSync } from 'node:fs';
import { tool } from './tool.ts';

/** The command whose help an argument list plainly asks for; '' for the program's own. */
export const helpTopicOf = (argv: readonly string[]): string | undefined => {
  const [first, second, ...rest] = argv;
  if (first === undefined || rest.length > 0) return undefined;
  const isHelp = (word: string): boolean => word === '--help' || word === '-h';
  if (second === undefined) return isHelp(first) || first === 'help' ? '' : undefined;
  if (first === 'help') return second;
  return isHelp(second) && /^[a-z-]+$/.test(first) && !first.startsWith('-') ? first : undefined;
};

const builtHelp = (topic: string): string | undefined => {
  let texts: unknown;
  try {
    texts = JSON.parse(readFileSync(new URL('./help.json', import.meta.url), 'utf8'));
  } catch {
    // Run from source, or the build is older: the parser knows the same text.
    return undefined;
  }
  const text = typeof texts === 'object' && texts !== null ? Object.entries(texts) : [];
  const found = text.find(([name]) => name === topic)?.[1];
  return typeof found === 'string' ? found : undefined;
};

export const fastAnswer = (argv: readonly string[]): string | undefined => {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) return `${tool.version}\n`;
  const topic = helpTopicOf(argv);
  return topic === undefined ? undefined : builtHelp(topic);
};
