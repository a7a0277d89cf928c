// The command line of `failover` as data: its options for the parser, and the parser's values read into a request. It
// knows names, defaults and which options contradict each other; it opens nothing.
import type { Options } from 'yargs';
import { type ProbeWish, readProbeWish } from '../capture/injector.ts';
import { type FaultName, type FaultWishes, faultNames } from '../chaos/faults/fault.ts';
import { faults } from '../chaos/faults/index.ts';
import { type ForcibleName, forcibleNames } from '../chaos/preconditions.ts';
import { type FailoverFormat, failoverFormats } from '../report/failover-render.ts';
import type { BudgetLimits } from '../timeline/budgets.ts';
import { isSet, type ParsedArguments, readSeconds, readText, readTexts } from './argument-values.ts';
import { type CheckRequest, checkOptions, readCheckRequest } from './check-options.ts';
import { didYouMean } from './did-you-mean.ts';
import { UsageError } from './faults.ts';
import { flagOption, textOption, without } from './option-kinds.ts';
import { readScreen, type ScreenRequest, screenFormatOption, screenOptions } from './output-options.ts';

const which = 'Which test:';
const measuring = 'Measuring:';
const safety = 'Safety:';

const defaults = { rescueAfterSeconds: 60, maxOutageAbortSeconds: 30 } as const;

export const failoverOptions: Readonly<Record<string, Options>> = {
  vip: textOption(which, 'the VIP the test is about; needed with --yes'),
  vrid: textOption(which, 'the VRID, where that says it better'),
  fault: textOption(
    which,
    `what is done: ${faultNames.join(', ')}, all; may be repeated [default: daemon-stopped]`,
    {
      array: true,
    },
  ),
  service: textOption(which, 'of service-failed: a unit to stop, or the path of a script that shall fail'),
  inject: textOption(which, 'of command: what to run'),
  heal: textOption(which, 'of command: how to undo it'),
  healed: textOption(which, 'of command: exit status 0 when it is undone'),
  trials: textOption(measuring, 'how often each fault is tried [default: 1]'),
  measure: flagOption(measuring, 'do it; without this the plan is shown and nothing is touched'),
  sweep: flagOption(measuring, 'spread the trials over the advert interval'),
  'worst-case': flagOption(measuring, 'inject right after an advert'),
  probe: textOption(
    measuring,
    'icmp, arp, tcp://ADDRESS:PORT, http://ADDRESS/PATH; may be repeated [default: icmp, arp]',
    {
      array: true,
    },
  ),
  'probe-period': textOption(measuring, 'milliseconds between probes, 1 at least [default: 5]'),
  witness: textOption(measuring, 'another host on the segment whose ARP table is watched; may be repeated', {
    array: true,
  }),
  'max-takeover': textOption(measuring, 'exit with 1 when a takeover takes longer, ms'),
  'max-outage': textOption(measuring, 'exit with 1 when the VIP is away longer, ms'),
  'max-arp': textOption(measuring, 'exit with 1 when a neighbour takes longer to learn the new MAC, ms'),
  yes: flagOption(safety, 'do not ask; needs --vip'),
  force: textOption(safety, `override an objection: ${forcibleNames.join(', ')}; may be repeated`, {
    array: true,
  }),
  'rescue-after': textOption(
    safety,
    `seconds after which the node heals itself without us [default: ${defaults.rescueAfterSeconds}]`,
  ),
  'max-outage-abort': textOption(
    safety,
    `heal at once after so many seconds without a master [default: ${defaults.maxOutageAbortSeconds}]`,
  ),
  ...without(checkOptions, 'fail-on', 'strict', 'verbose'),
  format: screenFormatOption(failoverFormats),
  ...screenOptions,
  record: textOption('Recordings and practice:', 'write the trials with their captures to a new folder'),
  from: textOption('Recordings and practice:', 'measure a recorded run again; touches no network'),
};

export const recoverOptions: Readonly<Record<string, Options>> = {
  run: textOption(which, 'only this run'),
  lab: flagOption(which, '', { hidden: true }),
  'lab-name': textOption(which, '', { hidden: true }),
  'lab-inventory': textOption(which, '', { hidden: true }),
};

export interface FailoverRequest extends ScreenRequest<FailoverFormat> {
  readonly check: CheckRequest;
  readonly vip?: string;
  readonly vrid?: number;
  readonly faults: readonly FaultName[];
  readonly faultWishes: FaultWishes;
  readonly trialsEach: number;
  readonly action: 'plan' | 'measure';
  readonly consent: 'ask' | 'given';
  readonly timing: 'any' | 'sweep' | 'worst-case';
  readonly probes: readonly string[];
  readonly probePeriodMs?: number;
  readonly witnesses: readonly string[];
  readonly budgets: BudgetLimits;
  readonly forced: readonly ForcibleName[];
  readonly rescueAfterMs: number;
  readonly maxOutageMs: number;
}

const readNumber = (
  parsed: ParsedArguments,
  name: string,
  { least, most, whole }: { readonly least: number; readonly most: number; readonly whole: 'whole' | 'any' },
): number | undefined => {
  const given = readText(parsed, name);
  if (given === undefined) return undefined;
  const value = Number(given);
  if (
    !Number.isFinite(value) ||
    value < least ||
    value > most ||
    (whole === 'whole' && !Number.isInteger(value))
  )
    throw new UsageError(`--${name} takes a number from ${least} to ${most}, not "${given}"`);
  return value;
};

const readFaults = (parsed: ParsedArguments): readonly FaultName[] => {
  const asked = readTexts(parsed, 'fault').flatMap((one) => one.split(','));
  if (asked.length === 0) return ['daemon-stopped'];
  const names = asked.flatMap((one): readonly FaultName[] => {
    if (one === 'all') return faultNames.filter((name) => faults[name].partOfAll === 'yes');
    const found = faultNames.find((name) => name === one);
    if (found === undefined)
      throw new UsageError(
        `--fault takes ${faultNames.join(', ')} or all, not "${one}".${didYouMean(one, faultNames)}`,
      );
    return [found];
  });
  return [...new Set(names)];
};

const readForced = (parsed: ParsedArguments): readonly ForcibleName[] =>
  readTexts(parsed, 'force')
    .flatMap((one) => one.split(','))
    .map((one) => {
      const found = forcibleNames.find((name) => name === one);
      if (found === undefined)
        throw new UsageError(
          `--force names what it overrides: ${forcibleNames.join(', ')}, not "${one}".${didYouMean(one, forcibleNames)}`,
        );
      return found;
    });

const readCommand = (parsed: ParsedArguments): FaultWishes['command'] => {
  const [inject, heal, healed] = [
    readText(parsed, 'inject'),
    readText(parsed, 'heal'),
    readText(parsed, 'healed'),
  ];
  if (inject === undefined && heal === undefined && healed === undefined) return undefined;
  if (inject === undefined || heal === undefined)
    throw new UsageError(
      '--inject needs --heal, and --heal needs --inject: nothing is done that cannot be undone',
    );
  return { inject, heal, ...(healed === undefined ? {} : { healed }) };
};

/** @throws {UsageError} */
export const readFailoverRequest = (parsed: ParsedArguments): FailoverRequest => {
  const screen = readScreen(parsed, failoverFormats);
  const { format } = screen;
  const names = readFaults(parsed);
  const command = readCommand(parsed);
  const service = readText(parsed, 'service');
  const vip = readText(parsed, 'vip');
  const vrid = readNumber(parsed, 'vrid', { least: 1, most: 255, whole: 'whole' });
  const consent = isSet(parsed, 'yes') ? 'given' : 'ask';
  const action = isSet(parsed, 'measure') ? 'measure' : 'plan';
  if (isSet(parsed, 'sweep') && isSet(parsed, 'worst-case'))
    throw new UsageError('--sweep and --worst-case exclude each other');
  if (action === 'plan' && readText(parsed, 'from') === undefined && format !== 'text' && format !== 'json')
    throw new UsageError(`--format ${format} is for a result: add --measure; a plan is text or json`);
  if (action === 'measure' && consent === 'given' && vip === undefined)
    throw new UsageError('--yes needs --vip ADDRESS: say yourself which VIP is failed over');
  if (command !== undefined && !names.includes('command'))
    throw new UsageError('--inject and --heal belong to --fault command');
  if (service !== undefined && !names.includes('service-failed'))
    throw new UsageError('--service belongs to --fault service-failed');
  const period = readNumber(parsed, 'probe-period', { least: 1, most: 1000, whole: 'any' });
  const limit = (name: string): number | undefined =>
    readNumber(parsed, name, { least: 0, most: 3_600_000, whole: 'any' });
  const [takeover, outage, arp] = [limit('max-takeover'), limit('max-outage'), limit('max-arp')];
  const probes = readTexts(parsed, 'probe');
  for (const probe of probes) {
    const wish = readProbeWish(probe, vip ?? '0.0.0.0', period);
    if (typeof wish === 'string') throw new UsageError(`--probe: ${wish}`);
  }
  return {
    check: readCheckRequest({ ...parsed, format: undefined }),
    ...screen,
    faults: names,
    faultWishes: {
      ...(service === undefined ? {} : { service }),
      ...(command === undefined ? {} : { command }),
    },
    trialsEach: readNumber(parsed, 'trials', { least: 1, most: 1000, whole: 'whole' }) ?? 1,
    action,
    consent,
    timing: isSet(parsed, 'sweep') ? 'sweep' : isSet(parsed, 'worst-case') ? 'worst-case' : 'any',
    probes: probes.length > 0 ? probes : ['icmp', 'arp'],
    witnesses: readTexts(parsed, 'witness'),
    budgets: {
      ...(takeover === undefined ? {} : { maxTakeoverMs: takeover }),
      ...(outage === undefined ? {} : { maxOutageMs: outage }),
      ...(arp === undefined ? {} : { maxArpMs: arp }),
    },
    forced: readForced(parsed),
    rescueAfterMs: readSeconds(parsed, 'rescue-after', defaults.rescueAfterSeconds),
    maxOutageMs: readSeconds(parsed, 'max-outage-abort', defaults.maxOutageAbortSeconds),
    ...(vip === undefined ? {} : { vip }),
    ...(vrid === undefined ? {} : { vrid }),
    ...(period === undefined ? {} : { probePeriodMs: period }),
  };
};

/** What was asked for, now that the VIP is known; checked before already. */
export const probeWishes = ({ probes, probePeriodMs }: FailoverRequest, vip: string): readonly ProbeWish[] =>
  probes.flatMap((probe) => {
    const wish = readProbeWish(probe, vip, probePeriodMs);
    return typeof wish === 'string' ? [] : [wish];
  });
