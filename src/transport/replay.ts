// A transport that answers from a record and touches nothing. It is strict: what was not recorded fails, saying
// which command was asked for, so that a recording that no longer fits the program is noticed.
import type { RecordedExchange } from './record.ts';
import type { CommandResult, ConnectFailure, Transport } from './transport.ts';

/** Each recorded exchange answers once, in the order of the recording. */
export function replayTransport(node: string, recording: readonly RecordedExchange[]): Transport {
  const left = recording.filter((exchange) => exchange.node === node);
  const take = <K extends RecordedExchange['kind']>(
    kind: K,
    fits: (exchange: Extract<RecordedExchange, { kind: K }>) => boolean,
  ): Extract<RecordedExchange, { kind: K }> | undefined => {
    const isWanted = (exchange: RecordedExchange): exchange is Extract<RecordedExchange, { kind: K }> =>
      exchange.kind === kind && fits(exchange as Extract<RecordedExchange, { kind: K }>);
    const at = left.findIndex(isWanted);
    const [found] = at < 0 ? [] : left.splice(at, 1);
    return found !== undefined && isWanted(found) ? found : undefined;
  };
  return {
    node,
    run: async (command, options) => {
      const { stdin = '' } = options ?? {};
      const said = typeof stdin === 'string' ? stdin : Buffer.from(stdin).toString('latin1');
      const found = take('run', (exchange) => exchange.command === command && exchange.stdin === said);
      return found?.result ?? describeMissing(node, command);
    },
    stream: async (command) => {
      const found = take('stream', (exchange) => exchange.command === command);
      if (found === undefined) return { kind: 'failed', failed: missing(node, command) };
      const { chunks, end } = found;
      async function* read(): AsyncGenerator<Uint8Array> {
        for (const chunk of chunks) yield chunk.bytes;
      }
      const nothing = (): void => {};
      return {
        kind: 'streaming',
        stream: {
          stdout: read(),
          finished: Promise.resolve(end),
          write: nothing,
          end: nothing,
          kill: nothing,
        },
      };
    },
    close: async () => {},
  };
}

function missing(node: string, command: string): ConnectFailure {
  const short = command.length > 120 ? `${command.slice(0, 120)}…` : command;
  return {
    stage: 'config',
    message: `the recording has no (further) answer of ${node} to: ${short}`,
    nextStep: 'Record again with this version: vipdoctor check --record DIR.',
    retryable: 'no',
  };
}

function describeMissing(node: string, command: string): CommandResult {
  const nothing = new Uint8Array(0);
  const exit = { kind: 'lost', reason: missing(node, command).message } as const;
  return { command, exit, stdout: nothing, stderr: nothing, truncated: 'no', startedAtMs: 0, durationMs: 0 };
}
