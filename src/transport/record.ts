// A transport that writes down what was asked and what came back. What happens to the record (redaction,
// files) is up to whoever it is handed to.
import type { CommandEnd, CommandResult, Transport } from './transport.ts';

export type RecordedExchange =
  | {
      readonly kind: 'run';
      readonly node: string;
      readonly command: string;
      readonly stdin: string;
      readonly result: CommandResult;
    }
  | {
      readonly kind: 'stream';
      readonly node: string;
      readonly command: string;
      readonly chunks: readonly RecordedChunk[];
      readonly end: CommandEnd;
    };

export interface RecordedChunk {
  /** Since the command was started. */
  readonly afterMs: number;
  readonly bytes: Uint8Array;
}

/** Every exchange is handed over once it has ended, streams with what was read of them. */
export function recordTransport(transport: Transport, keep: (exchange: RecordedExchange) => void): Transport {
  const { node } = transport;
  return {
    node,
    run: async (command, options) => {
      const result = await transport.run(command, options);
      const { stdin = '' } = options ?? {};
      const said = typeof stdin === 'string' ? stdin : Buffer.from(stdin).toString('latin1');
      keep({ kind: 'run', node, command, stdin: said, result });
      return result;
    },
    stream: async (command, options) => {
      const origin = performance.now();
      const streaming = await transport.stream(command, options);
      if (streaming.kind === 'failed') return streaming;
      const { stream } = streaming;
      const chunks: RecordedChunk[] = [];
      async function* read(): AsyncGenerator<Uint8Array> {
        for await (const bytes of stream.stdout) {
          chunks.push({ afterMs: performance.now() - origin, bytes: Uint8Array.from(bytes) });
          yield bytes;
        }
      }
      const finished = stream.finished.then((end) => {
        keep({ kind: 'stream', node, command, chunks, end });
        return end;
      });
      return { kind: 'streaming', stream: { ...stream, stdout: read(), finished } };
    },
    close: () => transport.close(),
  };
}
