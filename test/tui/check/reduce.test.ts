// The reducer of the check screen: every key, every event, as pure data.
import { describe, expect, it } from 'vitest';
import { selectedFinding } from '../../../src/tui/check/findings.ts';
import { layOut } from '../../../src/tui/check/layout.ts';
import { folderFor } from '../../../src/tui/check/reduce.ts';
import { surroundingsOf } from '../painted.tsx';
import { bigReport } from './big-report.ts';
import { finished, nodeIs, openCourse, reported, session } from './course.ts';

const listening = (openQuestions: readonly string[], adverts = 3) =>
  session({ kind: 'listening', elapsedMs: 1200, limitMs: 30_000, openQuestions, adverts, senders: [] });

describe('while the check runs', () => {
  it('knows how far each node is, and since when', () => {
    const course = openCourse().hear(
      { kind: 'started' },
      nodeIs('n1', 'connecting'),
      nodeIs('n2', 'connecting'),
    );
    course.wait(2000).hear(nodeIs('n1', 'asking'), nodeIs('n2', 'connecting', 'still there'));
    expect(course.state().nodes).toEqual([
      { name: 'n1', phase: 'asking', detail: '', sinceMs: 3000 },
      { name: 'n2', phase: 'connecting', detail: 'still there', sinceMs: 1000 },
    ]);
    expect(course.state().run).toEqual({ phase: 'running', number: 1, startedAtMs: 1000, nowMs: 3000 });
  });

  it('q and Ctrl-C stop it; the keys of the report do nothing yet', () => {
    const course = openCourse().hear({ kind: 'started' });
    expect(course.press('c', 'r', 's', '/').wished()).toEqual([]);
    expect(course.press('q', 'ctrl-c').wished()).toEqual([{ kind: 'interrupt' }, { kind: 'interrupt' }]);
    expect(course.hear({ kind: 'ending' }).state().run.phase).toBe('ending');
  });

  it('puts a question and hands over the answer', () => {
    const question = { kind: 'sudo-password', node: 'n1', text: 'sudo password', echo: 'off' } as const;
    const course = openCourse().hear({ kind: 'started' }, { kind: 'question', question });
    course.press('q', 's', 'x', 'backspace', '?', 'enter');
    expect(course.wished()).toEqual([{ kind: 'answer', text: 'qs?' }]);
    expect(course.state().entry).toBeUndefined();
    expect(course.hear({ kind: 'question', question }).press('escape').wished()).toEqual([
      { kind: 'answer', text: undefined },
    ]);
    expect(course.hear({ kind: 'question', question }).press('ctrl-c').wished()).toEqual([
      { kind: 'interrupt' },
    ]);
    expect(course.hear({ kind: 'question-withdrawn' }).state().entry).toBeUndefined();
  });
});

describe('with a report', () => {
  it('walks from finding to finding and stops at the ends', () => {
    const course = finished(bigReport);
    expect(selectedFinding(course.state())?.id).toBe('firewall');
    expect(selectedFinding(course.press('down').state())?.id).toBe('finding-0');
    expect(selectedFinding(course.press('k', 'k', 'k').state())?.id).toBe('firewall');
    for (let presses = 0; presses < 200; presses += 1) course.press('j');
    expect(selectedFinding(course.state())?.id).toBe('finding-9');
    const { extent, top } = layOut(course.state(), surroundingsOf(80, 24));
    expect(top).toBe(extent.length - extent.height);
    expect(selectedFinding(course.press('home').state())?.id).toBe('firewall');
    expect(course.state().top).toBe(0);
  });

  it('always shows what is selected', () => {
    const surroundings = surroundingsOf(80, 16);
    const course = finished(bigReport, surroundings);
    for (const key of ['j', 'j', 'j', 'j', 'j', 'j', 'k', 'k', 'k', 'k']) {
      course.press(key);
      const { whole, extent, top } = layOut(course.state(), surroundings);
      const at = whole.items.findIndex((place) =>
        whole.lines[place.from]?.some((part) => part.text.includes(surroundings.theme.glyphs.pointer)),
      );
      const place = whole.items[at];
      expect(place?.from).toBeGreaterThanOrEqual(top);
      expect(place?.to).toBeLessThan(top + extent.height);
    }
  });

  it('unfolds a cause and folds it again, also from one of its consequences', () => {
    const course = finished(bigReport).press('right', 'down');
    expect(selectedFinding(course.state())?.id).toBe('masters');
    expect(selectedFinding(course.press('left').state())?.id).toBe('firewall');
    expect(course.state().unfolded.size).toBe(0);
  });

  it('turns pages, and Tab goes from part to part and round', () => {
    const course = finished(bigReport);
    course.press('page-down');
    expect(course.state().top).toBeGreaterThan(5);
    expect(course.press('page-up').state().top).toBe(0);
    const tops = Array.from({ length: 4 }, () => course.press('tab').state().top);
    expect(tops[0]).toBeGreaterThan(0);
    expect(tops.at(-1)).toBe(0);
  });

  it('Enter opens the finding, Escape goes back to the same place', () => {
    const course = finished(bigReport).press('down', 'enter');
    expect(course.state()).toMatchObject({ view: 'finding', selected: 'finding-0' });
    expect(course.press('escape').state()).toMatchObject({ view: 'overview', selected: 'finding-0' });
    expect(course.press('?').state().view).toBe('help');
    expect(course.press('?').state().view).toBe('overview');
  });

  it('c copies the command, again the next one, and says it plainly', () => {
    const course = finished(bigReport).press('c');
    expect(course.wished()).toEqual([{ kind: 'copy', text: 'nft delete rule inet filter input handle 7' }]);
    expect(course.state().message).toEqual({
      tone: 'plain',
      text: 'Copied 1 of 2, if the terminal allows it. To run on lb-10:',
      command: { node: 'lb-10', command: 'nft delete rule inet filter input handle 7' },
    });
    expect(course.press('c').wished()).toEqual([
      { kind: 'copy', text: 'nft list ruleset > /etc/nftables.conf' },
    ]);
    expect(course.press('c').wished()).toEqual([
      { kind: 'copy', text: 'nft delete rule inet filter input handle 7' },
    ]);
    expect(course.press('down').state().message).toBeUndefined();
    expect(course.press('up', 'right', 'down', 'c').wished()).toEqual([]);
    expect(course.state().message?.text).toContain('is no command');
  });

  it('r runs again; the next report says what became of the verdict', () => {
    const course = finished(bigReport).press('r');
    expect(course.wished()).toEqual([{ kind: 'run-again' }]);
    course.hear({ kind: 'started' });
    expect(course.state()).toMatchObject({ run: { phase: 'running', number: 2 }, report: bigReport });
    course.hear(reported({ ...bigReport, verdict: 'healthy' }));
    expect(course.state().message?.text).toBe('Checked again: was critical, is now healthy.');
  });

  it('s proposes a folder; Enter saves, Escape does not, a recording is not saved again', () => {
    const course = finished(bigReport).press('s');
    expect(course.state().entry).toEqual({ for: 'folder', text: 'vipdoctor-2026-03-01T03-12-45' });
    expect(course.press('x', 'enter').wished()).toEqual([
      { kind: 'save', folder: `${folderFor(bigReport)}x` },
    ]);
    expect(course.press('s', 'escape').wished()).toEqual([]);
    expect(course.press('s', 'ctrl-u', 'enter').wished()).toEqual([]);
    const recorded = openCourse({ kind: 'recorded', subject: 'incident' }).hear(
      { kind: 'started' },
      reported(bigReport),
    );
    expect(recorded.press('s').state()).toMatchObject({
      message: { text: 'This is a recording already: incident.' },
    });
    expect(recorded.state().entry).toBeUndefined();
  });

  it('/ filters as it is typed, through folded findings too', () => {
    const course = finished(bigReport).press('/', 'M', 'A', 'S', 't', 'e', 'r', ' ', 'q');
    expect(course.state().filter).toEqual({ kind: 'typing', text: 'MASter q' });
    course.press('backspace', 'backspace');
    expect(selectedFinding(course.state())?.id).toBe('masters');
    expect(course.press('enter').state().filter.kind).toBe('kept');
    expect(course.press('enter').state()).toMatchObject({ view: 'finding', selected: 'masters' });
    expect(course.press('escape', 'escape').state().filter.kind).toBe('off');
  });

  it('q and Ctrl-C leave', () => {
    expect(finished(bigReport).press('q').wished()).toEqual([{ kind: 'leave' }]);
    expect(finished(bigReport).press('ctrl-c').wished()).toEqual([{ kind: 'leave' }]);
    expect(finished(bigReport).press('enter', 'q').wished()).toEqual([{ kind: 'leave' }]);
  });

  it('does not mind keys nobody knows', () => {
    const course = finished(bigReport);
    const before = course.state();
    expect(course.press('x', 'ctrl-z', 'é', 'shift-tab').state()).toBe(before);
    expect(course.hear(listening([])).state().run.phase).toBe('reported');
  });
});
