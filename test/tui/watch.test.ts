// The watch screen without a terminal: what keys do, and what frames say at every width.
import { describe, expect, it } from 'vitest';
import { type FrameParts, stackFrame } from '../../src/tui/frame.tsx';
import { clip, columnsOfLine, plainText } from '../../src/tui/line.ts';
import type { Surroundings } from '../../src/tui/screen.ts';
import { themeFor } from '../../src/tui/theme.ts';
import { layFrame } from '../../src/tui/watch/layout.ts';
import { reduceWatch } from '../../src/tui/watch/reduce.ts';
import { openingState, type WatchEffect, type WatchState } from '../../src/tui/watch/state.ts';
import { tellWatch } from '../../src/tui/watch/tell.ts';
import { historyOf } from '../../src/watch/state/take-fact.ts';
import { group, openScene, rosterOf, type Scene } from '../watch/scene.ts';

const surroundingsOf = (columns: number, rows: number, charset: 'utf8' | 'ascii' = 'utf8'): Surroundings => ({
  size: { columns, rows },
  theme: themeFor({ charset, color: 'none' }),
});
const usual = surroundingsOf(80, 24);

const frameOf = (state: WatchState, surroundings = usual): readonly string[] => {
  const parts: FrameParts = layFrame(state, surroundings);
  return stackFrame(parts, surroundings.size).map((one) =>
    plainText(clip(one, surroundings.size.columns, surroundings.theme)).trimEnd(),
  );
};

const lookAt = (state: WatchState, scene: Scene): WatchState =>
  reduceWatch(
    state,
    {
      kind: 'event',
      atMs: 0,
      event: { kind: 'stand', stand: { summary: scene.look(), history: [...historyOf(scene.book)] } },
    },
    usual,
  ).state;

const effects: WatchEffect[] = [];
const press = (state: WatchState, ...keys: readonly string[]): WatchState =>
  keys.reduce((now, key) => {
    const step = reduceWatch(now, { kind: 'key', atMs: 0, key }, usual);
    effects.push(...step.effects);
    return step.state;
  }, state);

/** Two VRIDs, a master that was stopped, a stranger. */
const eventful = (): Scene => {
  const scene = openScene(rosterOf([group(101), group(102, { vips: ['10.0.0.6/32'] })]));
  scene.send('n3', { vrid: 102, priority: 98 });
  scene.reign('n1', 4000);
  scene.give({ kind: 'process', atMs: scene.nowMs(), node: 'n1', state: 'stopped' });
  scene.send('n1', { priority: 0 });
  scene.wait(600);
  for (let turn = 0; turn < 3; turn += 1) {
    scene.send('n3', { vrid: 102, priority: 98 });
    scene.send('n2', { priority: 99 });
    scene.send('x', { vrid: 77, src: '10.0.0.99', ears: ['n2'] });
    scene.wait(1000);
  }
  return scene;
};

describe('the overview', () => {
  const scene = eventful();
  const state = lookAt(openingState('n1, n2, n3'), scene);

  it('says who is master of what, how the nodes are, and what happened with its reason', () => {
    const frame = frameOf(state);
    expect(frame[0]).toMatch(/WATCHING {2}n1, n2, n3 for 7 s/);
    expect(frame[2]).toMatch(/VRID +master +since +rate +jitter +missed +holders +flaps\/h/);
    expect(frame[3]).toMatch(/▸ ✔ 101 +n2 +3 s/);
    const text = frame.join('\n');
    expect(text).toMatch(/✖ 77 +10\.0\.0\.99/);
    expect(text).toContain('unknown VRID');
    expect(text).toContain('n1 keepalived stopped');
    expect(text).toMatch(/n1 → n2: n1 resigned \(priority 0\), n2 took over after/);
    expect(frame.at(-1)).toContain('q leave');
  });

  it.each([
    [20, 5],
    [40, 12],
    [80, 24],
    [200, 60],
    [30, 3],
    [2, 1],
  ])('fits %i columns and %i rows', (columns, rows) => {
    for (const charset of ['utf8', 'ascii'] as const) {
      const surroundings = surroundingsOf(columns, rows, charset);
      for (const shown of [state, press(state, 'enter'), press(state, '?'), press(state, '/', 'n')]) {
        const parts = stackFrame(layFrame(shown, surroundings), surroundings.size);
        expect(parts).toHaveLength(rows);
        for (const one of parts)
          expect(columnsOfLine(clip(one, columns, surroundings.theme))).toBeLessThanOrEqual(columns);
        if (charset === 'ascii')
          expect(parts.map((one) => surroundings.theme.safe(plainText(one))).join('')).toMatch(
            /^[\x20-\x7e]*$/,
          );
      }
    }
  });

  it('gives up columns on a narrow terminal, master and VRID last', () => {
    const narrow = frameOf(state, surroundingsOf(40, 24)).join('\n');
    expect(narrow).toMatch(/VRID {2}master +since/);
    expect(narrow).not.toContain('jitter');
  });

  it('says that it is connecting before anything is known', () => {
    expect(frameOf(openingState('n1, n2'))[0]).toContain('n1, n2: connecting');
  });
});

describe('keys', () => {
  const scene = eventful();
  const state = lookAt(openingState('n1, n2, n3'), scene);

  it('move through VRIDs and open one with its evidence', () => {
    const opened = press(state, 'down', 'enter');
    expect(opened).toMatchObject({ view: 'router', selected: '102/ipv4/10.0.0.0/24' });
    const first = frameOf(press(state, 'enter'), surroundingsOf(80, 60)).join('\n');
    expect(first).toMatch(/members +n1 +STOPPED +priority 100/);
    expect(first).toMatch(/n2 +MASTER +priority 99/);
    expect(first).toMatch(/heard +at +sender/);
    expect(press(opened, 'escape').view).toBe('overview');
  });

  it('filter VRIDs and history', () => {
    const filtered = press(state, '/', '1', '0', '2', 'enter');
    expect(filtered.filter).toEqual({ kind: 'kept', text: '102' });
    const text = frameOf(filtered).join('\n');
    expect(text).toMatch(/✔ 102/);
    expect(text).not.toMatch(/✔ 101/);
    expect(press(filtered, 'escape').filter).toEqual({ kind: 'off' });
  });

  it('hold the screen still while watching goes on', () => {
    const paused = press(state, 'p');
    scene.reign('n2', 5000, { priority: 99 });
    const later = lookAt(paused, scene);
    expect(later.stand).toBe(state.stand);
    expect(frameOf(later)[0]).toContain('PAUSED');
    expect(press(later, 'p').stand).not.toBe(state.stand);
  });

  it('leave with q, and are interrupted by Ctrl-C, also while a filter is typed', () => {
    effects.length = 0;
    press(state, 'q');
    press(state, '/', 'q', 'ctrl-c');
    expect(effects).toEqual([{ kind: 'leave' }, { kind: 'interrupt' }]);
    expect(frameOf(press(state, 'q'))[0]).toContain('STOPPING');
  });

  it('page through the history', () => {
    for (let turn = 0; turn < 40; turn += 1)
      scene.give({
        kind: 'link',
        atMs: scene.nowMs() + turn,
        node: 'n1',
        interface: `eth${turn}`,
        state: 'down',
      });
    const full = lookAt(state, scene);
    expect(frameOf(full).join('\n')).toContain('eth39');
    const back = press(full, 'page-down');
    expect(frameOf(back).join('\n')).not.toContain('eth39');
    expect(frameOf(back).join('\n')).toMatch(/↑ \d+ newer {2}↓ \d+ older/);
    expect(frameOf(press(back, 'page-up')).join('\n')).toContain('eth39');
  });
});

describe('for a screen reader', () => {
  it('what happens is told once, and what is opened in full', () => {
    const scene = eventful();
    const opening = openingState('n1, n2, n3');
    const first = lookAt(opening, scene);
    const said = [...tellWatch(undefined, opening), ...tellWatch(opening, first)];
    expect(said[0]).toMatch(/^Watching n1, n2, n3\./);
    expect(said.join('\n')).toMatch(/n1 resigned \(priority 0\), n2 took over/);
    expect(tellWatch(first, lookAt(first, scene))).toEqual([]);
    const opened = press(first, 'enter');
    expect(tellWatch(first, opened).join('\n')).toMatch(/members n1 STOPPED priority 100/);
    expect(tellWatch(first, press(first, 'down')).join('\n')).toMatch(/^VRID 102: master n3/);
  });
});
