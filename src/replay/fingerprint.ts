// Passwords as fingerprints: equal ones look equal within one run, and the key is thrown away with the run, so that
// nothing printed can be tried out afterwards. It never gives a password back.
import { createHmac, randomBytes } from 'node:crypto';

/** Bounded: a hostile capture holds a new password in every frame. */
const mostRemembered = 1024;

export const createFingerprints = (): ((secret: Uint8Array) => string) => {
  const key = randomBytes(32);
  const known = new Map<string, string>();
  return (secret) => {
    let text = '';
    for (const byte of secret) text += String.fromCharCode(byte);
    const before = known.get(text);
    if (before !== undefined) return before;
    const fingerprint = createHmac('sha256', key).update(secret).digest('hex').slice(0, 16);
    if (known.size >= mostRemembered) known.clear();
    known.set(text, fingerprint);
    return fingerprint;
  };
};
