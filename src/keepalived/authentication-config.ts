/**
 * How an instance proves who it is: `authentication { auth_type auth_pass }` and `auth_hmac` (vrrp_parser.c,
 * vrrp_auth_hmac.c). Knows when keepalived ignores it. Keeps fingerprints, never passwords or keys.
 */
import type { Family } from './addresses.ts';
import type { ConfigNode, Place } from './config-tree.ts';
import { type Fingerprint, type PasswordSummary, readRedacted, summarizePassword } from './secrets.ts';
import {
  adjusted,
  byDefault,
  firstWord,
  placeOf,
  readInteger,
  readLast,
  readSecondsAsMs,
  type Setting,
  type Switch,
} from './settings.ts';

export interface HmacKey {
  readonly id: number;
  readonly form: 'inline' | 'file';
  /** Of the key as written; absent for a key in a file. */
  readonly fingerprint?: string;
  readonly source: Place;
}

export interface HmacConfig {
  readonly activeKey?: Setting<number>;
  readonly keys: readonly HmacKey[];
  readonly mode: Setting<'enforce' | 'permissive' | 'receive-only'>;
  readonly antiReplay: Setting<'time' | 'monotonic'>;
  readonly timeWindowMs: Setting<number>;
}

export interface Authentication {
  readonly authType: Setting<'none' | 'PASS' | 'AH'>;
  readonly authPass?: PasswordSummary & { readonly source: Place };
}

interface AuthenticationContext {
  readonly version: 2 | 3;
  readonly family: Family;
  readonly strict: Switch;
  readonly authHmac: HmacConfig | undefined;
  readonly fingerprint: Fingerprint;
}

export function readAuthentication(
  nodes: readonly ConfigNode[],
  context: AuthenticationContext,
): Authentication {
  const lines = nodes
    .filter((node) => node.keyword === 'authentication')
    .flatMap((block) => block.children ?? []);
  const written = readLast(lines, ['auth_type'], (line) => {
    const word = firstWord(line);
    return word === 'PASS' || word === 'AH' ? word : undefined;
  });
  const passLine = lines.findLast((line) => line.keyword === 'auth_pass');
  const summary = passLine === undefined ? undefined : summarizePassword(passLine, context.fingerprint);
  const authPass =
    passLine === undefined || summary === undefined
      ? {}
      : { authPass: { ...summary, source: placeOf(passLine) } };
  if (written === undefined) return { authType: byDefault('none'), ...authPass };
  let why: string | undefined;
  if (context.strict === 'on') why = 'strict mode has no authentication';
  else if (context.version === 3) why = 'VRRPv3 has no authentication';
  else if (summary === undefined) why = 'no password is given';
  else if (context.family === 'ipv6' && written.value === 'AH') why = 'AH does not go with IPv6';
  else if (context.authHmac !== undefined) why = 'auth_hmac takes its place';
  return { authType: why === undefined ? written : adjusted(written, 'none', why), ...authPass };
}

export function readHmac(nodes: readonly ConfigNode[], fingerprint: Fingerprint): HmacConfig | undefined {
  const block = nodes.find((node) => node.keyword === 'auth_hmac');
  if (block === undefined) return undefined;
  const lines = block.children ?? [];
  const activeKey = readLast(lines, ['active_key'], (line) =>
    readInteger(firstWord(line), { least: 1, most: 255 }),
  );
  const keys = lines.flatMap((line): HmacKey[] => {
    const id = line.keyword === 'key' ? readInteger(firstWord(line), { least: 1, most: 255 }) : undefined;
    const value = line.args[1]?.value;
    if (id === undefined || value === undefined) return [];
    if (value.startsWith('file:')) return [{ id, form: 'file', source: placeOf(line) }];
    const print = readRedacted(value)?.fingerprint ?? fingerprint(new TextEncoder().encode(value));
    return [{ id, form: 'inline', fingerprint: print, source: placeOf(line) }];
  });
  const windowSeconds = readLast(lines, ['time_window'], (line) =>
    readInteger(firstWord(line), { least: 1, most: 86_400 }),
  );
  const intervalMs = readLast(nodes, ['advert_int'], (node) =>
    readSecondsAsMs(firstWord(node), { least: 10, most: 255_000 }),
  );
  return {
    ...(activeKey === undefined ? {} : { activeKey }),
    keys,
    mode:
      readLast(lines, ['mode'], (line) => {
        const word = firstWord(line);
        return word === 'enforce' || word === 'permissive' || word === 'receive-only' ? word : undefined;
      }) ?? byDefault('enforce'),
    antiReplay:
      readLast(lines, ['anti_replay'], (line) => {
        const word = firstWord(line);
        return word === 'time' || word === 'monotonic' ? word : undefined;
      }) ?? byDefault('time'),
    timeWindowMs:
      windowSeconds === undefined
        ? byDefault(Math.max(5000, 3 * Math.floor((intervalMs?.value ?? 1000) / 1000) * 1000))
        : { ...windowSeconds, value: windowSeconds.value * 1000 },
  };
}
