// What a host says about its own addresses and neighbours while a failover runs: `ip monitor` with its stamps, as
// shell text and as events. `ip` stamps when it reads the message, so within about a millisecond of the kernel.
import type { ClockName, MonitorEvent } from '../timeline/trial.ts';
import { quote } from '../transport/quote.ts';
import { searchPath } from './interpreters.ts';

/** Shell text for a lifeline; stamps in UTC. Begins with the neighbour entry of the VIP as it is, in the same form. */
export const hostMonitorCommand = (vip: string): string =>
  [
    searchPath,
    'TZ=UTC0; export TZ',
    "vd_at=$(date '+[%Y-%m-%dT%H:%M:%S.%6N] ')",
    `ip -o neigh show to ${quote(vip)} 2>/dev/null | while IFS= read -r vd_l; do printf '%s%s\\n' "$vd_at" "$vd_l"; done`,
    'exec ip -o -ts monitor address neigh',
  ].join('\n');

const stamp = /^\[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{6})\d*\] +(.*)$/;
/** The label before a kind, as `ip monitor` prints it when asked for several kinds by some releases. */
const label = /^\[(?:ADDR|NEIGH)\]/;

const stampNs = (seconds: string, micros: string): bigint | undefined => {
  const ms = Date.parse(`${seconds}Z`);
  return Number.isNaN(ms) ? undefined : BigInt(ms) * 1_000_000n + BigInt(micros) * 1000n;
};

const readAddress = (
  words: readonly string[],
  deleted: boolean,
): Omit<MonitorEvent, 'at' | 'line'> | undefined => {
  // `3: seg0    inet 10.77.0.5/32 …`
  const [index, device, family, address] = words;
  if (index === undefined || device === undefined || address === undefined) return undefined;
  if (!/^\d+:$/.test(index) || (family !== 'inet' && family !== 'inet6')) return undefined;
  return {
    kind: deleted ? 'address-removed' : 'address-added',
    interface: device.replace(/@.*$/, ''),
    address: address.replace(/\/.*$/, ''),
  };
};

const readNeighbour = (
  words: readonly string[],
  deleted: boolean,
): Omit<MonitorEvent, 'at' | 'line'> | undefined => {
  // `10.77.0.5 dev seg0 lladdr 02:… REACHABLE`
  const [address, dev, device] = words;
  if (address === undefined || dev !== 'dev' || device === undefined) return undefined;
  const at = words.indexOf('lladdr');
  const mac = at < 0 ? undefined : words[at + 1];
  const state = words.at(-1);
  return {
    kind: 'neighbour-changed',
    interface: device,
    address,
    ...(mac === undefined || deleted ? {} : { mac: mac.toLowerCase() }),
    state: deleted ? 'DELETED' : (state ?? 'UNKNOWN'),
  };
};

/** One line of the monitor; undefined for what is about something else. */
export const readMonitorLine = (clock: ClockName, line: string): MonitorEvent | undefined => {
  const stamped = stamp.exec(line.trimEnd());
  if (stamped === null) return undefined;
  const ns = stampNs(stamped[1] ?? '', stamped[2] ?? '');
  if (ns === undefined) return undefined;
  const text = (stamped[3] ?? '').replace(label, '');
  const deleted = text.startsWith('Deleted ');
  const words = text
    .replace(/^Deleted /, '')
    .split(/[\s\\]+/)
    .filter((word) => word !== '');
  const event = readAddress(words, deleted) ?? readNeighbour(words, deleted);
  return event === undefined
    ? undefined
    : { at: { clock, ns }, ...event, line: line.trimEnd().slice(0, 300) };
};
