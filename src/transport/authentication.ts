// Logging in to one server: which ways are tried, in which order (as ssh does: keys, then questions, then a
// password), and what was tried when none worked. It asks only through the prompt it is given.
import { homedir } from 'node:os';
import type { AnyAuthMethod, AuthenticationType, AuthHandlerMiddleware, ParsedKey } from 'ssh2';
import { type AgentKeys, type IdentityStore, limitAgent, listAgentKeys, type Ssh2 } from './identities.ts';
import { defaultIdentityFiles } from './key-files.ts';
import type { ConnectFailure, Prompt } from './transport.ts';

export interface Login {
  readonly node: string;
  readonly address: string;
  readonly user: string;
  readonly identities?: readonly string[];
  readonly agentKeys: 'all' | 'listed';
  readonly agentSocket?: string;
  readonly prompt?: Prompt;
  readonly store: IdentityStore;
}

export interface Authentication {
  readonly handler: AuthHandlerMiddleware;
  /** To be called when the server has refused everything. */
  describeRefusal(): ConnectFailure;
}

interface Attempt {
  readonly method: AuthenticationType;
  readonly auth: AnyAuthMethod;
}

/** `false` ends the login: ssh2 documents it, its declarations leave it out. */
interface NextMethod {
  give(auth: AuthenticationType | AnyAuthMethod | false): void;
}

const MAX_QUESTIONS = 3;

export function planAuthentication(ssh2: Ssh2, login: Login): Authentication {
  const tried: string[] = [];
  const leftOut: string[] = [];
  let allowed: readonly string[] | null = null;
  const may = (method: AuthenticationType): boolean => allowed === null || allowed.includes(method);
  const attempts = listAttempts(ssh2, login, { tried, leftOut, may });
  const handler: AuthHandlerMiddleware = (authsLeft, _partial, next) => {
    allowed = authsLeft;
    void takeNext(attempts, may).then((attempt) => {
      const server: NextMethod = { give: next };
      server.give(attempt?.auth ?? false);
    });
  };
  return { handler, describeRefusal: () => describeRefusal(login, tried, leftOut, allowed) };
}

async function takeNext(
  attempts: AsyncGenerator<Attempt>,
  may: (method: AuthenticationType) => boolean,
): Promise<Attempt | undefined> {
  for (;;) {
    const next = await attempts.next();
    if (next.done === true) return undefined;
    if (may(next.value.method === 'agent' ? 'publickey' : next.value.method)) return next.value;
  }
}

interface Notes {
  readonly tried: string[];
  readonly leftOut: string[];
  may(method: AuthenticationType): boolean;
}

async function* listAttempts(ssh2: Ssh2, login: Login, notes: Notes): AsyncGenerator<Attempt> {
  yield* offerKeys(ssh2, login, notes);
  const { user: username, prompt } = login;
  // Without this question a server that lets the login in by itself (or tells what it wants) is never heard.
  if (notes.tried.length === 0) yield { method: 'none', auth: { type: 'none', username } };
  if (prompt === undefined) return;
  for (let n = 0; n < MAX_QUESTIONS && notes.may('keyboard-interactive'); n++) {
    if (n === 0) notes.tried.push('questions (keyboard-interactive)');
    yield { method: 'keyboard-interactive', auth: askInteractively(login, prompt) };
  }
  for (let n = 0; n < MAX_QUESTIONS && notes.may('password'); n++) {
    const text = `Password of ${username}@${login.address}${n > 0 ? ' (that one was wrong)' : ''}`;
    const password = await prompt({ kind: 'password', node: login.node, text, echo: 'off' });
    if (password === undefined) return;
    if (n === 0) notes.tried.push('password');
    yield { method: 'password', auth: { type: 'password', username, password } };
  }
}

async function* offerKeys(ssh2: Ssh2, login: Login, notes: Notes): AsyncGenerator<Attempt> {
  const { user: username, store } = login;
  const agent = await openAgent(ssh2, login, notes);
  const held = agent?.keys ?? [];
  const offered = new Set<string>();
  const offerHeld = (keys: readonly ParsedKey[]): Attempt | undefined => {
    const fresh = keys.filter((key) => !offered.has(idOf(key)));
    if (agent === undefined || fresh.length === 0) return undefined;
    for (const key of fresh) offered.add(idOf(key));
    return { method: 'agent', auth: { type: 'agent', username, agent: limitAgent(agent.agent, fresh) } };
  };

  const files = login.identities ?? defaultIdentityFiles();
  // Configured keys go first, as a server counts every refused key (MaxAuthTries) and an agent may hold many.
  const configured = login.identities !== undefined;
  if (!configured && login.agentKeys === 'all') {
    const attempt = offerHeld(held);
    if (attempt) {
      notes.tried.push(`the agent's ${held.length === 1 ? 'key' : `${held.length} keys`}`);
      yield attempt;
    }
  }
  for (const path of files) {
    if (!notes.may('publickey')) return;
    const publicKey = await store.loadPublic(path);
    if (publicKey !== undefined) {
      if (offered.has(idOf(publicKey))) continue;
      const same = held.filter((key) => idOf(key) === idOf(publicKey));
      const attempt = offerHeld(same);
      if (attempt) {
        notes.tried.push(`${shorten(path)} (through the agent)`);
        yield attempt;
        continue;
      }
    }
    const identity = await store.load(path, login.prompt, login.node);
    if (identity.kind === 'key') {
      if (offered.has(idOf(identity.key))) continue;
      offered.add(idOf(identity.key));
      notes.tried.push(shorten(path));
      yield { method: 'publickey', auth: { type: 'publickey', username, key: identity.key } };
    } else if (identity.kind === 'locked') notes.leftOut.push(`${shorten(path)} needs its passphrase`);
    else if (identity.kind === 'unusable') notes.leftOut.push(`${shorten(path)}: ${identity.reason}`);
    else if (configured) notes.leftOut.push(`${shorten(path)} does not exist`);
  }
  if (configured && login.agentKeys === 'all') {
    const attempt = offerHeld(held);
    if (attempt) {
      notes.tried.push("the agent's other keys");
      yield attempt;
    }
  }
}

async function openAgent(
  ssh2: Ssh2,
  login: Login,
  notes: Notes,
): Promise<Extract<AgentKeys, { kind: 'agent' }> | undefined> {
  if (login.agentSocket === undefined || login.agentSocket === 'none' || login.agentSocket === '')
    return undefined;
  const agent = await listAgentKeys(ssh2, login.agentSocket);
  if (agent.kind === 'agent') return agent;
  notes.leftOut.push(`the agent: ${agent.reason}`);
  return undefined;
}

function askInteractively(login: Login, prompt: Prompt): AnyAuthMethod {
  return {
    type: 'keyboard-interactive',
    username: login.user,
    prompt: (_name, instructions, _lang, prompts, finish) => {
      void (async () => {
        const answers: string[] = [];
        for (const question of prompts) {
          const text = [instructions.trim(), `${login.user}@${login.address}: ${question.prompt.trim()}`]
            .filter((part) => part !== '')
            .join(' ');
          const echo = question.echo === true ? 'on' : 'off';
          const answer = await prompt({ kind: 'keyboard-interactive', node: login.node, text, echo });
          answers.push(answer ?? '');
        }
        finish(answers);
      })();
    },
  };
}

function describeRefusal(
  login: Login,
  tried: readonly string[],
  leftOut: readonly string[],
  allowed: readonly string[] | null,
): ConnectFailure {
  const who = `${login.user}@${login.address}`;
  const what = tried.length === 0 ? 'there was no key to try' : `tried ${tried.join(', ')}`;
  const unusable = leftOut.length === 0 ? '' : `; not usable: ${leftOut.join('; ')}`;
  const accepts = allowed === null || allowed.length === 0 ? '' : `; the server takes ${allowed.join(', ')}`;
  const asking =
    login.prompt === undefined && allowed?.some((method) => method !== 'publickey')
      ? ', or run vipdoctor on a terminal to be asked for a password'
      : '';
  return {
    stage: 'authentication',
    message: `${login.node} did not let ${who} in: ${what}${unusable}${accepts}.`,
    nextStep: `Check the user name, name the right key with --identity FILE, load it with ssh-add${asking}.`,
    retryable: 'no',
  };
}

const idOf = (key: ParsedKey): string => key.getPublicSSH().toString('base64');

function shorten(path: string): string {
  const home = homedir();
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}
