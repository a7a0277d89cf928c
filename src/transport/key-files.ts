// The user's SSH files: known_hosts and private keys. The only file of the room that touches the disk, and it
// writes one thing: a line at the end of known_hosts, when the operator accepted a key.
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

export type FileText =
  | { readonly kind: 'read'; readonly bytes: Buffer }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly reason: string };

export async function readKeyFile(path: string): Promise<FileText> {
  try {
    return { kind: 'read', bytes: await readFile(path) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? { kind: 'absent' } : { kind: 'unreadable', reason: code ?? message };
  }
}

export type Recorded = { readonly kind: 'recorded' } | { readonly kind: 'failed'; readonly reason: string };

export async function appendKnownHost(path: string, line: string): Promise<Recorded> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const before = await readKeyFile(path);
    const unended = before.kind === 'read' && before.bytes.length > 0 && before.bytes.at(-1) !== 0x0a;
    await appendFile(path, `${unended ? '\n' : ''}${line}\n`, { mode: 0o600 });
    return { kind: 'recorded' };
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

export const defaultKnownHostsFiles = (): readonly string[] => [
  join(homedir(), '.ssh', 'known_hosts'),
  join(homedir(), '.ssh', 'known_hosts2'),
  '/etc/ssh/ssh_known_hosts',
  '/etc/ssh/ssh_known_hosts2',
];

export const defaultIdentityFiles = (): readonly string[] =>
  ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => join(homedir(), '.ssh', name));
