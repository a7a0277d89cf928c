import { type CheckerContext, connecting } from './checker-base.ts';
import type { Complain } from './complaint.ts';
import { type Keyword, makeBuilders } from './keyword.ts';
import { anyUnsigned, type ConfigLine, leadingNumber, placeOfWord, quoteWord, wordAt } from './words.ts';

export function webCheck(complain: Complain, name: string, context: CheckerContext): Keyword {
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
