/**
 * The program running failover tests on a practice cluster, and that cluster looked at from outside: nothing here is
 * asked through the code under test. What must be true is up to the tests.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { eventually } from '../../src/lab/commands.ts';
import { execOn, type Lab, mustExecOn } from '../../src/lab/lab.ts';

export const vip = '10.77.0.5';
/** Short, so that the node's own timer can be waited for. */
export const rescueAfterSeconds = 12;
const repository = fileURLToPath(new URL('../..', import.meta.url));

export interface Run {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly result: () => string;
  readonly ended: Promise<number | null>;
}

/** `state`: where the program keeps its ledgers. */
export const failoverSite = (lab: Lab, state: string) => {
  const start = (
    command: 'failover' | 'recover',
    options: readonly string[],
    where: 'in the lab' | 'without the lab' = 'in the lab',
  ): Run => {
    const inventory = where === 'in the lab' ? [`--lab-inventory=${lab.inventoryPath}`] : [];
    const child = spawn(
      'ip',
      [
        ...['netns', 'exec', lab.observerNetns, process.execPath, '--import', 'tsx', 'src/cli/main.ts'],
        ...[command, ...inventory, ...options],
      ],
      { cwd: repository, env: { ...process.env, XDG_STATE_HOME: state }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let said = '';
    let result = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.stdout?.on('data', (chunk: Buffer) => {
      result += chunk.toString();
    });
    return {
      child,
      said: () => said,
      result: () => result,
      ended: new Promise((resolve) => child.once('close', (code) => resolve(code))),
    };
  };

  const measure = (...options: readonly string[]): Run =>
    start('failover', [
      '--measure',
      '--yes',
      '--vip',
      vip,
      '--rescue-after',
      String(rescueAfterSeconds),
      ...options,
    ]);

  const isInjected = (node: string, fault: string): Promise<boolean> =>
    execOn(lab, node, ['sh', '-c', 'cat /run/vipdoctor/*/injected']).then(
      ({ code, stdout }) => code === 0 && stdout.startsWith('injected') && fault !== '',
    );

  /** Also when the run ended before: what it said then tells why. */
  const whenInjected = (node: string, fault: string, { child, said }: Run): Promise<true> =>
    eventually(async () => (child.exitCode !== null || (await isInjected(node, fault)) ? true : null), {
      withinMs: 60_000,
      hope: `${fault} is injected on ${node}`,
      everyMs: 20,
    }).catch((error: Error) => {
      throw new Error(`${error.message}: ${said()}`);
    });

  const nodes = ['n1', 'n2', 'n3'] as const;

  /** What a node looks like from outside: nothing here is asked through the code under test. */
  const lookAt = async (node: string): Promise<string> => {
    const script = [
      'systemctl show keepalived -p ActiveState -p UnitFileState',
      'ip -o addr show | sed "s/valid_lft.*//"',
      'ip -o link show | sed "s/qlen.*//"',
      'ip route show table all | sort; ip -6 route show table all | sed "s/ expires [0-9a-z]*//" | sort',
      'nft -s list ruleset',
      'stat -c "%a %n" /etc/keepalived/keepalived.conf',
    ].join('\n');
    return mustExecOn(lab, node, ['sh', '-c', script]);
  };

  const lookAtAll = (): Promise<readonly string[]> => Promise.all(nodes.map(lookAt));

  const leftOn = async (node: string): Promise<string> =>
    mustExecOn(lab, node, [
      'sh',
      '-c',
      [
        'ls -d /run/vipdoctor* /tmp/vipdoctor* 2>/dev/null',
        "systemctl list-units --all --plain --no-legend 'vipdoctor*'",
        // Not this question itself, whose words are in its own command line.
        'for c in /proc/[0-9]*/cmdline; do tr "\\0\\n" "  " <"$c" 2>/dev/null | grep -aE "vipdoctor|tcpdump|ts monitor" | grep -av list-units; done',
        'true',
      ].join('\n'),
    ]);

  const nothingIsLeft = async (withinMs = 15_000): Promise<void> => {
    let last = '';
    await eventually(
      async () => {
        last = (await Promise.all(nodes.map(leftOn))).join('').trim();
        return last === '' ? true : null;
      },
      { withinMs, hope: 'nothing of vipdoctor is left on any node', everyMs: 200 },
    ).catch((error: Error) => {
      throw new Error(`${error.message}: ${last}`);
    });
  };

  const openLedgers = async (): Promise<readonly string[]> => {
    const folder = join(state, 'vipdoctor', 'ledger');
    const names = await readdir(folder).catch(() => []);
    const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
    return texts.filter((text) => JSON.parse(text).phase === 'open');
  };

  /** The cluster as it was: polled, for it may still be on its way. */
  const asBefore = async (before: readonly string[], withinMs: number): Promise<void> => {
    await eventually(
      async () => {
        const now = await lookAtAll();
        return now.join('\n') === before.join('\n') ? true : null;
      },
      { withinMs, hope: 'every node is as it was before', everyMs: 200 },
    ).catch(async () => expect(await lookAtAll()).toEqual(before));
  };

  return {
    start,
    measure,
    isInjected,
    whenInjected,
    lookAtAll,
    nothingIsLeft,
    openLedgers,
    asBefore,
  };
};

export type FailoverSite = ReturnType<typeof failoverSite>;
