// A capture from bytes to lines and a history: the table of contents of this room. It is given bytes and gives bytes;
// files, pipes and judgement are elsewhere. Frames seen before cost a comparison, not a decoding.
import { u16 } from '../wire/bytes.ts';
import type { CaptureRecord } from '../wire/capture-parser.ts';
import { createCaptureScanner } from '../wire/capture-scanner.ts';
import type { Problem } from '../wire/problem.ts';
import { createFingerprints } from './fingerprint.ts';
import { createFrameMemo, type FrameSpan } from './frame-memo.ts';
import { type Glance, glanceAt } from './glance.ts';
import { type AdvertAccount, createHistory, type FramePosition, type History } from './history.ts';
import { lineTail } from './line.ts';
import { createLineBuffer } from './line-buffer.ts';
import { copyMoment, type Moment } from './moment.ts';
import { vipConcerned } from './neighbours.ts';
import { type Sighting, seeFrame } from './sighting.ts';

export interface FrameCounts {
  frames: number;
  adverts: number;
  carp: number;
  /** ARP and neighbour discovery that concern a VIP. */
  arp: number;
  nd: number;
  /** Protocol 112 or 51 without a readable message. */
  unknown: number;
}

export interface Replayed {
  readonly history: History;
  readonly counts: Readonly<FrameCounts>;
  /** Of the first and last frame with a time; undefined in a capture without any. */
  readonly firstAt: Moment | undefined;
  readonly lastAt: Moment | undefined;
  /** LINKTYPE_ numbers met. */
  readonly linkTypes: readonly number[];
  /** What was wrong with the file itself. */
  readonly captureProblems: readonly Problem[];
  readonly format: 'pcap' | 'pcapng' | 'unknown';
}

export interface ReplayOptions {
  /** `lines`: one JSON value on each; `array`: the same values, separated as in a JSON array. */
  readonly lines: 'none' | 'lines' | 'array';
  /**
   * Every address announced anywhere in the capture, where somebody can look ahead; asked once, at the first ARP or ND
   * message. Otherwise an address is a VIP from its first advert on.
   */
  readonly lookAhead?: () => ReadonlySet<string>;
}

export interface Replay {
  /** Reads on; the lines completed by it, in blocks to be given back once written. */
  push(chunk: Uint8Array): readonly Uint8Array[];
  giveBack(blocks: readonly Uint8Array[]): void;
  end(): Replayed;
  /** Whether nothing more will be read: the capture is corrupt, or is none. */
  isStopped(): boolean;
}

/** What was worked out about a frame, for the next one like it. */
interface Understood {
  readonly sighting: Sighting;
  account: AdvertAccount | undefined;
  tail: Uint8Array | undefined;
  writes: 'none' | 'one';
  vip: string | undefined;
  /** Edition of the VIPs that `vip` and `tail` were worked out from. */
  vipEdition: number;
}

const encoder = new TextEncoder();

const blankSpan = (): { -readonly [Key in keyof FrameSpan]: FrameSpan[Key] } => ({
  bytes: new Uint8Array(0),
  from: 0,
  to: 0,
  linkType: 0,
  interfaceId: 0,
  originalLength: 0,
  ipv4At: -1,
});

export const createReplay = ({ lines, lookAhead }: ReplayOptions): Replay => {
  const history = createHistory();
  const fingerprint = createFingerprints();
  const buffer = createLineBuffer(lines === 'array' ? 'comma' : 'nothing');
  const counts: FrameCounts = { frames: 0, adverts: 0, carp: 0, arp: 0, nd: 0, unknown: 0 };
  const linkTypes = new Set<number>();
  const span = blankSpan();
  const glance: Glance = { kind: 'decode', ipv4At: -1 };
  const memo = createFrameMemo<Understood>(span);
  const place: { -readonly [Key in keyof FramePosition]: FramePosition[Key] } = {
    frame: 0,
    at: { seconds: 0, nanos: 0 },
    identification: -1,
  };
  let firstAt: Moment | undefined;
  const last = { seconds: 0, nanos: 0 };
  let format: Replayed['format'] = 'unknown';
  let lookedAhead: 'no' | 'yes' = 'no';

  const understand = (): Understood => {
    const before = memo.recall();
    if (before !== undefined) return before;
    const sighting = seeFrame(span, span.bytes.subarray(span.from, span.to), fingerprint);
    const understood: Understood = {
      sighting,
      account: sighting.kind === 'advert' ? history.openAccount(sighting, place) : undefined,
      tail: undefined,
      writes: 'none',
      vip: undefined,
      vipEdition: -1,
    };
    memo.keep(understood);
    return understood;
  };

  const writeLine = (understood: Understood): void => {
    const { sighting, vip } = understood;
    if (lines === 'none' || sighting.kind === 'other') return;
    // Most that are seen once are not seen again: bytes are kept from the second time on.
    if (understood.writes === 'none') {
      understood.writes = 'one';
      const isPlain = sighting.kind === 'advert' && sighting.problems.length === 0;
      buffer.addOnce(place.frame, place.at, lineTail(sighting, vip), isPlain ? 'latin1' : 'utf8');
      return;
    }
    understood.tail ??= encoder.encode(lineTail(sighting, vip));
    buffer.add(place.frame, place.at, understood.tail);
  };

  const takeNeighbour = (understood: Understood): void => {
    const { sighting } = understood;
    if (sighting.kind !== 'arp' && sighting.kind !== 'nd') return;
    if (lookedAhead === 'no' && lookAhead !== undefined) {
      lookedAhead = 'yes';
      history.learnVips(lookAhead());
    }
    if (understood.vipEdition !== history.vipEdition()) {
      understood.vipEdition = history.vipEdition();
      understood.vip = vipConcerned(sighting, (address) => history.vips.has(address));
      understood.tail = undefined;
    }
    if (understood.vip === undefined) return;
    counts[sighting.kind] += 1;
    history.countNeighbour(sighting, understood.vip, place);
    writeLine(understood);
  };

  const take = (understood: Understood): void => {
    const { sighting, account } = understood;
    if (sighting.problems.length > 0) history.noteProblems(sighting, place.frame);
    switch (sighting.kind) {
      case 'advert':
        counts.adverts += 1;
        if (account !== undefined) history.countAdvert(account, sighting.advert.priority, place);
        break;
      case 'carp':
        counts.carp += 1;
        history.countCarp(sighting, place);
        break;
      case 'unknown':
        counts.unknown += 1;
        break;
      case 'arp':
      case 'nd':
        takeNeighbour(understood);
        return;
      case 'other':
        return;
    }
    writeLine(understood);
  };

  const noteTime = (record: Readonly<CaptureRecord>): void => {
    last.seconds = record.seconds;
    last.nanos = record.nanos;
    if (firstAt === undefined && (record.seconds !== 0 || record.nanos !== 0)) firstAt = copyMoment(record);
  };

  const scanner = createCaptureScanner((bytes, record) => {
    counts.frames += 1;
    noteTime(record);
    span.bytes = bytes;
    span.from = record.dataAt;
    span.to = record.dataAt + record.capturedLength;
    if (record.linkType !== span.linkType || counts.frames === 1) linkTypes.add(record.linkType);
    span.linkType = record.linkType;
    span.interfaceId = record.interfaceId;
    span.originalLength = record.originalLength;
    glanceAt(glance, record.linkType, bytes, span);
    if (glance.kind === 'irrelevant') return;
    span.ipv4At = glance.ipv4At;
    place.frame = counts.frames;
    place.at = record;
    place.identification = glance.ipv4At < 0 ? -1 : u16(bytes, span.from + glance.ipv4At + 4);
    take(understand());
  });

  return {
    push: (chunk) => {
      scanner.push(chunk);
      const state = scanner.state();
      if (state === 'pcap' || state === 'pcapng') format = state;
      return lines === 'none' ? [] : buffer.take();
    },
    giveBack: buffer.giveBack,
    isStopped: () => scanner.state() === 'stopped',
    end: () => {
      const captureProblems = scanner.end();
      history.settle(last);
      return {
        history,
        counts,
        firstAt,
        lastAt: firstAt === undefined ? undefined : copyMoment(last),
        linkTypes: [...linkTypes],
        captureProblems,
        format,
      };
    },
  };
};

/** Every address announced in a capture: what has to be known before the first ARP message can be judged. */
export const createVipScout = (): { push(chunk: Uint8Array): void; vips(): ReadonlySet<string> } => {
  const replay = createReplay({ lines: 'none' });
  return {
    push: (chunk) => {
      replay.push(chunk);
    },
    vips: () => replay.end().history.vips,
  };
};
