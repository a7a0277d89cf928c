// The check screen on a live cluster, driven by keys as a person would: a question answered, a fault found, its fix
// copied and run, checked again, saved, and stopped half-way.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../src/lab/commands.ts';
import { type Lab, lowerLab, mustExecOn, raiseLab } from '../../src/lab/lab.ts';
import { breakLab, healLab } from '../../src/lab/trouble.ts';
import { openScreen, type Screen } from '../tui/tmux.ts';
import { buildProgram, checkArgv, processesOn, program, runProgram } from './check-program.ts';
import { ownerFor } from './lab-owner.ts';
import { requireLab, skipNote } from './require-lab.ts';

const availability = await requireLab();
const owner = ownerFor('screen');
const nodes = ['n1', 'n2', 'n3'] as const;

describe.skipIf(!availability.available)(`the check screen${skipNote(availability)}`, () => {
  let lab: Lab;
  let screen: Screen | undefined;
  const scratch = mkdtempSync(join(tmpdir(), 'vipdoctor-screen-'));

  beforeAll(async () => {
    buildProgram();
    lab = await raiseLab('three', { owner });
    // The first login of all makes what later ones find.
    await runProgram(checkArgv(lab));
  });
  afterEach(() => screen?.close());
  afterAll(async () => {
    rmSync(scratch, { recursive: true });
    await lowerLab(owner);
  });

  const open = (...options: readonly string[]): Screen => {
    screen = openScreen({ columns: 80, rows: 24, command: checkArgv(lab, ...options).join(' ') });
    return screen;
  };
  const processes = () => Promise.all(nodes.map((node) => processesOn(lab, node)));

  it('a question, a fault, its fix, another check, a recording', async () => {
    await breakLab(lab, 'host-firewall-input-drop', { node: 'n2' });
    const { press, until } = open('--user', 'oncall', '--ask-sudo-pass');
    await until(/sudo password[\s\S]*What you type is not shown/);
    press('practice-oncall', 'Enter');
    expect(await until(/still open/)).not.toContain('practice-oncall');
    await until(/CRITICAL {2}VIP 10\.77\.0\.5 has two masters, n1 and n2: n2's firewall drops VRRP/);
    press('c');
    const copied = /To run on n2:\n(nft delete rule .*)\n/.exec(
      await until(/To run on n2:\nnft delete rule/),
    );
    await mustExecOn(lab, 'n2', ['sh', '-c', copied?.[1] ?? '']);
    await eventually(
      async () =>
        (await mustExecOn(lab, 'n2', ['ip', '-o', 'addr', 'show', 'to', '10.77.0.5'])) === '' ? true : null,
      { withinMs: 10_000, hope: 'n2 gives the VIP up' },
    );
    press('r');
    await until(/CHECKING AGAIN/);
    await until(/Checked again: was critical, is now healthy\./);
    const folder = join(scratch, 'saved');
    press('s', 'C-u', folder, 'Enter');
    await until(/Saved to /);
    press('q');
    await until(/ended with 0/);
    const again = await runProgram([process.execPath, program, 'check', '--from', folder]);
    expect(again).toMatchObject({ code: 0, err: '' });
    expect(again.out).toContain('HEALTHY');
    await healLab(lab);
  });

  it('Ctrl-C half-way: everything is ended on the nodes, and it says so', async () => {
    const before = await processes();
    const { press, until, everything } = open();
    await until(/still open/);
    press('C-c');
    await until(/ended with 130/);
    expect(everything()).toContain('interrupted; everything was ended on the nodes');
    await eventually(
      async () => (JSON.stringify(await processes()) === JSON.stringify(before) ? true : null),
      { withinMs: 5000, hope: 'nothing of ours runs on any node' },
    );
  });
});
