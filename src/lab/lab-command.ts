/**
 * `vipdoctor lab …`: the words of the command line turned into calls, and the results into lines. Refuses with one
 * clear line for each thing the machine lacks. Keeps no terminal and no process exit of its own.
 */
import { isLabError, labError } from './commands.ts';
import { faults } from './faults/index.ts';
import { ensureImage, imageIsCached } from './image.ts';
import { execOn, type Lab, listLabs, lowerLab, openLab, raiseLab, type Say } from './lab.ts';
import { defaultOwner, labNames, ownerFrom } from './names.ts';
import { missingForLab } from './requirements.ts';
import { topologies } from './topology.ts';
import { breakLab, healLab } from './trouble.ts';

export interface LabArgs {
  readonly action: 'up' | 'break' | 'heal' | 'down' | 'list' | 'exec' | 'image';
  /** Whose lab; default is made from the user and the working directory. */
  readonly name?: string;
  readonly topology?: string;
  readonly fault?: string;
  readonly node?: string;
  readonly variant?: string;
  readonly format?: 'text' | 'json';
  /** `lab exec NODE -- argv`. */
  readonly argv?: readonly string[];
}

export interface LabOutcome {
  readonly exitCode: number;
}

const needLab = async (owner: string): Promise<Lab> => {
  const lab = await openLab(owner);
  if (!lab) throw labError('no lab is up: start one with "vipdoctor lab up"');
  return lab;
};

const seconds = (sinceMs: number): string => `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`;

const up = async (args: LabArgs, owner: string, say: Say): Promise<void> => {
  const startedMs = performance.now();
  const lab = await raiseLab(args.topology ?? 'three', { owner, say });
  say(`${lab.topology.id}: ${lab.topology.describe}`);
  for (const plan of lab.topology.nodes)
    say(`  ${plan.name}  ${plan.managementIp}  VRRP on ${plan.segmentInterface} ${plan.segmentIp}`);
  for (const each of lab.topology.expected)
    say(`  VRID ${each.vrid}  ${each.vips.join(', ')}  MASTER ${each.master ?? 'whoever is first'}`);
  say(`up and healthy after ${seconds(startedMs)}; inventory ${lab.inventoryPath}`);
  say('next: vipdoctor check --lab');
};

const list = async (args: LabArgs, say: Say): Promise<void> => {
  const running = (await listLabs()).map((record) => ({
    owner: record.owner,
    topology: record.topology,
    phase: record.phase,
    startedAt: record.startedAt,
    inventory: labNames(record.owner).inventoryPath,
    injected: record.injected,
  }));
  if (args.format === 'json') {
    const document = {
      schemaVersion: 1,
      kind: 'lab-list',
      topologies: topologies.map(({ id, describe, nodes, expected }) => ({
        id,
        describe,
        nodes: nodes.map((plan) => plan.name),
        expected,
      })),
      faults: faults.map(({ id, describe, variants, at, topologies: on }) => ({
        id,
        describe,
        variants,
        at,
        topologies: on ?? null,
      })),
      running,
    };
    say(JSON.stringify(document, null, 2));
    return;
  }
  say('topologies');
  for (const topology of topologies) say(`  ${topology.id.padEnd(16)} ${topology.describe}`);
  say('faults');
  for (const fault of faults) {
    say(`  ${fault.id}  ${fault.describe}`);
    if (fault.variants.length > 1) say(`      variants: ${fault.variants.join(' ')}`);
  }
  say(running.length === 0 ? 'no lab is up' : 'up');
  for (const each of running)
    say(
      `  ${each.owner}  ${each.topology}  ${each.phase}  ${each.injected.map((one) => `${one.id} on ${one.node}`).join(', ') || 'no fault'}`,
    );
};

const act = async (args: LabArgs, owner: string, say: Say): Promise<number> => {
  if (args.action === 'up') await up(args, owner, say);
  if (args.action === 'image') await ensureImage(say);
  if (args.action === 'down') {
    await lowerLab(owner);
    say('the lab is down');
  }
  if (args.action === 'break') {
    const startedMs = performance.now();
    if (args.fault === undefined) throw labError('which fault? see "vipdoctor lab list"');
    const injected = await breakLab(await needLab(owner), args.fault, {
      ...(args.node === undefined ? {} : { node: args.node }),
      ...(args.variant === undefined ? {} : { variant: args.variant }),
    });
    say(`${injected.id} (${injected.variant}) injected on ${injected.node} after ${seconds(startedMs)}`);
  }
  if (args.action === 'heal') {
    const startedMs = performance.now();
    const healed = await healLab(await needLab(owner), args.fault);
    for (const each of healed) say(`${each.id} (${each.variant}) healed on ${each.node}`);
    say(`healthy again after ${seconds(startedMs)}`);
  }
  if (args.action === 'exec') {
    if (args.node === undefined || !args.argv?.length)
      throw labError('usage: vipdoctor lab exec NODE -- COMMAND');
    const result = await execOn(await needLab(owner), args.node, args.argv);
    for (const text of [result.stdout, result.stderr]) if (text !== '') say(text.replace(/\n$/, ''));
    return result.code ?? 2;
  }
  return 0;
};

export const runLab = async (args: LabArgs, say: Say): Promise<LabOutcome> => {
  const owner = args.name === undefined ? defaultOwner(process.cwd()) : ownerFrom(args.name);
  try {
    if (args.action === 'list') {
      await list(args, say);
      return { exitCode: 0 };
    }
    const missing = await missingForLab(
      (args.action !== 'up' && args.action !== 'image') || (await imageIsCached()),
    );
    for (const reason of missing) say(reason);
    if (missing.length > 0) return { exitCode: 2 };
    return { exitCode: await act(args, owner, say) };
  } catch (error) {
    if (!isLabError(error)) throw error;
    say(error.message);
    return { exitCode: 2 };
  }
};

const actions = ['up', 'break', 'heal', 'down', 'list', 'exec', 'image'] as const;

/** The small command line of scripts/lab.ts; the program's own lives with the other commands. */
export const parseLabArgv = (argv: readonly string[]): LabArgs => {
  const dashes = argv.indexOf('--');
  const words = dashes < 0 ? argv : argv.slice(0, dashes);
  const options = new Map<string, string>();
  const plain: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word.startsWith('--')) {
      options.set(word.slice(2), words[index + 1] ?? '');
      index += 1;
    } else plain.push(word);
  }
  const action = actions.find((known) => known === plain[0]);
  if (!action) throw labError(`usage: lab ${actions.join('|')}`);
  const option = (name: string): string | undefined => options.get(name);
  const pick = <K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> =>
    value === undefined ? {} : ({ [key]: value } as Record<K, string>);
  return {
    action,
    ...pick('name', option('name')),
    ...pick('topology', option('topology') ?? (action === 'up' ? plain[1] : undefined)),
    ...pick('fault', action === 'break' || action === 'heal' ? plain[1] : undefined),
    ...pick('node', option('node') ?? (action === 'exec' ? plain[1] : undefined)),
    ...pick('variant', option('variant')),
    ...(option('format') === 'json' ? { format: 'json' as const } : {}),
    ...(dashes < 0 ? {} : { argv: argv.slice(dashes + 1) }),
  };
};
