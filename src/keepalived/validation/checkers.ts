/**
 * The health checks of a real server: HTTP_GET, SSL_GET, TCP_CHECK, SMTP_CHECK, DNS_CHECK, MISC_CHECK, PING_CHECK,
 * UDP_CHECK, FILE_CHECK and BFD_CHECK (check_*.c). Knows what each takes; whether a service answers is not asked.
 */
import { isLinkLocal } from '../addresses.ts';
import { checkScript } from './commands.ts';
import type { Complain } from './complaint.ts';
import { readSocketAddress } from './inet.ts';
import { type Keyword, makeBuilders } from './keyword.ts';
import type { LvsFacts, ServerFacts } from './service-facts.ts';
import {
  anySeconds,
  anyUnsigned,
  type ConfigLine,
  leadingNumber,
  placeOfWord,
  quoteWord,
  readSigned,
  wordAt,
} from './words.ts';

export interface CheckerContext {
  readonly server: () => ServerFacts | undefined;
  readonly facts: LvsFacts;
}

const anyTimer = { least: 0, most: 1_000_000_000 };
const aboveZero = { least: 0.000001, most: 1_000_000_000 };

export function checkerKeywords(complain: Complain, context: CheckerContext): readonly Keyword[] {
  return [
    miscCheck(complain),
    smtpCheck(complain, context),
    { ...connecting(complain, 'TCP_CHECK', context), since: '1.2.13' },
    { ...connecting(complain, 'PING_CHECK', context), since: '2.1.0' },
    udpCheck(complain, context),
    webCheck(complain, 'HTTP_GET', context),
    webCheck(complain, 'SSL_GET', context),
    dnsCheck(complain, context),
    fileCheck(complain, context),
    bfdCheck(complain, context),
  ];
}

/** Where a checker connects to, as far as the lines say. */
interface Connection {
  target: { readonly family: 'ipv4' | 'ipv6'; readonly text: string } | undefined;
  bind: 'ipv4' | 'ipv6' | undefined;
  device: 'unset' | 'set';
}

function timing(complain: Complain): readonly Keyword[] {
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

function connecting(complain: Complain, name: string, context: CheckerContext, parts: Parts = {}): Keyword {
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

function smtpCheck(complain: Complain, context: CheckerContext): Keyword {
  const build = makeBuilders(complain);
  return connecting(complain, 'SMTP_CHECK', context, {
    target: 'unset',
    extra: [build.text('helo_name'), connecting(complain, 'host', context)],
  });
}

function miscCheck(complain: Complain): Keyword {
  const build = makeBuilders(complain);
  let opener: ConfigLine | undefined;
  let command: 'missing' | 'present' = 'missing';
  return {
    name: 'MISC_CHECK',
    take: (line) => {
      opener = line;
      command = 'missing';
      return undefined;
    },
    block: [
      ...timing(complain),
      {
        name: 'misc_path',
        take: (line) => {
          if (checkScript(complain, line) === 'present') command = 'present';
          return undefined;
        },
      },
      build.unsigned('misc_timeout', anySeconds),
      build.presence('misc_dynamic'),
      { ...build.text('user'), since: '1.3.0' },
    ],
    close: () => {
      if (command === 'missing' && opener !== undefined)
        complain(
          opener,
          'objects',
          'block-incomplete',
          'MISC_CHECK has no misc_path; keepalived skips the check',
        );
    },
  };
}

function webCheck(complain: Complain, name: string, context: CheckerContext): Keyword {
  const build = makeBuilders(complain);
  let urls = 0;
  let path: 'missing' | 'present' = 'missing';
  let digest: 'unset' | 'set' = 'unset';
  let url: ConfigLine | undefined;
  const objects = (line: ConfigLine, index: number, rule: string, message: string): undefined =>
    void complain(placeOfWord(line, index), 'objects', rule, message);
  const urlBlock: readonly Keyword[] = [
    {
      name: 'path',
      needs: 1,
      take: () => {
        path = 'present';
        return undefined;
      },
    },
    {
      name: 'digest',
      needs: 1,
      take: (line) => {
        const word = wordAt(line, 1) ?? '';
        if (digest === 'set') objects(line, 1, 'set-twice', 'digest is already set');
        else if (word.length !== 32)
          objects(
            line,
            1,
            'value-invalid',
            `a digest has 32 characters, not ${word.length}; keepalived ignores it`,
          );
        else if (!/^[0-9a-f]{32}$/i.test(word))
          objects(line, 1, 'value-invalid', 'a digest has only hexadecimal digits; keepalived ignores it');
        else digest = 'set';
        return undefined;
      },
    },
    {
      name: 'status_code',
      take: (line) => {
        for (let index = 1; index < line.words.length; index++)
          if (!isStatusRange(wordAt(line, index) ?? ''))
            objects(
              line,
              index,
              'number-invalid',
              `${quoteWord(line, wordAt(line, index))} is no HTTP status (100 to 599) or range`,
            );
        return undefined;
      },
    },
    build.text('virtualhost'),
    ...[
      'regex',
      'regex_no_match',
      'regex_options',
      'regex_min_offset',
      'regex_max_offset',
      'regex_stack',
    ].map((option) => ({ ...build.presence(option), since: '2.0.7' })),
    { ...build.truth('tls_compliant'), since: '2.2.8' },
  ];
  return connecting(complain, name, context, {
    open: () => {
      urls = 0;
    },
    extra: [
      build.deprecated(build.unsigned('nb_get_retry', anyUnsigned), 'retry'),
      build.text('virtualhost'),
      {
        ...build.text('http_protocol', (word, line) => {
          if (!['1.0', '1.1', '1.0C', '1.0c'].includes(word))
            objects(line, 1, 'option-unknown', 'http_protocol is 1.0, 1.1 or 1.0C');
        }),
        since: '2.0.17',
      },
      { ...build.truth('enable_sni'), since: '1.4.3' },
      { ...build.truth('fast_recovery'), since: '2.0.17' },
      { ...build.truth('tls_compliant'), since: '2.2.8' },
      {
        name: 'url',
        take: (line) => {
          url = line;
          path = 'missing';
          digest = 'unset';
          urls++;
          return undefined;
        },
        block: urlBlock,
        close: () => {
          if (path === 'present' || url === undefined) return;
          complain(url, 'objects', 'block-incomplete', 'the url has no path; keepalived ignores it');
          urls--;
        },
      },
    ],
    close: (line) => {
      if (urls === 0)
        complain(line, 'objects', 'block-incomplete', `${name} has no url; keepalived drops the check`);
    },
  });
}

function isStatusRange(word: string): boolean {
  const first = leadingNumber(word);
  if (first === undefined) return false;
  const last = first.rest.startsWith('-') ? leadingNumber(first.rest.slice(1)) : first;
  if (last === undefined || (last !== first && last.rest !== '') || (last === first && first.rest !== ''))
    return false;
  return first.value >= 100 && last.value <= 599 && first.value <= last.value;
}

const dnsTypes = ['A', 'NS', 'CNAME', 'SOA', 'MX', 'TXT', 'AAAA', 'RRSIG', 'DNSKEY'];

function dnsCheck(complain: Complain, context: CheckerContext): Keyword {
  let name: 'unset' | 'set' = 'unset';
  return {
    ...connecting(complain, 'DNS_CHECK', context, {
      open: () => {
        name = 'unset';
      },
      extra: [
        {
          name: 'type',
          needs: 1,
          take: (line) =>
            dnsTypes.includes((wordAt(line, 1) ?? '').toUpperCase())
              ? undefined
              : void complain(
                  placeOfWord(line, 1),
                  'objects',
                  'option-unknown',
                  `type is one of ${dnsTypes.join(', ')}; keepalived ignores it`,
                ),
        },
        {
          name: 'name',
          take: (line) => {
            if (name === 'set')
              return void complain(
                line,
                'objects',
                'set-twice',
                'name is already set; keepalived ignores it',
              );
            const word = wordAt(line, 1);
            if (word === undefined) return 'missing-word';
            if (word.includes('..') || (word.startsWith('.') && word !== '.'))
              return void complain(
                placeOfWord(line, 1),
                'objects',
                'value-invalid',
                'the name has an empty label; keepalived ignores it',
              );
            name = 'set';
            return undefined;
          },
        },
      ],
    }),
    since: '1.3.0',
  };
}

function hexadecimal(complain: Complain, name: string, when: 'needed' | 'optional'): Keyword {
  return {
    name,
    take: (line) => {
      const text = line.words
        .slice(1)
        .map(({ value }) => value)
        .join(' ');
      const digits = name === 'payload' ? '[0-9a-f]' : '[0-9a-fx]';
      if (line.words.length === 1) {
        if (when === 'needed') complain(line, 'objects', 'value-missing', `${name} needs hexadecimal digits`);
        // A last byte of ff is taken for keepalived's own mark of an error (lib/parser.c: read_hex_str).
      } else if (
        !new RegExp(`^(?:\\s*${digits}${digits}?)+\\s*$`, 'i').test(text) ||
        /(?:^|\s|[^\s]{2})ff\s*$/i.test(text)
      )
        complain(placeOfWord(line, 1), 'objects', 'value-invalid', `${name} takes hexadecimal digits`);
      return undefined;
    },
  };
}

function udpCheck(complain: Complain, context: CheckerContext): Keyword {
  const build = makeBuilders(complain);
  const lengths = { least: 0, most: 255 };
  return {
    ...connecting(complain, 'UDP_CHECK', context, {
      open: () => {
        lengths.least = 0;
        lengths.most = 65_535;
      },
      extra: [
        hexadecimal(complain, 'payload', 'needed'),
        hexadecimal(complain, 'require_reply', 'optional'),
        build.unsigned('min_reply_length', { least: 0, most: 65_535 }, (value) => {
          lengths.least = value;
        }),
        build.unsigned('max_reply_length', { least: 0, most: 65_535 }, (value) => {
          lengths.most = value;
        }),
      ],
      close: (line) => {
        if (lengths.least > lengths.most)
          complain(
            line,
            'objects',
            'settings-conflict',
            'min_reply_length is above max_reply_length; the check always fails',
          );
      },
    }),
    since: '2.1.0',
  };
}

function fileCheck(complain: Complain, { facts }: CheckerContext): Keyword {
  let opener: ConfigLine | undefined;
  let file: 'missing' | 'present' = 'missing';
  return {
    name: 'FILE_CHECK',
    since: '2.1.0',
    take: (line) => {
      opener = line;
      file = 'missing';
      return undefined;
    },
    block: [
      {
        name: 'track_file',
        needs: 1,
        take: (line) => {
          if (facts.files.some(({ name }) => name === wordAt(line, 1))) file = 'present';
          else
            complain(
              placeOfWord(line, 1),
              'objects',
              'reference-unknown',
              `track_file ${quoteWord(line, wordAt(line, 1))} is not defined above`,
            );
          return undefined;
        },
      },
      {
        name: 'weight',
        take: (line) => {
          const word = wordAt(line, 1);
          if (word === undefined) complain(line, 'objects', 'value-missing', 'weight needs a number');
          else if ('fault' in readSigned(word, { least: -2_147_483_647, most: 2_147_483_647 }))
            complain(
              placeOfWord(line, 1),
              'objects',
              'number-out-of-range',
              'a weight is a number of at most 2147483647 either way',
            );
          else if (line.words.length > 2 && !['reverse', 'noreverse'].includes(wordAt(line, 2) ?? ''))
            complain(
              placeOfWord(line, 2),
              'objects',
              'option-unknown',
              'a weight may be followed by reverse or noreverse',
            );
          return undefined;
        },
      },
    ],
    close: () => {
      if (file === 'missing' && opener !== undefined)
        complain(
          opener,
          'objects',
          'block-incomplete',
          'FILE_CHECK has no track_file; keepalived ignores it',
        );
    },
  };
}

function bfdCheck(complain: Complain, { facts, server }: CheckerContext): Keyword {
  const build = makeBuilders(complain);
  let opener: ConfigLine | undefined;
  let name: string | undefined;
  let state: 'open' | 'dropped' = 'open';
  return {
    name: 'BFD_CHECK',
    since: '2.0.0',
    take: (line) => {
      opener = line;
      name = undefined;
      state = 'open';
      return undefined;
    },
    block: [
      {
        name: 'name',
        take: (line) => {
          if (state === 'dropped') return undefined;
          const drop = (rule: string, message: string): undefined => {
            state = 'dropped';
            return void complain(
              placeOfWord(line, 1),
              'objects',
              rule,
              `${message}; keepalived drops the check`,
            );
          };
          const word = wordAt(line, 1);
          if (line.words.length !== 2 || word === undefined)
            return drop('value-missing', 'BFD_CHECK takes one name');
          if (!facts.bfds.some((bfd) => bfd.name === word))
            return drop('reference-unknown', `bfd_instance ${quoteWord(line, word)} is not defined above`);
          if (name !== undefined) return drop('set-twice', 'name is already set');
          if (server()?.bfds.includes(word) === true)
            return drop('set-twice', 'the real server has this BFD check already');
          name = word;
          return undefined;
        },
      },
      build.truth('alpha'),
    ],
    close: () => {
      if (state === 'dropped') return;
      if (name !== undefined) server()?.bfds.push(name);
      else if (opener !== undefined)
        complain(opener, 'objects', 'block-incomplete', 'BFD_CHECK has no name; keepalived skips it');
    },
  };
}
