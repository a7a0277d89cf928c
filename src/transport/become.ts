// Rights on a node: what the login has, and how a command is run with them. The password goes to sudo over
// stdin, only after sudo has asked with a prompt nobody can guess; it is never part of a command, an
// environment, an error or a recording. It does not know how the password was come by.
import { randomBytes } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { quote } from './quote.ts';
import type { Running, Start, Started } from './running.ts';
import { drain, runToEnd } from './running.ts';
import type { ConnectFailure, Rights } from './transport.ts';

export interface Becoming {
  readonly rights: Rights;
  readonly problem?: ConnectFailure;
  /** Starts commands with these rights. */
  readonly start: Start;
}

export interface BecomeOptions {
  readonly node: string;
  readonly user: string;
  /**
   * Asked for when sudo wants a password. `attempt` counts from 1; `undefined` gives up.
   * Absent where nobody can be asked and no password was given.
   */
  readonly sudoPassword?: (attempt: number) => Promise<string | undefined>;
  readonly timeoutMs?: number;
}

const MAX_ATTEMPTS = 3;
const WRONG_PASSWORD = 'sudo did not accept the password';

/** What sudo may say before the command: lecture, prompts, refusals. More than this is not sudo talking. */
const TALK_LIMIT_BYTES = 64 * 1024;

const token = (): string => randomBytes(16).toString('hex');

/** Finds out what the login may do and returns how to do it. Without rights, commands still run as the login. */
export async function become(start: Start, options: BecomeOptions): Promise<Becoming> {
  // The account named root is uid 0 wherever keepalived runs: one round trip less on every node.
  if (options.user === 'root') return { rights: 'root', start };
  const mark = token();
  const ask = `u=$(id -u)
if [ "$u" = 0 ]; then echo ${mark} root
elif ! command -v sudo >/dev/null 2>&1; then echo ${mark} absent
elif e=$(LC_ALL=C sudo -n -- sh -c "id -u" 2>&1 </dev/null) && [ "$e" = 0 ]; then echo ${mark} sudo
else echo ${mark} refused "$e"; fi`;
  const asked = await runToEnd(start, `exec sh -c ${quote(ask)}`, {
    stdin: '',
    maxBytes: TALK_LIMIT_BYTES,
    timeoutMs: options.timeoutMs ?? 10_000,
  });
  const text = new TextDecoder().decode(asked.stdout);
  const at = text.indexOf(`${mark} `);
  const answer = at < 0 ? '' : text.slice(at + mark.length + 1).trim();
  if (answer === 'root') return { rights: 'root', start };
  if (answer === 'sudo') return { rights: 'sudo', start: withSudo(start) };
  if (answer === 'absent') return without(start, options, 'sudo is not installed there');
  if (!answer.startsWith('refused')) {
    const why = asked.exit.kind === 'lost' ? asked.exit.reason : `the question ended with ${asked.exit.kind}`;
    return without(start, options, `its rights could not be found out: ${why}`);
  }
  const refusal = lastLine(answer.slice('refused'.length));
  if (/must have a tty/.test(refusal))
    return without(start, options, 'sudo there insists on a terminal (requiretty)');
  if (options.sudoPassword === undefined) return without(start, options, 'sudo there asks for a password');
  return becomeWithPassword(start, options, options.sudoPassword);
}

async function becomeWithPassword(
  start: Start,
  options: BecomeOptions,
  ask: (attempt: number) => Promise<string | undefined>,
): Promise<Becoming> {
  let refusal = 'no password was given';
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const password = await ask(attempt);
    if (password === undefined) break;
    const elevated = withSudoPassword(start, password);
    const tried = await runToEnd(elevated, 'id -u', {
      stdin: '',
      maxBytes: 1024,
      timeoutMs: options.timeoutMs ?? 10_000,
    });
    if (tried.exit.kind === 'exited' && tried.exit.code === 0)
      return { rights: 'sudo-password', start: elevated };
    refusal = tried.exit.kind === 'lost' ? tried.exit.reason : `sudo ended with ${tried.exit.kind}`;
    if (refusal !== WRONG_PASSWORD) break;
  }
  return without(start, options, refusal);
}

function without(start: Start, options: BecomeOptions, why: string): Becoming {
  return {
    rights: 'none',
    start,
    problem: {
      stage: 'sudo',
      message: `${options.user} has no root rights on ${options.node}: ${why.replace(/\.$/, '')}.`,
      nextStep: `Log in as root, allow ${options.user} to use sudo without a password, or pass --ask-sudo-pass.`,
      retryable: 'no',
    },
  };
}

/** Every command through `sudo -n`. */
export function withSudo(start: Start): Start {
  return (command) => start(`exec sudo -n -- sh -c ${quote(command)}`);
}

/** Every command through `sudo -S`, answered with the password when, and only when, sudo asks for it. */
export function withSudoPassword(start: Start, password: string): Start {
  return async (command) => {
    const prompt = `vipdoctor-${token()}:`;
    const ready = `vipdoctor-${token()}.`;
    // sudo reads its answer byte by byte up to the newline, so all that follows on stdin is the command's.
    const inner = `printf %s ${ready} >&2\n${command}`;
    const started = await start(`exec sudo -S -p ${quote(prompt)} -- sh -c ${quote(inner)}`);
    if (started.kind === 'failed') return started;
    return converse(started.running, { prompt, ready, password });
  };
}

interface Conversation {
  readonly prompt: string;
  readonly ready: string;
  readonly password: string;
}

function converse(running: Running, talk: Conversation): Promise<Started> {
  return new Promise((resolve) => {
    const stderr = new PassThrough();
    let heard = Buffer.alloc(0);
    let stage: 'quiet' | 'answered' | 'over' = 'quiet';
    const fail = (why: string): void => {
      if (stage === 'over') return;
      stage = 'over';
      running.stderr.off('data', listen);
      drain(running.stderr);
      drain(running.stdout);
      running.kill();
      resolve({
        kind: 'failed',
        failure: {
          stage: 'sudo',
          message: why,
          nextStep: 'Check the sudo password and what sudo -l says for this user on the node.',
          retryable: 'no',
        },
      });
    };
    const listen = (chunk: Buffer): void => {
      heard = Buffer.concat([heard, chunk]);
      const readyAt = heard.indexOf(talk.ready);
      if (readyAt >= 0) {
        stage = 'over';
        running.stderr.off('data', listen);
        const rest = heard.subarray(readyAt + talk.ready.length);
        if (rest.length > 0) stderr.write(rest);
        running.stderr.pipe(stderr);
        resolve({ kind: 'running', running: { ...running, stderr } });
        return;
      }
      const promptAt = heard.indexOf(talk.prompt);
      if (promptAt >= 0) {
        heard = heard.subarray(promptAt + talk.prompt.length);
        if (stage === 'answered') {
          fail(WRONG_PASSWORD);
          return;
        }
        stage = 'answered';
        running.stdin.write(`${talk.password}\n`);
        return;
      }
      if (heard.length > TALK_LIMIT_BYTES) fail('sudo printed too much before it ran the command');
    };
    running.stderr.on('data', listen);
    running.stdin.on('error', () => {});
    // Not its exit: that comes only after its output was read, and nobody reads stdout yet.
    running.stderr.on('end', () => {
      fail(`sudo did not run the command: ${lastLine(heard.toString('utf8')) || 'it said nothing'}`);
    });
  });
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim().slice(0, 300) ?? '';
}
