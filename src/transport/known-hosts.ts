// known_hosts files: who a host's key belongs to. Pure: text in, verdict out (sshd(8), SSH_KNOWN_HOSTS FILE
// FORMAT). It does not read files, ask anybody or decide what to do about a verdict.
import { createHash, createHmac } from 'node:crypto';

export interface KnownHost {
  readonly file: string;
  readonly line: number;
  readonly marker: 'none' | 'revoked' | 'cert-authority';
  readonly names: HostNames;
  /** E.g. `ssh-ed25519`. */
  readonly keyType: string;
  /** The public key as it travels on the wire (RFC 4253 §6.6), base64. */
  readonly key: string;
}

type HostNames =
  | { readonly kind: 'patterns'; readonly patterns: readonly string[] }
  /** `|1|salt|hash`: HMAC-SHA1 of the name under the salt. */
  | { readonly kind: 'hashed'; readonly salt: Uint8Array; readonly hash: string };

export interface HostIdentity {
  /** Name or address as connected to, or HostKeyAlias. */
  readonly host: string;
  readonly port: number;
}

export type HostKeyVerdict =
  | { readonly kind: 'trusted'; readonly by: KnownHost }
  /** Nothing on record for this kind of key; `otherKinds` are on record for this host. */
  | {
      readonly kind: 'unknown';
      readonly otherKinds: readonly KnownHost[];
      readonly authority: KnownHost | undefined;
    }
  /** Another key of the same kind is on record. */
  | { readonly kind: 'changed'; readonly expected: KnownHost }
  | { readonly kind: 'revoked'; readonly by: KnownHost };

export function parseKnownHosts(text: string, file: string): KnownHost[] {
  const entries: KnownHost[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const words = line.split(/[ \t]+/);
    const first = words[0] ?? '';
    const marker = first === '@revoked' ? 'revoked' : first === '@cert-authority' ? 'cert-authority' : 'none';
    // An unknown marker makes the line mean something we do not know: not for us.
    if (first.startsWith('@') && marker === 'none') continue;
    const [hosts, keyType, key] = marker === 'none' ? words : words.slice(1);
    if (hosts === undefined || keyType === undefined || key === undefined) continue;
    const names = readNames(hosts);
    if (names === undefined) continue;
    entries.push({ file, line: index + 1, marker, names, keyType, key });
  }
  return entries;
}

function readNames(hosts: string): HostNames | undefined {
  if (!hosts.startsWith('|')) return { kind: 'patterns', patterns: hosts.toLowerCase().split(',') };
  const [, version, salt, hash] = hosts.split('|');
  if (version !== '1' || salt === undefined || hash === undefined) return undefined;
  return { kind: 'hashed', salt: Buffer.from(salt, 'base64'), hash };
}

/** The name a host goes by in known_hosts: `[host]:port` unless the port is 22. */
export function knownHostName(identity: HostIdentity): string {
  const host = identity.host.toLowerCase();
  return identity.port === 22 ? host : `[${host}]:${identity.port}`;
}

export function judgeHostKey(
  known: readonly KnownHost[],
  identity: HostIdentity,
  key: Uint8Array,
): HostKeyVerdict {
  const presented = Buffer.from(key).toString('base64');
  const named = entriesFor(known, identity);
  const revoked = named.find((entry) => entry.marker === 'revoked' && entry.key === presented);
  if (revoked) return { kind: 'revoked', by: revoked };
  const plain = named.filter((entry) => entry.marker === 'none');
  const match =
    plain.find((entry) => entry.key === presented) ?? matchWithoutPort(known, identity, presented);
  if (match) return { kind: 'trusted', by: match };
  const keyType = readKeyType(key);
  const sameKind = plain.find((entry) => entry.keyType === keyType);
  if (sameKind) return { kind: 'changed', expected: sameKind };
  return {
    kind: 'unknown',
    otherKinds: plain,
    authority: named.find((entry) => entry.marker === 'cert-authority'),
  };
}

// ssh takes a key that is on record for the bare host also on another port, but never calls it changed there.
function matchWithoutPort(
  known: readonly KnownHost[],
  identity: HostIdentity,
  presented: string,
): KnownHost | undefined {
  if (identity.port === 22) return undefined;
  return entriesFor(known, { host: identity.host, port: 22 }).find(
    (entry) => entry.marker === 'none' && entry.key === presented,
  );
}

/** Kinds of key on record for the host: the server must be asked for these first, or its other key looks unknown. */
export function knownKeyTypes(known: readonly KnownHost[], identity: HostIdentity): readonly string[] {
  const named = entriesFor(known, identity).filter((entry) => entry.marker === 'none');
  const entries =
    named.length > 0 || identity.port === 22 ? named : entriesFor(known, { ...identity, port: 22 });
  return [...new Set(entries.map((entry) => entry.keyType))];
}

function entriesFor(known: readonly KnownHost[], identity: HostIdentity): readonly KnownHost[] {
  const name = knownHostName(identity);
  return known.filter((entry) => matchesNames(entry.names, name));
}

function matchesNames(names: HostNames, name: string): boolean {
  if (names.kind === 'hashed') {
    return createHmac('sha1', names.salt).update(name).digest('base64') === names.hash;
  }
  let matched = false;
  for (const pattern of names.patterns) {
    if (pattern.startsWith('!')) {
      if (matchesPattern(pattern.slice(1), name)) return false;
    } else if (matchesPattern(pattern, name)) matched = true;
  }
  return matched;
}

function matchesPattern(pattern: string, name: string): boolean {
  // Two indices and one way back to the last star: linear, whatever a hostile file holds.
  let p = 0;
  let n = 0;
  let star = -1;
  let resume = 0;
  while (n < name.length) {
    if (pattern[p] === '*') {
      star = p++;
      resume = n;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === name[n])) {
      p++;
      n++;
    } else if (star >= 0) {
      p = star + 1;
      n = ++resume;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

/** The kind a public key says it is (its first string, RFC 4253 §6.6); empty when it is not a key at all. */
export function readKeyType(key: Uint8Array): string {
  const buffer = Buffer.from(key);
  if (buffer.length < 4) return '';
  const length = buffer.readUInt32BE(0);
  if (length > 64 || 4 + length > buffer.length) return '';
  return buffer.subarray(4, 4 + length).toString('latin1');
}

/** As `ssh-keygen -l` prints it. */
export function fingerprintKey(key: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** A line for known_hosts that trusts this key for this host. */
export function formatKnownHost(identity: HostIdentity, key: Uint8Array): string {
  return `${knownHostName(identity)} ${readKeyType(key)} ${Buffer.from(key).toString('base64')}`;
}
