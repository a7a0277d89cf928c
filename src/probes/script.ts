// Composes the one script that carries every question to a node, and reads the framed answers back as they
// arrive. It knows the frames and their bounds; it does not know what any answer means.
import type { Answer } from '../evidence/bundle.ts';
import { prelude } from './prelude.ts';
import type { Pace, Probe, Round } from './probe.ts';

/** What only the asking side knows. Values that are not IP addresses are left out, never quoted into the script. */
export interface ScriptExtra {
  /** Addresses to ask `ip route get` about, in round two. */
  readonly peers?: readonly string[];
}

type AnyProbe = Pick<Probe<unknown>, 'id' | 'parts'>;

const markerPattern = /^[A-Za-z0-9]{16,64}$/;
const wordPattern = /^[a-z0-9-]+$/;
const addressPattern = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*)$/;
const maxPeers = 32;
const paces: readonly Pace[] = ['first', 'quick', 'late', 'slow'];

/**
 * The script of one round, to be written to the node's `sh`; the first round brings the prelude along. The whole
 * round is one function, so a script cut off on its way does nothing. `marker` must not be guessable by what runs
 * on the node, and must be the same for both rounds.
 */
export function composeScript(
  probes: readonly AnyProbe[],
  round: Round,
  marker: string,
  extra: ScriptExtra = {},
): string {
  if (!markerPattern.test(marker)) throw new Error('the marker must be 16 to 64 letters and digits');
  const peers = (extra.peers ?? []).filter((peer) => addressPattern.test(peer)).slice(0, maxPeers);
  const lines = [
    `vd_round_${round}() {`,
    `VD_MARK=${marker} VD_ROUND=${round} VD_PEERS='${peers.join(' ')}'`,
    round === 'before' ? prelude : '[ -z "$KA_PID" ] || [ -d "/proc/$KA_PID" ] || vd_find',
  ];
  const questions = probes.flatMap((probe) =>
    probe.parts.filter((part) => part.rounds.includes(round)).map((part) => ({ id: probe.id, part })),
  );
  for (const pace of paces) {
    for (const { id, part } of questions) {
      if ((part.pace ?? 'quick') !== pace) continue;
      if (!wordPattern.test(id) || !wordPattern.test(part.part)) {
        throw new Error(`probe ${id}, part ${part.part}: ids are lower-case words`);
      }
      lines.push(
        `VD_PROBE=${id} VD_PART=${part.part} VD_LIMIT=${part.limitBytes} VD_SECONDS=${part.timeoutSeconds}`,
        part.shell.trim(),
      );
    }
  }
  lines.push(`printf '\\n%s d %s\\n' "$VD_MARK" ${round}`, '}', `vd_round_${round}`, '');
  return lines.join('\n');
}

export interface AnswerReader {
  /** Takes the next bytes of the node's stdout; gives the answers completed by them. */
  push(chunk: Uint8Array): readonly Answer[];
  /** Rounds whose every question has been asked. */
  finishedRounds(): ReadonlySet<Round>;
  /** No more bytes will come: gives the answer that was cut off, with exit `lost`, if there is one. */
  end(): readonly Answer[];
}

interface OpenFrame {
  readonly probe: string;
  readonly part: string;
  readonly about: string | undefined;
  readonly round: Round;
  readonly limitBytes: number;
  readonly chunks: Uint8Array[];
  keptBytes: number;
  seenBytes: number;
}

const newline = 10;
const maxHeaderBytes = 32 * 1024;

/** Reads frames incrementally; memory is bounded by the limits the script itself stated. */
export function createAnswerReader(marker: string): AnswerReader {
  const delimiter = new TextEncoder().encode(`\n${marker} `);
  const finished = new Set<Round>();
  // Starts with the newline that a frame at the very beginning would otherwise lack.
  let pending: Uint8Array = Uint8Array.of(newline);
  let open: OpenFrame | undefined;

  const push = (chunk: Uint8Array): readonly Answer[] => {
    const answers: Answer[] = [];
    pending = join(pending, chunk);
    for (;;) {
      const at = find(pending, delimiter);
      if (at < 0) {
        const settled = Math.max(0, pending.length - delimiter.length + 1);
        keep(open, pending.subarray(0, settled));
        pending = pending.slice(settled);
        return answers;
      }
      const lineEnd = pending.indexOf(newline, at + delimiter.length);
      if (lineEnd < 0) {
        if (pending.length - at <= maxHeaderBytes) {
          keep(open, pending.subarray(0, at));
          pending = pending.slice(at);
          return answers;
        }
        keep(open, pending.subarray(0, at + 1));
        pending = pending.slice(at + 1);
        continue;
      }
      keep(open, pending.subarray(0, at));
      const words = new TextDecoder().decode(pending.subarray(at + delimiter.length, lineEnd)).split(' ');
      // The newline that ends a header may also be the one that opens the next frame.
      pending = pending.subarray(lineEnd);
      if (words[0] === 'b') {
        if (open !== undefined) answers.push(close(open, 'lost'));
        open = openFrame(words);
        // A frame's content begins after the header's newline.
        if (open !== undefined) open.seenBytes = -1;
      } else if (words[0] === 'e' && open !== undefined) {
        answers.push(close(open, readExit(words[1])));
        open = undefined;
      } else if (words[0] === 'd') {
        if (words[1] === 'before' || words[1] === 'after') finished.add(words[1]);
      }
    }
  };

  return {
    push,
    finishedRounds: () => finished,
    end: () => {
      if (open === undefined) return [];
      keep(open, pending);
      const answer = close(open, 'lost');
      open = undefined;
      pending = Uint8Array.of(newline);
      return [answer];
    },
  };
}

function openFrame(words: readonly string[]): OpenFrame | undefined {
  const [, round, probe, part, about, limit] = words;
  if (round !== 'before' && round !== 'after') return undefined;
  const limitBytes = Number(limit);
  if (probe === undefined || part === undefined || about === undefined || !Number.isSafeInteger(limitBytes)) {
    return undefined;
  }
  return {
    probe,
    part,
    about: readAbout(about),
    round,
    limitBytes,
    chunks: [],
    keptBytes: 0,
    seenBytes: 0,
  };
}

/** `-` nothing, `p…` as it is, `x…` hex of bytes that are not plain. */
function readAbout(word: string): string | undefined {
  if (word.startsWith('p')) return word.slice(1);
  if (!word.startsWith('x')) return undefined;
  const pairs = word.slice(1).match(/[0-9a-f]{2}/g) ?? [];
  return new TextDecoder().decode(Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16)));
}

function readExit(word: string | undefined): Answer['exit'] {
  if (word === 'missing' || word === 'timeout') return word;
  const code = Number(word);
  if (word === undefined || word === '' || !Number.isInteger(code)) return 'lost';
  // 124: `timeout` itself; 137 and 143: the signals it sends, as busybox and `-k` report them; 127: the shell found nothing.
  if (code === 124 || code === 137 || code === 143) return 'timeout';
  return code === 127 ? 'missing' : code;
}

/** Adds content to a frame up to its limit; the header's own newline (offset -1) is skipped. */
function keep(frame: OpenFrame | undefined, bytes: Uint8Array): void {
  if (frame === undefined || bytes.length === 0) return;
  const content = frame.seenBytes < 0 ? bytes.subarray(1) : bytes;
  frame.seenBytes = Math.max(0, frame.seenBytes) + content.length;
  const room = frame.limitBytes - frame.keptBytes;
  if (room <= 0 || content.length === 0) return;
  const kept = content.slice(0, room);
  frame.chunks.push(kept);
  frame.keptBytes += kept.length;
}

function close(frame: OpenFrame, exit: Answer['exit']): Answer {
  const bytes = new Uint8Array(frame.keptBytes);
  let at = 0;
  for (const chunk of frame.chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return {
    probe: frame.probe,
    part: frame.part,
    ...(frame.about === undefined ? {} : { about: frame.about }),
    round: frame.round,
    exit,
    text: new TextDecoder().decode(bytes),
    truncated: frame.seenBytes > frame.limitBytes ? 'yes' : 'no',
  };
}

function join(left: Uint8Array, right: Uint8Array): Uint8Array {
  const both = new Uint8Array(left.length + right.length);
  both.set(left);
  both.set(right, left.length);
  return both;
}

function find(bytes: Uint8Array, wanted: Uint8Array): number {
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) {
    if (at + wanted.length > bytes.length) return -1;
    let matched = 1;
    while (matched < wanted.length && bytes[at + matched] === wanted[matched]) matched += 1;
    if (matched === wanted.length) return at;
  }
  return -1;
}
