// What is already known of a cluster: findings that vipdoctor.yaml accepts, and an earlier report to compare with.
// It knows where both are looked for and how to say that they cannot be used; what they mean is elsewhere.
import { readFile } from 'node:fs/promises';
import type { Options } from 'yargs';
import type { Acceptance } from '../report/acceptance.ts';
import { type Baseline, type BaselineKind, readBaseline } from '../report/baseline.ts';
import { type ParsedArguments, readText } from './argument-values.ts';
import { reasonOf, UsageError } from './faults.ts';
import { textOption } from './option-kinds.ts';

const group = 'What is known:';

/** Looked for in the working directory; the first that is there. */
const usualNames = ['vipdoctor.yaml', 'vipdoctor.yml'] as const;

export const settledOptions = {
  accept: textOption(
    group,
    'file that says what is accepted, or none [default: the inventory, else ./vipdoctor.yaml]',
  ),
  baseline: textOption(group, 'an earlier --format json: show what is new and gone; only what is new fails'),
} as const satisfies Readonly<Record<string, Options>>;

const readIfThere = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new UsageError(`${path} cannot be read: ${reasonOf(error)}`);
  }
};

const parseAcceptances = async (path: string, text: string): Promise<readonly Acceptance[]> => {
  const [{ readAcceptances }, { rules }, { complaintRules }] = await Promise.all([
    import('../inventory/acceptances.ts'),
    import('../rules/generated/index.ts'),
    import('../keepalived/validation/complaint-rules.ts'),
  ]);
  const known = [...rules.map(({ id }) => id), ...complaintRules];
  const { acceptances, problems } = readAcceptances({ path, text }, known);
  if (problems.length > 0)
    throw new UsageError(
      problems
        .map(({ file, line, message }) => `${file}${line === undefined ? '' : `:${line}`}: ${message}`)
        .join('\n'),
    );
  return acceptances;
};

const saysWhatIsAccepted = (text: string): boolean => /^["']?accept["']?\s*:/m.test(text);

/**
 * `--accept` alone, else the inventory when it has an `accept:` of its own, else the file of the usual name.
 * @throws {UsageError} when a file cannot be used
 */
export const readAccepted = async (parsed: ParsedArguments): Promise<readonly Acceptance[]> => {
  const asked = readText(parsed, 'accept');
  if (asked === 'none') return [];
  if (asked !== undefined) {
    const text = await readIfThere(asked);
    if (text === undefined) throw new UsageError(`--accept ${asked}: there is no such file`);
    return parseAcceptances(asked, text);
  }
  const inventory = readText(parsed, 'inventory');
  for (const path of [...(inventory === undefined ? [] : [inventory]), ...usualNames]) {
    // The inventory itself says what is wrong when it cannot be read.
    const text =
      path === inventory ? await readIfThere(path).catch(() => undefined) : await readIfThere(path);
    if (text === undefined) continue;
    const isOurs = path !== inventory || saysWhatIsAccepted(text);
    if (isOurs) return parseAcceptances(path, text);
  }
  return [];
};

/** @throws {UsageError} when the earlier report cannot be compared with */
export const readEarlier = async (
  parsed: ParsedArguments,
  kind: BaselineKind,
): Promise<Baseline | undefined> => {
  const path = readText(parsed, 'baseline');
  if (path === undefined) return undefined;
  const text = await readIfThere(path);
  if (text === undefined) throw new UsageError(`--baseline ${path}: there is no such file`);
  const reading = readBaseline(text, path, kind);
  if (reading.kind === 'unusable') throw new UsageError(`--baseline ${reading.why}`);
  return reading.baseline;
};
