/**
 * keepalived.json, written on the JSON signal (vrrp_json.c; ≥ 1.3.9 with --enable-json). Knows both layouts:
 * json_version 1, an array, and 2 (≥ 2.2.8), an object with `vrrp`. Intervals are seconds with a fraction, states
 * numbers, in every release. Says nothing of rate-limit flags, peers or the current master's address.
 */
import { readVirtualAddress, type VirtualAddress } from './addresses.ts';
import {
  type DumpProblem,
  type DumpReading,
  type RunningInstance,
  stateOfNumber,
} from './running-instance.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** keepalived prints names from its configuration with whatever control characters they hold; JSON allows none. */
const bareControls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g;

export function readJsonDump(text: string): DumpReading {
  if (text.trim() === '') return failed('empty', 'the JSON dump is empty');
  let parsed: unknown;
  try {
    // Up to 2.3.4 the password stands here in clear, and not always as valid JSON; it is not wanted.
    const harmless = text
      .replace(/"auth_data"\s*:\s*"(?:[^"\\]|\\.)*"/gs, '"auth_data":""')
      .replace(bareControls, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
    parsed = JSON.parse(harmless);
  } catch {
    const begun = /^\s*[[{]/.test(text);
    return begun ? failed('incomplete', 'the JSON dump ends early') : failed('not-a-dump', 'this is no JSON');
  }
  const list = isObject(parsed) ? parsed.vrrp : parsed;
  if (!Array.isArray(list)) return failed('not-a-dump', 'this JSON is no keepalived dump');
  const instances: RunningInstance[] = [];
  const problems: DumpProblem[] = [];
  for (const entry of list) {
    const instance = isObject(entry) ? readInstance(entry) : undefined;
    if (instance === undefined)
      problems.push({ code: 'malformed', message: 'an instance lacks its name, VRID or priority' });
    else instances.push(instance);
  }
  return { instances, problems };
}

function failed(code: DumpProblem['code'], message: string): DumpReading {
  return { instances: [], problems: [{ code, message }] };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readInstance(entry: JsonObject): RunningInstance | undefined {
  const data = isObject(entry.data) ? entry.data : entry;
  const text = (key: string): string | undefined => {
    const value = data[key];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const number = (key: string): number | undefined => {
    const value = data[key];
    return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
  };
  const flag = (key: string): 'on' | 'off' | undefined => {
    const value = data[key];
    if (value === true || value === 1) return 'on';
    return value === false || value === 0 ? 'off' : undefined;
  };
  const addresses = (key: string): readonly VirtualAddress[] => {
    const value = data[key];
    if (!Array.isArray(value)) return [];
    return value.flatMap((item: unknown) => {
      const address = typeof item === 'string' ? readVirtualAddress(item.trim().split(/\s+/)) : undefined;
      return address === undefined ? [] : [address];
    });
  };
  const name = text('iname');
  const vrid = number('vrid');
  const basePriority = number('base_priority');
  if (name === undefined || vrid === undefined || basePriority === undefined) return undefined;
  const vips = addresses('vips');
  const interfaceName = text('ifp_ifname');
  const state = stateOfNumber(number('state') ?? -1);
  const wantState = stateOfNumber(number('wantstate') ?? -1);
  const masterIntervalSeconds = number('master_adver_int');
  const masterPriority = number('master_priority');
  const transitionSeconds = number('last_transition');
  const nopreempt = flag('nopreempt');
  const accept = flag('accept');
  const strict = flag('strict_mode');
  const skipCheck = flag('skip_check_adv_addr');
  const family = vips[0]?.family;
  const authType = (['none', 'PASS', 'AH'] as const)[number('auth_type') ?? -1];
  const stats = readStats(entry.stats);
  return {
    name,
    ...(interfaceName === undefined ? {} : { interface: interfaceName }),
    vrid,
    ...(family === undefined ? {} : { family }),
    ...(state === undefined ? {} : { state }),
    ...(wantState === undefined ? {} : { wantState }),
    basePriority,
    effectivePriority: number('effective_priority') ?? basePriority,
    advertIntervalMs: toMs(number('adver_int') ?? 1),
    ...(masterIntervalSeconds === undefined ? {} : { masterAdvertIntervalMs: toMs(masterIntervalSeconds) }),
    // 0 until a master was heard; on a MASTER it is what it last heard as BACKUP.
    ...(masterPriority === undefined || masterPriority === 0 ? {} : { masterPriority }),
    version: number('version') === 3 ? 3 : 2,
    vips,
    excludedVips: addresses('evips'),
    ...(authType === undefined ? {} : { authType }),
    ...(nopreempt === undefined ? {} : { preempt: nopreempt === 'on' ? ('off' as const) : ('on' as const) }),
    ...(accept === undefined ? {} : { accept }),
    ...(strict === undefined ? {} : { strict }),
    ...(skipCheck === undefined ? {} : { skipCheckAdvertAddresses: skipCheck }),
    ...(transitionSeconds === undefined ? {} : { lastTransitionAtMs: toMs(transitionSeconds) }),
    ...(stats === undefined ? {} : { stats }),
    source: 'json',
  };
}

function toMs(seconds: number): number {
  return Math.round(seconds * 1_000_000) / 1000;
}

function readStats(value: unknown): Readonly<Record<string, number>> | undefined {
  if (!isObject(value)) return undefined;
  return Object.fromEntries(
    Object.entries(value).filter((pair): pair is [string, number] => typeof pair[1] === 'number'),
  );
}
