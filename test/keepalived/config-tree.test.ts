// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is keepalived's own syntax
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConfigNode } from '../../src/keepalived/config-tree.ts';
import { parseVersion } from '../../src/keepalived/version.ts';
import { fixtures, modelOf, parseFixture, parseText } from './config-files.ts';

/** The tree without places: `keyword word word` and, for blocks, what is in them. */
type Outline = string | readonly [string, readonly Outline[]];

function outline(nodes: readonly ConfigNode[]): readonly Outline[] {
  return nodes.map((node) => {
    const line = [node.keyword, ...node.args.map((token) => token.value)].join(' ');
    return node.children === undefined ? line : [line, outline(node.children)];
  });
}

function outlineOf(text: string, options?: Parameters<typeof parseText>[1]) {
  return outline(parseText(text, options).nodes);
}

function codesOf(text: string, options?: Parameters<typeof parseText>[1]) {
  return parseText(text, options).problems.map((problem) => problem.code);
}

describe('words and comments', () => {
  it('starts a comment at ! and #, anywhere but in double quotes', () => {
    expect(outlineOf('a b # c\nd!e\n! f\n"g # h" i')).toEqual(['a b', 'd', 'g # h i']);
  });

  it('does not let single quotes protect a comment', () => {
    expect(outlineOf("auth_pass 'x#y'")).toEqual(["auth_pass 'x"]);
  });

  it('makes a sign behind a backslash literal before 2.2.0, and a comment since', () => {
    const text = 'a b\\#c\\!d "e\\#f"';
    const version = parseVersion('2.1.5');
    if (version === undefined) throw new Error('no version');
    expect(outlineOf(text, { version })).toEqual(['a b#c!d e\\#f']);
    expect(outlineOf(text)).toEqual(['a b']);
    expect(codesOf(text)).toEqual(['escaped-comment-sign']);
    expect(outlineOf('a "e\\#f"')).toEqual(['a e\\#f']);
  });

  it('ends a word at a double quote', () => {
    expect(outlineOf('auth_pass a"b c"d')).toEqual(['auth_pass a b c d']);
  });

  it('says how a comment ended the line', () => {
    const [glued, apart, none] = parseText('p ab#cd\np ab # cd\np ab').nodes;
    expect([glued?.comment, apart?.comment, none?.comment]).toEqual(['glued', 'apart', 'none']);
  });

  it('knows the place of every word, behind definitions too', () => {
    const [node] = parseText('\n$P=150\n   priority $P 7').nodes.slice(-1);
    expect(node).toMatchObject({ file: '/etc/k.conf', line: 3, column: 4 });
    expect(node?.args).toMatchObject([
      { value: '150', column: 13 },
      { value: '7', column: 16 },
    ]);
  });

  it('takes carriage returns away and ignores a line with a NUL', () => {
    expect(outlineOf('a b\r\nc\0d\ne')).toEqual(['a b', 'e']);
    expect(codesOf('c\0d')).toEqual(['embedded-nul']);
  });
});

describe('braces', () => {
  it('takes them on the same line, on the next, and all on one line', () => {
    const expected = [['vrrp_instance A', ['state MASTER', ['virtual_ipaddress', ['10.0.0.1']]]]];
    expect(outlineOf('vrrp_instance A {\nstate MASTER\nvirtual_ipaddress {\n10.0.0.1\n}\n}')).toEqual(
      expected,
    );
    expect(outlineOf('vrrp_instance A\n{ state MASTER\nvirtual_ipaddress\n{\n10.0.0.1 } }')).toEqual(
      expected,
    );
    expect(outlineOf('vrrp_instance A{state MASTER\nvirtual_ipaddress{10.0.0.1}}')).toEqual(expected);
  });

  it('reports a missing, a surplus and a misplaced one with its place', () => {
    expect(codesOf('vrrp_instance A {\nstate MASTER\n')).toEqual(['missing-closing-brace']);
    expect(codesOf('vrrp_instance A {\n}\n}')).toEqual(['extra-closing-brace']);
    expect(parseText('vrrp_instance A {\nfoo {\nbar\n}\n}').problems).toMatchObject([
      { code: 'unexpected-opening-brace', line: 2, column: 5 },
    ]);
    expect(codesOf('vrrp_instance A\nstate MASTER\n}')).toEqual(['missing-opening-brace']);
  });

  it('keeps what it does not know', () => {
    expect(
      outlineOf(
        'odd_block x {\n inner { deep 1\n }\n}\nvirtual_server 1.2.3.4 80 {\nreal_server 1 2 {\nT {\n}\n}\n}',
      ),
    ).toEqual([
      ['odd_block x', [['inner', ['deep 1']]]],
      ['virtual_server 1.2.3.4 80', [['real_server 1 2', [['T', []]]]]],
    ]);
  });

  it('leaves an undefined ${NAME} verbatim, and its brace splits the line as in keepalived', () => {
    expect(codesOf('global_defs {\nrouter_id ${NONE}\n}')).toContain('unexpected-opening-brace');
  });
});

describe('conditions and definitions', () => {
  it('keeps @ID lines of this node and @^ID lines of the others', () => {
    const text = '@main a 1\n@other b 2\n@^main c 3\n@^other d 4';
    expect(outlineOf(text, { configId: 'main' })).toEqual(['a 1', 'd 4']);
  });

  it('says so when the config id is not known', () => {
    expect(outlineOf('@main a\n@^main b')).toEqual(['b']);
    expect(codesOf('@main a')).toEqual(['config-id-unknown']);
  });

  it('replaces late and again', () => {
    const text = '$BASE=10.2.${SUB}\n$SUB=0\na ${BASE}.100/32\n$SUB=10\na ${BASE}.100/32';
    expect(outlineOf(text)).toEqual(['a 10.2.0.100/32', 'a 10.2.10.100/32']);
  });

  it('reads a condition out of a definition', () => {
    expect(
      outlineOf('$IF=@main\n$IF priority 240\n$IF2=@other\n$IF2 priority 1', { configId: 'main' }),
    ).toEqual(['priority 240']);
  });

  it('expands multi-line definitions, nested ones and definitions inside', () => {
    const text = '$IN= \\\n  i ${N} \\\n  $N=9 \\\n  j $N\n$OUT= \\\no { \\\n$IN \\\n}\n\n$N=1\n$OUT';
    expect(outlineOf(text)).toEqual([['o', ['i 1', 'j 9']]]);
  });

  it('uses a multi-line definition only at the end of a line', () => {
    expect(outlineOf('$M= \\\n a \\\n b\nx $M\nx $M y')).toEqual(['x a', 'b', 'x $M y']);
  });

  it('knows the predefined ones', () => {
    const options = { configId: 'lb1', env: { WHO: 'me' } };
    expect(outlineOf('a ${_INSTANCE} ${_PWD} ${_ENV WHO} "${_HASH}${_BANG}"', options)).toEqual([
      'a lb1 /etc me #!',
    ]);
    expect(codesOf('a ${_RANDOM 5 9}')).toEqual(['random-value']);
  });

  it('gives up a definition that uses itself', () => {
    expect(codesOf('$A=x$A\nb $A')).toContain('substitution-too-long');
    expect(codesOf('$A= \\\nx \\\n$A \\\ny\n$A')).toContain('definition-loop');
  });
});

describe('sequences', () => {
  it('counts', () => {
    expect(outlineOf('~SEQ(V, 2) a $V')).toEqual(['a 1', 'a 2']);
    expect(outlineOf('~SEQ(V, 3, 1) a $V')).toEqual(['a 3', 'a 2', 'a 1']);
    expect(outlineOf('~SEQ(V, 0, 5, 10) a ${V}b')).toEqual(['a 0b', 'a 5b', 'a 10b']);
    expect(outlineOf('~SEQx(V, 0x9, 1, 0xb) a:$V')).toEqual(['a:9', 'a:a', 'a:b']);
    expect(outlineOf('$TOP=2\n~SEQ(V, $TOP) a $V')).toEqual(['a 1', 'a 2']);
  });

  it('nests, lists, and repeats multi-line definitions', () => {
    expect(outlineOf('~SEQ(A, 1, 2) ~SEQ(B, 1, 2) ${A}.$B')).toEqual(['1.1', '1.2', '2.1', '2.2']);
    expect(outlineOf('~LST(IF, eth0, eth1) i $IF')).toEqual(['i eth0', 'i eth1']);
    expect(outlineOf('~LST({A,B},{1,x},{2}) i $A ${B}.')).toEqual(['i 1 x.', 'i 2 .']);
    expect(outlineOf('$M= \\\n a $V \\\n b $V\n~SEQ(V, 1, 2) $M')).toEqual(['a 1', 'b 1', 'a 2', 'b 2']);
  });

  it('reports malformed and endless ones', () => {
    expect(codesOf('~SEQ(V, 1, 0, 3) a')).toEqual(['sequence-malformed']);
    expect(codesOf('~LST(V a')).toEqual(['sequence-malformed']);
    expect(codesOf('~SEQ(V, 1, 999999999) ~SEQ(W, 1, 999999999) $NONE=1')).toContain('too-many-lines');
  });
});

describe('includes', () => {
  const files = {
    '/etc/d/a.conf': 'a\ninclude sub/c.conf',
    '/etc/d/b.conf': 'b',
    '/etc/d/sub/c.conf': 'c ${_PWD}',
  };

  it('reads files, globs and braces relative to the including file', () => {
    expect(outlineOf('include d/a.conf\nz', { files })).toEqual(['a', 'c /etc/d/sub', 'z']);
    expect(outlineOf('include d/{b,a}.conf', { files })).toEqual(['b', 'a', 'c /etc/d/sub']);
    expect(outlineOf('includea /etc/d/*.conf', { files })).toContain('b');
    expect(parseText('include d/a.conf', { files }).files).toEqual([
      '/etc/k.conf',
      '/etc/d/a.conf',
      '/etc/d/sub/c.conf',
    ]);
  });

  it('tells a missing file by what the kind of include demands', () => {
    expect(parseText('include none.conf').problems).toMatchObject([
      { code: 'file-unreadable', severity: 'warning', line: 1 },
    ]);
    expect(parseText('includer none.conf').problems).toMatchObject([
      { code: 'file-unreadable', severity: 'warning' },
    ]);
    expect(parseText('includem none.conf').problems).toMatchObject([
      { code: 'file-unreadable', severity: 'error' },
    ]);
    expect(parseText('includea none.conf').problems).toMatchObject([
      { code: 'file-unreadable', severity: 'error' },
    ]);
    expect(parseText('include x/*.conf').problems).toMatchObject([
      { code: 'include-matches-nothing', severity: 'warning' },
    ]);
    expect(parseText('includew x/*.conf').problems).toMatchObject([
      { code: 'include-matches-nothing', severity: 'error' },
    ]);
  });

  it('stops at a file that includes itself', () => {
    expect(codesOf('include k.conf')).toContain('include-too-deep');
  });

  it('says when the file itself cannot be read', () => {
    expect(parseText('', { files: {} }).problems).toEqual([]);
    const tree = parseFixture('missing.conf');
    expect(tree.problems).toMatchObject([{ code: 'file-unreadable', severity: 'error' }]);
  });
});

describe('whatever comes in', () => {
  const pieces = [
    '{',
    '}',
    '"',
    "'",
    '\\',
    '$',
    '@',
    '~',
    '#',
    '!',
    '\n',
    ' ',
    'a',
    '$A=',
    '${A}',
    '~SEQ(',
    '~LST(',
    'include ',
    'vrrp_instance',
    'auth_pass ',
    '\\\n',
  ];

  it('never throws on random text', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string()), { maxLength: 60 }), (parts) => {
        const model = modelOf(parseText(parts.join(''), { configId: 'a' }));
        expect(model.problems.every((problem) => problem.line >= 1 && problem.column >= 1)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it('reads every truncation of a good configuration', () => {
    const text = readFileSync(join(fixtures, 'conf/container-unicast.conf'), 'utf8');
    for (let length = 0; length < text.length; length++) {
      const tree = parseText(text.slice(0, length));
      expect(modelOf(tree).instances.length).toBeLessThanOrEqual(1);
    }
    expect(parseText(text).problems).toEqual([]);
  });

  it('finds no problem in the good ones', () => {
    for (const name of ['three-hosts-multicast.conf', 'container-unicast.conf', 'full.conf'])
      expect(parseFixture(name).problems).toEqual([]);
  });
});
