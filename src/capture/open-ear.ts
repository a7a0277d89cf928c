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
  stop(): Promise<Goodbye>;
}

/**
 * For how long a source of evidence was listened to, ms: silence after that says nothing. One that did not end in
 * order may have been dead since it last said something.
 */
interface Attention {
  /** It said something; the first time, it began to listen. */
  heed(): void;
  /** It was asked to end. */
  dismiss(): void;
  /** It ended as asked. */
  endInOrder(): void;
  sinceMs(): number | undefined;
  listenedMs(): number;
}

const payAttention = (): Attention => {
  let since: number | undefined;
  let last = 0;
  let dismissed: number | undefined;
  let state: 'listening' | 'dismissed' | 'ended' = 'listening';
  return {
    heed: () => {
      last = Date.now();
      since ??= last;
    },
    dismiss: () => {
      dismissed ??= Date.now();
      if (state === 'listening') state = 'dismissed';
    },
    endInOrder: () => {
      state = 'ended';
    },
    sinceMs: () => since,
    listenedMs: () => {
      if (since === undefined) return 0;
      const until = state === 'listening' ? Date.now() : state === 'ended' ? (dismissed ?? last) : last;
      return Math.max(0, until - since);
    },
  };
};

export interface OpenWitness {
  witness(): Witness;
  stop(): Promise<Goodbye>;
}

/** Whether the host took part in ending what ran there. */
export type Goodbye = 'in-order' | 'without-an-answer';

/** Ends a stream by its lifeline, and by force when it does not listen. */
const endStream = async (stream: Stream, drained: Promise<void>): Promise<Goodbye> => {
  stream.end();
  const late = setTimeout(() => stream.kill(), LAST_WORDS_MS);
  await drained;
  clearTimeout(late);
  return (await stream.finished).exit.kind === 'lost' ? 'without-an-answer' : 'in-order';
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
  const frames: HeardFrame[] = [];
  const problems: string[] = [];
  const reader = createEarReader();
  const attention = payAttention();
  let deaf: string | undefined;
  let dropped: number | 'unknown' = 'unknown';
  let stopping = false;
  let stop = async (): Promise<Goodbye> => 'in-order';
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
        if (reader.listening() === 'yes') attention.heed();
      }
      const end = await stream.finished;
      const why = whyEnded(end, stopping);
      if (stopping && end.exit.kind !== 'lost') attention.endInOrder();
      else attention.dismiss();
      dropped = readDropped(new TextDecoder().decode(end.stderr));
      if (why === undefined) return;
      if (end.exit.kind === 'exited' && end.exit.code === noInterpreter)
        deaf = 'there is neither tcpdump nor python3 nor perl to listen with';
      else if (attention.sinceMs() === undefined) deaf = why;
      else problems.push(`listening ended early: ${why}`);
    })();
    stop = () => {
      stopping = true;
      attention.dismiss();
      return endStream(stream, drained);
    };
  }
  return {
    ear: () =>
      deaf !== undefined || attention.sinceMs() === undefined
        ? { kind: 'deaf', reason: deaf ?? 'it gave no sign of listening in time' }
        : {
            kind: 'listened',
            source: `${reader.method() === 'tcpdump' ? 'tcpdump -p -i' : 'packet socket on'} ${name ?? 'any'}`,
            method: reader.method(),
            listenedMs: attention.listenedMs(),
            frames: [...frames],
            dropped,
            problems: [...problems],
          },
    sinceMs: attention.sinceMs,
    stop,
  };
};

export const openWitness = async (transport: Transport, limitSeconds: number): Promise<OpenWitness> => {
  const deliveries: Delivery[] = [];
  const problems: string[] = [];
  let interpreter: string | undefined;
  let absent: string | undefined;
  const attention = payAttention();
  let stopping = false;
  let rest = '';
  let stop = async (): Promise<Goodbye> => 'in-order';
  const read = (text: string): void => {
    const lines = `${rest}${text}`.split('\n');
    rest = (lines.pop() ?? '').slice(-4096);
    for (const line of lines) {
      const said = readWitnessLine(line);
      if (said?.kind === 'ready') interpreter = said.interpreter;
      else if (said?.kind === 'delivery') deliveries.push(said.delivery);
      else if (said?.kind === 'problem') problems.push(said.text);
    }
    if (interpreter !== undefined) attention.heed();
  };
  const opened = await transport.stream(withLifeline(witnessCommand(), { limitSeconds }));
  if (opened.kind === 'failed') absent = opened.failed.message;
  else {
    const { stream } = opened;
    const drained = (async () => {
      for await (const chunk of stream.stdout) read(new TextDecoder().decode(chunk));
      const end = await stream.finished;
      const why = whyEnded(end, stopping);
      if (stopping && end.exit.kind !== 'lost') attention.endInOrder();
      else attention.dismiss();
      if (why === undefined) return;
      if (end.exit.kind === 'exited' && end.exit.code === noInterpreter)
        absent = 'there is neither python3 nor perl for a raw socket';
      else if (interpreter === undefined) absent = problems[0] ?? why;
      else problems.push(`the witness ended early: ${why}`);
    })();
    stop = () => {
      stopping = true;
      attention.dismiss();
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
              listenedMs: attention.listenedMs(),
              deliveries: [...deliveries],
              problems: [...problems],
            },
    stop,
  };
};
