// `vipdoctor recover`: finishes what ledgers on this machine still show as open. It knows where they lie and who may
// not be disturbed; undoing is elsewhere.
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { type Ledger, openSteps } from '../chaos/ledger.ts';
import { recoverRun } from '../chaos/recover.ts';
import { labsDir } from '../lab/names.ts';
import { escapeLine } from '../report/escape.ts';
import { readAccess } from './access.ts';
import type { ParsedArguments } from './argument-values.ts';
import { readText } from './argument-values.ts';
import { readCheckRequest } from './check-options.ts';
import { NOT_RESTORED } from './failover-result.ts';
import { ledgerFolder, openLedgerFolder, openLedgers } from './ledger-folder.ts';
import { openLiveSource } from './live-source.ts';
import { askOnTerminal } from './questions.ts';
import { complain, type Terminal } from './terminal.ts';

/** While the run that keeps a ledger lives, it heals itself. */
const keeperLives = async ({ keeper }: Ledger): Promise<boolean> => {
  if (keeper.host !== hostname() || keeper.pid === process.pid) return false;
  const command = await readFile(`/proc/${keeper.pid}/cmdline`, 'utf8').catch(() => '');
  return command.split('\0').includes('failover');
};

/** Owner of the practice cluster it was, when it was one. */
const labOf = (access: ReturnType<typeof readAccess>): string | undefined => {
  const inventory = access?.['lab-inventory'];
  if (typeof inventory !== 'string' || dirname(dirname(inventory)) !== labsDir) return undefined;
  return inventory.slice(labsDir.length + 1, inventory.lastIndexOf('/'));
};

type Outcome = 'recovered' | 'not-recovered' | 'left';

const recoverOne = async (
  ledger: Ledger,
  terminal: Terminal,
  inside: string | undefined,
): Promise<Outcome> => {
  const { vip, vrid } = ledger.cluster;
  const say = (line: string): Promise<void> => terminal.err(`${escapeLine(line)}\n`);
  await say(
    `run ${ledger.run} (${vip}, VRID ${vrid}, begun ${ledger.startedAt}): ${openSteps(ledger).length} steps are open`,
  );
  if (await keeperLives(ledger)) {
    await complain(
      terminal,
      `it is still going on (pid ${ledger.keeper.pid}): end it there, it heals by itself`,
    );
    return 'left';
  }
  const access = readAccess(ledger.access);
  if (access === undefined) {
    await complain(terminal, 'its ledger does not say how the nodes were reached');
    return 'not-recovered';
  }
  const lab = labOf(access);
  if (lab !== undefined && inside !== access['lab-inventory']) {
    const { reenterInLab } = await import('./lab-entry.ts');
    const code = await reenterInLab(['recover', '--lab', '--lab-name', lab, '--run', ledger.run]);
    return code === 0 ? 'recovered' : 'not-recovered';
  }
  const request = readCheckRequest(access);
  if (request.target.kind !== 'live') return 'not-recovered';
  const floor = { take: async () => undefined, giveBack: () => undefined };
  const never = { signal: new AbortController().signal, interrupt: () => process.exit(130) };
  const ask = terminal.questions === 'possible' ? askOnTerminal(floor, never) : undefined;
  const { source } = await openLiveSource(request, request.target, ask);
  const recovery = await recoverRun({
    ledger,
    keeper: openLedgerFolder(ledgerFolder(process.env)),
    connect: (node) => source.nodes.find((one) => one.name === node)?.connect,
    say: (line) => void say(line),
  });
  for (const problem of [...recovery.problems, ...recovery.restoration.problems])
    await complain(terminal, problem);
  for (const { node, section, lines } of recovery.restoration.differences)
    await complain(terminal, `${node}, ${section}: ${lines.join(' ; ')}`);
  return recovery.state;
};

export const runRecoverCommand = async (parsed: ParsedArguments, terminal: Terminal): Promise<number> => {
  const folder = ledgerFolder(process.env);
  const { ledgers, problems } = await openLedgers(folder);
  for (const problem of problems) await complain(terminal, problem);
  const run = readText(parsed, 'run');
  const inside = readText(parsed, 'lab-inventory');
  const asked = ledgers.filter((one) => run === undefined || one.run === run);
  if (asked.length === 0) {
    await terminal.out(`nothing to recover: no run in ${join(folder, '')} is open\n`);
    return problems.length > 0 ? 2 : 0;
  }
  const outcomes: Outcome[] = [];
  for (const ledger of asked) {
    const outcome = await recoverOne(ledger, terminal, inside);
    outcomes.push(outcome);
    if (inside === undefined || outcome !== 'left')
      await terminal.out(
        `run ${ledger.run}: ${outcome === 'left' ? 'still going on' : outcome.replace('-', ' ')}\n`,
      );
  }
  return outcomes.every((outcome) => outcome === 'recovered') ? 0 : NOT_RESTORED;
};
