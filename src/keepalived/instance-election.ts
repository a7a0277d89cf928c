/**
 * What decides who becomes master: version, state, priority, interval, preemption, accept mode, with the rules
 * by which keepalived silently changes them (vrrp.c vrrp_complete_instance).
 */
import type { Family } from './addresses.ts';
import type { ConfigNode } from './config-tree.ts';
import type { GlobalConfig } from './global-config.ts';
import { readAddresses } from './instance-addresses.ts';
import {
  adjusted,
  byDefault,
  configured,
  firstWord,
  fromGlobal,
  readInteger,
  readLast,
  readSecondsAsMs,
  type Setting,
  type Switch,
} from './settings.ts';

export function readVersion(
  nodes: readonly ConfigNode[],
  family: Family,
  nativeIpv6: 'yes' | 'no',
  globals: GlobalConfig,
  strict: Switch,
): Setting<2 | 3> {
  // The first accepted one stays: a later, different one conflicts and is ignored.
  const line = nodes.find(
    (node) => node.keyword === 'version' && readInteger(firstWord(node), { least: 2, most: 3 }) !== undefined,
  );
  const written =
    line === undefined ? undefined : configured<2 | 3>(firstWord(line) === '3' ? 3 : 2, line.args[0] ?? line);
  if (family === 'ipv4') return written ?? fromGlobal(globals.vrrpVersion);
  if (nativeIpv6 === 'yes') return byDefault(3);
  if (written === undefined) return byDefault(3);
  const familySettledBefore =
    line !== undefined && readAddresses(nodes.slice(0, nodes.indexOf(line))).family === 'ipv6';
  if (written.value === 2 && (familySettledBefore || strict === 'on'))
    return adjusted(written, 3, 'IPv6 needs VRRP version 3');
  return written;
}

interface Role {
  readonly state: Setting<'MASTER' | 'BACKUP'>;
  readonly priority: Setting<number>;
}

export function readRole(
  nodes: readonly ConfigNode[],
  strict: Switch,
  authType: 'none' | 'PASS' | 'AH',
): Role {
  // MASTER once written is not taken back by a later BACKUP, but by any other word.
  const stateLine = nodes
    .filter((node) => node.keyword === 'state')
    .reduce<ConfigNode | undefined>(
      (kept, node) => (firstWord(kept) === 'MASTER' && firstWord(node) === 'BACKUP' ? kept : node),
      undefined,
    );
  const written =
    stateLine === undefined
      ? undefined
      : configured<'MASTER' | 'BACKUP'>(
          firstWord(stateLine) === 'MASTER' ? 'MASTER' : 'BACKUP',
          stateLine.args[0] ?? stateLine,
        );
  const priorityLine = nodes.findLast((node) => node.keyword === 'priority');
  const number = readInteger(firstWord(priorityLine), { least: 1, most: 255 });
  let priority: Setting<number>;
  if (priorityLine === undefined) priority = byDefault(written?.value === 'MASTER' ? 255 : 100);
  else if (number !== undefined) priority = configured(number, priorityLine.args[0] ?? priorityLine);
  else
    priority = adjusted(
      configured(firstWord(priorityLine) ?? '', priorityLine.args[0] ?? priorityLine),
      100,
      'a priority is a number from 1 to 255',
    );
  const byPriority = priority.value === 255 ? 'MASTER' : 'BACKUP';
  if (written === undefined) return { state: byDefault(byPriority), priority };
  if (strict === 'on' && written.value !== byPriority)
    return {
      state: adjusted(written, byPriority, 'strict mode: MASTER exactly for the address owner'),
      priority,
    };
  if (authType === 'AH' && written.value === 'MASTER' && priority.value !== 255)
    return {
      state: adjusted(written, 'BACKUP', 'AH has to hear an advert first, for its sequence number'),
      priority,
    };
  return { state: written, priority };
}

/** v2 counts whole seconds (1–255), v3 hundredths (0.01–40.95): others are rounded or cut (vrrp.c). */
export function readAdvertInterval(nodes: readonly ConfigNode[], version: 2 | 3): Setting<number> {
  const range = { least: 10, most: 255_000 };
  const read = (node: ConfigNode): number | undefined => readSecondsAsMs(firstWord(node), range);
  const written = readLast(nodes, ['advert_int'], read);
  if (written === undefined) return byDefault(1000);
  const text = firstWord(nodes.findLast((node) => node.keyword === 'advert_int' && read(node) !== undefined));
  const stepMs = version === 2 ? 1000 : 10;
  const mostMs = version === 2 ? 255_000 : 40_950;
  const roundedMs = Math.max(
    stepMs,
    Math.min(mostMs, Math.floor((written.value + stepMs / 2) / stepMs) * stepMs),
  );
  if (roundedMs === written.value) return written;
  const carried = version === 2 ? 'whole seconds, 1 to 255' : 'hundredths of a second, 0.01 to 40.95';
  return adjusted(written, roundedMs, `VRRPv${version} carries ${carried}`, text);
}

export function readPreemption(
  nodes: readonly ConfigNode[],
  state: 'MASTER' | 'BACKUP',
  priority: number,
  strict: Switch,
): { readonly preempt: Setting<Switch>; readonly preemptDelayMs: Setting<number> } {
  const line = nodes.findLast((node) => node.keyword === 'nopreempt' || node.keyword === 'preempt');
  let preempt: Setting<Switch> =
    line === undefined ? byDefault('on') : configured(line.keyword === 'preempt' ? 'on' : 'off', line);
  if (preempt.value === 'off' && priority === 255)
    preempt = adjusted(preempt, 'on', 'nopreempt does not go with priority 255');
  else if (preempt.value === 'off' && state === 'MASTER')
    preempt = adjusted(preempt, 'on', 'nopreempt needs state BACKUP');
  const delay =
    readLast(nodes, ['preempt_delay'], (node) =>
      readSecondsAsMs(firstWord(node), { least: 0, most: 1_000_000 }),
    ) ?? byDefault(0);
  if (delay.value === 0) return { preempt, preemptDelayMs: delay };
  if (state === 'MASTER')
    return { preempt, preemptDelayMs: adjusted(delay, 0, 'preempt_delay needs state BACKUP') };
  if (strict === 'on')
    return { preempt, preemptDelayMs: adjusted(delay, 0, 'strict mode has no preempt_delay') };
  if (preempt.value === 'off')
    return { preempt, preemptDelayMs: adjusted(delay, 0, 'preempt_delay does not go with nopreempt') };
  return { preempt, preemptDelayMs: delay };
}

export function readAccept(
  nodes: readonly ConfigNode[],
  priority: number,
  strict: Switch,
  version: 2 | 3,
): Setting<Switch> {
  const line = nodes.findLast((node) => node.keyword === 'accept' || node.keyword === 'no_accept');
  if (line === undefined) return byDefault(priority === 255 || strict === 'off' ? 'on' : 'off');
  const written = configured<Switch>(line.keyword === 'accept' ? 'on' : 'off', line);
  if (written.value === 'on' && priority !== 255 && strict === 'on' && version === 2)
    return adjusted(
      written,
      'off',
      'strict mode: VRRPv2 accepts traffic to the VIP only on the address owner',
    );
  return written;
}
