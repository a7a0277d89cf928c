import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { become } from '../../src/transport/become.ts';
import { startChild } from '../../src/transport/child.ts';
import { quote } from '../../src/transport/quote.ts';
import { openStream, runToEnd, type Start } from '../../src/transport/running.ts';

// A sudo that behaves as the real one towards its standard streams: prompt to stderr, one line from stdin, read
// byte by byte (as the builtin `read` does). The real one is tried in test/lab.
const SUDO = `#!/bin/sh
case $1 in
-n) [ "$FAKE_SUDO" = free ] || { echo "sudo: $FAKE_SAYS" >&2; exit 1; }; shift 2; exec env FAKE_UID=0 "$@" ;;
-S) prompt=$3; shift 4
  [ -z "$FAKE_LECTURE" ] || echo "with great power" >&2
  n=0
  while [ $n -lt 3 ]; do
    printf %s "$prompt" >&2
    IFS= read -r answer || { echo "sudo: no password was provided" >&2; exit 1; }
    [ "$answer" != "right horse" ] || exec env FAKE_UID=0 "$@"
    echo "Sorry, try again." >&2
    n=$((n+1))
  done
  echo "sudo: 3 incorrect password attempts" >&2; exit 1 ;;
esac
`;
const ID = `#!/bin/sh
[ "$1" = -u ] && { echo "\${FAKE_UID:-1000}"; exit; }
exec /usr/bin/id "$@"
`;

const directory = mkdtempSync(join(tmpdir(), 'vipdoctor-become-'));
const bare = join(directory, 'bare');
for (const [name, script] of [
  ['sudo', SUDO],
  ['id', ID],
] as const) {
  writeFileSync(join(directory, name), script, { mode: 0o755 });
}
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const asked: string[] = [];
const machine =
  (settings: string): Start =>
  (command) => {
    asked.push(command);
    const path = `PATH=${quote(directory)}:/usr/sbin:/usr/bin:/sbin:/bin; export PATH`;
    return startChild(['sh', '-c', `${path}; ${settings}\n${command}`], { purpose: 'test' });
  };
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const login = { node: 'n1', user: 'ops' };

describe('become', () => {
  it('asks nothing of root', async () => {
    const start: Start = () => Promise.reject(new Error('it asked'));
    expect(await become(start, { node: 'n1', user: 'root' })).toMatchObject({ rights: 'root' });
  });

  it('uses sudo without a password where it may', async () => {
    const became = await become(machine('export FAKE_SUDO=free; echo "welcome to this machine"'), login);
    expect(became.rights).toBe('sudo');
    const result = await runToEnd(became.start, `id -u; echo "it's"; exit 4`, { stdin: '' });
    expect([text(result.stdout), result.exit]).toEqual([
      "welcome to this machine\n0\nit's\n",
      { kind: 'exited', code: 4 },
    ]);
  });

  it('finds root under another name', async () => {
    expect((await become(machine('export FAKE_UID=0'), login)).rights).toBe('root');
  });

  it.each([
    ['a password is required', 'asks for a password'],
    ['sorry, you must have a tty to run sudo', 'insists on a terminal'],
  ])('goes on without rights when sudo says: %s', async (says, words) => {
    const became = await become(machine(`export FAKE_SAYS="${says}"`), login);
    expect(became).toMatchObject({ rights: 'none', problem: { stage: 'sudo' } });
    expect(became.problem?.message).toContain(words);
    expect(text((await runToEnd(became.start, 'id -u', { stdin: '' })).stdout)).toBe('1000\n');
  });

  it('goes on without rights where there is no sudo', async () => {
    const became = await become(
      machine(
        `mkdir -p ${quote(bare)}; ln -sf /bin/sh ${quote(bare)}/sh; cp ${quote(join(directory, 'id'))} ${quote(bare)}/id; PATH=${quote(bare)}`,
      ),
      login,
    );
    expect(became.problem?.message).toContain('sudo is not installed');
  });

  it('says so when the node does not answer sensibly', async () => {
    const became = await become(machine('exit 0'), login);
    expect(became).toMatchObject({ rights: 'none', problem: { stage: 'sudo' } });
  });
});

describe('become with a password', () => {
  const withPassword = (settings: string, answers: readonly string[]) => {
    const given = [...answers];
    return become(machine(settings), { ...login, sudoPassword: async () => given.shift() });
  };

  it('answers the prompt, and the rest of stdin is the command’s', async () => {
    const became = await withPassword('export FAKE_LECTURE=1', ['right horse']);
    expect(became.rights).toBe('sudo-password');
    const result = await runToEnd(became.start, 'id -u; cat; echo err >&2', { stdin: 'one\ntwo\n' });
    expect([text(result.stdout), text(result.stderr)]).toEqual(['0\none\ntwo\n', 'err\n']);
  });

  it('keeps stdin of a stream open', async () => {
    const became = await withPassword('', ['right horse']);
    const streaming = await openStream(became.start, 'read a; echo "got $a"; read b; echo "got $b"');
    if (streaming.kind === 'failed') throw new Error(streaming.failed.message);
    let heard = '';
    streaming.stream.write('first\n');
    for await (const chunk of streaming.stream.stdout) {
      heard += text(chunk);
      if (heard === 'got first\n') streaming.stream.write('second\n');
    }
    expect(heard).toBe('got first\ngot second\n');
  });

  it('asks again after a wrong one', async () => {
    expect((await withPassword('', ['wrong', 'right horse'])).rights).toBe('sudo-password');
  });

  it('gives up after three, and no command or error ever holds the password', async () => {
    asked.length = 0;
    const became = await withPassword('', ['staple-1', 'staple-2', 'staple-3', 'right horse']);
    expect(became).toMatchObject({ rights: 'none' });
    expect(became.problem?.message).toContain('did not accept the password');
    expect(JSON.stringify([asked, became.problem])).not.toMatch(/staple|right horse/);
  });

  it('uses a prompt nobody can guess', async () => {
    asked.length = 0;
    await withPassword('', ['right horse']);
    await withPassword('', ['right horse']);
    const prompts = asked.flatMap((command) => /sudo -S -p (\S+)/.exec(command)?.[1] ?? []);
    expect(prompts.length).toBe(2);
    expect(new Set(prompts).size).toBe(2);
    for (const prompt of prompts) expect(prompt).toMatch(/^vipdoctor-[0-9a-f]{32}:$/);
  });
});
