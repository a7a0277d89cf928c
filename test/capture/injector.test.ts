// The injector: what may be asked for, what its lines say, and the real program in each interpreter against servers of
// this test on the loopback. What reaches a wire is shown by the recorded trials.
import { spawn, spawnSync } from 'node:child_process';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createInjectorReader,
  injectorCommand,
  type ProbeWish,
  readProbeWish,
} from '../../src/capture/injector.ts';

const wish = (text: string, vip = '10.0.0.5', periodMs?: number): ProbeWish => {
  const read = readProbeWish(text, vip, periodMs);
  if (typeof read === 'string') throw new Error(read);
  return read;
};

describe('a probe is asked for', () => {
  it('as icmp and arp, every 5 ms; arp of an IPv6 VIP is neighbour discovery', () => {
    expect(wish('icmp')).toEqual({ kind: 'icmp', name: 'icmp', periodMs: 5 });
    expect(wish('arp')).toEqual({ kind: 'arp', name: 'arp', periodMs: 5 });
    expect(wish('arp', 'fd77::5').kind).toBe('nd');
  });

  it('as tcp and http with their targets, IPv6 ones in brackets', () => {
    expect(wish('tcp://10.0.0.5:443')).toMatchObject({
      kind: 'tcp',
      target: { address: '10.0.0.5', port: 443 },
    });
    expect(wish('http://[fd77::5]:8080/health?full=1')).toMatchObject({
      kind: 'http',
      target: { address: 'fd77::5', port: 8080 },
      request: { host: '[fd77::5]:8080', path: '/health?full=1' },
    });
    expect(wish('http://10.0.0.5/').target?.port).toBe(80);
  });

  it.each([
    ['ping', /is no probe/],
    ['tcp://10.0.0.5', /names no port/],
    ['https://10.0.0.5/', /is no probe/],
    ['tcp://', /is no probe/],
    ['', /is no probe/],
  ])('not as "%s"', (text, why) => {
    expect(readProbeWish(text, '10.0.0.5')).toMatch(why);
  });

  it('not faster than every millisecond', () => {
    expect(readProbeWish('icmp', '10.0.0.5', 0.5)).toMatch(/at least 1 ms/);
    expect(readProbeWish('icmp', '10.0.0.5', Number.NaN)).toMatch(/at least 1 ms/);
  });
});

describe('the command', () => {
  it('is shell text whatever the path holds', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 30 }), (path) => {
        const read = readProbeWish(`http://10.0.0.5/${path}`, '10.0.0.5');
        if (typeof read === 'string') return;
        const command = injectorCommand({ interface: "eth0'; rm", vip: '10.0.0.5', probes: [read] });
        const { status, stderr } = spawnSync('sh', ['-n'], { input: command, encoding: 'utf8' });
        expect([status, stderr]).toEqual([0, '']);
      }),
      { numRuns: 10 },
    );
  });
});

describe('the lines it prints', () => {
  const probes = [wish('icmp'), wish('arp'), wish('tcp://10.0.0.5:80')];
  const transcript = [
    'ready python3.11 1700000000000000000',
    'c 1700000000000100000 5000000000',
    'begin 0 65535',
    'begin 1 02:29:2d:dc:7a:8f',
    'fail 2 Permission denied',
    's 0 0 15000',
    's 1 0 16000',
    's 0 1 20000',
    'f 0 1 20050 No route to host',
    's 0 65536 327700000',
    'c 1700000001000100000 6000000000',
    'end',
    '',
  ].join('\n');

  it('become probes with their stamps', () => {
    const reader = createInjectorReader(probes);
    reader.push(transcript);
    const { runs, clockReadings, end, problems } = reader.read('observer');
    expect(end).toBe('complete');
    expect(problems).toEqual(['tcp://10.0.0.5:80: Permission denied']);
    expect(clockReadings).toHaveLength(2);
    expect(runs.map(({ name, senderMac }) => [name, senderMac])).toEqual([
      ['icmp', undefined],
      ['arp', '02:29:2d:dc:7a:8f'],
    ]);
    expect(runs[0]?.requests).toEqual([
      { id: 65535 * 65536, sentAtNs: 1700000000015000000n },
      { id: 65535 * 65536 + 1, sentAtNs: 1700000000020000000n, failure: 'No route to host' },
      // The sequence is used up: the identifier goes on, round the corner.
      { id: 0, sentAtNs: 1700000327700000000n },
    ]);
  });

  it('tell how it is: waiting, probing, ended, or failed altogether', () => {
    const reader = createInjectorReader([wish('icmp')]);
    const states = [reader.state()];
    for (const part of ['ready python3 1\nbegin 0 7\n', 's 0 0 4\n', 'end\n']) {
      reader.push(part);
      states.push(reader.state());
    }
    expect(states).toEqual(['waiting', 'waiting', 'probing', 'ended']);
    expect(reader.lastSentAtNs()).toBe(4001n);
    const broken = createInjectorReader([wish('icmp')]);
    broken.push('fail - eth9: No such device\n');
    expect(broken.state()).toBe('failed');
    expect(broken.read('observer').problems).toEqual(['eth9: No such device']);
  });

  it('mean the same wherever they are cut', () => {
    const whole = createInjectorReader(probes);
    whole.push(transcript);
    fc.assert(
      fc.property(fc.array(fc.nat(transcript.length), { maxLength: 12 }), (cuts) => {
        const reader = createInjectorReader(probes);
        const places = [0, ...cuts.toSorted((a, b) => a - b), transcript.length];
        for (const [index, place] of places.entries())
          reader.push(transcript.slice(places[index - 1] ?? 0, place));
        expect(reader.read('observer')).toEqual(whole.read('observer'));
      }),
    );
  });

  it('are bounded and never throw, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (parts) => {
        const reader = createInjectorReader(probes);
        for (const part of parts) reader.push(part);
        expect(reader.read('observer').runs).toEqual([]);
      }),
    );
  });
});

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Runs the program until the reader has seen enough; its own orderly end is waited for. */
const probeUntil = (
  command: string,
  probes: readonly ProbeWish[],
  enough: (text: string) => boolean,
): Promise<ReturnType<ReturnType<typeof createInjectorReader>['read']>> =>
  new Promise((resolve, reject) => {
    const reader = createInjectorReader(probes);
    let seen = '';
    const child = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
    const { pid } = child;
    child.stdout.on('data', (chunk: Buffer) => {
      seen += chunk.toString('utf8');
      reader.push(chunk.toString('utf8'));
      if (enough(seen) && pid !== undefined && child.exitCode === null) process.kill(-pid, 'SIGTERM');
    });
    child.on('error', reject);
    child.on('close', () => resolve(reader.read('observer')));
  });

const has = (program: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).status === 0;

describe.each([
  ['any', 'python3'],
  ['perl', 'perl'],
] as const)('the program, interpreters: %s', (interpreters, program) => {
  it.skipIf(!has(program))(
    'calls services and tells who answered, refused, or had nothing to say',
    async () => {
      const echo = createServer((socket) => socket.end());
      const web = createHttpServer((request, response) => {
        response.statusCode = request.url === '/health' ? 200 : 503;
        response.end();
      });
      const ports: number[] = [];
      for (const server of [echo, web]) {
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
        closing.push(() => server.close());
        ports.push((server.address() as AddressInfo).port);
      }
      const [tcpPort, httpPort] = ports;
      const vip = '127.0.0.1';
      const probes = [
        wish(`tcp://${vip}:${tcpPort}`, vip, 10),
        wish(`http://${vip}:${httpPort}/health`, vip, 10),
        wish(`http://${vip}:${httpPort}/broken`, vip, 10),
        wish(`tcp://${vip}:1`, vip, 10),
      ];
      const each = [/^a 0 /m, /^a 1 /m, /^f 2 /m, /^f 3 /m];
      const { runs, end, problems, clockReadings } = await probeUntil(
        injectorCommand({ interface: 'lo', vip, probes }, interpreters),
        probes,
        (text) => each.every((pattern) => pattern.test(text)),
      );
      expect(problems).toEqual([]);
      expect(end).toBe('complete');
      expect(clockReadings.length).toBeGreaterThanOrEqual(2);
      const [tcp, healthy, broken, refused] = runs.map((run) => run.requests);
      for (const answered of [tcp, healthy]) {
        const first = answered?.find((one) => one.answeredAtNs !== undefined);
        expect(first?.answeredAtNs).toBeGreaterThanOrEqual(first?.sentAtNs ?? 0n);
      }
      expect(broken?.find((one) => one.failure !== undefined)?.failure).toBe('HTTP status 503');
      expect(refused?.find((one) => one.failure !== undefined)?.failure).toMatch(/refused/i);
    },
  );

  it.skipIf(!has(program))('says so when there is no such interface', async () => {
    const probes = [wish('icmp')];
    const command = injectorCommand({ interface: 'nosuch0', vip: '10.0.0.5', probes }, interpreters);
    const { problems, runs } = await probeUntil(command, probes, () => false);
    expect(problems.join()).toMatch(/^nosuch0: No such device/);
    expect(runs).toEqual([]);
  });
});
