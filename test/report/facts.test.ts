// Every format tells the same facts of the same recording, as far as it carries them: the table below says how far.
// It looks at what is written, not at how.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readBundle } from '../../src/evidence/bundle-folder.ts';
import { escapeLine } from '../../src/report/escape.ts';
import { nagiosCode } from '../../src/report/nagios.ts';
import { type ReportFormat, renderReport } from '../../src/report/render.ts';
import type { CheckReport, Finding } from '../../src/report/report.ts';
import { fateOf, isSilent, leavesOpen, severityRank, tellStory } from '../../src/report/story.ts';
import { judgeBundle } from '../../src/session.ts';

const bundles = join(import.meta.dirname, '../../fixtures/bundles');
const names = (await readdir(bundles)).sort();

/** JSON and NDJSON carry the report itself and are compared whole; these are the ones that tell it in words. */
type Telling = Exclude<ReportFormat, 'json' | 'ndjson'>;

type Carried = 'all' | 'none' | ((finding: Finding, report: CheckReport) => boolean);

/** In text the worst causes are told whole, the others with a line and their commands. */
const isTold = (finding: Finding, report: CheckReport): boolean => {
  const causes = tellStory(report).causes.map((cause) => cause.finding);
  const severe = causes.filter((one) => severityRank(one.severity) >= severityRank('high'));
  return (severe.length > 0 ? severe : causes.slice(0, 1)).includes(finding);
};
const isRoot = (finding: Finding): boolean => finding.cause === 'root';

/** What each format carries of findings. A root of a stray consequence is in the report, so all of these hold. */
const carried: Record<
  Telling,
  Record<'rule' | 'severity' | 'nodes' | 'title' | 'evidence' | 'remedy' | 'commands', Carried>
> = {
  text: {
    rule: 'all',
    severity: isRoot,
    nodes: (finding, report) => isTold(finding, report) || !isRoot(finding),
    title: isRoot,
    evidence: isTold,
    remedy: isTold,
    commands: isRoot,
  },
  markdown: {
    rule: 'all',
    severity: isRoot,
    nodes: isRoot,
    title: 'all',
    evidence: isRoot,
    remedy: isRoot,
    commands: isRoot,
  },
  junit: {
    rule: 'all',
    severity: 'all',
    nodes: 'all',
    title: 'all',
    evidence: 'all',
    remedy: 'all',
    commands: 'all',
  },
  html: {
    rule: 'all',
    severity: 'all',
    nodes: 'all',
    title: 'all',
    evidence: 'all',
    remedy: 'all',
    commands: 'all',
  },
  /** A line for a monitor: verdict, headline and counts by severity. */
  nagios: {
    rule: 'none',
    severity: 'none',
    nodes: 'none',
    title: 'none',
    evidence: 'none',
    remedy: 'none',
    commands: 'none',
  },
};

/** Formats that tell how far adverts climbed, and what could not be judged with the reason. */
const tellsLadder: readonly Telling[] = ['text', 'markdown', 'html'];
const tellsOpen: readonly Telling[] = ['text', 'markdown', 'html', 'junit'];
const tellsCleared: readonly Telling[] = ['markdown', 'html', 'junit'];

/** Text shows at most this much proof of a cause, and at most this much of a line. */
const PROOF_IN_TEXT = 6;
const LINE_IN_TEXT = 400;

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const withoutMarkup = (text: string): string =>
  text
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/<(?:\/?(?:li|p|tr|td|th|h\d|pre|figure|figcaption|div|ul|article|caption)\b)[^>]*>/g, ' ')
    .replace(
      /<\w+ [^>]*?(?:message|type|name)="[^>]*>/g,
      (tag) => ` ${[...tag.matchAll(/="([^"]*)"/g)].map((match) => match[1]).join(' ')} `,
    )
    .replace(/<[^>]*>/g, '')
    .replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] ?? '');

/** Without what a format adds for its own sake: tags, escapes, line ends. */
const bare = (format: Telling, text: string): string =>
  (format === 'html' || format === 'junit' ? withoutMarkup(text) : text)
    .replace(/[\\`*|]/g, '')
    .replace(/\s+/g, ' ');
const plain = (text: string): string => bare('text', escapeLine(text)).trim();

const judged = async (name: string): Promise<CheckReport> =>
  judgeBundle(await readBundle(join(bundles, name)));

const render = (format: ReportFormat, report: CheckReport): string =>
  renderReport(format, report, { color: 'none', unicode: 'utf8', width: 100_000 });

const holds = (rule: Carried, finding: Finding, report: CheckReport): boolean =>
  rule === 'all' || (typeof rule === 'function' && rule(finding, report));

const factsOf = (format: Telling, finding: Finding, report: CheckReport): readonly string[] => {
  const table = carried[format];
  const has = (fact: keyof typeof table): boolean => holds(table[fact], finding, report);
  const proof = format === 'text' ? finding.evidence.slice(0, PROOF_IN_TEXT) : finding.evidence;
  return [
    ...(has('rule') ? [finding.rule] : []),
    ...(has('severity') ? [finding.severity] : []),
    ...(has('nodes') ? [finding.subject.nodes.join(', ')] : []),
    ...(has('title') ? [finding.title] : []),
    ...(has('evidence')
      ? proof.flatMap((evidence) => [
          `${evidence.node}: ${evidence.source}`,
          ...evidence.quote
            .split('\n')
            .map((line) => (format === 'text' ? line.trim().slice(0, LINE_IN_TEXT) : line)),
        ])
      : []),
    ...(has('remedy') ? [finding.remedy.text] : []),
    ...(has('commands') ? finding.remedy.commands.map(({ node, command }) => `${node}$ ${command}`) : []),
  ];
};

describe.each(names)('%s', (name) => {
  it.each(Object.keys(carried) as readonly Telling[])('as %s', async (format) => {
    const report = await judged(name);
    const text = bare(format, render(format, report));
    const expected = [
      report.headline,
      ...report.findings.flatMap((finding) => factsOf(format, finding, report)),
      ...(tellsLadder.includes(format)
        ? report.reachability.filter((reach) => !isSilent(reach)).map((reach) => fateOf(reach).short)
        : []),
      ...(tellsOpen.includes(format)
        ? report.verdicts
            .filter((verdict) =>
              format === 'junit' ? verdict.result === 'not-evaluated' : leavesOpen(verdict),
            )
            .flatMap((verdict) => [verdict.rule, verdict.reason ?? ''])
        : []),
      ...(tellsOpen.includes(format) && format !== 'junit' ? report.gaps : []),
      ...(tellsCleared.includes(format)
        ? report.verdicts.filter((verdict) => verdict.result === 'clear').map((verdict) => verdict.rule)
        : []),
    ];
    expect(expected.map(plain).filter((fact) => !text.includes(fact))).toEqual([]);
    if (format !== 'nagios') expect(text.toLowerCase()).toContain(report.verdict);
  });

  it('as json and ndjson: the report itself', async () => {
    const report: unknown = JSON.parse(JSON.stringify(await judged(name)));
    expect(JSON.parse(render('json', await judged(name)))).toEqual(report);
    const lines = render('ndjson', await judged(name))
      .trimEnd()
      .split('\n')
      .map((line): Record<string, unknown> => JSON.parse(line));
    const of = (kind: string): readonly object[] =>
      lines.filter((line) => line.kind === kind).map(({ kind: _, ...rest }) => rest);
    expect({
      ...lines[0],
      clusters: of('cluster'),
      nodes: of('node'),
      reachability: of('reachability'),
      findings: of('finding'),
      accepted: of('accepted'),
      verdicts: of('verdict'),
      timeline: of('heard'),
      history: of('logged'),
    }).toEqual(report);
  });

  it('as junit: one case for each rule, found is a failure, not evaluated is skipped with its reason', async () => {
    const report = await judged(name);
    const xml = render('junit', report);
    const cases = [
      ...xml.matchAll(/<testcase [^>]*name="([^"]*)"[^>]*?(?:\/>|>([\s\S]*?)<\/testcase>)/g),
    ].map(([, rule, body]) => ({
      rule,
      result:
        body === undefined
          ? 'clear'
          : /^\s*<failure/.test(body)
            ? 'found'
            : /^\s*<skipped/.test(body)
              ? 'not-evaluated'
              : '?',
      ...(/^\s*<skipped message="([^"]+)"/.exec(body ?? '') === null
        ? {}
        : { reason: withoutMarkup(/^\s*<skipped message="([^"]+)"/.exec(body ?? '')?.[1] ?? '') }),
    }));
    expect(cases).toEqual(
      report.verdicts.map(({ rule, result, reason }) => ({
        rule,
        result,
        ...(result === 'not-evaluated' ? { reason: escapeLine(reason ?? '') } : {}),
      })),
    );
  });

  it('as nagios: the counts are those of the report, and the performance data is valid', async () => {
    const report = await judged(name);
    const line = render('nagios', report);
    const [words = '', data = '', ...more] = line.trimEnd().split('|');
    expect(more).toEqual([]);
    expect(words).toMatch(
      new RegExp(`^VIPDOCTOR ${['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'][nagiosCode(report.verdict)]} - `),
    );
    // 'label'=value[UOM];[warn];[crit];[min];[max] of the Monitoring Plugins guidelines
    const range = String.raw`@?(?:~|-?\d+(?:\.\d+)?)?:?(?:-?\d+(?:\.\d+)?)?`;
    const measures = [...data.trim().matchAll(/(?:'((?:[^'=]|'')+)'|([^'= ]+))=(\S+)/g)].map(
      (match) => [match[1] ?? match[2] ?? '', match[3] ?? ''] as const,
    );
    for (const [label, value] of measures)
      expect(value, label).toMatch(
        new RegExp(
          String.raw`^-?\d+(?:\.\d+)?(?:s|us|ms|%|[KMGT]?B|c)?(?:;${range}(?:;${range}(?:;-?[\d.]*(?:;-?[\d.]*)?)?)?)?$`,
        ),
      );
    expect(new Set(measures.map(([label]) => label)).size, 'labels are unique').toBe(measures.length);
    const numbers = new Map(measures.map(([label, value]) => [label, Number.parseFloat(value)]));
    for (const severity of ['critical', 'high', 'medium', 'low'] as const)
      expect(numbers.get(severity)).toBe(
        report.findings.filter((finding) => finding.severity === severity).length,
      );
    expect(numbers.get('unreachable')).toBe(report.nodes.filter((node) => !node.reachable).length);
    expect([...numbers.keys()].filter((label) => label.startsWith('masters_'))).toHaveLength(
      report.clusters.length,
    );
  });
});

it('no format tells of a finding that is not in the report', async () => {
  for (const name of names) {
    const report = await judged(name);
    const absent = report.verdicts.filter(
      (verdict) => verdict.result === 'clear' && !report.findings.some((one) => one.rule === verdict.rule),
    );
    const articles = [...render('html', report).matchAll(/<article id="([^"]+)"/g)].map((match) => match[1]);
    expect(articles.sort()).toEqual(report.findings.map((_, at) => `finding-${at + 1}`).sort());
    const told = [...render('markdown', report).matchAll(/^Rule `([^`]+)`/gm)].map((match) => match[1] ?? '');
    expect(absent.filter((verdict) => told.includes(verdict.rule))).toEqual([]);
    expect([...told].sort()).toEqual(
      report.findings
        .filter(isRoot)
        .map((finding) => finding.rule)
        .sort(),
    );
  }
});
