// A check on the screen of an interactive terminal: the order of runs, questions, copies and saves, and how it ends.
// It mounts and unmounts; what is shown is in src/tui/check, what is printed afterwards in check.ts.
import type { Bundle } from '../evidence/bundle.ts';
import { BundleError, requireNewFolder, writeBundle } from '../evidence/bundle-folder.ts';
import type { Acceptance } from '../report/acceptance.ts';
import type { CheckReport } from '../report/report.ts';
import type { CheckSource } from '../session.ts';
import type { Prompt } from '../transport/transport.ts';
import type { TerminalDoor } from '../tui/door.ts';
import type { CheckRequest } from './check-options.ts';
import type { Interruption } from './questions.ts';
import { tool } from './tool.ts';
import { loadScreen } from './tui-door.ts';

type Outcome =
  /** `interrupted`: a run was cut off; the report is of the run before, if there was one. */
  {
    readonly ended: 'left' | 'interrupted';
    readonly report?: CheckReport;
    /** Why there is no recording although one was wanted. */
    readonly unrecorded?: string;
  };

export interface ScreenCourse {
  readonly request: CheckRequest;
  readonly door: TerminalDoor;
  readonly interruption: Interruption;
  /** What is checked, in words. */
  readonly subject: string;
  readonly acceptances: readonly Acceptance[];
  /** What is put beside a report before it is shown: an earlier one. */
  readonly compare: (report: CheckReport) => CheckReport;
  readonly openSource: (ask: Prompt) => Promise<CheckSource>;
}

type Wish = 'again' | 'leave';

/** What was written to the terminal so far has left. */
const painted = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** One wish at a time: what is wished while nobody waits is kept. */
const createWishes = (signal: AbortSignal) => {
  let waiting: ((wish: Wish) => void) | undefined;
  let kept: Wish | undefined;
  return {
    make: (wish: Wish): void => {
      if (waiting === undefined) kept = wish;
      else waiting(wish);
      waiting = undefined;
    },
    next: (): Promise<Wish> => {
      if (signal.aborted) return Promise.resolve('leave');
      const wish = kept;
      kept = undefined;
      if (wish !== undefined) return Promise.resolve(wish);
      return new Promise((resolve) => {
        waiting = resolve;
        signal.addEventListener('abort', () => resolve('leave'), { once: true });
      });
    },
  };
};

export const checkOnScreen = async ({
  request,
  door,
  interruption,
  subject,
  acceptances,
  compare,
  openSource,
}: ScreenCourse): Promise<Outcome> => {
  const { signal } = interruption;
  const { mountScreen, checkScreen, openingState } = await loadScreen(
    door,
    () => import('../tui/check/mount.ts'),
  );
  const wishes = createWishes(signal);
  let answer: ((text: string | undefined) => void) | undefined;
  let bundle: Bundle | undefined;
  let report: CheckReport | undefined;
  let unrecorded: string | undefined;

  const save = async (folder: string): Promise<void> => {
    if (bundle === undefined) return;
    try {
      await requireNewFolder(folder);
      await writeBundle(folder, bundle);
      screen.dispatch({
        kind: 'said',
        message: { tone: 'good', text: `Saved to ${folder}, without secrets.` },
      });
    } catch (error) {
      if (!(error instanceof BundleError)) throw error;
      screen.dispatch({ kind: 'said', message: { tone: 'bad', text: error.message } });
    }
  };

  const screen = mountScreen({
    screen: checkScreen,
    initial: openingState({
      subject,
      kind: request.target.kind === 'recorded' ? 'recorded' : 'live',
      askLimitMs: request.timeoutMs,
    }),
    door,
    perform: (effect) => {
      switch (effect.kind) {
        case 'answer':
          answer?.(effect.text);
          return;
        case 'copy':
          screen.copy(effect.text);
          return;
        case 'save':
          save(effect.folder).catch(fail);
          return;
        case 'interrupt':
          interruption.interrupt();
          return;
        case 'run-again':
          wishes.make('again');
          return;
        case 'leave':
          wishes.make('leave');
          return;
      }
    },
  });
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });

  const ask: Prompt = (question) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve(undefined);
      const giveUp = (): void => answer?.(undefined);
      answer = (text) => {
        signal.removeEventListener('abort', giveUp);
        answer = undefined;
        screen.dispatch({ kind: 'question-withdrawn' });
        resolve(text);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      screen.dispatch({ kind: 'question', question });
    });
  const tellEnding = (): void => screen.dispatch({ kind: 'ending' });
  signal.addEventListener('abort', tellEnding, { once: true });

  const course = async (): Promise<Outcome> => {
    screen.dispatch({ kind: 'started' });
    // The first frame stands before the rules, and what reaches nodes, are loaded.
    await painted();
    const [{ runCheck }, { rules }] = await Promise.all([
      import('../session.ts'),
      import('../rules/generated/index.ts'),
    ]);
    const source = await openSource(ask);
    screen.dispatch({
      kind: 'prepared',
      subject: source.kind === 'live' ? source.nodes.map((node) => node.name).join(', ') : subject,
      whys: new Map(rules.map((rule) => [rule.id, rule.why])),
    });
    for (let run = 1; ; run += 1) {
      if (run > 1) screen.dispatch({ kind: 'started' });
      // Only the first run is recorded: the folder must be a new one.
      const recordTo = run === 1 ? request.recordTo : undefined;
      let ended = false;
      for await (const event of runCheck({
        source,
        tool,
        signal,
        acceptances,
        ...(recordTo === undefined ? {} : { recordTo }),
      })) {
        if (event.kind === 'unrecorded') unrecorded = event.message;
        if (event.kind === 'report') {
          ended = true;
          bundle = event.bundle;
          report = compare(event.report);
          screen.dispatch({ kind: 'session', event: { ...event, report } });
        } else screen.dispatch({ kind: 'session', event });
      }
      const outcome = {
        ...(report === undefined ? {} : { report }),
        ...(unrecorded === undefined ? {} : { unrecorded }),
      };
      if (!ended) return { ended: 'interrupted', ...outcome };
      if ((await wishes.next()) === 'leave') return { ended: 'left', ...outcome };
    }
  };
  try {
    return await Promise.race([course(), failed]);
  } finally {
    signal.removeEventListener('abort', tellEnding);
    await screen.unmount();
  }
};
