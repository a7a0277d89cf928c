// Asking one person on behalf of many nodes that connect at the same time: one question at a time, and no
// question twice whose answer holds for all. It does not know how a terminal is read.
import type { Prompt } from './transport.ts';

/** The same prompt, one question after the other. */
export function queuePrompt(prompt: Prompt): Prompt {
  let last: Promise<unknown> = Promise.resolve();
  return (question) => {
    const answer = last.then(() => prompt(question));
    last = answer.catch(() => {});
    return answer;
  };
}

/**
 * The sudo password, asked for once and used for every node that wants one. A node that refused it asks again,
 * for itself alone.
 */
export function shareSudoPassword(
  prompt: Prompt,
): (node: string, attempt: number) => Promise<string | undefined> {
  let shared: Promise<string | undefined> | undefined;
  const ask = (node: string, text: string): Promise<string | undefined> =>
    prompt({ kind: 'sudo-password', node, text, echo: 'off' });
  return (node, attempt) => {
    if (attempt > 1) return ask(node, `sudo password for ${node} (that one was wrong)`);
    shared ??= ask(node, 'sudo password');
    return shared;
  };
}
