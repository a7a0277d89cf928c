// Keeps secrets out of evidence: passwords are replaced by fingerprints at the moment an answer or a frame comes
// in, before anything else sees it. Equal passwords have equal fingerprints within one run; the key is thrown
// away with the run, so a fingerprint cannot be tried out afterwards.
import { createHmac, randomBytes } from 'node:crypto';
import { parseConfig } from '../keepalived/config-tree.ts';
import { redactConfigText } from '../keepalived/redaction.ts';
import { collectSecrets, effectivePassword, formatRedacted } from '../keepalived/secrets.ts';
import { replaceVrrpPassword } from '../wire/redact.ts';
import type { Answer } from './bundle.ts';
import { configFiles } from './config-files.ts';

export interface MaskedFile {
  /** Passwords masked wherever they stand. */
  readonly everywhere: string;
  /** Masked where they are set and nowhere else: what the file means stays as it is. */
  readonly inPlace: string;
}

export interface Redactor {
  /** A frame whose VRRP password is replaced by its fingerprint; its checksum stays as good or bad as it was. */
  frame(linkType: number, bytes: Uint8Array): Uint8Array;
  /** An answer of a node without passwords. Secrets it teaches are hidden in every later answer. */
  answer(node: string, answer: Answer): Answer;
  /** Hides in an earlier answer what was learnt since. */
  again(answer: Answer): Answer;
  /** A configuration file of a node, without passwords, as `answer` has it and as it is still read alike. */
  configuration(node: string, path: string, text: string): MaskedFile;
  /** Hides in any text what was learnt so far. */
  hide(text: string): string;
}

/** Probe whose answers of part `file` are configuration files, one per process and path. */
const CONFIGURATION_PROBE = 'configuration';

/** `pid:path` */
const pathOf = (answer: Answer): string => (answer.about ?? '').replace(/^[^:]*:/, '');

/** Shorter secrets are hidden where they are configured but not searched for elsewhere: “1” is everywhere. */
const SEARCHED_FROM_CHARS = 4;

/** Words of the configuration's own: hiding one everywhere would change what the file says, and tells who looks for it. */
const ownWords = new Set(
  'PASS MASTER BACKUP FAULT true false none auto weight state priority interface version script group authentication auth_type auth_pass'.split(
    ' ',
  ),
);

/** keepalived cuts a password to what the packet holds (RFC 2338 §5.3.10), and may quote it so. */
const WIRE_CHARS = 8;

/**
 * “1111” is also part of counters, “master” a key of JSON, “keepalived” a path: such a password is searched for as a
 * word of its own only, for elsewhere it tells nobody that it is one, and hiding it there would spoil the evidence.
 */
const searchFor = (secret: string): string => {
  const literal = secret.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  if (/^\d+$/.test(secret)) return `(?<![\\w./:,-])${literal}(?![\\w/:,-]|\\.\\w|[}\\]])`;
  return /^[A-Za-z]+$/.test(secret) ? `(?<![\\w./-])${literal}(?![\\w/-]|\\.\\w|"\\s*:)` : literal;
};

/** A mask already in the text; nothing is searched for inside it. */
const mask = 'redacted:[0-9a-f]{16}:\\d{1,6}';

export const createRedactor = (): Redactor => {
  const key = randomBytes(32);
  const digest = (secret: Uint8Array): Uint8Array =>
    Uint8Array.from(createHmac('sha256', key).update(secret).digest().subarray(0, 8));
  const fingerprint = (secret: Uint8Array): string => Buffer.from(digest(secret)).toString('hex');
  const learnt = new Map<string, string>();
  const shownBy = new Map<string, Map<string, string>>();

  let searched = /(?!)/g;
  const remember = (secret: string, replacement: string): void => {
    if (secret.length < SEARCHED_FROM_CHARS || ownWords.has(secret) || learnt.has(secret)) return;
    learnt.set(secret, replacement);
    // Longer ones first, so that one that begins with another is hidden whole.
    const secrets = [...learnt.keys()].sort((left, right) => right.length - left.length);
    searched = new RegExp([mask, ...secrets.map(searchFor)].join('|'), 'g');
  };
  const inPlace = (text: string): string => redactConfigText(text, { fingerprintOf: fingerprint });
  const hide = (text: string): string =>
    text.replace(searched, (found: string) => learnt.get(found) ?? found);

  /** A password may be defined in one file and used in another, so every file is read as the start of all. */
  const learn = (node: string, path: string, text: string): void => {
    const files = shownBy.get(node) ?? new Map<string, string>();
    files.set(path, text);
    shownBy.set(node, files);
    const sources = configFiles(files);
    for (const start of files.keys())
      for (const secret of collectSecrets(
        parseConfig({ path: start, read: sources.read, glob: sources.glob }),
      ))
        for (const form of [secret, secret.slice(0, WIRE_CHARS)])
          remember(form, formatRedacted(fingerprint(effectivePassword(secret)), form.length));
  };

  return {
    frame: (linkType, bytes) => replaceVrrpPassword(linkType, bytes, digest),
    answer: (node, answer) => {
      if (answer.probe === CONFIGURATION_PROBE && answer.part === 'file')
        learn(node, pathOf(answer), answer.text);
      return { ...answer, text: hide(inPlace(answer.text)) };
    },
    again: (answer) => {
      const text = hide(answer.text);
      return text === answer.text ? answer : { ...answer, text };
    },
    configuration: (node, path, text) => {
      learn(node, path, text);
      const masked = inPlace(text);
      return { everywhere: hide(masked), inPlace: masked };
    },
    hide,
  };
};
