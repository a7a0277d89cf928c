// `vipdoctor lint`: from files to what keepalived would do with each, and where they disagree as the nodes of one
// cluster. It knows files, formats and exit codes; grammar and rules are elsewhere.
import { text as readStream } from 'node:stream/consumers';
import { buildPaperCluster } from '../cluster/paper.ts';
import { validateConfig } from '../keepalived/validation/validate.ts';
import { type KeepalivedVersion, parseVersion, usualVersion } from '../keepalived/version.ts';
import { compareLint, composeLint, type JudgedFile } from '../lint/compose.ts';
import type { LintReport } from '../lint/document.ts';
import { renderLintJunit } from '../lint/junit.ts';
import { renderLintSarif } from '../lint/sarif.ts';
import { openSourceText, type SourceText } from '../lint/source-text.ts';
import { renderLintText } from '../lint/text.ts';
import { dayOf, type Tolerance } from '../report/acceptance.ts';
import { countedOf, findingEntry, problemEntry } from '../report/baseline.ts';
import { escapeJson } from '../report/escape.ts';
import { severityRank } from '../report/story.ts';
import { rules } from '../rules/generated/index.ts';
import { judge } from '../rules/judge.ts';
import { type ParsedArguments, readChoice, readText, readTexts } from './argument-values.ts';
import { type FileSheet, readSheets } from './config-on-disk.ts';
import { UsageError } from './faults.ts';
import { lintFormats } from './lint-options.ts';
import { writeWhole } from './output-file.ts';
import { type FailLevel, readFailLevel, readOutput } from './output-options.ts';
import { readAccepted, readEarlier } from './settled-options.ts';
import type { Terminal } from './terminal.ts';
import { tool } from './tool.ts';

const readVersion = (parsed: ParsedArguments): KeepalivedVersion => {
  const asked = readText(parsed, 'keepalived-version');
  if (asked === undefined) return usualVersion;
  const version = parseVersion(asked);
  if (version === undefined)
    throw new UsageError(`--keepalived-version takes a release such as ${usualVersion.text}, not "${asked}"`);
  return version;
};

/** The parser drops a lone `-` from lists; here it is a file, unless it is the value of the option before it. */
const namesStdin = (argv: readonly string[]): boolean =>
  argv.some((word, index) => word === '-' && !/^-(?:o$|-[^=]*$)/.test(argv[index - 1] ?? ''));

const readFiles = async (
  parsed: ParsedArguments,
  argv: readonly string[],
  version: KeepalivedVersion,
): Promise<readonly FileSheet[]> => {
  const listed = [...readTexts(parsed, 'file'), ...readTexts(parsed, '--')].filter((word) => word !== '-');
  const words = [...listed, ...(namesStdin(argv) ? ['-'] : [])];
  if (words.length === 0)
    throw new UsageError('which files? Name one keepalived.conf, or that of every node; - is stdin');
  const fromStdin = words.filter((word) => word === '-' || word.endsWith('=-'));
  if (fromStdin.length > 1) throw new UsageError('stdin can be read once only');
  const stdin = fromStdin.length === 1 ? await readStream(process.stdin) : undefined;
  return readSheets(
    words.map((word) => (word === '-' ? 'stdin=-' : word)),
    { version, ...(stdin === undefined ? {} : { stdin }) },
  );
};

const judgeFile = ({ given, node, asWritten: { sources, config, holdsSecret } }: FileSheet): JudgedFile => ({
  given,
  path: sources.path,
  node,
  config,
  validation: validateConfig({ ...sources, isSecret: ({ text }) => holdsSecret(text) }),
});

const sourceOf = (sheets: readonly FileSheet[]): SourceText =>
  openSourceText((file) => {
    for (const { given, sources } of sheets) {
      const reading = sources.read(file === given ? sources.path : file);
      if ('text' in reading) return reading.text;
    }
    return undefined;
  });

const fails = (report: LintReport, failOn: FailLevel): boolean =>
  failOn !== 'never' &&
  countedOf(
    [
      ...report.findings.map(findingEntry),
      ...report.files.flatMap(({ node, problems }) => problems.map((one) => problemEntry(node, one))),
    ],
    report.baseline,
  ).some(({ severity }) => severityRank(severity) >= severityRank(failOn));

export const runLintCommand = async (
  parsed: ParsedArguments,
  terminal: Terminal,
  argv: readonly string[],
): Promise<number> => {
  const format = readChoice(parsed, 'format', { choices: lintFormats, fallback: 'text' });
  const failOn = readFailLevel(parsed);
  const { color, outputPath } = readOutput(parsed);
  const version = readVersion(parsed);
  const sheets = await readFiles(parsed, argv, version);
  const tolerance: Tolerance = {
    acceptances: await readAccepted(parsed),
    today: dayOf(new Date().toISOString()),
  };
  const baseline = await readEarlier(parsed, 'lint');
  const judged = judge(buildPaperCluster(sheets), rules, tolerance);
  const about = { tool, keepalivedVersion: version.text };
  const composed = composeLint(sheets.map(judgeFile), judged, about, tolerance);
  const report = compareLint(composed, judged.verdicts, baseline);
  const style = outputPath === undefined ? terminal.outStyle(color) : terminal.fileStyle(color);
  const text = {
    text: () => renderLintText(report, sourceOf(sheets), style),
    json: () => `${escapeJson(JSON.stringify(report, null, 2))}\n`,
    sarif: () => renderLintSarif(report),
    junit: () => renderLintJunit(report, failOn),
  }[format]();
  const code = fails(report, failOn) ? 1 : 0;
  terminal.settle?.(code);
  if (outputPath === undefined) await terminal.out(text);
  else await writeWhole(outputPath, text);
  return code;
};
