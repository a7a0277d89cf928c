import { checkerKeywords } from './checkers.ts';
import { checkNotifyCommand } from './commands.ts';
import type { Complain } from './complaint.ts';
import { readForwarding } from './forwarding.ts';
import { readPort, readSocketAddress } from './inet.ts';
import { type Keyword, makeBuilders, onlyOnce } from './keyword.ts';
import type { LvsFacts, ServerFacts, ServiceFacts } from './service-facts.ts';
import { anyUnsigned, placeOfWord, quoteWord, wordAt } from './words.ts';

const anyTimer = { least: 0, most: 1_000_000_000 };

const aboveZero = { least: 0.000001, most: 1_000_000_000 };

const heaviest = 2_147_483_647;

export function onlyOnceScript(
  complain: Complain,
  name: string,
  scripts: () => Set<string> | undefined,
): Keyword {
  return onlyOnce(complain, { name, take: (line) => checkNotifyCommand(complain, line, 'stops') }, () => {
    const taken = scripts();
    const fresh = taken?.has(name) !== true;
    taken?.add(name);
    return fresh;
  });
}

/** Times and mail of virtual servers and real servers alike. */
export function commonServerKeywords(complain: Complain): readonly Keyword[] {
  const build = makeBuilders(complain);
  return [
    build.unsigned('retry', { ...anyUnsigned, least: 1 }),
    build.seconds('delay_before_retry', anyTimer),
    build.seconds('warmup', anyTimer),
    build.seconds('connect_timeout', { ...aboveZero, most: 4294.967295 }),
    build.seconds('delay_loop', aboveZero),
    { ...build.truth('smtp_alert'), since: '2.0.0' },
  ];
}

export function snmpName(complain: Complain): Keyword {
  return {
    name: 'snmp_name',
    since: '2.2.3',
    take: (line) =>
      line.words.length === 2
        ? undefined
        : void complain(line, 'objects', 'value-missing', 'snmp_name takes one name'),
  };
}

export function sorryServer(complain: Complain, now: () => ServiceFacts | undefined): Keyword {
  return {
    name: 'sorry_server',
    needs: 1,
    take: (line) => {
      const service = now();
      const address = readSocketAddress(wordAt(line, 1) ?? '');
      const port = readPort(wordAt(line, 2));
      if (address === undefined || port === undefined)
        complain(
          placeOfWord(line, address === undefined ? 1 : 2),
          'objects',
          'address-invalid',
          'sorry_server takes an IP address and a port; keepalived skips it',
        );
      else if (service !== undefined)
        service.sorry = {
          line,
          family: address.family,
          address: address.text,
          port,
          forwarding: service.forwarding,
          bfds: [],
          scripts: new Set(),
        };
      return undefined;
    },
  };
}

export function realServer(
  complain: Complain,
  now: () => ServiceFacts | undefined,
  facts: LvsFacts,
): Keyword {
  const build = makeBuilders(complain);
  let current: ServerFacts | undefined;
  const server = (): ServerFacts | undefined => current;
  return {
    name: 'real_server',
    needs: 1,
    take: (line) => {
      current = undefined;
      const service = now();
      const address = readSocketAddress(wordAt(line, 1) ?? '');
      const port = readPort(wordAt(line, 2));
      if (address === undefined || port === undefined) {
        const index = port === undefined ? 2 : 1;
        complain(
          placeOfWord(line, index),
          'objects',
          index === 1 ? 'address-invalid' : 'port-invalid',
          `${quoteWord(line, wordAt(line, index))} is no ${index === 1 ? 'IP address' : 'port'}; keepalived skips the real server`,
        );
        return 'skip-block';
      }
      current = {
        line,
        family: address.family,
        address: address.text,
        port,
        forwarding: service?.forwarding,
        bfds: [],
        scripts: new Set(),
      };
      service?.servers.push(current);
      return undefined;
    },
    block: [
      build.unsigned('weight', { least: 0, most: heaviest }, (value) => {
        if (current !== undefined) current.weight = value;
      }),
      {
        name: 'lvs_method',
        needs: 1,
        take: (line) => {
          const method = readForwarding(complain, line);
          if (method !== undefined && current !== undefined) current.forwarding = method;
          return undefined;
        },
      },
      build.unsigned('uthreshold', anyUnsigned),
      build.unsigned('lthreshold', anyUnsigned),
      build.truth('inhibit_on_failure', (value) => {
        if (current !== undefined) current.inhibit = value;
      }),
      onlyOnceScript(complain, 'notify_up', () => current?.scripts),
      onlyOnceScript(complain, 'notify_down', () => current?.scripts),
      build.truth('alpha'),
      ...commonServerKeywords(complain),
      build.text('virtualhost'),
      snmpName(complain),
      ...checkerKeywords(complain, { server, facts }),
    ],
    close: () => {
      const service = now();
      if (service === undefined || current === undefined || current.forwarding === 'TUN') return;
      service.family ??= current.family;
      if (service.family === current.family) return;
      complain(
        current.line,
        'objects',
        'family-mismatch',
        'the real server is of the other address family; keepalived skips it',
      );
      service.servers.splice(service.servers.indexOf(current), 1);
    },
  };
}
