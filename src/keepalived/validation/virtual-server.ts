/**
 * virtual_server and its real servers: what each keyword takes and remembers (check_parser.c). Knows schedulers,
 * forwarding methods and ports; what only shows when the block is complete stands in service-completion.ts.
 */
import type { RootKeyword } from './block-walk.ts';
import { checkerKeywords } from './checkers.ts';
import { checkNotifyCommand } from './commands.ts';
import type { Complain } from './complaint.ts';
import { readPort, readSocketAddress } from './inet.ts';
import { type Keyword, makeBuilders, onlyOnce } from './keyword.ts';
import type { Forwarding, LvsFacts, ServerFacts, ServiceFacts } from './service-facts.ts';
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
const anyTimer = { least: 0, most: 1_000_000_000 };
const aboveZero = { least: 0.000001, most: 1_000_000_000 };
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

function onlyOnceScript(complain: Complain, name: string, scripts: () => Set<string> | undefined): Keyword {
  return onlyOnce(complain, { name, take: (line) => checkNotifyCommand(complain, line, 'stops') }, () => {
    const taken = scripts();
    const fresh = taken?.has(name) !== true;
    taken?.add(name);
    return fresh;
  });
}

/** Times and mail of virtual servers and real servers alike. */
function commonServerKeywords(complain: Complain): readonly Keyword[] {
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

function snmpName(complain: Complain): Keyword {
  return {
    name: 'snmp_name',
    since: '2.2.3',
    take: (line) =>
      line.words.length === 2
        ? undefined
        : void complain(line, 'objects', 'value-missing', 'snmp_name takes one name'),
  };
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

function sorryServer(complain: Complain, now: () => ServiceFacts | undefined): Keyword {
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

function realServer(complain: Complain, now: () => ServiceFacts | undefined, facts: LvsFacts): Keyword {
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

const tunnelOptions = ['nocsum', 'csum', 'remcsum'];

function readForwarding(complain: Complain, line: ConfigLine): Forwarding | undefined {
  const word = wordAt(line, 1);
  const objects = (index: number, rule: string, message: string): undefined =>
    void complain(placeOfWord(line, index), 'objects', rule, message);
  if (word !== 'NAT' && word !== 'DR' && word !== 'TUN')
    return objects(
      1,
      'forwarding-unknown',
      `${wordAt(line, 0) ?? ''} is NAT, DR or TUN, not ${quoteWord(line, word)}; keepalived ignores it`,
    );
  let type = 'ipip';
  let port = 0;
  let checksum = 'nocsum';
  for (let index = 2; index < line.words.length; index++) {
    const option = wordAt(line, index) ?? '';
    const value = wordAt(line, index + 1);
    if (option === 'type') {
      if (value === undefined || !['ipip', 'gue', 'gre'].includes(value)) {
        objects(index, 'option-unknown', 'the tunnel type is ipip, gue or gre');
        return word;
      }
      type = value;
      index++;
    } else if (option === 'port') {
      const reading = value === undefined ? undefined : readUnsigned(value, { least: 1, most: 65_535 });
      if (reading === undefined || 'fault' in reading) {
        objects(index, 'port-invalid', 'the tunnel port is no number from 1 to 65535');
        return word;
      }
      port = reading.value;
      index++;
    } else if (tunnelOptions.includes(option)) checksum = option;
    else {
      objects(index, 'option-unknown', `${quoteWord(line, option)} is no option of a tunnel`);
      return word;
    }
  }
  if ((type === 'gue') !== (port !== 0))
    objects(1, 'settings-conflict', 'a gue tunnel needs a port, others take none');
  else if (type === 'ipip' && checksum !== 'nocsum')
    objects(1, 'settings-conflict', 'an ipip tunnel has no checksum');
  else if (type === 'gre' && checksum === 'remcsum')
    objects(1, 'settings-conflict', 'a gre tunnel has no remote checksum');
  return word;
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
