// The README in three languages says the same: the same commands, output, options, links and number of headings. The
// words are their translators'; Taiwan's words are not those of the mainland.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, root), 'utf8');

const fence = /^```(.*)\n([\s\S]*?)^```$/gm;
/** Commands and output; what is said about a command after `#` is translated. */
const blocksOf = (text: string): readonly (readonly [string, readonly string[]])[] =>
  [...text.matchAll(fence)].map(
    ([, language = '', body = '']) =>
      [language, body.split('\n').map((line) => line.replace(/\s+# .*$/, ''))] as const,
  );
const prose = (text: string): string => text.replace(fence, '');
const headingsOf = (text: string): readonly number[] =>
  [...prose(text).matchAll(/^(#+) /gm)].map((match) => match[1]?.length ?? 0);
const codeOf = (text: string): readonly string[] =>
  [...prose(text).matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '').sort();
const linksOf = (text: string): readonly string[] =>
  [...prose(text).matchAll(/\]\(([^)]+)\)/g)]
    .map((match) => match[1] ?? '')
    .filter((link) => !/^README/.test(link))
    .sort();

const english = read('README.md');
const translations = ['README.zh-CN.md', 'README.zh-TW.md'] as const;

describe.each(translations)('%s', (name) => {
  const text = read(name);

  it('has the same commands and the same output', () => {
    expect(blocksOf(text)).toEqual(blocksOf(english));
  });

  it('has the same headings, names the same options, links to the same pages', () => {
    expect(headingsOf(text)).toEqual(headingsOf(english));
    expect(codeOf(text)).toEqual(codeOf(english));
    expect(linksOf(text)).toEqual(linksOf(english));
  });

  it('has as many paragraphs, items and pictures', () => {
    const paragraphs = (words: string): number => prose(words).split(/\n{2,}/).length;
    expect(paragraphs(text)).toBe(paragraphs(english));
    expect(text.match(/^\* /gm)?.length).toBe(english.match(/^\* /gm)?.length);
  });
});

describe('the three together', () => {
  it('link to each other at their heads, and to pages that are there', () => {
    for (const name of ['README.md', ...translations]) {
      const text = read(name);
      const head = text.split('\n').slice(0, 3).join('\n');
      for (const other of ['README.md', ...translations])
        if (other !== name) expect(head, name).toContain(`](${other})`);
      for (const link of linksOf(text))
        if (!/^https?:/.test(link)) expect(existsSync(fileURLToPath(new URL(link, root))), link).toBe(true);
    }
  });

  it('are written in the words of their readers', () => {
    const mainland = /[网络认软档进这么设实]|默认|文件夹|服务器|程序|网络/;
    const taiwan = /[網絡檔這麼設實]|預設|資料夾|伺服器|網路/;
    const withoutHead = (text: string): string => text.split('\n').slice(3).join('\n');
    expect(mainland.exec(withoutHead(prose(read('README.zh-TW.md'))))?.[0]).toBeUndefined();
    expect(taiwan.exec(withoutHead(prose(read('README.zh-CN.md'))))?.[0]).toBeUndefined();
  });
});
