// What the failover screen looks like, at every stage and width: golden frames out of recorded trials.
import { describe, expect, it } from 'vitest';
import { columnsOf } from '../../../src/report/typeset.ts';
import { toldTrial } from '../../chaos/told-trials.ts';
import { situations } from '../../timeline/recorded-trials.ts';
import { plan, refusedPlan, reportOf, type Scene, stage } from './scene.ts';

const sizes = [
  [40, 24],
  [80, 24],
  [120, 40],
  [200, 50],
] as const;

const measured = { mark: 'good', words: 'MEASURED', details: [] } as const;

const stages: Readonly<Record<string, (scene: Scene) => void>> = {
  plan: (scene) => scene.send({ kind: 'plan', plan }),
  refused: (scene) => scene.send({ kind: 'plan', plan: refusedPlan }),
  steady: (scene) => {
    scene.send({ kind: 'go', plan });
    scene.play(toldTrial('stopped-v3'), 1500);
  },
  taken: (scene) => {
    scene.send({ kind: 'go', plan });
    scene.play(toldTrial('stopped-v3'), 2000);
  },
  muted: (scene) => {
    scene.send({ kind: 'go', plan });
    scene.play(toldTrial('muted-v3'), 2300);
  },
  returned: (scene) => {
    scene.send({ kind: 'go', plan });
    scene.play(toldTrial('stopped-v3'), 9900);
  },
  second: (scene) => {
    scene.send({ kind: 'go', plan });
    scene.play(toldTrial('stopped-v3', { trial: 1, of: 2 }));
    scene.play(toldTrial('killed-v3', { trial: 2, of: 2 }), 2300);
  },
  restoring: (scene) => {
    scene.send({ kind: 'go', plan });
    scene.play(toldTrial('killed-v3'), 2300);
    scene.send({ kind: 'interrupted' });
  },
  result: (scene) => scene.send({ kind: 'ended', report: reportOf('stopped-v3'), ending: measured }),
  several: (scene) =>
    scene.send({
      kind: 'ended',
      report: reportOf('stopped-v3', 'killed-v3', 'frozen-v3'),
      ending: measured,
    }),
  stopped: (scene) =>
    scene.send({
      kind: 'ended',
      ending: {
        mark: 'bad',
        words: 'NOT RESTORED',
        details: ['stopped: no heartbeat from n2', 'no node holds 10.77.0.5'],
      },
    }),
  help: (scene) => {
    scene.send({ kind: 'go', plan });
    scene.press('?');
  },
};

describe.each(Object.entries(stages))('%s', (name, reach) => {
  it.each(sizes)('in %i columns', async (columns, rows) => {
    const scene = stage({ columns, rows });
    reach(scene);
    const frame = scene.frame();
    expect(frame).toHaveLength(rows);
    for (const line of frame) expect(columnsOf(line)).toBeLessThanOrEqual(columns);
    await expect(`${frame.join('\n')}\n`).toMatchFileSnapshot(`golden/${name}-${columns}.golden`);
  });

  it('in ASCII, and on a terminal of any size', () => {
    for (const [columns, rows] of [
      [80, 24],
      [20, 5],
      [2, 1],
      [61, 12],
      [300, 80],
    ] as const) {
      const scene = stage({ columns, rows, charset: 'ascii' });
      reach(scene);
      const frame = scene.frame();
      expect(frame.length).toBeLessThanOrEqual(rows);
      expect(frame.join('')).toMatch(/^[\x20-\x7e]*$/);
      for (const line of frame) expect(columnsOf(line)).toBeLessThanOrEqual(columns);
    }
  });
});

describe.each(situations)('%s', (situation) => {
  it('shows who answered and who advertised by name, and the fault', () => {
    const scene = stage({ columns: 120, rows: 40 });
    scene.send({ kind: 'go', plan });
    scene.play(toldTrial(situation));
    const frame = scene.frame().join('\n');
    const winner = reportOf(situation).trials[0]?.newMaster ?? '?';
    expect(frame).toMatch(new RegExp(`adv ${winner} .*[╷]`));
    expect(frame).toContain('▲');
    expect(frame).toMatch(/answers|both answer/);
  });
});
