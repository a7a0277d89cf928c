// Ledgers on disk: one file a run in the user's state folder, replaced as a whole and synced before anything it tells
// of is done. It knows files, and nothing about what the steps mean.
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Ledger, type LedgerKeeper, ledgerSchema } from '../chaos/ledger.ts';

export const ledgerFolder = (env: Readonly<Record<string, string | undefined>>): string => {
  const state = env.XDG_STATE_HOME;
  const base = state?.startsWith('/') === true ? state : join(homedir(), '.local', 'state');
  return join(base, 'vipdoctor', 'ledger');
};

/** Finished runs kept for the record. */
const KEPT = 20;

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Resolves when the file and its name are on disk. */
export const openLedgerFolder = (folder: string): LedgerKeeper => ({
  save: async (ledger) => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, `${ledger.run}.json`);
    const draft = await open(`${path}.new`, 'w', 0o600);
    try {
      await draft.writeFile(`${JSON.stringify(ledger, null, 1)}\n`);
      await draft.sync();
    } finally {
      await draft.close();
    }
    await rename(`${path}.new`, path);
    await syncFolder(folder);
    if (ledger.phase === 'closed') await prune(folder);
  },
});

const namesIn = async (folder: string): Promise<readonly string[]> => {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names.filter((name) => name.endsWith('.json')).sort();
};

const readLedger = async (path: string): Promise<Ledger | string> => {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    return `${path}: ${error instanceof Error ? error.message : String(error)}`;
  }
  const parsed = ledgerSchema.safeParse(value);
  return parsed.success ? parsed.data : `${path} is no ledger of this version`;
};

const prune = async (folder: string): Promise<void> => {
  const names = await namesIn(folder);
  for (const name of names.slice(0, Math.max(0, names.length - KEPT))) {
    const ledger = await readLedger(join(folder, name));
    if (typeof ledger !== 'string' && ledger.phase === 'closed') await rm(join(folder, name));
  }
};

/** Runs that were not finished, oldest first, and files that could not be read. */
export const openLedgers = async (
  folder: string,
): Promise<{ readonly ledgers: readonly Ledger[]; readonly problems: readonly string[] }> => {
  const read = await Promise.all((await namesIn(folder)).map((name) => readLedger(join(folder, name))));
  return {
    ledgers: read.flatMap((one) => (typeof one === 'string' || one.phase === 'closed' ? [] : [one])),
    problems: read.flatMap((one) => (typeof one === 'string' ? [one] : [])),
  };
};
