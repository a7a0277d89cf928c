// No password leaves the redactor: not in an answer, not in a frame, not in a report made of them; and what it leaves
// instead still tells equal from different. The grammar of what is masked is tested with its own rooms.
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Answer, Bundle, Ear, HeardFrame } from '../../src/evidence/bundle.ts';
import { readBundle } from '../../src/evidence/bundle-folder.ts';
import { createRedactor, type Redactor } from '../../src/evidence/redaction.ts';
import { renderReport, reportFormats } from '../../src/report/render.ts';
import { judgeBundle } from '../../src/session.ts';
import { decodePacket } from '../../src/wire/packet.ts';
import { advert2, cooked2, ethernet, ipv4 } from '../wire/frame-encoder.ts';

const say = (probe: string, part: string, text: string, about?: string): Answer => ({
  probe,
  part,
  ...(about === undefined ? {} : { about }),
  round: 'before',
  exit: 0,
  text,
  truncated: 'no',
});
const file = (text: string, path = '/etc/keepalived/keepalived.conf'): Answer =>
  say('configuration', 'file', text, `30:${path}`);
const logged = (message: string): Answer =>
  say('log', 'lines', `1795202966.391985 n1 Keepalived_vrrp[34]: ${message}\n`, 'journal');

const instance = (auth: string, head = ''): string =>
  `${head}vrrp_instance VI_1 {\n  interface eth1\n  virtual_router_id 101\n  authentication {\n    auth_type PASS\n    ${auth}\n  }\n}\n`;

/** As a check does: each answer when it comes, and all of them again when everything was learnt. */
const redactAll = (redactor: Redactor, answers: readonly Answer[], node = 'n1'): readonly Answer[] =>
  answers.map((answer) => redactor.answer(node, answer)).map(redactor.again);

const masksIn = (text: string): readonly string[] =>
  [...text.matchAll(/redacted:([0-9a-f]{16}):\d+/g)].map((match) => match[1] ?? '');

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
const wirePassword = (password: string): Uint8Array => {
  const bytes = new Uint8Array(8);
  bytes.set(ascii(password).subarray(0, 8));
  return bytes;
};
const packetWith = (password: string): Uint8Array =>
  ipv4({ protocol: 112, payload: advert2({ auth: { type: 1, data: wirePassword(password) } }) });
const frameWith = (password: string): Uint8Array => ethernet(0x0800, packetWith(password));

const holds = (bytes: Uint8Array, part: Uint8Array): boolean =>
  Buffer.from(bytes).includes(Buffer.from(part));

const advertOf = (bytes: Uint8Array, linkType = 1) => {
  const { content } = decodePacket(linkType, bytes);
  if (content.kind !== 'vrrp') throw new Error('not an advert');
  return content.advert;
};
const authOnWire = (bytes: Uint8Array, linkType = 1): string => {
  const { auth } = advertOf(bytes, linkType);
  return auth.kind === 'pass' ? Buffer.from(auth.bytes).toString('hex') : auth.kind;
};

describe('answers', () => {
  const secret = 'l4bs3crt';
  const included = '/etc/keepalived/conf.d/auth.conf';
  const include = `include ${included}\n`;
  const cases: Readonly<Record<string, readonly Answer[]>> = {
    plain: [file(instance(`auth_pass ${secret}`))],
    quoted: [file(instance(`auth_pass "${secret}"`))],
    'behind a comment and more words': [file(instance(`auth_pass ${secret} # ${secret} was the old one`))],
    'commented out': [file(instance(`# auth_pass ${secret}`))],
    'a definition in the same file': [file(instance('auth_pass $PASS', `$PASS=${secret}\n`))],
    'a definition in an included file': [
      file(instance('auth_pass $PASS', include)),
      file(`$PASS=${secret}\n`, included),
    ],
    'a harmless name defined in an included file': [
      file(instance('auth_pass $WORD', include)),
      file(`$WORD=${secret}\n`, included),
    ],
    'a harmless name, its file read first': [
      file(`$WORD=${secret}\n`, included),
      file(instance('auth_pass $WORD', include)),
    ],
    'a definition put together from two': [
      file(instance('auth_pass $' + '{A}$' + '{B}', '$A=l4bs\n$B=3crt\n')),
      logged(`mismatch of ${secret}`),
    ],
    'an osixia environment': [
      say('unit', 'other', `KEEPALIVED_PASSWORD=${secret}\nKEEPALIVED_PRIORITY=150\n`, 'docker'),
    ],
    'a compose file': [say('unit', 'other', `environment:\n  KEEPALIVED_PASSWORD: "${secret}"\n`, 'docker')],
    'a JSON dump': [
      say('state-dump', 'dump', `[{"data":{"auth_type":1,"auth_data":"${secret}"}}]`, '30:json'),
    ],
    'a data dump': [
      say(
        'state-dump',
        'dump',
        `   Authentication type = SIMPLE_PASSWORD\n   Password = ${secret}\n`,
        '30:data',
      ),
    ],
    'a log line that quotes the line': [logged(`(Line 12) Unknown keyword: auth_pass ${secret}`)],
    'a log line before the configuration was read': [
      logged(`unexpected '${secret}' near line 7`),
      file(instance(`auth_pass ${secret}`)),
    ],
    'a command line': [
      file(instance(`auth_pass ${secret}`)),
      say('processes', 'command-line', `/usr/sbin/keepalived\0--password=${secret}\0`, '30'),
    ],
  };

  it.each(Object.entries(cases))('%s', (_name, answers) => {
    const text = JSON.stringify(redactAll(createRedactor(), answers));
    expect(text).not.toContain(secret);
    expect(masksIn(text).length).toBeGreaterThan(0);
  });

  it('a short password where it is configured, dumped or quoted', () => {
    const answers = redactAll(createRedactor(), [
      file(instance('auth_pass k8s')),
      say('state-dump', 'dump', '[{"data":{"auth_data":"k8s"}}]', '30:json'),
      logged('(Line 6) auth_pass k8s is short'),
      logged('k8s.example.org is not concerned'),
    ]);
    expect(answers.slice(0, 3).map((answer) => answer.text.includes('k8s'))).toEqual([false, false, false]);
    expect(answers[3]?.text).toContain('k8s.example.org');
  });

  it('a long password, whole and as keepalived cuts it', () => {
    const text = JSON.stringify(
      redactAll(createRedactor(), [
        file(instance('auth_pass tw3lv3chars')),
        logged('only tw3lv3ch of it is used'),
        say('state-dump', 'dump', '   Password = tw3lv3ch\n', '30:data'),
      ]),
    );
    expect(text).not.toContain('tw3lv3ch');
    expect(new Set(masksIn(text)).size).toBe(1);
  });

  it('one that begins with another is hidden whole', () => {
    const [log] = redactAll(createRedactor(), [
      logged('tried s3cr then s3cret99'),
      file(instance('auth_pass s3cr')),
      file(instance('auth_pass s3cret99'), '/etc/keepalived/b.conf'),
    ]);
    expect(log?.text).toMatch(/tried redacted:[0-9a-f]{16}:4 then redacted:[0-9a-f]{16}:8\n$/);
  });
});

describe('fingerprints', () => {
  const fingerprintOf = (redactor: Redactor, node: string, password: string): string | undefined =>
    masksIn(redactor.answer(node, file(instance(`auth_pass ${password}`))).text)[0];

  it('are equal for equal passwords on any node and on the wire, and differ for different ones', () => {
    const redactor = createRedactor();
    const one = fingerprintOf(redactor, 'n1', 'alph4key');
    expect(fingerprintOf(redactor, 'n2', 'alph4key')).toBe(one);
    expect(fingerprintOf(redactor, 'n3', 'br4v0key')).not.toBe(one);
    expect(authOnWire(redactor.frame(1, frameWith('alph4key')))).toBe(one);
    expect(authOnWire(redactor.frame(1, frameWith('br4v0key')))).not.toBe(one);
    expect(authOnWire(redactor.frame(276, cooked2(2, 0x0800, packetWith('alph4key'))), 276)).toBe(one);
  });

  it('are of what goes on the wire: the first eight characters', () => {
    const redactor = createRedactor();
    const long = fingerprintOf(redactor, 'n1', 'alph4keyAndMore');
    expect(authOnWire(redactor.frame(1, frameWith('alph4key')))).toBe(long);
  });

  it('cannot be compared between two runs', () => {
    expect(fingerprintOf(createRedactor(), 'n1', 'alph4key')).not.toBe(
      fingerprintOf(createRedactor(), 'n1', 'alph4key'),
    );
  });
});

describe('frames', () => {
  it('hold no password, whole or cut anywhere, and keep their checksum verdict', () => {
    const frame = frameWith('l4bs3crt');
    const redactor = createRedactor();
    const whole = redactor.frame(1, frame);
    expect(holds(whole, ascii('l4bs'))).toBe(false);
    expect(advertOf(whole).checksum.verdict).toBe(advertOf(frame).checksum.verdict);
    expect(advertOf(whole).checksum.verdict).toBe('good');
    const damaged = frame.map((byte, at) => (at === 14 + 20 + 6 ? byte ^ 0x5a : byte));
    expect(advertOf(redactor.frame(1, damaged)).checksum.verdict).toBe('bad');
    for (let length = 0; length < frame.length; length += 1)
      expect(holds(redactor.frame(1, frame.subarray(0, length)), ascii('l4b'))).toBe(false);
  });
});

/** Printable, without what ends or quotes a word in keepalived.conf. */
const anyPassword = fc.stringMatching(/^[A-Za-z0-9@%&=?~^*_+;,.<>|()[\]/-]{4,12}$/);

describe('any password', () => {
  it('is nowhere in what is kept', () => {
    fc.assert(
      fc.property(anyPassword, (password) => {
        fc.pre(!/^\*+$/.test(password) && !'redacted:'.includes(password));
        const redactor = createRedactor();
        const answers = redactAll(redactor, [
          logged(`near '${password}'`),
          file(instance(`auth_pass ${password}`)),
          logged(`again ${password} and '${password}'`),
        ]);
        // Masks may by chance spell a short password of hexadecimal digits.
        const left = answers.map(({ text }) => text.replace(/redacted:[0-9a-f]{16}:\d+/g, '')).join('');
        const words = instance('auth_pass') + logged('near again and').text;
        expect(left.includes(password) && !words.includes(password)).toBe(false);
        expect(masksIn(answers[0]?.text ?? '')).toHaveLength(1);
        expect(new Set(answers.flatMap(({ text }) => masksIn(text))).size).toBe(1);
        const frame = frameWith(password);
        const hidden = redactor.frame(1, frame);
        expect(holds(hidden, wirePassword(password))).toBe(false);
        expect(advertOf(hidden).checksum.verdict).toBe(advertOf(frame).checksum.verdict);
        expect(authOnWire(hidden)).toBe(masksIn(answers[0]?.text ?? '')[0]);
      }),
      { numRuns: 200 },
    );
  });

  it('is hidden once: hiding again changes nothing', () => {
    fc.assert(
      fc.property(anyPassword, (password) => {
        const redactor = createRedactor();
        const kept = redactAll(redactor, [file(instance(`auth_pass ${password}`)), logged(`'${password}'`)]);
        expect(kept.map(redactor.again)).toEqual(kept);
      }),
    );
  });
});

const healthy = join(import.meta.dirname, '../../fixtures/bundles/healthy-three');

/** The recording as it would be had these passwords been configured and sent; `passwords` by node. */
const withPasswords = async (passwords: Readonly<Record<string, string>>): Promise<Bundle> => {
  const bundle = await readBundle(healthy);
  const redactor = createRedactor();
  const senderOf = (frame: HeardFrame): string => {
    const { ip } = decodePacket(frame.linkType, frame.bytes);
    return { '10.77.0.11': 'n1', '10.77.0.12': 'n2', '10.77.0.13': 'n3' }[ip?.src ?? ''] ?? '';
  };
  const resend = (frame: HeardFrame): HeardFrame => {
    const { content, ip } = decodePacket(frame.linkType, frame.bytes);
    const password = passwords[senderOf(frame)];
    if (content.kind !== 'vrrp' || ip === undefined || password === undefined) return frame;
    const { vrid, priority } = content.advert;
    const payload = advert2({
      vrid,
      priority,
      vips: ['10.77.0.5'],
      auth: { type: 1, data: wirePassword(password) },
    });
    const packet = ipv4({ src: ip.src, dst: ip.dst, protocol: 112, ttl: 255, payload });
    const head = frame.bytes.subarray(0, frame.linkType === 276 ? 20 : 14);
    return { ...frame, bytes: redactor.frame(frame.linkType, Uint8Array.from([...head, ...packet])) };
  };
  const earOf = (ear: Ear): Ear =>
    ear.kind === 'listened' ? { ...ear, frames: ear.frames.map(resend) } : ear;
  const nodes = bundle.nodes.map((node) => {
    const password = passwords[node.node] ?? '';
    const raw = node.answers.map((answer) =>
      answer.probe === 'configuration' && answer.part === 'file'
        ? {
            ...answer,
            text: answer.text.replace(
              'advert_int',
              `authentication {\n auth_type PASS\n auth_pass ${password}\n }\n advert_int`,
            ),
          }
        : {
            ...answer,
            text: answer.text.replace(/"auth_type":0/, `"auth_type":1,"auth_data":"${password}"`),
          },
    );
    return { ...node, answers: redactAll(redactor, raw, node.node), ear: earOf(node.ear) };
  });
  const observer =
    bundle.observer.kind === 'present'
      ? { ...bundle.observer, ear: earOf(bundle.observer.ear) }
      : bundle.observer;
  return {
    ...bundle,
    nodes: nodes.map((node) => ({ ...node, answers: node.answers.map(redactor.again) })),
    observer,
  };
};

const renderAll = (bundle: Bundle): string => {
  const report = judgeBundle(bundle);
  return reportFormats
    .map((format) => renderReport(format, report, { color: 'none', width: 100, unicode: 'utf8' }))
    .join('\n');
};

describe('a whole check', () => {
  it('finds different passwords and shows neither', async () => {
    const bundle = await withPasswords({ n1: 'alph4key', n2: 'br4v0key', n3: 'alph4key' });
    const report = judgeBundle(bundle);
    expect(report.findings.map((finding) => `${finding.cause} ${finding.rule}`)).toContain(
      'root auth-password-mismatch',
    );
    const kept = JSON.stringify(bundle, (_key, value: unknown) =>
      typeof value === 'bigint'
        ? String(value)
        : value instanceof Uint8Array
          ? Buffer.from(value).toString('latin1')
          : value,
    );
    for (const password of ['alph4key', 'br4v0key']) {
      expect(kept).not.toContain(password);
      expect(renderAll(bundle)).not.toContain(password);
    }
  });

  // `1111` stands in keepalived's own sample; the others are words of the evidence itself.
  it.each(['l4bs3crt', '1111', '1500', 'keepalived', 'master', 'state', 'vrrp', 'redacted', 'MASTER'])(
    'is not led astray by the password %s',
    async (password) => {
      const bundle = await withPasswords({ n1: password, n2: password, n3: password });
      const report = judgeBundle(bundle);
      // A password of more than eight characters is remarked upon, and no more than that.
      const findings = report.findings.filter(({ rule }) => rule !== 'auth-pass-truncated-to-8');
      expect({ verdict: report.verdict, findings }).toEqual({ verdict: 'healthy', findings: [] });
      expect(report.clusters[0]?.masters).toEqual(['n1']);
      const configured = bundle.nodes.flatMap((node) =>
        node.answers.filter((answer) => answer.probe === 'configuration' && answer.part === 'file'),
      );
      for (const answer of configured) expect(answer.text).toMatch(/auth_pass redacted:[0-9a-f]{16}:\d+\n/);
    },
  );
});
