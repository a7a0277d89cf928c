// Asking a node who it is: configuration, addresses, interfaces, processes, in one script, as a check does, but without
// the questions a watch has no use for; above all keepalived is sent no signal. What the answers mean is read elsewhere.
import { randomBytes } from 'node:crypto';
import type { Answer } from '../evidence/bundle.ts';
import type { Redactor } from '../evidence/redaction.ts';
import { probes } from '../probes/catalogue.ts';
import { composeScript, createAnswerReader } from '../probes/script.ts';
import type { Transport } from '../transport/transport.ts';
import { waitFor } from './patience.ts';

const asked = [
  probes.processes,
  probes.addresses,
  probes.links,
  probes.configuration,
  probes.version,
] as const;

export type Asked =
  | { readonly kind: 'answered'; readonly answers: readonly Answer[] }
  | { readonly kind: 'failed'; readonly reason: string };

export interface Asking {
  readonly node: string;
  readonly transport: Transport;
  readonly redactor: Redactor;
  /** Longest time, ms. */
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

export const askNode = async ({ node, transport, redactor, limitMs, signal }: Asking): Promise<Asked> => {
  const marker = randomBytes(16).toString('hex');
  const reader = createAnswerReader(marker);
  const opened = await transport.stream('exec sh');
  if (opened.kind === 'failed') return { kind: 'failed', reason: opened.failed.message };
  const { stream } = opened;
  const answers: Answer[] = [];
  const keep = (batch: readonly Answer[]): void => {
    for (const answer of batch) answers.push(redactor.answer(node, answer));
  };
  stream.write(composeScript(asked, 'before', marker));
  const answered = (async () => {
    for await (const chunk of stream.stdout) {
      keep(reader.push(chunk));
      if (reader.finishedRounds().has('before')) return;
    }
    keep(reader.end());
  })();
  const over = new AbortController();
  await Promise.race([answered, waitFor(limitMs, AbortSignal.any([signal, over.signal]))]);
  over.abort();
  stream.end();
  stream.kill();
  return reader.finishedRounds().has('before')
    ? { kind: 'answered', answers: answers.map(redactor.again) }
    : { kind: 'failed', reason: 'its questions were not answered in time' };
};
