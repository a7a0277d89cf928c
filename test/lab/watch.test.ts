// `vipdoctor watch` against real keepalived: changes of master with their reason, a stranger, ears and connections that
// are killed, a node that is rebooted; and nothing of it is left on the nodes.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../src/lab/commands.ts';
import { execOn, type Lab, lowerLab, mustExecOn, raiseLab } from '../../src/lab/lab.ts';
import { nodeNs } from '../../src/lab/names.ts';
import { pidsIn } from '../../src/lab/network.ts';
import { breakLab, healLab } from '../../src/lab/trouble.ts';
import type { WatchEvent } from '../../src/report/watch.ts';
import { watchEventSchema } from '../../src/report/watch-schema.ts';
import { buildProgram, program } from './check-program.ts';
import { ownerFor } from './lab-owner.ts';
import { requireLab, skipNote } from './require-lab.ts';

const availability = await requireLab();
const owner = ownerFor('watch');
const nodes = ['n1', 'n2', 'n3'] as const;

/** What a watch runs on a node. */
const ofWatch = /lifeline|tcpdump|journalctl|ip -o|exec sh/;

/** Empty for one that ended meanwhile. */
const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
};

describe.skipIf(!availability.available)(`a watch${skipNote(availability)}`, () => {
  let lab: Lab;
  let watching: ChildProcess;
  let ended: Promise<number | null>;
  const events: WatchEvent[] = [];
  let said = '';

  beforeAll(async () => {
    buildProgram();
    lab = await raiseLab('three-v3', { owner, say: () => undefined });
    watching = spawn(
      'ip',
      [
        ...['netns', 'exec', lab.observerNetns, process.execPath, program, 'watch'],
        ...['--inventory', lab.inventoryPath, '--format', 'ndjson', '--summary', '1'],
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    ended = new Promise((resolve) => watching.once('close', resolve));
    let rest = '';
    watching.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = `${rest}${text}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) events.push(watchEventSchema.parse(JSON.parse(line)));
    });
    watching.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  });
  afterAll(async () => {
    watching?.kill('SIGKILL');
    await lowerLab(owner);
  });

  /** The first event from this place on that is as hoped for. */
  const waitFor = <K extends WatchEvent['kind']>(
    kind: K,
    hope: string,
    wanted: (event: Extract<WatchEvent, { kind: K }>) => boolean,
    from = 0,
  ) =>
    eventually(
      () =>
        events
          .slice(from)
          .find(
            (event): event is Extract<WatchEvent, { kind: K }> =>
              event.kind === kind && wanted(event as Extract<WatchEvent, { kind: K }>),
          ) ?? null,
      { withinMs: 25_000, hope },
    );
  const summary = (
    hope: string,
    wanted: (event: Extract<WatchEvent, { kind: 'summary' }>) => boolean,
    from = 0,
  ) => waitFor('summary', hope, wanted, from);

  it('shows who is master, how adverts come, and who holds the VIP', async () => {
    await waitFor('transition', 'n1 is master', ({ reason, to }) => reason === 'first-heard' && to === 'n1');
    const { routers, observer } = await summary(
      'everybody hears n1',
      ({ routers: [router] }) =>
        router?.holders[0]?.nodes.length === 1 && router.ears.length === 4 && (router.ratePerSecond ?? 0) > 5,
    );
    expect(routers).toHaveLength(1);
    expect(routers[0]).toMatchObject({
      vrid: 101,
      origin: 'ours',
      masters: ['n1'],
      sinceIs: 'logged',
      advertIntervalMs: 100,
      holders: [{ vip: '10.77.0.5/32', nodes: ['n1'] }],
    });
    expect(routers[0]?.members.map((member) => member.state)).toEqual(['MASTER', 'BACKUP', 'BACKUP']);
    expect(observer).toMatchObject({ where: 'local', interface: 'seg0', state: 'working' });
  });

  it('names the reason of a change from wire and log', async () => {
    const from = events.length;
    await mustExecOn(lab, 'n1', ['systemctl', 'stop', 'keepalived']);
    const change = await waitFor('transition', 'n2 took over', ({ to }) => to === 'n2', from);
    expect(change).toMatchObject({ from: 'n1', reason: 'priority-0' });
    expect(change.because).toContainEqual(expect.objectContaining({ node: 'n1', source: 'log' }));
    await waitFor('vip', 'n2 has the VIP', ({ node, state }) => node === 'n2' && state === 'added', from);
    await mustExecOn(lab, 'n1', ['systemctl', 'start', 'keepalived']);
    const back = await waitFor('transition', 'n1 took it back', ({ to }) => to === 'n1', from);
    expect(back).toMatchObject({ from: 'n2', reason: 'outranked' });
  });

  it('tells a stranger on the segment', async () => {
    const from = events.length;
    await breakLab(lab, 'vrid-collision-foreign-group');
    await waitFor(
      'stranger',
      'a foreign sender is told',
      ({ what, vrid }) => what === 'sender' && vrid === 101,
      from,
    );
    await healLab(lab);
  });

  it('starts again what is killed, and says so', async () => {
    const from = events.length;
    await mustExecOn(lab, 'n2', ['sh', '-c', 'kill -9 $(pidof tcpdump)']);
    await waitFor('source', 'n2 is deaf', ({ node, state }) => node === 'n2' && state === 'down', from);
    await waitFor(
      'source',
      'n2 hears again',
      ({ node, state }) => node === 'n2' && state === 'working',
      from,
    );

    const children = (await pidsIn(lab.observerNetns)).filter((pid) => / -e /.test(commandOf(pid)));
    expect(children).toHaveLength(1);
    for (const pid of children) process.kill(pid, 'SIGABRT');
    await waitFor(
      'source',
      'the observer is deaf',
      ({ node, state }) => node === 'observer' && state === 'down',
      from,
    );
    await waitFor(
      'source',
      'the observer hears again',
      ({ node, state }) => node === 'observer' && state === 'working',
      from,
    );

    await execOn(lab, 'n3', ['sh', '-c', 'kill -9 $(pgrep -f "^sshd: root")']);
    await waitFor('node', 'n3 is lost', ({ node, state }) => node === 'n3' && state === 'lost', from);
    await waitFor('node', 'n3 is back', ({ node, state }) => node === 'n3' && state === 'connected', from);
    const now = events.length;
    const { nodes: shown } = await summary(
      'all is well again',
      (event) =>
        event.nodes.every((node) => node.sources.every((source) => source.state === 'working')) &&
        event.observer.state === 'working',
      now,
    );
    expect(shown.map((node) => node.losses)).toEqual([0, 0, 1]);
  });

  it('lives through the reboot of a node', async () => {
    const from = events.length;
    await execOn(lab, 'n1', ['systemctl', 'reboot']);
    await waitFor('node', 'n1 is lost', ({ node, state }) => node === 'n1' && state === 'lost', from);
    await waitFor(
      'node',
      'n1 was restarted',
      ({ node, state }) => node === 'n1' && state === 'rebooted',
      from,
    );
    const change = await waitFor('transition', 'n1 is master again', ({ to }) => to === 'n1', from);
    expect(change.from).toBe('n2');
  });

  it('ends when interrupted, and leaves nothing on the nodes', async () => {
    for (const node of nodes) {
      const pids = await pidsIn(nodeNs(lab.names, node));
      expect(pids.filter((pid) => ofWatch.test(commandOf(pid)))).not.toEqual([]);
    }
    watching.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(events.at(-1)).toMatchObject({ kind: 'ended', because: 'interrupted' });
    expect(events.at(-2)?.kind).toBe('summary');
    expect(said).toMatch(/interrupted/);
    for (const node of nodes)
      await eventually(
        async () => {
          const pids = await pidsIn(nodeNs(lab.names, node));
          const left = pids.filter((pid) => ofWatch.test(commandOf(pid)));
          return left.length === 0 ? true : null;
        },
        { withinMs: 5000, hope: `nothing of it runs on ${node}` },
      );
  });
});
