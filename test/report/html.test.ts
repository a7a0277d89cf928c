// HTML reports in a real browser: the facts as they are shown, light and dark, at a desk, on a phone and on paper;
// nothing overflows, nothing is fetched, and text from a node stays text.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBundle } from '../../src/evidence/bundle-folder.ts';
import { escapeLine } from '../../src/report/escape.ts';
import { renderHtml } from '../../src/report/html.ts';
import type { CheckReport } from '../../src/report/report.ts';
import { judgeBundle } from '../../src/session.ts';
import { type Browser, findChromium, type Opened, startChromium, type View } from '../browser/chromium.ts';
import { sampleReports } from './sample-reports.ts';

const bundles = join(import.meta.dirname, '../../fixtures/bundles');
const names = (await readdir(bundles)).sort();
const program = await findChromium();
const isRequired = process.env.VIPDOCTOR_LAB === 'required';

const desk: View = { scheme: 'light', media: 'screen', widthPx: 1200, heightPx: 900 };
const views: readonly (readonly [string, View])[] = [
  ['at a desk', desk],
  ['in the dark', { ...desk, scheme: 'dark' }],
  ['on a phone', { ...desk, widthPx: 360, heightPx: 740 }],
  ['on a phone in the dark', { ...desk, scheme: 'dark', widthPx: 360, heightPx: 740 }],
  ['on paper', { ...desk, media: 'print', widthPx: 700 }],
];

/** Looked at in every view; the others at a desk. */
const looked: ReadonlySet<string> = new Set([
  'healthy-three',
  'host-firewall-ipv6',
  'multicast-blocked',
  'node-unreachable-and-firewall',
  'vip-used-by-stranger',
]);

/** Runs in the page; gives names of elements that stick out of it, and of boxes with text that does. */
const overflowing = `(() => {
  const wide = document.documentElement.clientWidth;
  const isAside = (one) => { for (let at = one; at; at = at.parentElement) if (at.matches('.roll') || getComputedStyle(at).position === 'absolute') return true; return false; };
  const name = (one) => one.tagName + '.' + one.getAttribute('class') + ': ' + one.textContent.slice(0, 40);
  const out = [...document.body.querySelectorAll('*')].filter((one) => !(one instanceof SVGElement && !(one instanceof SVGSVGElement)) && !isAside(one))
    .filter((one) => { const box = one.getBoundingClientRect(); return box.width > 0 && (box.right > wide + 1 || box.left < -1); }).map(name);
  if (document.documentElement.scrollWidth > wide) out.push('the page itself: ' + document.documentElement.scrollWidth + ' > ' + wide);
  return out;
})()`;

/** Runs in the page: text whose contrast with what is painted behind it is below WCAG AA (4.5 : 1). */
const faint = `(() => {
  const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = (one) => { for (let at = one; at; at = at.parentElement) { const c = numbers(getComputedStyle(at).backgroundColor); if ((c[3] ?? 1) > 0) return c; } return [255, 255, 255]; };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const poor = [];
  let seen = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const one = node.parentElement;
    if (node.textContent.trim() === '' || one.getClientRects().length === 0) continue;
    seen++;
    const style = getComputedStyle(one);
    const [a, b] = [light(numbers(one instanceof SVGElement ? style.fill : style.color)), light(ground(one))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) poor.push(node.textContent.trim().slice(0, 40) + ' ' + ((a + 0.05) / (b + 0.05)).toFixed(2));
  }
  return seen === 0 ? ['no text at all'] : poor;
})()`;

/** Runs in the page: what is wrong with headings, landmarks, tables, pictures and links. */
const hardToReach = `(() => {
  const wrong = [];
  const levels = [...document.querySelectorAll('h1,h2,h3,h4')].map((one) => Number(one.tagName[1]));
  if (levels.filter((level) => level === 1).length !== 1) wrong.push('h1: ' + levels.filter((level) => level === 1).length);
  levels.forEach((level, at) => { if (level > (levels[at - 1] ?? 0) + 1) wrong.push('heading ' + at + ' skips a level'); });
  for (const table of document.querySelectorAll('table')) {
    if (!table.caption || table.caption.textContent.trim() === '') wrong.push('a table without a caption');
    if ([...table.tHead.rows[0].cells].some((cell) => cell.tagName !== 'TH' || cell.scope !== 'col')) wrong.push('a column without a header');
    if ([...table.tBodies[0].rows].some((row) => row.cells[0].tagName !== 'TH' || row.cells[0].scope !== 'row')) wrong.push('a row without a header');
  }
  for (const picture of document.querySelectorAll('svg')) if (!picture.closest('[aria-hidden=true]') && !picture.getAttribute('aria-label')) wrong.push('a picture without words');
  const ids = [...document.querySelectorAll('[id]')].map((one) => one.id);
  if (new Set(ids).size !== ids.length) wrong.push('an id twice');
  for (const link of document.querySelectorAll('a')) if (!document.getElementById(link.hash.slice(1))) wrong.push('a link to nowhere: ' + link.hash);
  if (document.documentElement.lang !== 'en' || document.title === '' || document.querySelectorAll('main').length !== 1) wrong.push('language, title or main');
  return wrong;
})()`;

let browser: Browser;
let folder: string;
let filesMade = 0;

beforeAll(async () => {
  if (program === undefined) return;
  folder = await mkdtemp(join(tmpdir(), 'vipdoctor-html-'));
  browser = await startChromium(program);
});
afterAll(async () => {
  if (program === undefined) return;
  await browser.close();
  await rm(folder, { recursive: true });
});

const show = async (report: CheckReport, view: View): Promise<Opened> => {
  const file = join(folder, `${filesMade++}.html`);
  await writeFile(file, renderHtml(report));
  return browser.open(file, view);
};

/** As the page shows it: white space as one space, as `innerText` of a wrapped line has it. */
const seen = (text: string): string => escapeLine(text).replace(/\s+/g, ' ').trim();
const textOf = async (page: Opened): Promise<string> =>
  String(await page.evaluate('document.body.innerText')).replace(/\s+/g, ' ');

const judged = async (name: string): Promise<CheckReport> =>
  judgeBundle(await readBundle(join(bundles, name)));

it.runIf(isRequired)('has a browser where every test must run', () => {
  expect(program, 'chromium is missing: apt-get install chromium').toBeDefined();
});

describe.skipIf(program === undefined)('an HTML report (without chromium these are skipped)', () => {
  it.each(names)('%s: shows what was found, everywhere', { timeout: 60_000 }, async (name) => {
    const report = await judged(name);
    for (const [where, view] of looked.has(name) ? views : views.slice(0, 1)) {
      const page = await show(report, view);
      const text = await textOf(page);
      expect(page.complaints, where).toEqual([]);
      expect(page.requests, where).toHaveLength(1);
      expect(await page.evaluate(overflowing), where).toEqual([]);
      expect(await page.evaluate(faint), where).toEqual([]);
      expect(await page.evaluate(hardToReach), where).toEqual([]);
      expect(await page.evaluate("document.querySelector('h1').innerText"), where).toBe(
        seen(report.headline),
      );
      expect(text.toLowerCase(), where).toContain(report.verdict);
      for (const finding of report.findings) {
        expect(text, where).toContain(seen(finding.title));
        for (const evidence of finding.evidence)
          for (const line of evidence.quote.split('\n')) expect(text, where).toContain(seen(line));
        for (const { node, command } of finding.remedy.commands)
          expect(text, where).toContain(seen(`${node}$ ${command}`));
      }
      await page.close();
    }
  });

  it('draws the ladder with the rung where adverts die', async () => {
    const page = await show(await judged('host-firewall-nft-inet'), desk);
    const rows = await page.evaluate(
      "[...document.querySelectorAll('#ladder tbody tr')].map((row) => [...row.cells].map((cell) => cell.innerText.replace(/\\s+/g, ' ').trim() + (cell.querySelector('svg')?.getAttribute('aria-label') ?? '')))",
    );
    expect(rows).toEqual([
      [
        'n1 MASTER',
        '–',
        expect.stringMatching(/^kernel \d+ \/ \d+ \/ 0sent yes, arrived yes, delivered no, accepted no$/),
        expect.stringMatching(/^accepted .*sent yes, arrived yes, delivered yes, accepted yes$/),
      ],
      ['n2 MASTER', expect.stringMatching(/^outranked/), '–', expect.stringMatching(/^accepted/)],
    ]);
  });

  it('draws each advert where it was heard, and a line where the kernel delivered none', async () => {
    const report = await judged('host-firewall-nft-inet');
    const page = await show(report, desk);
    const at = report.timeline.findIndex((listener) => listener.at === 'n2');
    const lane = report.timeline[at]?.adverts.find((one) => one.from === 'n1');
    expect(lane).toMatchObject({ direction: 'in', delivered: { count: 0 } });
    const drawn = await page.evaluate(
      `(() => { const lane = [...document.querySelectorAll('.panel')][${at}].querySelector('.lane');
        const svg = lane.querySelector('svg'); const box = svg.getBoundingClientRect();
        return { words: lane.querySelector('p').innerText, absent: svg.querySelectorAll('.absent').length, dots: svg.querySelectorAll('circle').length,
          at: [...svg.querySelectorAll('line.stroke')].map((line) => (line.getBoundingClientRect().x - box.x) / box.width) }; })()`,
    );
    expect(drawn).toMatchObject({
      words: `n1 VRID 101, priority 100: arrived ${lane?.heard?.count}, none delivered`,
      absent: 1,
      dots: 0,
    });
    const places = (drawn as { readonly at: readonly number[] }).at;
    expect(places).toHaveLength(lane?.heard?.atMs.length ?? -1);
    expect([...places].sort((a, b) => a - b)).toEqual(places);
    expect(places.every((place) => place >= 0 && place <= 1)).toBe(true);
  });

  it('differs between light and dark, and is white on paper', async () => {
    const groundIn = async (view: View): Promise<unknown> =>
      (await show(sampleReports.oneRoot, view)).evaluate('getComputedStyle(document.body).backgroundColor');
    const light = await groundIn(desk);
    expect(await groundIn({ ...desk, scheme: 'dark' })).not.toBe(light);
    expect(await groundIn({ ...desk, scheme: 'dark', media: 'print' })).toBe('rgb(255, 255, 255)');
  });

  it('can be printed', async () => {
    const pdf = await (await show(sampleReports.oneRoot, desk)).pdf();
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  });

  it('leaves hostile text of a node as text', async () => {
    const evil =
      '<script>console.log("ran")</script><img src=x onerror=console.log(1)>\x1b[31m\u202e" onload="x</style></title>';
    const swap = (value: unknown): unknown =>
      typeof value === 'string' && !/^(critical|high|medium|low|root|consequence|in|out|ipv[46])$/.test(value)
        ? `${value}${evil}`
        : Array.isArray(value)
          ? value.map(swap)
          : typeof value === 'object' && value !== null
            ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, swap(inner)]))
            : value;
    const { oneRoot } = sampleReports;
    const page = await show(
      {
        ...oneRoot,
        headline: evil,
        findings: oneRoot.findings.map((finding) => swap(finding) as (typeof oneRoot.findings)[number]),
        nodes: oneRoot.nodes.map((node) => ({ ...node, reachable: false, problem: evil, nextStep: evil })),
        timeline: oneRoot.timeline.map((one) => swap(one) as (typeof oneRoot.timeline)[number]),
        history: [{ node: evil, at: evil, text: evil }],
        gaps: [evil],
      },
      desk,
    );
    expect(page.complaints).toEqual([]);
    expect(page.requests).toHaveLength(1);
    expect(
      await page.evaluate("document.querySelectorAll('script, img, iframe, [onload], [onerror]').length"),
    ).toBe(0);
    expect(await page.evaluate("document.querySelector('h1').innerText")).toBe(seen(evil));
    expect(await textOf(page)).toContain('\\x1b[31m\\u202e');
    expect(await page.evaluate(overflowing)).toEqual([]);
  });
});
