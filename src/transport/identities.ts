// Private keys from files and keys held by an agent. Each file is read and unlocked once for all nodes of a run.
// It does not know which server wants which key.
import type { BaseAgent, ParsedKey } from 'ssh2';
import { readKeyFile } from './key-files.ts';
import type { Prompt } from './transport.ts';

/** What `import('ssh2')` gives. */
export type Ssh2 = typeof import('ssh2');

export type Identity =
  | { readonly kind: 'key'; readonly key: ParsedKey }
  | { readonly kind: 'absent' }
  /** Encrypted, and nobody gave the passphrase. */
  | { readonly kind: 'locked' }
  | { readonly kind: 'unusable'; readonly reason: string };

export interface IdentityStore {
  load(path: string, ask: Prompt | undefined, node: string): Promise<Identity>;
  /** Public half from `FILE.pub`, to find the key in an agent without unlocking the file. */
  loadPublic(path: string): Promise<ParsedKey | undefined>;
}

const MAX_PASSPHRASES = 3;

export function createIdentityStore(ssh2: Ssh2): IdentityStore {
  const loaded = new Map<string, Promise<Identity>>();
  return {
    load: (path, ask, node) => {
      const before = loaded.get(path);
      if (before !== undefined) return before;
      const loading = loadIdentity(ssh2, path, ask, node);
      loaded.set(path, loading);
      return loading;
    },
    loadPublic: async (path) => {
      const file = await readKeyFile(`${path}.pub`);
      if (file.kind !== 'read') return undefined;
      const key = parse(ssh2, file.bytes);
      return key instanceof Error ? undefined : key;
    },
  };
}

async function loadIdentity(
  ssh2: Ssh2,
  path: string,
  ask: Prompt | undefined,
  node: string,
): Promise<Identity> {
  const file = await readKeyFile(path);
  if (file.kind === 'absent') return file;
  if (file.kind === 'unreadable') return { kind: 'unusable', reason: file.reason };
  const key = parse(ssh2, file.bytes);
  if (!(key instanceof Error)) {
    if (key.isPrivateKey()) return { kind: 'key', key };
    return { kind: 'unusable', reason: 'it holds a public key' };
  }
  if (!/encrypted/i.test(key.message)) return { kind: 'unusable', reason: key.message };
  for (let attempt = 1; ask !== undefined && attempt <= MAX_PASSPHRASES; attempt++) {
    const text = `Passphrase of ${path}${attempt > 1 ? ' (that one was wrong)' : ''}`;
    const passphrase = await ask({ kind: 'passphrase', node, text, echo: 'off' });
    if (passphrase === undefined) break;
    const unlocked = parse(ssh2, file.bytes, passphrase);
    if (!(unlocked instanceof Error)) return { kind: 'key', key: unlocked };
  }
  return { kind: 'locked' };
}

// ssh2 returns an array for files that could hold several keys; OpenSSH writes one.
function parse(ssh2: Ssh2, bytes: Buffer, passphrase?: string): ParsedKey | Error {
  try {
    const parsed: ParsedKey | ParsedKey[] | Error = ssh2.utils.parseKey(bytes, passphrase);
    const key = Array.isArray(parsed) ? parsed[0] : parsed;
    return key ?? new Error('it holds no key');
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

export type AgentKeys =
  | { readonly kind: 'agent'; readonly agent: BaseAgent; readonly keys: readonly ParsedKey[] }
  | { readonly kind: 'silent'; readonly reason: string };

const AGENT_TIMEOUT_MS = 3000;

/** Asks the agent for its keys. A stale socket or a hung agent is an answer too. */
export function listAgentKeys(ssh2: Ssh2, socket: string): Promise<AgentKeys> {
  return new Promise((resolve) => {
    const timer = setTimeout(
      () => resolve({ kind: 'silent', reason: 'it does not answer' }),
      AGENT_TIMEOUT_MS,
    );
    const agent = ssh2.createAgent(socket);
    agent.getIdentities((error, keys) => {
      clearTimeout(timer);
      if (error || keys === undefined) {
        resolve({ kind: 'silent', reason: error ? error.message : 'it holds no keys' });
        return;
      }
      const parsed: ParsedKey[] = [];
      for (const one of keys) {
        const key = typeof one === 'string' || Buffer.isBuffer(one) ? ssh2.utils.parseKey(one) : one;
        // Kinds ssh2 does not know (FIDO, certificates) are not errors: they are not for us.
        if (key !== undefined && !(key instanceof Error) && 'getPublicSSH' in key)
          parsed.push(key as ParsedKey);
      }
      resolve({ kind: 'agent', agent, keys: parsed });
    });
  });
}

/** The same agent, offering only these keys. */
export function limitAgent(agent: BaseAgent, keys: readonly ParsedKey[]): BaseAgent {
  const limited: BaseAgent = Object.create(agent);
  limited.getIdentities = (reply) => reply(undefined, [...keys]);
  return limited;
}
