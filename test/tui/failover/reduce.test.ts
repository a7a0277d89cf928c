// What the failover screen does: consent by typing the VIP, keys, the countdown, restoring, and what is told in words.
import { describe, expect, it } from 'vitest';
import { toldTrial } from '../../chaos/told-trials.ts';
import { plan, refusedPlan, reportOf, stage } from './scene.ts';

const measured = { mark: 'good', words: 'MEASURED', details: [] } as const;

describe('consent', () => {
  it('is given by typing the VIP, and by nothing else', () => {
    const scene = stage();
    scene.send({ kind: 'plan', plan });
    scene.press(...'yes', 'enter');
    expect(scene.effects()).toEqual([]);
    expect(scene.frame().join('\n')).toContain('"yes" is not 10.77.0.5: nothing was touched');
    scene.press(...'10.77.0.56', 'backspace', 'enter');
    expect(scene.effects()).toEqual([{ kind: 'consent', answer: 'given' }]);
  });

  it.each(['escape', 'ctrl-c'])('is refused by %s', (key) => {
    const scene = stage();
    scene.send({ kind: 'plan', plan });
    scene.press(...'10.77', key);
    expect(scene.effects()).toEqual([{ kind: 'consent', answer: 'refused' }]);
  });

  it('cannot be given where something speaks against it', () => {
    const scene = stage();
    scene.send({ kind: 'plan', plan: refusedPlan });
    scene.press(...'10.77.0.5', 'enter');
    expect(scene.effects()).toEqual([{ kind: 'consent', answer: 'refused' }]);
    expect(scene.frame().join('\n')).toContain('rescue-pending');
  });
});

describe('a run', () => {
  it('counts the rescue down', () => {
    const scene = stage();
    scene.send({ kind: 'go', plan });
    scene.play(toldTrial('killed-v3'), 2300);
    const seconds = (): number =>
      Number(/heals itself within (\d+) s/.exec(scene.frame().join('\n'))?.[1] ?? Number.NaN);
    const before = seconds();
    scene.tick(12_300);
    expect(seconds()).toBe(before - 10);
  });

  it('names the backup that stays master, not a lower one whose single advert was heard first', () => {
    const events = toldTrial('killed-v3');
    const at = events.findIndex(
      (event) =>
        event.kind === 'sighting' && event.sighting.what === 'advertises' && event.sighting.node === 'n2',
    );
    const taken = events[at];
    if (taken?.kind !== 'sighting' || taken.sighting.what !== 'advertises')
      throw new Error('n2 takes over in this recording');
    const early = {
      ...taken,
      sighting: { ...taken.sighting, node: 'n3', priority: 98, atMs: taken.sighting.atMs - 0.4 },
    };
    const takenMs = taken.atMs - (events[0]?.atMs ?? 0);
    for (const afterMs of [400, 600, 780]) {
      const scene = stage();
      scene.send({ kind: 'go', plan });
      scene.play([...events.slice(0, at), early, ...events.slice(at)], takenMs + afterMs);
      expect(scene.frame().join('\n')).toContain('n2 is master; all must be quiet');
    }
  });

  it('is ended by Ctrl-C alone, which restores; the second is handed on as well', () => {
    const scene = stage();
    scene.send({ kind: 'go', plan });
    scene.play(toldTrial('killed-v3'), 2300);
    scene.press('q', 'escape', 'enter');
    expect(scene.effects()).toEqual([]);
    scene.press('ctrl-c');
    expect(scene.effects()).toEqual([{ kind: 'interrupt' }]);
    scene.send({ kind: 'interrupted' });
    expect(scene.frame()[0]).toContain('RESTORING');
    scene.press('ctrl-c');
    expect(scene.effects()).toHaveLength(2);
  });

  it('can be interrupted from the help page', () => {
    const scene = stage();
    scene.send({ kind: 'go', plan });
    scene.press('?');
    expect(scene.frame().join('\n')).toContain('Ctrl-C');
    scene.press('ctrl-c');
    expect(scene.effects()).toEqual([{ kind: 'interrupt' }]);
  });

  it('says when the node cannot be reached and heals by itself', () => {
    const scene = stage();
    scene.send({ kind: 'go', plan });
    const events = toldTrial('link-down-v3');
    scene.play(events, 2300);
    const [first] = events;
    const atMs = (first?.atMs ?? 0) + 2300;
    scene.send({
      kind: 'told',
      event: { kind: 'cut-off', trial: 1, node: 'n1', firesAtMs: atMs + 41_000, atMs },
    });
    scene.send({ kind: 'told', event: { kind: 'phase', phase: 'heal', step: 'begun', trial: 1, atMs } });
    expect(scene.frame().join('\n')).toContain('n1 cannot be reached: its own timer heals it within');
  });

  it('keeps what it shows of a trial bounded', () => {
    const scene = stage();
    scene.send({ kind: 'go', plan });
    scene.play(toldTrial('stopped-v3'), 2000);
    for (let at = 0; at < 7000; at += 1)
      scene.send(
        {
          kind: 'told',
          event: {
            kind: 'sighting',
            trial: 1,
            atMs: at,
            sighting: {
              what: 'slice',
              fromMs: 2000 + at * 25,
              toMs: 2025 + at * 25,
              adverts: [],
              announcements: [],
              probes: [{ probe: 'icmp', asked: 5, answered: [] }],
            },
          },
        },
        2000 + at * 25,
      );
    expect(scene.state().live?.slices.length).toBeLessThanOrEqual(6001);
    expect(scene.frame().join('\n')).toContain('outage over 30 s (now 1');
  });
});

describe('the result', () => {
  it('is walked through: scrolled, trial by trial, and left', () => {
    const scene = stage();
    scene.send({ kind: 'ended', report: reportOf('stopped-v3', 'killed-v3', 'frozen-v3'), ending: measured });
    const place = (): string | undefined => /#(\d) of 3/.exec(scene.frame().join('\n'))?.[1];
    expect(place()).toBe('3');
    scene.press('left');
    expect(place()).toBe('2');
    scene.press('left', 'left');
    expect(place()).toBe('1');
    scene.press('m');
    expect(place()).toBe('3');
    scene.press('end');
    expect(scene.frame().join('\n')).toContain('clocks:');
    scene.press('home');
    expect(place()).toBe('3');
    scene.press('q');
    expect(scene.effects()).toEqual([{ kind: 'leave' }]);
  });
});

describe('in sentences', () => {
  it('tells the plan, the question, what happens and how it ended, each once', () => {
    const scene = stage();
    scene.send({ kind: 'plan', plan });
    scene.press(...'10.77.0.5', 'enter');
    scene.send({ kind: 'go', plan });
    scene.play(toldTrial('killed-v3'));
    scene.send({ kind: 'ended', report: reportOf('killed-v3'), ending: measured });
    const told = scene.told();
    const at = (words: string): number => told.findIndex((one) => one.includes(words));
    const order = [
      'Nothing is touched yet',
      'systemctl stop',
      'Type 10.77.0.5 and press Enter',
      'The test begins',
      'rescue armed on n1 and read back',
      'n2 advertises',
      'n1 is healed',
      'Finished: MEASURED',
    ].map(at);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order).not.toContain(-1);
    expect(told.filter((one) => one.includes('rescue armed'))).toHaveLength(1);
  });

  it('tells what was mistyped, and that it restores', () => {
    const scene = stage();
    scene.send({ kind: 'plan', plan });
    scene.press(...'no', 'enter');
    expect(scene.told().at(-1)).toBe('no is not 10.77.0.5. Nothing was touched.');
    scene.send({ kind: 'go', plan });
    scene.send({ kind: 'interrupted' });
    expect(scene.told().at(-1)).toContain('Restoring');
  });
});
