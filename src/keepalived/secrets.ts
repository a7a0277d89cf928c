/**
 * Passwords and keys: how they are told apart without being shown. Knows where secrets stand in a
 * configuration and what keepalived makes of them (8 bytes, zero-padded: vrrp_parser.c vrrp_auth_pass_handler);
 * the fingerprint itself is made by a function it is given. Masking whole texts is in redaction.ts.
 */
import type { ConfigNode, ConfigTree } from './config-tree.ts';

export type Fingerprint = (secret: Uint8Array) => string;

export type PasswordOddity = 'longer-than-8' | 'cut-by-comment';

export interface PasswordSummary {
  readonly fingerprint: string;
  /** Length as configured, before keepalived cuts to 8; a character beyond ASCII counts its bytes, as strlen does. */
  readonly lengthChars: number;
  readonly oddities: readonly PasswordOddity[];
}

const passwordBytes = 8;

/** What goes on the wire: the first 8 bytes, padded with zeros (RFC 2338 5.3.10; VRRP_AUTH_LEN). */
export function effectivePassword(password: string): Uint8Array {
  const bytes = new Uint8Array(passwordBytes);
  bytes.set(new TextEncoder().encode(password).subarray(0, passwordBytes));
  return bytes;
}

const redactedForm = /^redacted:([^:\s]+):(\d{1,6})$/;

export function formatRedacted(fingerprint: string, lengthChars: number): string {
  return `redacted:${fingerprint}:${lengthChars}`;
}

export function readRedacted(
  word: string,
): { readonly fingerprint: string; readonly lengthChars: number } | undefined {
  const match = redactedForm.exec(word);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return { fingerprint: match[1], lengthChars: Number(match[2]) };
}

/** Summary of an `auth_pass` line; undefined when it has no password. */
export function summarizePassword(node: ConfigNode, fingerprint: Fingerprint): PasswordSummary | undefined {
  const token = node.args[0];
  if (token === undefined || token.value === '') return undefined;
  const known = readRedacted(token.value) ?? {
    fingerprint: fingerprint(effectivePassword(token.value)),
    lengthChars: new TextEncoder().encode(token.value).length,
  };
  const oddities: PasswordOddity[] = [];
  if (known.lengthChars > passwordBytes) oddities.push('longer-than-8');
  // A comment glued to a later word did not cut the password itself.
  if (node.comment === 'glued' && node.args.length === 1) oddities.push('cut-by-comment');
  return { ...known, oddities };
}

/** Words of a node that are secret: the password, or the value of an HMAC key (but not a `file:` reference). */
function secretWords(node: ConfigNode, owner: string | undefined): readonly string[] {
  if (node.keyword === 'auth_pass') return node.args.map((token) => token.value);
  if (node.keyword === 'key' && owner === 'auth_hmac')
    return node.args.slice(1).flatMap((token) => (token.value.startsWith('file:') ? [] : [token.value]));
  return [];
}

/** In the order they are written. A hostile file nests deeper than calls may. */
function* secretNodes(
  nodes: readonly ConfigNode[],
): Generator<{ readonly node: ConfigNode; readonly words: readonly string[] }> {
  const open: { readonly nodes: readonly ConfigNode[]; readonly owner: string | undefined; at: number }[] = [
    { nodes, owner: undefined, at: 0 },
  ];
  for (let block = open.at(-1); block !== undefined; block = open.at(-1)) {
    const node = block.nodes[block.at];
    block.at += 1;
    if (node === undefined) {
      open.pop();
      continue;
    }
    const words = secretWords(node, block.owner);
    if (words.length > 0) yield { node, words };
    if (node.children !== undefined) open.push({ nodes: node.children, owner: node.keyword, at: 0 });
  }
}

/** Names of the definitions that a password or key was put together from. */
export function secretDefinitionNames(tree: ConfigTree): readonly string[] {
  const names = new Set<string>();
  for (const { node } of secretNodes(tree.nodes)) for (const name of node.substituted) names.add(name);
  return [...names];
}

/** Every password and key in clear, and the definitions they were made of: what no output may hold. */
export function collectSecrets(tree: ConfigTree): readonly string[] {
  const secrets = new Set<string>();
  const keep = (value: string): void => {
    if (value !== '' && readRedacted(value) === undefined) secrets.add(value);
  };
  for (const { words } of secretNodes(tree.nodes)) for (const word of words) keep(word);
  const names = new Set(secretDefinitionNames(tree));
  for (const definition of tree.definitions) {
    const multiline = definition.value.includes('\n');
    if (names.has(definition.name) && !multiline && !/^\s*(?:auth_pass|key|@)/.test(definition.value))
      keep(definition.value);
  }
  return [...secrets];
}
