// Asking the person at the terminal: on stderr, so that a redirected result stays clean, and without echo for
// secrets. It knows nothing about what the answers are for. What a server wants shown is made printable first.
import { escapeLine } from '../report/escape.ts';
import type { Prompt, PromptQuestion } from '../transport/transport.ts';

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const BACKSPACES = new Set(['\u007f', '\b']);

const questionText = ({ node, text }: PromptQuestion): string => {
  const asked = text
    .split('\n')
    .map((line) => escapeLine(line))
    .join('\n');
  const named = asked.includes(node) ? asked : `${escapeLine(node)}: ${asked}`;
  return /[:?]\s*$/.test(named) ? `${named.trimEnd()} ` : `${named}: `;
};

/** What typing adds up to: the line so far, or how it ended. */
export type Typed =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'answer'; readonly text: string }
  | { readonly kind: 'given-up' }
  | { readonly kind: 'interrupt' };

export const typeInto = (line: string, keys: string): Typed => {
  let text = line;
  for (const key of keys) {
    if (key === '\r' || key === '\n') return { kind: 'answer', text };
    if (key === CTRL_C) return { kind: 'interrupt' };
    if (key === CTRL_D && text === '') return { kind: 'given-up' };
    if (BACKSPACES.has(key)) text = [...text].slice(0, -1).join('');
    else if (key >= ' ') text += key;
  }
  return { kind: 'line', text };
};

/** Whoever else writes to stderr makes way while a question is open. */
export interface Floor {
  readonly take: () => Promise<void>;
  readonly giveBack: () => void;
}

/** How a run is told to end; Ctrl-C in raw mode is only a key. */
export interface Interruption {
  readonly signal: AbortSignal;
  readonly interrupt: () => void;
}

/**
 * Raw mode for every question, so that nothing typed is shown unless we show it and Ctrl-C reaches us as a key. An
 * aborted signal gives up the question.
 */
export const askOnTerminal =
  (floor: Floor, interruption: Interruption): Prompt =>
  async (question) => {
    const { signal } = interruption;
    if (signal.aborted) return undefined;
    await floor.take();
    const { stdin, stderr } = process;
    return new Promise((resolve) => {
      let line = '';
      const finish = (answer: string | undefined): void => {
        stdin.off('data', onData);
        signal.removeEventListener('abort', onAbort);
        stdin.setRawMode(false);
        stdin.pause();
        stderr.write('\n');
        floor.giveBack();
        resolve(answer);
      };
      const onAbort = (): void => finish(undefined);
      const onData = (keys: string): void => {
        const typed = typeInto(line, keys);
        if (typed.kind !== 'line') {
          // First the interruption, so that whoever gets no answer already knows why.
          if (typed.kind === 'interrupt') interruption.interrupt();
          else finish(typed.kind === 'answer' ? typed.text : undefined);
          return;
        }
        if (question.echo === 'on') stderr.write(`\r\u001b[K${lastLine}${escapeLine(typed.text)}`);
        line = typed.text;
      };
      const text = questionText(question);
      const lastLine = text.slice(text.lastIndexOf('\n') + 1);
      stdin.setEncoding('utf8');
      // Before the question is seen: an answer that comes at once must not be shown by the terminal itself.
      stdin.setRawMode(true);
      stderr.write(text);
      stdin.on('data', onData);
      signal.addEventListener('abort', onAbort, { once: true });
      stdin.resume();
    });
  };
