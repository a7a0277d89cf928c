// Keeps secrets out of evidence: passwords are replaced by fingerprints at the moment an answer or a frame comes
// in, before anything else sees it. Equal passwords have equal fingerprints within one run; the key is thrown
// away with the run, so a fingerprint cannot be tried out afterwards.
import { createHmac, randomBytes } from 'node:crypto';
import { collectSecrets, redactConfigText } from '../keepalived/secrets.ts';
import { replaceVrrpPassword } from '../wire/redact.ts';
import type { Answer } from './bundle.ts';

export interface Redactor {
  /** Fingerprint of the eight bytes of a VRRP password: sixteen hex digits. */
  fingerprint(password8: Uint8Array): string;
  /** A frame whose VRRP password is replaced by its fingerprint; its checksum stays as good or bad as it was. */
  frame(linkType: number, bytes: Uint8Array): Uint8Array;
  /** An answer without passwords. Secrets it teaches are also hidden in every later answer. */
  answer(node: string, answer: Answer): Answer;
  /** Hides in an earlier answer what was learnt since. */
  again(answer: Answer): Answer;
}

/** Shorter secrets are hidden where they are configured but not searched for elsewhere: “1” is everywhere. */
const SEARCHED_FROM_CHARS = 4;

export const createRedactor = (): Redactor => {
  const key = randomBytes(32);
  const digest = (password8: Uint8Array): Uint8Array =>
    createHmac('sha256', key).update(password8).digest().subarray(0, 8);
  const fingerprint = (password8: Uint8Array): string => Buffer.from(digest(password8)).toString('hex');
  const learnt = new Map<string, string>();

  const hideLearnt = (text: string): string => {
    let hidden = text;
    for (const [secret, replacement] of learnt)
      if (hidden.includes(secret)) hidden = hidden.replaceAll(secret, replacement);
    return hidden;
  };

  const learn = (text: string): void => {
    for (const secret of collectSecrets(text)) {
      if (secret.length < SEARCHED_FROM_CHARS || secret.startsWith('redacted:')) continue;
      const eight = new Uint8Array(8);
      eight.set(Buffer.from(secret, 'utf8').subarray(0, 8));
      learnt.set(secret, `redacted:${fingerprint(eight)}:${secret.length}`);
    }
  };

  return {
    fingerprint,
    frame: (linkType, bytes) => replaceVrrpPassword(linkType, bytes, digest),
    answer: (answer) => {
      if (answer.probe === 'keepalived-config') learn(answer.text);
      return { ...answer, text: hideLearnt(redactConfigText(answer.text, { fingerprint })) };
    },
    again: (answer) => ({ ...answer, text: hideLearnt(answer.text) }),
  };
};
