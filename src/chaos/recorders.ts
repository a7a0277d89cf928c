// What records while a trial runs: the stopwatch on the observer, `ip monitor` on the nodes, the probes. Each is a
// command under a lifeline over a transport, read as it speaks. It knows how to start and end them, and what it heard
// last; what that means is not its business.
import { createEarReader, readDropped } from '../capture/ear.ts';
import { hostMonitorCommand, readMonitorLine } from '../capture/host-monitor.ts';
import {
  createInjectorReader,
  type Injection,
  type InjectorOptions,
  injectorCommand,
} from '../capture/injector.ts';
import type { RedactFrame } from '../capture/open-ear.ts';
import { stopwatchCommand } from '../capture/stopwatch.ts';
import type { HeardFrame } from '../evidence/bundle.ts';
import type { MonitorEvent } from '../timeline/trial.ts';
import { withLifeline } from '../transport/lifeline.ts';
import type { CommandEnd, Transport } from '../transport/transport.ts';
import { decodePacket, type Packet } from '../wire/packet.ts';
import { within } from './node-hand.ts';

/** How long the last words may take after stdin was closed, ms. */
const LAST_WORDS_MS = 2000;
/** A channel that does not open is not waited for longer, ms. */
const OPEN_WITHIN_MS = 8000;
/** A pause of the observer itself is shorter than this, ms. */
const OUT_FOR_MS = 1000;
/** Of a connection that is dead nothing more is heard, and nobody says so, ms. */
const GONE_WITHIN_MS = 2000;

interface Recorder {
  /** Why it does not record (any more); undefined while all is well. */
  ailment(): string | undefined;
  stop(): Promise<CommandEnd | undefined>;
}

interface RecorderWishes {
  readonly command: string;
  readonly limitSeconds: number;
  readonly onChunk: (chunk: Uint8Array) => void;
}

const openRecorder = async (transport: Transport, wishes: RecorderWishes): Promise<Recorder> => {
  const opening = transport.stream(withLifeline(wishes.command, { limitSeconds: wishes.limitSeconds }));
  const opened = await within(opening, OPEN_WITHIN_MS);
  if (opened === undefined) {
    void opening.then((late) => (late.kind === 'streaming' ? late.stream.kill() : undefined));
    const why = `it was not started within ${OPEN_WITHIN_MS / 1000} s`;
    return { ailment: () => why, stop: async () => undefined };
  }
  if (opened.kind === 'failed') {
    const why = opened.failed.message;
    return { ailment: () => why, stop: async () => undefined };
  }
  const { stream } = opened;
  let end: CommandEnd | undefined;
  const drained = (async () => {
    for await (const chunk of stream.stdout) wishes.onChunk(chunk);
    end = await stream.finished;
  })();
  const ailment = (): string | undefined => {
    if (end === undefined) return undefined;
    const said = new TextDecoder().decode(end.stderr).trim().split('\n').at(-1)?.slice(0, 200);
    return said === undefined || said === '' ? `it ended by itself (${end.exit.kind})` : said;
  };
  return {
    ailment,
    stop: async () => {
      stream.end();
      const late = setTimeout(() => stream.kill(), LAST_WORDS_MS);
      await within(drained, LAST_WORDS_MS + GONE_WITHIN_MS);
      clearTimeout(late);
      return end;
    },
  };
};

/** An advert as it arrived; `heardMs` is our own clock, only for waiting. */
export interface AdvertHeard {
  readonly src: string;
  readonly priority: number;
  readonly atNs: bigint;
  readonly heardMs: number;
}

export interface Stopwatch {
  /** `listening` once the capture's header came. */
  state(): 'waiting' | 'listening' | { readonly failed: string };
  adverts(): readonly AdvertHeard[];
  /** When the VIP last answered an echo request, on our clock; undefined when it never did. */
  lastReplyMs(): number | undefined;
  /** When answers last came back after a second or more without, on our clock. */
  resumedMs(): number | undefined;
  /** The observer's clock about now, from the last frame heard. */
  nowNs(): bigint;
  frames(): readonly HeardFrame[];
  stamping(): 'kernel' | 'arrival';
  stop(): Promise<number | 'unknown'>;
}

export interface StopwatchWishes {
  readonly interface: string;
  readonly vip: string;
  readonly vrid: number;
  readonly redact: RedactFrame;
  readonly limitSeconds: number;
  /** Told of every frame as it comes. */
  readonly onPacket?: (packet: Packet, atNs: bigint) => void;
}

export const openStopwatch = async (transport: Transport, wishes: StopwatchWishes): Promise<Stopwatch> => {
  const reader = createEarReader();
  const frames: HeardFrame[] = [];
  const adverts: AdvertHeard[] = [];
  let replyMs: number | undefined;
  let resumedMs: number | undefined;
  let last: { readonly ns: bigint; readonly ms: number } | undefined;
  let seen = 'nothing';

  const look = (frame: HeardFrame, nowMs: number): void => {
    const packet = decodePacket(frame.linkType, frame.bytes);
    wishes.onPacket?.(packet, frame.atNs);
    const { ip, content } = packet;
    if (content.kind === 'vrrp' && content.advert.vrid === wishes.vrid && ip !== undefined)
      adverts.push({ src: ip.src, priority: content.advert.priority, atNs: frame.atNs, heardMs: nowMs });
    else if (
      content.kind === 'icmp' &&
      ip?.src === wishes.vip &&
      (content.type === 0 || content.type === 129)
    ) {
      if (replyMs !== undefined && nowMs - replyMs >= OUT_FOR_MS) resumedMs = nowMs;
      replyMs = nowMs;
    }
  };

  const recorder = await openRecorder(transport, {
    command: stopwatchCommand({ interface: wishes.interface, vip: wishes.vip }),
    limitSeconds: wishes.limitSeconds,
    onChunk: (chunk) => {
      const nowMs = performance.now();
      seen = 'something';
      for (const heard of reader.push(chunk)) {
        const frame = { ...heard, bytes: Uint8Array.from(wishes.redact(heard.linkType, heard.bytes)) };
        frames.push(frame);
        last = { ns: frame.atNs, ms: nowMs };
        look(frame, nowMs);
      }
    },
  });
  return {
    state: () => {
      const ailment = recorder.ailment();
      if (ailment !== undefined) return { failed: ailment };
      return seen === 'something' && reader.listening() === 'yes' ? 'listening' : 'waiting';
    },
    adverts: () => adverts,
    lastReplyMs: () => replyMs,
    resumedMs: () => resumedMs,
    nowNs: () =>
      last === undefined
        ? BigInt(Date.now()) * 1_000_000n
        : last.ns + BigInt(Math.round((performance.now() - last.ms) * 1e6)),
    frames: () => frames,
    // Both ways of capturing take the kernel's stamps.
    stamping: () => 'kernel',
    stop: async () => {
      const end = await recorder.stop();
      return end === undefined ? 'unknown' : readDropped(new TextDecoder().decode(end.stderr));
    },
  };
};

export interface Monitor {
  events(): readonly MonitorEvent[];
  stop(): Promise<void>;
}

/** Addresses and neighbours of a host; one that cannot be watched has no events. */
export const openMonitor = async (
  transport: Transport,
  clock: string,
  {
    vip,
    limitSeconds,
    onEvent,
  }: {
    readonly vip: string;
    readonly limitSeconds: number;
    readonly onEvent?: (event: MonitorEvent) => void;
  },
): Promise<Monitor> => {
  const events: MonitorEvent[] = [];
  let rest = '';
  const recorder = await openRecorder(transport, {
    command: hostMonitorCommand(vip),
    limitSeconds,
    onChunk: (chunk) => {
      const lines = `${rest}${new TextDecoder().decode(chunk)}`.split('\n');
      rest = (lines.pop() ?? '').slice(-4096);
      for (const line of lines) {
        const event = readMonitorLine(clock, line);
        if (event === undefined) continue;
        events.push(event);
        onEvent?.(event);
      }
    },
  });
  return {
    events: () => events,
    stop: async () => {
      await recorder.stop();
    },
  };
};

export interface Probes {
  state(): 'waiting' | 'probing' | 'failed' | 'ended';
  ailment(): string | undefined;
  stop(): Promise<Injection>;
}

export const openProbes = async (
  transport: Transport,
  options: InjectorOptions,
  limitSeconds: number,
): Promise<Probes> => {
  const reader = createInjectorReader(options.probes);
  const decoder = new TextDecoder();
  const recorder = await openRecorder(transport, {
    command: injectorCommand(options),
    limitSeconds,
    onChunk: (chunk) => reader.push(decoder.decode(chunk, { stream: true })),
  });
  return {
    state: () => reader.state(),
    ailment: recorder.ailment,
    stop: async () => {
      await recorder.stop();
      return reader.read('observer');
    },
  };
};
