import { type CheckerContext, connecting, timing } from './checker-base.ts';
import { checkScript } from './commands.ts';
import type { Complain } from './complaint.ts';
import { type Keyword, makeBuilders } from './keyword.ts';
import { webCheck } from './web-check.ts';
import { anySeconds, type ConfigLine, placeOfWord, quoteWord, readSigned, wordAt } from './words.ts';

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
