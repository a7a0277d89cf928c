// keepalived.conf files of this machine, as configurations of nodes: read with their includes, passwords replaced by
// fingerprints before anything looks at them, and each given the name of a node. It judges nothing.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, isAbsolute, join, resolve } from 'node:path';
import type { Sheet } from '../cluster/paper.ts';
import { configFiles } from '../evidence/config-files.ts';
import { createRedactor, type MaskedFile, type Redactor } from '../evidence/redaction.ts';
import { buildConfig, type KeepalivedConfig } from '../keepalived/config-model.ts';
import { type ConfigSources, type FileReading, parseConfig } from '../keepalived/config-tree.ts';
import type { KeepalivedVersion } from '../keepalived/version.ts';
import { OperationError, reasonOf, UsageError } from './faults.ts';

/** Longer files are no configuration; keepalived's own are a few kilobytes. */
const largestBytes = 16 * 1024 * 1024;

export const isFile = (path: string): boolean => {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

/** `NAME=FILE` names the node itself. */
const splitName = (argument: string): { readonly name?: string; readonly path: string } => {
  const match = /^([\w.-]+)=(.+)$/s.exec(argument);
  return match?.[1] === undefined || match[2] === undefined || isFile(argument)
    ? { path: argument }
    : { name: match[1], path: match[2] };
};

export const looksLikeFile = (argument: string): boolean => {
  const { path } = splitName(argument);
  return isFile(path) || path.includes('/') || /\.(?:conf|cfg|txt)$/.test(path);
};

const readText = (path: string): FileReading => {
  try {
    const found = statSync(path);
    if (!found.isFile()) return { problem: 'it is not a regular file', kind: 'unreadable' };
    if (found.size > largestBytes)
      return { problem: 'it is too large for a configuration', kind: 'unreadable' };
    return { text: readFileSync(path, 'utf8') };
  } catch (error) {
    const absent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return { problem: reasonOf(error), kind: absent ? 'absent' : 'unreadable' };
  }
};

/** Files below a folder that a pattern could mean: as many levels as the pattern has from its first wildcard on. */
const candidates = (pattern: string): readonly string[] => {
  const parts = pattern.split('/');
  const first = parts.findIndex((part) => /[*?[]/.test(part));
  if (first < 0) return isFile(pattern) ? [pattern] : [];
  let folders = [parts.slice(0, first).join('/') || '/'];
  for (let level = first; level < parts.length; level += 1)
    folders = folders.flatMap((folder) => {
      try {
        return readdirSync(folder).map((name) => join(folder, name));
      } catch {
        // Not a folder, or not ours to read: nothing in it matches.
        return [];
      }
    });
  return folders.filter(isFile);
};

const matching = (pattern: string, relativeToDir: string): readonly string[] => {
  const absolute = isAbsolute(pattern) ? pattern : resolve(relativeToDir, pattern);
  const found = new Map(candidates(absolute).map((path) => [path, '']));
  return configFiles(found).glob(absolute, '/');
};

/**
 * The configuration for judging what keepalived makes of it: passwords are masked where they are set and nowhere else,
 * for a label or a name that happens to contain one must stay what it is.
 */
interface AsWritten {
  readonly sources: ConfigSources;
  readonly config: KeepalivedConfig;
  /** Whether a text of it holds a password that is set in one of the files: it must not be quoted. */
  readonly holdsSecret: (text: string) => boolean;
}

/** A file with the name it was given by, and the way to read it once more, passwords masked wherever they stand. */
export interface FileSheet extends Sheet {
  readonly given: string;
  readonly sources: ConfigSources;
  readonly asWritten: AsWritten;
}

export interface SheetOptions {
  /** Text of the file `-`. */
  readonly stdin?: string;
  /** Which keepalived reads the files. */
  readonly version?: KeepalivedVersion;
}

interface Reader extends SheetOptions {
  readonly redactor: Redactor;
}

/** Passwords are masked where they are set. */
const holdsMask = (text: string): boolean => /redacted:[^:\s]+:\d/.test(text);

const readSheet = (path: string, node: string, { redactor, stdin, version }: Reader): FileSheet => {
  const absolute = path === '-' ? path : resolve(path);
  const readAny = (asked: string): FileReading =>
    asked === '-' && stdin !== undefined ? { text: stdin } : readText(asked);
  const first = readAny(absolute);
  if ('problem' in first) throw new OperationError(`${path} could not be read: ${first.problem}`);
  const files = new Map<string, MaskedFile>();
  const readMasked = (asked: string): MaskedFile | Exclude<FileReading, { text: string }> => {
    const known = files.get(asked);
    if (known !== undefined) return known;
    const reading = readAny(asked);
    if ('problem' in reading) return reading;
    const file = redactor.configuration(node, asked, reading.text);
    files.set(asked, file);
    return file;
  };
  const sourcesOf = (masked: keyof MaskedFile): ConfigSources => ({
    path: absolute,
    configId: node,
    read: (asked) => {
      const reading = readMasked(asked);
      return 'problem' in reading ? reading : { text: reading[masked] };
    },
    glob: matching,
    ...(version === undefined ? {} : { version }),
  });
  const modelOf = (sources: ConfigSources): KeepalivedConfig =>
    buildConfig(parseConfig(sources), { fingerprint: () => 'not-redacted' });
  const sources = sourcesOf('everywhere');
  const config = modelOf(sources);
  const written = sourcesOf('inPlace');
  const isSame = [...files.values()].every(({ everywhere, inPlace }) => everywhere === inPlace);
  const asWritten: AsWritten = {
    sources: written,
    config: isSame ? config : modelOf(written),
    holdsSecret: (text) => holdsMask(text) || redactor.hide(text) !== text,
  };
  return { node, config, given: path, sources, asWritten, ...(version === undefined ? {} : { version }) };
};

const stem = (path: string): string => basename(path, extname(path));
const isTelling = (name: string): boolean =>
  name !== '' && name !== '/' && name !== '.' && name !== 'keepalived';

const areTelling = (names: readonly string[]): boolean =>
  names.every(isTelling) && new Set(names).size === names.length;

/** Nodes are told apart by file name, else by folder, else by router_id, else by the path as given. */
const nameNodes = (paths: readonly string[], routerIds: readonly string[]): readonly string[] => {
  const choices = [paths.map(stem), paths.map((path) => basename(dirname(resolve(path)))), routerIds];
  return choices.find(areTelling) ?? paths;
};

/** @throws {UsageError | OperationError} */
export const readSheets = (files: readonly string[], options: SheetOptions = {}): readonly FileSheet[] => {
  const split = files.map(splitName);
  // One key for all files: equal passwords have equal fingerprints.
  const reader = { ...options, redactor: createRedactor() };
  const paths = split.map(({ path }) => path);
  const twice = paths.find(
    (path, index) => paths.findIndex((other) => resolve(other) === resolve(path)) !== index,
  );
  if (twice !== undefined) throw new UsageError(`${twice} is named twice: each file is one node`);
  const stems = paths.map(stem);
  const drafts = areTelling(stems) ? [] : paths.map((path) => readSheet(path, stem(path), reader));
  const names = nameNodes(
    paths,
    drafts.map(({ config }) => config.globals.routerId?.value ?? ''),
  );
  const nodes = split.map(({ name }, index) => name ?? names[index] ?? paths[index] ?? '');
  if (new Set(nodes).size !== nodes.length)
    throw new UsageError('two files are the same node: name the nodes, as in n1=first.conf n2=second.conf');
  return paths.map((path, index) => readSheet(path, nodes[index] ?? path, reader));
};
