// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is keepalived's own syntax
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactConfigText } from '../../src/keepalived/redaction.ts';
import { collectSecrets, effectivePassword, secretDefinitionNames } from '../../src/keepalived/secrets.ts';
import { fingerprint, instanceOf, modelOf, parseText } from './config-files.ts';

const redact = (text: string): string => redactConfigText(text, { fingerprintOf: fingerprint });
const printOf = (password: string): string => fingerprint(effectivePassword(password));

function passOf(line: string) {
  return instanceOf(`authentication {\nauth_type PASS\n${line}\n}\nvirtual_ipaddress {\n10.0.0.1\n}`)
    .authPass;
}

/** The model with places left out: masking moves columns. */
function shape(text: string): string {
  return JSON.stringify(modelOf(parseText(text)), (key, value: unknown) =>
    key === 'source' || key === 'text' || key === 'column' ? undefined : value,
  );
}

describe('passwords in the model', () => {
  it('counts the 8 bytes that go on the wire', () => {
    expect([...effectivePassword('abc')]).toEqual([97, 98, 99, 0, 0, 0, 0, 0]);
    expect(passOf('auth_pass abcdefghij')).toMatchObject({
      fingerprint: printOf('abcdefgh'),
      lengthChars: 10,
      oddities: ['longer-than-8'],
    });
  });

  it('notices a password cut by a comment sign, behind a definition too', () => {
    expect(passOf('auth_pass Ab!cd#12')).toMatchObject({
      fingerprint: printOf('Ab'),
      oddities: ['cut-by-comment'],
    });
    expect(passOf('$P=Ab#cd\nauth_pass $P')).toMatchObject({
      fingerprint: printOf('Ab'),
      oddities: ['cut-by-comment'],
    });
    expect(passOf('auth_pass "Ab!cd" # note')).toMatchObject({ fingerprint: printOf('Ab!cd'), oddities: [] });
    expect(passOf('auth_pass Ab # note')?.oddities).toEqual([]);
  });

  it('keeps no password in the model', () => {
    const model = modelOf(
      parseText('vrrp_instance A {\nauthentication {\nauth_type PASS\nauth_pass hunter2x\n}\n}'),
    );
    expect(JSON.stringify(model)).not.toContain('hunter2x');
  });
});

describe('collectSecrets', () => {
  it('finds passwords, keys and what they were made of', () => {
    const tree = parseText(
      '$HALF=swor\n$WHOLE=pas${HALF}d\nvrrp_instance A {\nauthentication { auth_pass $WHOLE\n}\nauth_hmac {\nkey 1 kkkkkkkkkkkkkkkk\nkey 2 file:/x\n}\n}',
    );
    expect(collectSecrets(tree)).toEqual(expect.arrayContaining(['password', 'swor', 'kkkkkkkkkkkkkkkk']));
    expect(collectSecrets(tree)).not.toContain('file:/x');
    expect(secretDefinitionNames(tree)).toEqual(expect.arrayContaining(['HALF', 'WHOLE']));
  });

  it('finds passwords from lists and the environment', () => {
    const tree = parseText('~LST(P, one1, two2) auth_pass $P\nauth_pass ${_ENV PW}', {
      env: { PW: 'three3' },
    });
    expect(collectSecrets(tree)).toEqual(expect.arrayContaining(['one1', 'two2', 'three3']));
  });
});

describe('redactConfigText', () => {
  const wrap = (body: string, before = ''): string =>
    `${before}vrrp_instance A {\n  virtual_router_id 7\n  authentication {\n    auth_type PASS\n${body}\n  }\n  priority 9\n}\n`;

  it.each([
    ['plain', wrap('    auth_pass hunter2')],
    ['quoted with blanks', wrap('    auth_pass "hunter2 x"')],
    ['long', wrap('    auth_pass hunter2hunter2')],
    ['cut by a comment', wrap('    auth_pass hunter2#hunter2')],
    ['with a comment apart', wrap('    auth_pass hunter2 # was hunter2')],
    ['escaped sign', wrap('    auth_pass hun\\#ter2')],
    ['by definition', wrap('    auth_pass $SECRET_X', '$SECRET_X=hunter2\n')],
    ['by definition of any name', wrap('    auth_pass ${FOO}', '$FOO="hunter2 x"\n')],
    ['put together', wrap('    auth_pass a${FOO}b', '$FOO=hunter2\n')],
    ['by conditional definition', wrap('    auth_pass $FOO', '@^x $FOO=hunter2\n')],
    [
      'in a multi-line definition',
      `$AUTH= \\\n authentication { \\\n auth_type PASS \\\n auth_pass hunter2 \\\n }\nvrrp_instance A {\n$AUTH\npriority 3\n}\n`,
    ],
    ['on one line', 'vrrp_instance A { authentication { auth_type PASS\nauth_pass hunter2 } priority 4\n}\n'],
    ['braces glued', 'vrrp_instance A { authentication { auth_type PASS\nauth_pass hunter2}}\n'],
    [
      'hmac key',
      'vrrp_instance A {\nversion 3\nauth_hmac {\nkey 1 hunter2hunter2hunter2\nactive_key 1\n}\n}\n',
    ],
    ['hmac key by definition', '$K=hunter2hunter2hunter2\nvrrp_instance A {\nauth_hmac {\nkey 1 $K\n}\n}\n'],
    [
      'list',
      'vrrp_instance A {\nauthentication {\nauth_type PASS\n~LST(P, hunter2, hunter22) auth_pass $P\n}\n}\n',
    ],
  ])('masks and gives the same model: %s', (_name, text) => {
    const masked = redact(text);
    expect(masked).not.toMatch(/hunter2|ter2/);
    expect(shape(masked)).toBe(shape(text));
    expect(redact(masked)).toBe(masked);
  });

  it('masks what stands in comments', () => {
    expect(redact('# auth_pass hunter2 or hunter3')).not.toMatch(/hunter/);
  });

  it('uses names known from other files', () => {
    const masked = redactConfigText('$FOO=hunter2\n$BAR=web', {
      fingerprintOf: fingerprint,
      definitionNames: ['FOO'],
    });
    expect(masked).toBe(`$FOO=redacted:${printOf('hunter2')}:7\n$BAR=web`);
  });

  it('masks dumps, logs and environments', () => {
    expect(redact('{"auth_type":1,"auth_data":"hun\\"ter2"}')).toBe(
      `{"auth_type":1,"auth_data":"redacted:${printOf('hun"ter2')}:8"}`,
    );
    expect(redact('   Password = hunter2\n   Preempt = enabled')).toBe(
      `   Password = redacted:${printOf('hunter2')}:7\n   Preempt = enabled`,
    );
    expect(redact('   Password = ********')).toBe('   Password = ********');
    expect(redact('A=1\0KEEPALIVED_PASSWORD=hunter2 x\0B=2')).toBe(
      `A=1\0KEEPALIVED_PASSWORD=redacted:${printOf('hunter2 x')}:9\0B=2`,
    );
    expect(redact('docker run -e PASSWORD=hunter2 -e B=2')).toBe(
      `docker run -e PASSWORD=redacted:${printOf('hunter2')}:7 -e B=2`,
    );
    expect(redact('      KEEPALIVED_PASSWORD: "hunter2"')).not.toContain('hunter2');
  });

  it('changes nothing where there is no secret', () => {
    const text =
      'vrrp_instance A {\r\n  priority 100 # note\r\n  virtual_ipaddress {\r\n 10.0.0.1 }\r\n}\n$VIP=10.0.0.1\n';
    expect(redact(text)).toBe(text);
  });

  it('never leaves a password, whatever it is made of', () => {
    const secret = fc
      .stringMatching(/^[A-Za-z0-9!#$%&'()*+,./:;<=>?@[\]^_`|~-]{6,14}$/)
      .filter((word) => !/^redacted:/.test(word));
    fc.assert(
      fc.property(secret, (word) => {
        const masked = redact(wrap(`    auth_pass ${word}`));
        const [kept] = /auth_pass (.*)/.exec(masked)?.slice(1) ?? [];
        expect(kept).toMatch(/^(?:redacted:[0-9a-f]{12}:\d+#?|#|\*+#?|\$\w+)?\s*$/);
      }),
    );
  });

  it('never throws on random text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => typeof redact(`auth_pass ${text}`) === 'string'),
    );
  });
});
