// A measured run as a folder: the document as it was reported, the ledger, and every trial with its captures, so that
// it can be measured again. All or nothing when written. It knows files and checks what it reads; it measures nothing.
import { mkdir, mkdtemp, readdir, readFile, rename, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Ledger } from '../chaos/ledger.ts';
import type { FailoverReport } from '../report/failover.ts';
import { renderFailoverJson } from '../report/failover-json.ts';
import { failoverReportSchema } from '../report/failover-schema.ts';
import { readTrial, writeTrial } from '../timeline/recording.ts';
import type { Subject, TrialRecord } from '../timeline/trial.ts';
import { OperationError, reasonOf } from './faults.ts';

export interface RecordedRun {
  readonly report: FailoverReport;
  readonly subject: Subject;
  readonly trials: readonly TrialRecord[];
}

const reportFile = 'failover.json';
const trialFile = 'trial.json';

/** @throws {OperationError} */
export const writeRun = async (
  folder: string,
  run: RecordedRun & { readonly ledger: Ledger | undefined },
): Promise<void> => {
  const target = resolve(folder);
  try {
    await mkdir(dirname(target), { recursive: true });
    const draft = await mkdtemp(`${target}.partial-`);
    await writeFile(join(draft, reportFile), renderFailoverJson(run.report));
    if (run.ledger !== undefined)
      await writeFile(join(draft, 'ledger.json'), `${JSON.stringify(run.ledger, null, 1)}\n`);
    for (const trial of run.trials) {
      const room = join(draft, 'trials', String(trial.index).padStart(3, '0'));
      await mkdir(room, { recursive: true });
      const { json, captures } = writeTrial(run.subject, trial);
      await writeFile(join(room, trialFile), json);
      for (const [name, bytes] of captures) await writeFile(join(room, name), bytes);
    }
    // An empty folder of that name may be there already.
    await rmdir(target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    await rename(draft, target);
  } catch (error) {
    throw new OperationError(`the run could not be recorded in ${folder}: ${reasonOf(error)}`);
  }
};

const readRoom = async (
  room: string,
): Promise<{ readonly subject: Subject; readonly trial: TrialRecord }> => {
  const names = await readdir(room);
  const captures = new Map<string, Uint8Array>();
  for (const name of names.filter((one) => one.endsWith('.pcap')))
    captures.set(name, await readFile(join(room, name)));
  const read = readTrial({ json: await readFile(join(room, trialFile), 'utf8'), captures });
  if (read.kind === 'unreadable') throw new OperationError(`${room}: ${read.reason}`);
  return read;
};

/** @throws {OperationError} when it is no recording of a failover test */
export const readRun = async (folder: string): Promise<RecordedRun> => {
  try {
    const parsed = failoverReportSchema.safeParse(
      JSON.parse(await readFile(join(folder, reportFile), 'utf8')),
    );
    if (!parsed.success) throw new OperationError(`${reportFile} is not of this version`);
    const rooms = (await readdir(join(folder, 'trials'))).sort();
    const read = await Promise.all(rooms.map((name) => readRoom(join(folder, 'trials', name))));
    const [first] = read;
    if (first === undefined) throw new OperationError('it holds no trial');
    return { report: parsed.data, subject: first.subject, trials: read.map((one) => one.trial) };
  } catch (error) {
    throw new OperationError(`${folder} is no recording of a failover test: ${reasonOf(error)}`);
  }
};
