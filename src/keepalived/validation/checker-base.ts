/**
 * What all health checks share: where they connect to, and when they try again (check_api.c:
 * install_checker_common_keywords).
 */
import { isLinkLocal } from '../addresses.ts';
import type { Complain } from './complaint.ts';
import { readSocketAddress } from './inet.ts';
import { type Keyword, makeBuilders } from './keyword.ts';
import type { LvsFacts, ServerFacts } from './service-facts.ts';
import { anyUnsigned, type ConfigLine, placeOfWord, wordAt } from './words.ts';

export interface CheckerContext {
  readonly server: () => ServerFacts | undefined;
  readonly facts: LvsFacts;
}

const anyTimer = { least: 0, most: 1_000_000_000 };

const aboveZero = { least: 0.000001, most: 1_000_000_000 };

/** Where a checker connects to, as far as the lines say. */
interface Connection {
  target: { readonly family: 'ipv4' | 'ipv6'; readonly text: string } | undefined;
  bind: 'ipv4' | 'ipv6' | undefined;
  device: 'unset' | 'set';
}

export function timing(complain: Complain): readonly Keyword[] {
  const build = makeBuilders(complain);
  return [
    build.unsigned('retry', anyUnsigned),
    build.seconds('delay_before_retry', anyTimer),
    build.seconds('warmup', anyTimer),
    build.seconds('delay_loop', aboveZero),
    build.truth('alpha'),
    { ...build.truth('log_all_failures'), since: '2.0.11' },
  ];
}

function connection(complain: Complain, now: () => Connection): readonly Keyword[] {
  const build = makeBuilders(complain);
  const objects = (line: ConfigLine, rule: string, message: string): undefined =>
    void complain(placeOfWord(line, 1), 'objects', rule, message);
  return [
    {
      name: 'connect_ip',
      needs: 1,
      take: (line) => {
        const address = readSocketAddress(wordAt(line, 1) ?? '');
        if (address === undefined)
          return objects(line, 'address-invalid', 'connect_ip is no IP address; keepalived ignores it');
        const { bind } = now();
        if (bind !== undefined && bind !== address.family)
          return objects(line, 'family-mismatch', 'connect_ip and bindto are of different families');
        now().target = address;
        return undefined;
      },
    },
    build.unsigned('connect_port', { least: 1, most: 65_535 }),
    {
      name: 'bindto',
      needs: 1,
      take: (line) => {
        const address = readSocketAddress(wordAt(line, 1) ?? '');
        if (address === undefined)
          return objects(line, 'address-invalid', 'bindto is no IP address; keepalived ignores it');
        const { target } = now();
        if (target !== undefined && target.family !== address.family)
          return objects(line, 'family-mismatch', 'bindto and connect_ip are of different families');
        now().bind = address.family;
        return undefined;
      },
    },
    build.unsigned('bind_port', { least: 1, most: 65_535 }),
    {
      name: 'bind_if',
      since: '1.3.7',
      needs: 1,
      take: (line) => {
        if ((wordAt(line, 1) ?? '').length > 15)
          return objects(line, 'name-too-long', 'the interface name is too long');
        now().device = 'set';
        return undefined;
      },
    },
    build.seconds('connect_timeout', { ...aboveZero, most: 4294.967295 }),
    build.unsigned('fwmark', anyUnsigned),
  ];
}

function newConnection(server: ServerFacts | undefined): Connection {
  const target = server === undefined ? undefined : { family: server.family, text: server.address };
  return { target, bind: undefined, device: 'unset' };
}

function checkTarget(complain: Complain, line: ConfigLine, { target, device }: Connection): void {
  if (target !== undefined && isLinkLocal(target) && device === 'unset')
    complain(
      line,
      'objects',
      'settings-conflict',
      'a check of a link-local address needs bind_if; keepalived drops it',
    );
}

interface Parts {
  readonly extra?: readonly Keyword[];
  readonly open?: (line: ConfigLine) => void;
  readonly close?: (line: ConfigLine) => void;
  readonly target?: 'server' | 'unset';
}

export function connecting(
  complain: Complain,
  name: string,
  context: CheckerContext,
  parts: Parts = {},
): Keyword {
  let state = newConnection(undefined);
  let opener: ConfigLine | undefined;
  return {
    name,
    take: (line) => {
      opener = line;
      state = newConnection(parts.target === 'unset' ? undefined : context.server());
      parts.open?.(line);
      return undefined;
    },
    block: [...connection(complain, () => state), ...timing(complain), ...(parts.extra ?? [])],
    close: () => {
      if (opener === undefined) return;
      parts.close?.(opener);
      const server = context.server();
      if (state.target === undefined && server !== undefined)
        state.target = { family: server.family, text: server.address };
      checkTarget(complain, opener, state);
    },
  };
}
