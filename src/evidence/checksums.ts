// Checksums of a recording: of every file in its manifest, and of the manifest in itself, so that a recording that was
// cut or changed on its way is never judged as if it were whole. It knows texts and bytes, not what they hold.
import { createHash } from 'node:crypto';

const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

export type Checksums = Readonly<Record<string, string>>;

export const checksumOf = (content: string | Uint8Array): string => `sha256:${sha256(content)}`;

const sealForm = /"seal": "(?:sha256:[0-9a-f]{64})?"/;
const openSeal = '"seal": ""';

/** The text of a manifest that has an empty `seal`, closed with the checksum of what it seals. */
export const seal = (text: string): string => text.replace(openSeal, `"seal": "${checksumOf(text)}"`);

/** Recordings of older versions have no seal. */
export const sealOf = (text: string): 'whole' | 'broken' | 'none' => {
  const found = sealForm.exec(text);
  if (found === null) return /"seal"/.test(text) ? 'broken' : 'none';
  return found[0] === `"seal": "${checksumOf(text.replace(sealForm, openSeal))}"` ? 'whole' : 'broken';
};
