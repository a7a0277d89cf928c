// Starts this program again inside the practice cluster's observer namespace, with the lab's inventory. It knows
// where a lab keeps its things, and nothing about checks.
import { spawn } from 'node:child_process';
import { access, readdir, readFile } from 'node:fs/promises';
import { constants as osConstants } from 'node:os';
import { defaultOwner, labNames, labsDir, ownerFrom } from '../lab/names.ts';
import { OperationError, reasonOf } from './faults.ts';
import { labOption } from './lab-question.ts';
import { complain, openTerminal } from './terminal.ts';

/** Hidden option that tells the inner run which inventory is the lab's. */
export const labInventoryOption = '--lab-inventory';
const labNameOption = '--lab-name';

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const chooseOwner = async (asked: string | undefined): Promise<string> => {
  if (asked !== undefined) return ownerFrom(asked);
  const mine = defaultOwner(process.cwd());
  if (await exists(labNames(mine).recordPath)) return mine;
  const others = await readdir(labsDir).catch(() => []);
  const up: string[] = [];
  for (const owner of others) if (await exists(labNames(owner).recordPath)) up.push(owner);
  const [only, ...more] = up;
  if (only === undefined) throw new OperationError('no lab is up: start one with "vipdoctor lab up"');
  if (more.length > 0)
    throw new OperationError(`several labs are up: say which with ${labNameOption} (${up.join(', ')})`);
  return only;
};

/** `ready` only: a lab that is still being raised has no inventory worth reading. */
const requireReady = async (recordPath: string): Promise<void> => {
  const text = await readFile(recordPath, 'utf8').catch(() => undefined);
  if (text === undefined) throw new OperationError('no lab of that name is up: see "vipdoctor lab list"');
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch {
    record = undefined;
  }
  const phase = typeof record === 'object' && record !== null ? Reflect.get(record, 'phase') : undefined;
  if (phase !== 'ready')
    throw new OperationError('the lab is not ready: wait for "vipdoctor lab up", or run it again');
};

/** The inner command line: the lab's inventory in place of `--lab` and `--lab-name`; what follows `--` stays. */
export const innerArguments = (
  argv: readonly string[],
  inventoryPath: string,
): { readonly argv: readonly string[]; readonly labName?: string } => {
  const dashes = argv.indexOf('--');
  const words = dashes < 0 ? argv : argv.slice(0, dashes);
  const kept: string[] = [];
  let labName: string | undefined;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === labOption || word === `${labOption}=true`) continue;
    if (word.startsWith(`${labNameOption}=`)) labName = word.slice(labNameOption.length + 1);
    else if (word === labNameOption) {
      labName = words[at + 1];
      at += 1;
    } else kept.push(word);
  }
  const [command = 'check', ...rest] = kept;
  return {
    argv: [
      command,
      `${labInventoryOption}=${inventoryPath}`,
      ...rest,
      ...(dashes < 0 ? [] : argv.slice(dashes)),
    ],
    ...(labName === undefined ? {} : { labName }),
  };
};

const signalsPassedOn = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const runInside = (netns: string, argv: readonly string[]): Promise<number> =>
  new Promise((resolve, reject) => {
    const program = process.argv[1];
    if (program === undefined) return reject(new OperationError('the program does not know its own path'));
    const child = spawn(
      'ip',
      ['netns', 'exec', netns, process.execPath, ...process.execArgv, program, ...argv],
      { stdio: 'inherit' },
    );
    // A terminal sends Ctrl-C to both processes; the inner one takes signals that come together as one.
    const pass = (signal: NodeJS.Signals): boolean => child.kill(signal);
    for (const signal of signalsPassedOn) process.on(signal, pass);
    child.once('error', (error) =>
      reject(new OperationError(`the lab could not be entered with "ip netns exec": ${error.message}`)),
    );
    child.once('close', (code, signal) => {
      for (const each of signalsPassedOn) process.off(each, pass);
      resolve(code ?? 128 + (signal === null ? 0 : osConstants.signals[signal]));
    });
  });

/** @throws {OperationError} when there is no lab to enter, or no right to */
export const reenterInLab = async (argv: readonly string[]): Promise<number> => {
  if (process.getuid?.() !== 0)
    throw new OperationError('--lab enters a network namespace and needs root: run it again with sudo');
  const owner = await chooseOwner(innerArguments(argv, '').labName);
  const names = labNames(owner);
  await requireReady(names.recordPath);
  if (!(await exists(`/run/netns/${names.observerNs}`)))
    throw new OperationError(`the lab ${owner} has lost its network: run "vipdoctor lab up" again`);
  return runInside(names.observerNs, innerArguments(argv, names.inventoryPath).argv);
};

/** As the program's first step: complains itself. */
export const enterLab = async (argv: readonly string[]): Promise<number> => {
  const terminal = openTerminal();
  try {
    return await reenterInLab(argv);
  } catch (error) {
    await complain(terminal, reasonOf(error));
    return 2;
  }
};
