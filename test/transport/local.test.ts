import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectNode } from '../../src/transport/connect.ts';
import { withLifeline } from '../../src/transport/lifeline.ts';
import { queuePrompt, shareSudoPassword } from '../../src/transport/prompting.ts';
import { type RecordedExchange, recordTransport } from '../../src/transport/record.ts';
import { replayTransport } from '../../src/transport/replay.ts';
import { systemSshArgv } from '../../src/transport/system-ssh.ts';
import type { Stream, Transport } from '../../src/transport/transport.ts';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

async function streamOf(transport: Transport, command: string, maxBytes?: number): Promise<Stream> {
  const streaming = await transport.stream(command, maxBytes === undefined ? {} : { maxBytes });
  if (streaming.kind === 'failed') throw new Error(streaming.failed.message);
  return streaming.stream;
}

async function readAll(stream: Stream): Promise<string> {
  let heard = '';
  for await (const chunk of stream.stdout) heard += text(chunk);
  return heard;
}

let transport: Transport;
beforeAll(async () => {
  const connected = await connectNode({ name: 'here', address: 'local' }, { via: 'auto', timeoutMs: 5000 });
  if (connected.kind === 'failed') throw new Error(connected.failure.message);
  expect(connected.facts).toMatchObject({ via: 'local' });
  transport = connected.transport;
});
afterAll(() => transport.close());

describe('a command', () => {
  it('comes back with everything', async () => {
    const result = await transport.run('cat; echo err >&2; exit 3', { stdin: 'in' });
    expect(result).toMatchObject({
      exit: { kind: 'exited', code: 3 },
      truncated: 'no',
      command: 'cat; echo err >&2; exit 3',
    });
    expect([text(result.stdout), text(result.stderr)]).toEqual(['in', 'err\n']);
    expect(result.startedAtMs).toBeGreaterThan(0);
  });

  it('that is killed says by what', async () => {
    expect((await transport.run('kill -TERM $$')).exit).toEqual({ kind: 'signalled', signal: 'SIGTERM' });
  });

  it('that hangs is cut off', async () => {
    const result = await transport.run('echo begun; exec sleep 1000', { timeoutMs: 200 });
    expect(result.exit).toEqual({ kind: 'timeout', afterMs: 200 });
    expect(text(result.stdout)).toBe('begun\n');
  });

  it('that prints for ever is cut off, on either output', async () => {
    const out = await transport.run('yes', { maxBytes: 1000 });
    expect([out.stdout.length, out.truncated, out.exit.kind]).toEqual([1000, 'stdout', 'lost']);
    const err = await transport.run('yes >&2', { maxBytes: 1000 });
    expect([err.stdout.length, err.truncated, err.exit.kind]).toEqual([0, 'stderr', 'lost']);
  });

  it('that prints a little too much on stderr only loses its end', async () => {
    const result = await transport.run('head -c 300000 /dev/zero >&2; echo done');
    expect([result.stderr.length, result.truncated, text(result.stdout)]).toEqual([
      262144,
      'stderr',
      'done\n',
    ]);
    expect(result.exit).toEqual({ kind: 'exited', code: 0 });
  });

  it('works under a lifeline while stdin is held open', async () => {
    const result = await transport.run(withLifeline('echo alive; exit 2'));
    expect([text(result.stdout), result.exit]).toEqual(['alive\n', { kind: 'exited', code: 2 }]);
  });
});

describe('a stream', () => {
  it('can be talked to and ended', async () => {
    const stream = await streamOf(transport, 'cat; echo bye >&2');
    stream.write('ping');
    stream.end();
    expect(await readAll(stream)).toBe('ping');
    expect(text((await stream.finished).stderr)).toBe('bye\n');
  });

  it('ends when it is killed, unread or half read', async () => {
    const unread = await streamOf(transport, 'yes');
    unread.kill();
    expect((await unread.finished).exit.kind).toBe('signalled');
    // Not `yes`: the pipe it can no longer write to would end it as well.
    const half = await streamOf(transport, 'echo begun; exec sleep 1000');
    for await (const _ of half.stdout) break;
    expect((await half.finished).exit.kind).toBe('signalled');
  });

  it('is cut off at its bound when it has one', async () => {
    const stream = await streamOf(transport, 'yes', 1001);
    expect((await readAll(stream)).length).toBe(1001);
    expect(await stream.finished).toMatchObject({ truncated: 'stdout', exit: { kind: 'lost' } });
  });

  it('ends when the transport is closed', async () => {
    const connected = await connectNode({ name: 'here', address: 'local' }, { via: 'auto', timeoutMs: 5000 });
    if (connected.kind === 'failed') throw new Error(connected.failure.message);
    const stream = await streamOf(connected.transport, 'exec sleep 1000');
    await connected.transport.close();
    expect((await stream.finished).exit).toEqual({ kind: 'signalled', signal: 'SIGTERM' });
  });
});

describe('record and replay', () => {
  it('replays what was recorded, each answer once and in order', async () => {
    const exchanges: RecordedExchange[] = [];
    const recorder = recordTransport(transport, (exchange) => exchanges.push(exchange));
    const first = await recorder.run('echo one', { stdin: '' });
    await recorder.run('cat', { stdin: 'x' });
    const stream = await streamOf(recorder, 'printf a; printf b');
    expect(await readAll(stream)).toBe('ab');
    await stream.finished;

    const replay = replayTransport('here', exchanges);
    expect(await replay.run('echo one', { stdin: '' })).toEqual(first);
    expect(text((await replay.run('cat', { stdin: 'x' })).stdout)).toBe('x');
    expect(await readAll(await streamOf(replay, 'printf a; printf b'))).toBe('ab');

    const again = await replay.run('echo one', { stdin: '' });
    expect(again.exit).toEqual({
      kind: 'lost',
      reason: 'the recording has no (further) answer of here to: echo one',
    });
    const failed = await replay.stream('tcpdump');
    expect(failed).toMatchObject({ kind: 'failed', failed: { retryable: 'no' } });
    expect((await replayTransport('there', exchanges).run('cat', { stdin: 'x' })).exit.kind).toBe('lost');
  });
});

describe('prompting', () => {
  it('asks one question at a time', async () => {
    const events: string[] = [];
    const prompt = queuePrompt(async ({ node }) => {
      events.push(`asked ${node}`);
      await Promise.resolve();
      events.push(`answered ${node}`);
      if (node === 'n1') throw new Error('terminal gone');
      return node;
    });
    const ask = (node: string) => prompt({ kind: 'password', node, text: '', echo: 'off' });
    const [one, two] = await Promise.allSettled([ask('n1'), ask('n2')]);
    expect(events).toEqual(['asked n1', 'answered n1', 'asked n2', 'answered n2']);
    expect([one.status, two]).toEqual(['rejected', { status: 'fulfilled', value: 'n2' }]);
  });

  it('asks for the sudo password once, and again only where it was refused', async () => {
    const asked: string[] = [];
    const password = shareSudoPassword(async ({ node }) => {
      asked.push(node);
      return `answer ${asked.length}`;
    });
    expect(await Promise.all([password('n1', 1), password('n2', 1)])).toEqual(['answer 1', 'answer 1']);
    expect(await password('n2', 2)).toBe('answer 2');
    expect(asked).toEqual(['n1', 'n2']);
  });
});

describe('systemSshArgv', () => {
  it('never asks, never shares, and lets no name become an option', () => {
    const argv = systemSshArgv(
      {
        name: 'n1',
        address: '10.0.0.1',
        sshName: 'n1-alias',
        port: 2222,
        user: 'ops',
        identities: ['/k'],
        jump: [{ name: 'j', address: 'fe80::1', user: 'me', port: 23 }],
        knownHostsFiles: ['/a b'],
        agentKeys: 'listed',
      },
      { hostKeyChecking: 'accept-new', timeoutMs: 1500 },
    );
    expect(argv.slice(-2)).toEqual(['--', 'n1-alias']);
    expect(argv).toEqual(
      expect.arrayContaining([
        'BatchMode=yes',
        'ControlPath=none',
        'ConnectTimeout=2',
        'StrictHostKeyChecking=accept-new',
        'UserKnownHostsFile="/a b"',
        'IdentitiesOnly=yes',
      ]),
    );
    const after = (flag: string) => argv[argv.indexOf(flag) + 1];
    expect(['-p', '-l', '-i', '-J'].map(after)).toEqual(['2222', 'ops', '/k', 'me@[fe80::1]:23']);
  });
});
