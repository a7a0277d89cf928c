// The table of contents of a check: collect → build → judge → report. Whoever shows it (a terminal, a file, a
// test) consumes the events; nothing here knows how they are shown.
import { buildCluster } from './cluster/build.ts';
import type { CollectEvent, LiveSource } from './collect/collect.ts';
import { collectEvidence } from './collect/collect.ts';
import type { Bundle } from './evidence/bundle.ts';
import { BundleError, readBundle, requireNewFolder, writeBundle } from './evidence/bundle-folder.ts';
import { type Acceptance, dayOf } from './report/acceptance.ts';
import { composeReport } from './report/compose.ts';
import type { CheckReport } from './report/report.ts';
import { rules } from './rules/generated/index.ts';
import { judge } from './rules/judge.ts';

export type CheckSource = LiveSource | { readonly kind: 'recorded'; readonly folder: string };

export interface CheckOptions {
  readonly source: CheckSource;
  readonly tool: { readonly name: string; readonly version: string };
  /** Folder for `--record`; written before the report event. */
  readonly recordTo?: string;
  /** Findings that do not count; none when absent. */
  readonly acceptances?: readonly Acceptance[];
  /** Aborted on Ctrl-C: the session ends what runs on the nodes and finishes without a report. */
  readonly signal: AbortSignal;
}

export type SessionEvent =
  | CollectEvent
  | { readonly kind: 'recorded'; readonly folder: string }
  /** The recording could not be written, a full disk for example; what was collected is judged all the same. */
  | { readonly kind: 'unrecorded'; readonly message: string }
  /** `bundle` is what the report was made from, already without secrets. */
  | { readonly kind: 'report'; readonly report: CheckReport; readonly bundle: Bundle }
  /** Everything was ended on the nodes after an interruption. */
  | { readonly kind: 'interrupted' };

/**
 * Judges a bundle: the same bundle and acceptances always give the same report. Whether an acceptance still holds is
 * asked of the day the bundle was collected.
 */
export const judgeBundle = (bundle: Bundle, acceptances: readonly Acceptance[] = []): CheckReport => {
  const model = buildCluster(bundle);
  return composeReport(bundle, model, judge(model, rules, { acceptances, today: dayOf(bundle.startedAt) }));
};

/**
 * Runs a check and yields what happens; the last event is `report` or `interrupted`.
 * @throws {import('./evidence/bundle-folder.ts').BundleError} when a recording cannot be read or written
 */
export async function* runCheck(options: CheckOptions): AsyncGenerator<SessionEvent> {
  if (options.source.kind === 'recorded') {
    const recorded = await readBundle(options.source.folder);
    yield { kind: 'report', report: judgeBundle(recorded, options.acceptances), bundle: recorded };
    return;
  }
  if (options.recordTo !== undefined) await requireNewFolder(options.recordTo);
  let bundle: Bundle | undefined;
  for await (const event of collectEvidence(options.source, options.tool, options.signal)) {
    if (event.kind === 'collected') bundle = event.bundle;
    else yield event;
  }
  if (bundle === undefined || options.signal.aborted) {
    yield { kind: 'interrupted' };
    return;
  }
  if (options.recordTo !== undefined) {
    const folder = options.recordTo;
    const failure = await writeBundle(folder, bundle).then(
      () => undefined,
      (error: unknown) => {
        if (error instanceof BundleError) return error.message;
        throw error;
      },
    );
    yield failure === undefined ? { kind: 'recorded', folder } : { kind: 'unrecorded', message: failure };
  }
  yield { kind: 'report', report: judgeBundle(bundle, options.acceptances), bundle };
}
