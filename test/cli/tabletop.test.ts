// `tabletop` from files of this machine: how they become nodes, what is said when they cannot, exit codes. And no
// password anywhere.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OperationError, UsageError } from '../../src/cli/faults.ts';
import { runTabletopCommand } from '../../src/cli/tabletop.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { tabletopSchema } from '../../src/report/tabletop.ts';
import { instanceText } from '../rules/paper-model.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vipdoctor-tabletop-'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = async (name: string, text: string): Promise<string> => {
  const path = join(folder, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, text);
  return path;
};

const run = async (host: readonly string[], options: Readonly<Record<string, unknown>> = {}) => {
  let said = '';
  const style = { color: 'none', width: 80, unicode: 'utf8' } as const;
  const terminal: Terminal = {
    out: async (text) => {
      said += text;
    },
    err: async (text) => {
      said += text;
    },
    outStyle: () => style,
    errStyle: () => style,
    fileStyle: () => style,
    progress: 'plain',
    questions: 'impossible',
    onGone: () => () => undefined,
  };
  const exitCode = await runTabletopCommand({ host, ...options }, terminal, []);
  return { exitCode, said };
};

const documentOf = async (host: readonly string[]) =>
  tabletopSchema.parse(JSON.parse((await run(host, { format: 'json' })).said));

const nodesIn = async (host: readonly string[]): Promise<readonly string[]> =>
  (await documentOf(host)).situations.flatMap(({ losses }) =>
    losses.length === 1 && losses[0]?.kind === 'node' ? [losses[0].node] : [],
  );

describe('files', () => {
  it('are nodes by their names', async () => {
    const files = [
      await write('lb1.conf', instanceText()),
      await write('lb2.conf', instanceText({ priority: 90 })),
    ];
    expect(await nodesIn(files)).toEqual(['lb1', 'lb2']);
    expect((await run(files)).exitCode).toBe(0);
  });

  it('are nodes by their folders, or by router_id, when all are called keepalived.conf', async () => {
    const named = (name: string) =>
      `global_defs {\n router_id ${name}\n}\n${instanceText({ priority: name === 'x' ? 9 : 8 })}`;
    const apart = [
      await write('a/keepalived.conf', named('x')),
      await write('b/keepalived.conf', named('y')),
    ];
    expect(await nodesIn(apart)).toEqual(['a', 'b']);
    const deep = [
      await write('a/etc/keepalived.conf', named('x')),
      await write('b/etc/keepalived.conf', named('y')),
    ];
    expect(await nodesIn(deep)).toEqual(['x', 'y']);
  });

  it('are nodes as they are named on the command line', async () => {
    const one = await write('a/keepalived.conf', instanceText());
    const two = await write('b/keepalived.conf', instanceText({ priority: 90 }));
    expect(await nodesIn([`first=${one}`, `second=${two}`])).toEqual(['first', 'second']);
  });

  it('are read with their includes', async () => {
    await write('conf.d/vip.conf', instanceText());
    const file = await write('n1.conf', 'include conf.d/*.conf\n');
    expect((await documentOf([file])).undisturbed).toMatchObject([{ vrid: 101, masters: ['n1'] }]);
  });

  it('that hold a password never show it, and equal ones are equal', async () => {
    const auth = ['authentication {', 'auth_type PASS', 'auth_pass hunter2x', '}'];
    const files = [
      await write('n1.conf', instanceText({ lines: auth })),
      await write('n2.conf', instanceText({ lines: auth, priority: 90 })),
    ];
    expect((await documentOf(files)).undisturbed).toMatchObject([{ masters: ['n1'], notes: [] }]);
    for (const format of ['text', 'json'])
      expect((await run(files, { format })).said).not.toContain('hunter2x');
    const other = await write(
      'n3.conf',
      instanceText({ lines: auth.map((line) => line.replace('hunter2x', 'hunter3x')) }),
    );
    const split = await run([files[0] ?? '', other], { format: 'json' });
    expect(split.said).not.toMatch(/hunter[23]x/);
    expect(split.said).toContain('auth-password-mismatch');
  });
});

describe('exit codes', () => {
  it('are 1 when the configuration is to blame, unless less is asked for', async () => {
    const files = [
      await write('n1.conf', instanceText({ state: 'MASTER', priority: 'unset' })),
      await write('n2.conf', instanceText({ priority: 90 })),
    ];
    const judged = await run(files);
    expect(judged.exitCode).toBe(1);
    expect(judged.said).toContain('state-master-without-priority');
    expect((await run(files, { 'fail-on': 'never' })).exitCode).toBe(0);
    expect((await run(files, { 'fail-on': 'critical' })).exitCode).toBe(0);
  });

  it('and the result goes to a file when one is named', async () => {
    const output = join(folder, 'out.json');
    const { said } = await run([await write('n1.conf', instanceText())], { format: 'json', output });
    expect(said).toBe('');
    expect(tabletopSchema.parse(JSON.parse(await readFile(output, 'utf8'))).kind).toBe('tabletop');
  });
});

describe('mistakes are told with what to do', () => {
  const cases: readonly (readonly [
    string,
    () => Promise<readonly string[]>,
    typeof UsageError | typeof OperationError,
    RegExp,
  ])[] = [
    ['nothing named', async () => [], UsageError, /which cluster\?/],
    [
      'a file that is not there',
      async () => [join(folder, 'none.conf')],
      OperationError,
      /none\.conf could not be read/,
    ],
    [
      'a file twice',
      async () => Array(2).fill(await write('n1.conf', instanceText())),
      UsageError,
      /named twice/,
    ],
    [
      'files and hosts',
      async () => [await write('n1.conf', instanceText()), 'n2'],
      UsageError,
      /leave out n2/,
    ],
    [
      'no instance in it',
      async () => [await write('n1.conf', 'global_defs {\n}\n')],
      OperationError,
      /no vrrp_instance/,
    ],
  ];
  it.each(cases)('%s', async (_name, words, kind, message) => {
    const given = await words();
    await expect(run(given)).rejects.toThrow(kind);
    await expect(run(given)).rejects.toThrow(message);
  });

  it('a recording that is none', async () => {
    await expect(run([], { from: folder })).rejects.toThrow(OperationError);
  });
});
