/**
 * Judges a whole configuration as keepalived would: the file is read as its four processes read it (parent,
 * checkers, VRRP, BFD), each knowing its own keywords. Knows which blocks belong to whom; the node itself (which
 * interfaces, users and files exist) is taken to be in order.
 */
import { type ConfigSources, openConfig } from '../config-lines.ts';
import { type ConfigProblem, type SourceLine, tokenize } from '../source-line.ts';
import { type KeepalivedVersion, usualVersion } from '../version.ts';
import { bfdKeyword, bfdReferences } from './bfd-keywords.ts';
import { countBraces, type RootKeyword, type WalkOptions, walk } from './block-walk.ts';
import { type Complain, type Complaint, type Verdict, verdictOf } from './complaint.ts';
import { defaultGlobals, globalKeywords } from './global-keywords.ts';
import { makeBuilders } from './keyword.ts';
import { checkScriptSecurity } from './script-security.ts';
import { serverGroup } from './server-group.ts';
import { completeServices } from './service-completion.ts';
import { emptyLvs, type LvsFacts } from './service-facts.ts';
import { fileKeywords } from './tracking-keywords.ts';
import { virtualServer } from './virtual-server.ts';
import { completeVrrp } from './vrrp-completion.ts';
import { emptyVrrp } from './vrrp-facts.ts';
import { vrrpKeywords } from './vrrp-keywords.ts';
import type { ConfigLine } from './words.ts';

export interface ValidationInput extends ConfigSources {
  /** Whether a line holds, or may hold, part of a password. */
  readonly isSecret: (line: SourceLine) => boolean;
}

export interface Validation {
  readonly verdict: Verdict;
  /** In the order of files and lines, each said once. */
  readonly complaints: readonly Complaint[];
  readonly files: readonly string[];
  readonly version: KeepalivedVersion;
}

export function validateConfig(input: ValidationInput): Validation {
  const version = input.version ?? usualVersion;
  const complaints = new Map<string, Complaint>();
  const complain: Complain = (at, weight, rule, message, suggestion) => {
    const key = `${at.file}\0${at.line}\0${at.column}\0${rule}\0${message}`;
    if (complaints.has(key) || complaints.size >= 2000) return;
    const { file, line, column } = at;
    complaints.set(key, {
      file,
      line,
      column,
      rule,
      weight,
      message,
      ...(suggestion === undefined ? {} : { suggestion }),
    });
  };
  const reader = openConfig({ ...input, version });
  const problems: ConfigProblem[] = [];
  const lines: ConfigLine[] = [];
  // A brace within a password splits it: what follows on the same line of the file is secret too.
  const secretLines = new Set<string>();
  for (let source = reader.next(); source !== undefined; source = reader.next()) {
    const words = tokenize(source, (problem) => problems.push(problem));
    const [first] = words;
    if (first === undefined) continue;
    const { file, line, column } = first;
    const written = `${source.file}:${source.line}`;
    if (input.isSecret(source)) secretLines.add(written);
    const privacy = secretLines.has(written) ? 'secret' : 'open';
    lines.push({ file, line, column, words, source, privacy });
  }
  for (const problem of [...reader.problems, ...problems])
    complain(problem, weightOf(problem), problem.code, problem.message);
  countBraces(lines, complain);
  judge({ lines, version, complain });
  checkScriptSecurity(complain, lines, version);

  const order = new Map(reader.files.map((file, index) => [file, index]));
  const sorted = [...complaints.values()].sort(
    (one, other) =>
      (order.get(one.file) ?? 0) - (order.get(other.file) ?? 0) ||
      one.line - other.line ||
      one.column - other.column,
  );
  return { verdict: verdictOf(sorted), complaints: sorted, files: reader.files, version };
}

/** How much a fault of the text itself weighs for keepalived (lib/parser.c). */
function weightOf({ code, severity }: ConfigProblem): Complaint['weight'] {
  const fatal = [
    'file-unreadable',
    'include-matches-nothing',
    'include-without-file',
    'include-too-deep',
    'too-many-lines',
  ];
  if (severity === 'error' && fatal.includes(code)) return 'refuses';
  if (code === 'embedded-nul' || code === 'line-too-long' || code === 'substitution-too-long')
    return 'silent';
  if (severity === 'error') return 'objects';
  return severity === 'warning' ? 'silent' : 'advice';
}

/** Keywords of one process stand among the names of all others, whose blocks it passes over. */
function among(active: readonly RootKeyword[], others: readonly RootKeyword[]): readonly RootKeyword[] {
  const names = new Set(active.map(({ name }) => name));
  const passed = others
    .filter(({ name }) => !names.has(name))
    .map((keyword): RootKeyword => ({ ...keyword, reading: 'inactive' }));
  return [...active, ...passed];
}

function judge(options: WalkOptions): void {
  const { complain } = options;
  const globals = defaultGlobals();
  const vrrp = emptyVrrp();
  const lvs = emptyLvs();
  const forParent = globalKeywords(complain, globals);
  const forCheckers = [
    ...lvsKeywords(complain, lvs),
    ...fileKeywords(complain, lvs.files),
    bfdReferences(complain, lvs.bfds, 'checkers'),
  ];
  const forVrrp = [
    ...vrrpKeywords(complain, vrrp, globals),
    bfdReferences(complain, vrrp.trackables.bfd, 'vrrp'),
  ];
  const forBfd = [bfdKeyword(complain)];
  const every = [...forParent, ...forCheckers, ...forVrrp];
  if (walk(among(forParent, every), options) === 'stopped') return;
  if (walk(among(forCheckers, every), options) === 'stopped') return;
  completeServices(complain, lvs);
  if (walk(among(forVrrp, every), options) === 'stopped') return;
  completeVrrp(complain, vrrp, { globals, version: options.version });
  walk(among(forBfd, every), options);
}

function lvsKeywords(complain: Complain, facts: LvsFacts): readonly RootKeyword[] {
  const build = makeBuilders(complain);
  const seen = new Set<string>();
  const file = (name: string) =>
    build.text(name, (_value, line) => {
      if (seen.has(name))
        complain(line, 'objects', 'set-twice', `SSL ${name} is already set; keepalived replaces it`);
      seen.add(name);
    });
  return [
    {
      name: 'SSL',
      reading: 'active',
      take: (line) => {
        if (facts.ssl === 'set')
          complain(line, 'objects', 'set-twice', 'SSL is already given; keepalived replaces it');
        facts.ssl = 'set';
        seen.clear();
        return undefined;
      },
      block: ['password', 'ca', 'certificate', 'key'].map(file),
    },
    serverGroup(complain, facts),
    virtualServer(complain, facts),
  ];
}
