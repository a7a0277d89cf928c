import type { Complain } from './complaint.ts';
import { type Keyword, makeBuilders } from './keyword.ts';
import type { InstanceFacts } from './vrrp-facts.ts';
import { placeOfWord, wordAt } from './words.ts';

export function authenticationBlock(
  complain: Complain,
  now: () => InstanceFacts | undefined,
): readonly Keyword[] {
  return [
    {
      name: 'auth_type',
      needs: 1,
      take: (line) => {
        const instance = now();
        const word = wordAt(line, 1);
        if (word !== 'PASS' && word !== 'AH')
          complain(
            placeOfWord(line, 1),
            'objects',
            'auth-type-unknown',
            'auth_type is PASS or AH; keepalived ignores anything else',
            ['PASS', 'AH'].find((known) => known === word?.toUpperCase()),
          );
        else if (instance !== undefined) instance.authType = { value: word, line };
        return undefined;
      },
    },
    {
      name: 'auth_pass',
      needs: 1,
      take: (line) => {
        const instance = now();
        const word = wordAt(line, 1) ?? '';
        const masked = /^redacted:[^:]*:(\d+)$/.exec(word);
        const length = masked === null ? new TextEncoder().encode(word).length : Number(masked[1]);
        if (length > 8)
          complain(
            placeOfWord(line, 1),
            'objects',
            'password-cut',
            'only the first 8 characters of auth_pass count',
          );
        if (instance !== undefined) instance.password = length === 0 ? 'empty' : 'given';
        return undefined;
      },
    },
  ];
}

/** auth_hmac of 2.4.0; its keys are secrets and are not looked into. */
export function hmacBlock(complain: Complain): readonly Keyword[] {
  const build = makeBuilders(complain);
  return ['mode', 'key', 'active_key', 'time_window', 'anti_replay'].map((name) => build.presence(name));
}
