/**
 * Where the parts of a VRRP message lie: addresses, the authentication data of version 2, the trailer of
 * keepalived's auth_hmac, and what the checksum covers. Shared by the decoder and the redactor, so that what one
 * reads as a password the other removes. Knows positions only; deliberately no meaning.
 */

import { u8, u16 } from './bytes.ts';

/** RFC 3768, section 5.3.10: always there in version 2 over IPv4, zero without authentication. */
export const passwordBytes = 8;

/** keepalived 2.4 vrrp_auth_hmac.h: type, key id, reserved, seconds, fraction, counter, 16 bytes of HMAC. */
export const hmacTrailerBytes = 28;

export interface AdvertLayout {
  readonly addressSizeBytes: 4 | 16;
  readonly addressCountSaid: number;
  /** Complete addresses in the captured bytes, never more than said. */
  readonly addressCountPresent: number;
  /** Version 2 authentication data in the captured bytes; from === to when there is none. */
  readonly auth: { readonly from: number; readonly to: number };
  /** Where the auth_hmac trailer begins, when a whole one was captured. */
  readonly hmacAt: number | undefined;
  /** Message bytes behind everything the format knows. */
  readonly strayBytes: number;
  /** End of what keepalived sums: header, addresses, version 2 authentication data; no auth_hmac trailer. */
  readonly summedTo: number;
  readonly fit: 'exact' | 'count-does-not-fit' | 'trailing-bytes' | 'auth-data-missing';
}

export interface MessageSpan {
  readonly from: number;
  /** End of the captured bytes of the message. */
  readonly to: number;
  /** Length of the message as the IP header says; may reach behind `to` in a truncated capture. */
  readonly saidBytes: number;
  readonly family: 4 | 6;
}

/** Needs the eight header bytes to be there. */
export function layOutAdvert(bytes: Uint8Array, span: MessageSpan): AdvertLayout {
  const { from, to, saidBytes, family } = span;
  const addressSizeBytes = family === 4 ? 4 : 16;
  const addressCountSaid = u8(bytes, from + 3);
  const messageEnd = from + saidBytes;
  const addressesFrom = from + 8;
  const addressesEnd = addressesFrom + addressCountSaid * addressSizeBytes;
  const rest = messageEnd - addressesEnd;
  const mayCarryPassword = u8(bytes, from) >>> 4 !== 3;

  if (rest < 0 || (mayCarryPassword && family === 4 && rest < passwordBytes && u8(bytes, from + 4) !== 0)) {
    // The count claims the password's bytes as addresses. Were it believed, a password would be printed as two of them.
    const reserved = mayCarryPassword ? Math.min(passwordBytes, Math.max(0, saidBytes - 8)) : 0;
    const authFrom = messageEnd - reserved;
    return {
      addressSizeBytes,
      addressCountSaid,
      addressCountPresent: countWhole(
        addressesFrom,
        Math.min(authFrom, to),
        addressSizeBytes,
        addressCountSaid,
      ),
      auth: { from: Math.min(authFrom, to), to: Math.min(messageEnd, to) },
      hmacAt: undefined,
      strayBytes: 0,
      summedTo: messageEnd,
      fit: 'count-does-not-fit',
    };
  }

  const hmacOnly = rest === hmacTrailerBytes && (!mayCarryPassword || family === 6);
  const authBytes = mayCarryPassword && !hmacOnly ? Math.min(passwordBytes, rest) : 0;
  const authEnd = addressesEnd + authBytes;
  const stray = messageEnd - authEnd;
  const hasHmac = stray === hmacTrailerBytes && (authEnd + 4 > to || u16(bytes, authEnd + 2) === 0);
  return {
    addressSizeBytes,
    addressCountSaid,
    addressCountPresent: countWhole(
      addressesFrom,
      Math.min(addressesEnd, to),
      addressSizeBytes,
      addressCountSaid,
    ),
    auth: { from: Math.min(addressesEnd, to), to: Math.min(authEnd, to) },
    hmacAt: hasHmac && messageEnd <= to ? authEnd : undefined,
    strayBytes: hasHmac ? 0 : stray,
    summedTo: authEnd,
    fit: fitOf(mayCarryPassword && family === 4 ? passwordBytes - authBytes : 0, hasHmac ? 0 : stray),
  };
}

function countWhole(from: number, to: number, sizeBytes: number, most: number): number {
  return Math.min(most, Math.max(0, Math.floor((to - from) / sizeBytes)));
}

function fitOf(missingAuthBytes: number, strayBytes: number): AdvertLayout['fit'] {
  if (missingAuthBytes > 0) return 'auth-data-missing';
  return strayBytes > 0 ? 'trailing-bytes' : 'exact';
}
