// An ear or a witness at work on a host: started over a transport under a lifeline, read as it speaks, ended by
// closing its stdin. Frames are redacted before they are kept.
import type { Delivery, Ear, HeardFrame, Witness } from '../evidence/bundle.ts';
import { withLifeline } from '../transport/lifeline.ts';
import type { CommandEnd, Stream, Transport } from '../transport/transport.ts';
import { createEarReader, earCommand, readDropped } from './ear.ts';
import { noInterpreter } from './interpreters.ts';
import { readWitnessLine, witnessCommand } from './witness.ts';

export type RedactFrame = (linkType: number, bytes: Uint8Array) => Uint8Array;

export interface EarWishes {
  readonly interface?: string;
  readonly redact: RedactFrame;
  /** Should vipdoctor vanish, it ends after this at the latest, s. */
  readonly limitSeconds: number;
}

/** How long the last bytes may take after stdin was closed, ms. */
const LAST_WORDS_MS = 1500;

export interface OpenEar {
  ear(): Ear;
  /** When the capture's header came, ms since the epoch: from then on nothing is missed. */
  sinceMs(): number | undefined;
  stop(): Promise<void>;
}

export interface OpenWitness {
  witness(): Witness;
  stop(): Promise<void>;
}

/** Ends a stream by its lifeline, and by force when it does not listen. */
const endStream = async (stream: Stream, drained: Promise<void>): Promise<void> => {
  stream.end();
  const late = setTimeout(() => stream.kill(), LAST_WORDS_MS);
  await drained;
  clearTimeout(late);
};

const lastLine = (bytes: Uint8Array): string =>
  new TextDecoder().decode(bytes).trim().split('\n').at(-1)?.slice(0, 200) ?? '';

/** Why a command that should run until it is stopped ended by itself; undefined when it was us. */
const whyEnded = (end: CommandEnd, stopping: boolean): string | undefined => {
  if (end.exit.kind === 'lost') return stopping ? undefined : `the connection was lost: ${end.exit.reason}`;
  if (stopping) return undefined;
  const said = lastLine(end.stderr);
  const how = end.exit.kind === 'exited' ? `exit status ${end.exit.code}` : end.exit.kind;
  return said === '' ? how : `${said} (${how})`;
};

export const openEar = async (transport: Transport, wishes: EarWishes): Promise<OpenEar> => {
  const name = wishes.interface;
  const source = `tcpdump -p -i ${name ?? 'any'}`;
  const frames: HeardFrame[] = [];
  const problems: string[] = [];
  const reader = createEarReader();
  let since: number | undefined;
  let deaf: string | undefined;
  let dropped: number | 'unknown' = 'unknown';
  let stopping = false;
  let stop = async (): Promise<void> => {};
  const opened = await transport.stream(
    withLifeline(earCommand(name === undefined ? {} : { interface: name }), {
      limitSeconds: wishes.limitSeconds,
    }),
  );
  if (opened.kind === 'failed') deaf = opened.failed.message;
  else {
    const { stream } = opened;
    const drained = (async () => {
      for await (const chunk of stream.stdout) {
        for (const frame of reader.push(chunk))
          frames.push({ ...frame, bytes: Uint8Array.from(wishes.redact(frame.linkType, frame.bytes)) });
        if (since === undefined && reader.listening() === 'yes') since = Date.now();
      }
      const end = await stream.finished;
      const why = whyEnded(end, stopping);
      dropped = readDropped(new TextDecoder().decode(end.stderr));
      if (why === undefined) return;
      if (end.exit.kind === 'exited' && end.exit.code === noInterpreter)
        deaf = 'there is neither tcpdump nor python3 nor perl to listen with';
      else if (since === undefined) deaf = why;
      else problems.push(`listening ended early: ${why}`);
    })();
    stop = () => {
      stopping = true;
      return endStream(stream, drained);
    };
  }
  return {
    ear: () =>
      deaf !== undefined
        ? { kind: 'deaf', reason: deaf }
        : {
            kind: 'listened',
            source,
            method: 'tcpdump',
            frames: [...frames],
            dropped,
            problems: [...problems],
          },
    sinceMs: () => since,
    stop,
  };
};

export const openWitness = async (transport: Transport, limitSeconds: number): Promise<OpenWitness> => {
  const deliveries: Delivery[] = [];
  const problems: string[] = [];
  let interpreter: string | undefined;
  let absent: string | undefined;
  let stopping = false;
  let rest = '';
  let stop = async (): Promise<void> => {};
  const read = (text: string): void => {
    const lines = `${rest}${text}`.split('\n');
    rest = (lines.pop() ?? '').slice(-4096);
    for (const line of lines) {
      const said = readWitnessLine(line);
      if (said?.kind === 'ready') interpreter = said.interpreter;
      else if (said?.kind === 'delivery') deliveries.push(said.delivery);
      else if (said?.kind === 'problem') problems.push(said.text);
    }
  };
  const opened = await transport.stream(withLifeline(witnessCommand(), { limitSeconds }));
  if (opened.kind === 'failed') absent = opened.failed.message;
  else {
    const { stream } = opened;
    const drained = (async () => {
      for await (const chunk of stream.stdout) read(new TextDecoder().decode(chunk));
      const end = await stream.finished;
      const why = whyEnded(end, stopping);
      if (why === undefined) return;
      if (end.exit.kind === 'exited' && end.exit.code === noInterpreter)
        absent = 'there is neither python3 nor perl for a raw socket';
      else if (interpreter === undefined) absent = problems[0] ?? why;
      else problems.push(`the witness ended early: ${why}`);
    })();
    stop = () => {
      stopping = true;
      return endStream(stream, drained);
    };
  }
  return {
    witness: () =>
      absent !== undefined
        ? { kind: 'absent', reason: absent }
        : interpreter === undefined
          ? { kind: 'absent', reason: 'it did not start in time' }
          : {
              kind: 'listened',
              source: `raw socket, protocol 112, ${interpreter}`,
              deliveries: [...deliveries],
              problems: [...problems],
            },
    stop,
  };
};
