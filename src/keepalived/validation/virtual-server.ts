/**
 * virtual_server and its real servers: what each keyword takes and remembers (check_parser.c). Knows schedulers,
 * forwarding methods and ports; what only shows when the block is complete stands in service-completion.ts.
 */
import type { RootKeyword } from './block-walk.ts';
import type { Complain } from './complaint.ts';
import { readForwarding } from './forwarding.ts';
import { readPort, readSocketAddress } from './inet.ts';
import { type Keyword, makeBuilders } from './keyword.ts';
import { commonServerKeywords, onlyOnceScript, realServer, snmpName, sorryServer } from './real-server.ts';
import type { LvsFacts, ServiceFacts } from './service-facts.ts';
import { anyUnsigned, type ConfigLine, placeOfWord, quoteWord, readUnsigned, wordAt } from './words.ts';

const schedulers = [
  'rr',
  'wrr',
  'lc',
  'wlc',
  'lblc',
  'sh',
  'mh',
  'dh',
  'fo',
  'ovf',
  'lblcr',
  'sed',
  'nq',
  'twos',
];

const longestPersistence = 86_400 * 31;

const heaviest = 2_147_483_647;

export function virtualServer(complain: Complain, facts: LvsFacts): RootKeyword {
  let current: ServiceFacts | undefined;
  const now = (): ServiceFacts | undefined => current;
  return {
    name: 'virtual_server',
    reading: 'active',
    needs: 1,
    take: (line) => {
      current = readService(complain, line);
      if (current === undefined) return 'skip-block';
      if (current.kind !== 'address' && line.words.length < 3) return 'missing-word';
      facts.services.push(current);
      return undefined;
    },
    block: serviceBlock(complain, now, facts),
    close: () => closeService(complain, current),
  };
}

function readService(complain: Complain, line: ConfigLine): ServiceFacts | undefined {
  const first = wordAt(line, 1) ?? '';
  const second = wordAt(line, 2);
  const base = {
    line,
    family: undefined,
    forwarding: undefined,
    persistence: 'no',
    inhibit: 'off',
    weight: 1,
    servers: [],
    scripts: new Set<string>(),
  } as const;
  const common = { ...base, servers: [], scripts: new Set<string>() };
  if (first === 'group') return { ...common, kind: 'group', group: second ?? '', port: 0 };
  if (first === 'fwmark') {
    if (second !== undefined && 'fault' in readUnsigned(second, anyUnsigned)) {
      complain(
        placeOfWord(line, 2),
        'objects',
        'number-invalid',
        'a fwmark is a number; keepalived skips the block',
      );
      return undefined;
    }
    return { ...common, kind: 'fwmark', port: 0 };
  }
  const port = readPort(second);
  const address = readSocketAddress(first);
  if (port === undefined)
    complain(
      placeOfWord(line, 2),
      'objects',
      'port-invalid',
      `${quoteWord(line, second)} is no port; keepalived skips the block`,
    );
  else if (address === undefined)
    complain(
      placeOfWord(line, 1),
      'objects',
      'address-invalid',
      `${quoteWord(line, first)} is no IP address; keepalived skips the block`,
    );
  else return { ...common, kind: 'address', address: address.text, family: address.family, port };
  return undefined;
}

function serviceBlock(
  complain: Complain,
  now: () => ServiceFacts | undefined,
  facts: LvsFacts,
): readonly Keyword[] {
  const build = makeBuilders(complain);
  const objects = (line: ConfigLine, index: number, rule: string, message: string): undefined =>
    void complain(placeOfWord(line, index), 'objects', rule, message);
  const keep = (act: (service: ServiceFacts, line: ConfigLine) => void): ((line: ConfigLine) => void) => {
    return (line) => {
      const service = now();
      if (service !== undefined) act(service, line);
    };
  };
  const scheduler = (name: string): Keyword => ({
    name,
    needs: 1,
    take: (line) => {
      const word = wordAt(line, 1) ?? '';
      const service = now();
      if (!schedulers.includes(word))
        objects(
          line,
          1,
          'scheduler-unknown',
          `${quoteWord(line, word)} is no scheduler (${schedulers.join(', ')}); keepalived ignores it`,
        );
      else if (service !== undefined) service.scheduler = word;
      return undefined;
    },
  });
  const flag = (name: string): Keyword => ({
    name,
    take: (line) => {
      const service = now();
      if (service === undefined) return undefined;
      if (name === 'ops') service.onePacket = line;
      else if (!name.startsWith('flag-') && service.scheduler !== 'sh' && service.scheduler !== 'mh')
        objects(
          line,
          0,
          'settings-conflict',
          `${name} is for the schedulers sh and mh, set above it; keepalived ignores it`,
        );
      return undefined;
    },
  });
  const forwarding = (name: string): Keyword => ({
    name,
    needs: 1,
    take: (line) => {
      const service = now();
      const method = readForwarding(complain, line);
      if (service !== undefined && method !== undefined) service.forwarding = method;
      return undefined;
    },
  });
  const script = (name: string): Keyword => onlyOnceScript(complain, name, () => now()?.scripts);
  return [
    {
      name: 'ip_family',
      since: '1.2.20',
      needs: 1,
      take: (line) => {
        const word = wordAt(line, 1);
        const service = now();
        const family = word === 'inet' ? 'ipv4' : word === 'inet6' ? 'ipv6' : undefined;
        if (family === undefined) return objects(line, 1, 'option-unknown', 'ip_family is inet or inet6');
        if (service === undefined) return undefined;
        if (service.family !== undefined && service.family !== family)
          return objects(line, 1, 'family-mismatch', 'ip_family is not the family of the address');
        service.family = family;
        return undefined;
      },
    },
    ...commonServerKeywords(complain),
    build.presence(
      'inhibit_on_failure',
      keep((service) => {
        service.inhibit = 'on';
      }),
    ),
    scheduler('lb_algo'),
    scheduler('lvs_sched'),
    ...[
      'hashed',
      'ops',
      'flag-1',
      'flag-2',
      'flag-3',
      'sh-port',
      'sh-fallback',
      'mh-port',
      'mh-fallback',
    ].map(flag),
    forwarding('lb_kind'),
    forwarding('lvs_method'),
    {
      name: 'persistence_engine',
      since: '1.2.20',
      needs: 1,
      take: (line) =>
        (wordAt(line, 1) ?? '').length > 15
          ? objects(line, 1, 'name-too-long', 'persistence_engine takes at most 15 characters')
          : undefined,
    },
    {
      name: 'persistence_timeout',
      take: (line) => {
        const word = wordAt(line, 1);
        const service = now();
        if (word !== undefined && 'fault' in readUnsigned(word, { least: 1, most: longestPersistence }))
          return objects(
            line,
            1,
            'number-out-of-range',
            `persistence_timeout takes 1 to ${longestPersistence} seconds; keepalived ignores it`,
          );
        if (service !== undefined) service.persistence = 'yes';
        return undefined;
      },
    },
    granularity(complain, now),
    {
      name: 'protocol',
      needs: 1,
      take: (line) => {
        const word = (wordAt(line, 1) ?? '').toUpperCase();
        const service = now();
        if (word !== 'TCP' && word !== 'UDP' && word !== 'SCTP')
          return objects(
            line,
            1,
            'option-unknown',
            `protocol is TCP, UDP or SCTP, not ${quoteWord(line, wordAt(line, 1))}; keepalived ignores it`,
          );
        if (service !== undefined) service.protocol = { value: word, line };
        return undefined;
      },
    },
    build.presence(
      'ha_suspend',
      keep((service, line) => {
        service.haSuspend = line;
      }),
    ),
    build.text('virtualhost'),
    snmpName(complain),
    build.presence('alpha'),
    build.presence('omega'),
    script('quorum_up'),
    script('quorum_down'),
    build.unsigned(
      'quorum',
      { ...anyUnsigned, least: 1 },
      (value, line) => {
        const service = now();
        if (service !== undefined) service.quorum = { value, line };
      },
      'keepalived uses 1',
    ),
    build.unsigned('hysteresis', anyUnsigned, (value, line) => {
      const service = now();
      if (service !== undefined) service.hysteresis = { value, line };
    }),
    build.unsigned('weight', { least: 1, most: heaviest }, (value) => {
      const service = now();
      if (service !== undefined) service.weight = value;
    }),
    sorryServer(complain, now),
    {
      name: 'sorry_server_inhibit',
      take: (line) => {
        const service = now();
        if (service?.sorry === undefined)
          objects(line, 0, 'settings-conflict', 'sorry_server_inhibit stands without a sorry_server above');
        else service.sorry.inhibit = 'on';
        return undefined;
      },
    },
    {
      name: 'sorry_server_lvs_method',
      since: '1.3.6',
      take: (line) => {
        const service = now();
        if (service?.sorry === undefined)
          return objects(
            line,
            0,
            'settings-conflict',
            'sorry_server_lvs_method stands without a sorry_server above',
          );
        if (line.words.length < 2) return 'missing-word';
        const method = readForwarding(complain, line);
        if (method !== undefined) service.sorry.forwarding = method;
        return undefined;
      },
    },
    realServer(complain, now, facts),
  ];
}

function granularity(complain: Complain, now: () => ServiceFacts | undefined): Keyword {
  return {
    name: 'persistence_granularity',
    needs: 1,
    take: (line) => {
      const service = now();
      const word = wordAt(line, 1) ?? '';
      const family = service?.family ?? (word.includes('.') ? 'ipv4' : 'ipv6');
      const valid =
        family === 'ipv6' ? !('fault' in readUnsigned(word, { least: 1, most: 128 })) : isNumericHost(word);
      if (!valid) {
        complain(
          placeOfWord(line, 1),
          'objects',
          'value-invalid',
          `persistence_granularity takes ${family === 'ipv4' ? 'a netmask' : 'a prefix length from 1 to 128'}`,
        );
        return undefined;
      }
      if (service !== undefined) {
        service.family ??= family;
        service.persistence = 'yes';
      }
      return undefined;
    },
  };
}

/** What getaddrinfo takes as a numeric IPv4 host: also a single number, or fewer than four parts. */
function isNumericHost(word: string): boolean {
  const parts = word.split('.');
  if (parts.length > 4 || !parts.every((part) => /^(?:0x[0-9a-f]+|\d+)$/i.test(part))) return false;
  return parts.every(
    (part, index) => Number(part) < (index === parts.length - 1 ? 256 ** (5 - parts.length) : 256),
  );
}

function closeService(complain: Complain, service: ServiceFacts | undefined): void {
  if (service === undefined) return;
  const { sorry } = service;
  if (sorry !== undefined && sorry.forwarding !== 'TUN') {
    service.family ??= sorry.family;
    if (service.family !== sorry.family) {
      complain(
        sorry.line,
        'objects',
        'family-mismatch',
        'the sorry server is of the other address family; keepalived skips it',
      );
      delete service.sorry;
    }
  }
}
