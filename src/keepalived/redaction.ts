/**
 * Masks passwords and keys in raw text before it is shown or stored: configurations, JSON and data dumps, logs
 * and environments. Knows where secrets stand in each; replaces them by `redacted:<fingerprint>:<length>`, which
 * the configuration model reads back, so that a masked configuration gives the same model. Prefers to mask too
 * much. The fingerprint comes from a function it is given and must hold no blanks and none of `: # ! { } " $`.
 */
import { losesEscapedSigns } from './config-lines.ts';
import { effectivePassword, type Fingerprint, formatRedacted, readRedacted } from './secrets.ts';
import { readList } from './sequences.ts';
import type { KeepalivedVersion } from './version.ts';

export interface RedactionOptions {
  /** Given the 8 bytes that go on the wire; for an HMAC key, the bytes of the key as written. */
  readonly fingerprintOf: Fingerprint;
  /** Names of definitions known to be secret from other files (secretDefinitionNames). */
  readonly definitionNames?: readonly string[];
  /** The keepalived that reads the configuration; a current one when absent. */
  readonly version?: KeepalivedVersion;
}

interface Masking {
  readonly options: RedactionOptions;
  readonly secretNames: ReadonlySet<string>;
  /** Of these, the ones used by HMAC keys, whose fingerprint counts every byte. */
  readonly keyNames: ReadonlySet<string>;
  readonly definitions: ReadonlyMap<string, string>;
  readonly hasHmac: 'yes' | 'no';
}

/** Tokens a value may be made of: quoted text, a `${…}` use (which may hold blanks), anything but blanks. */
const definitionLine = /^(\s*(?:@\S+\s+)?\$([A-Za-z_]\w*)=[ \t]*)(.*)$/s;
const passwordKeyword = /(^|[^\w$])auth_pass([ \t]+)/;
const secretName = /pass|secret|key/i;

export function redactConfigText(text: string, options: RedactionOptions): string {
  const lines = text.split(/(\r?\n|\0)/);
  const names = findSecretNames(lines, options);
  const masking: Masking = {
    options,
    ...names,
    definitions: findDefinitions(lines, options.version),
    hasHmac: /\bauth_hmac\b/.test(text) ? 'yes' : 'no',
  };
  return lines.map((line, index) => (index % 2 === 1 ? line : redactLine(line, masking))).join('');
}

function redactLine(line: string, masking: Masking): string {
  let masked = line;
  const definition = definitionLine.exec(masked);
  if (/^\s*~LST/.test(masked)) masked = redactList(masked, masking);
  if (passwordKeyword.test(masked)) masked = redactPasswordLine(masked, masking);
  else if (definition !== null) masked = redactDefinition(masked, definition, masking);
  else masked = redactEnvironment(masked, masking);
  if (masking.hasHmac === 'yes') masked = redactKeys(masked, masking);
  masked = masked.replace(
    /("auth_data"\s*:\s*")((?:[^"\\]|\\.)*)/g,
    (_whole, before: string, value: string) => {
      return before + maskOr(unescapeJson(value), masking, value);
    },
  );
  return masked.replace(
    /(\bPassword = )(.*)$/,
    (_whole, before: string, value: string) => before + maskOr(value, masking, value),
  );
}

/** The mask for a password; `kept` when there is nothing to hide. */
function maskOr(password: string, masking: Masking, kept: string): string {
  if (password === '' || /^\*+$/.test(password) || readRedacted(password) !== undefined) return kept;
  return mask(password, masking);
}

function mask(password: string, masking: Masking): string {
  const length = new TextEncoder().encode(password).length;
  return formatRedacted(masking.options.fingerprintOf(effectivePassword(password)), length);
}

function maskKey(key: string, masking: Masking): string {
  const bytes = new TextEncoder().encode(key);
  return formatRedacted(masking.options.fingerprintOf(bytes), bytes.length);
}

function unescapeJson(text: string): string {
  try {
    const value: unknown = JSON.parse(`"${text}"`);
    return typeof value === 'string' ? value : text;
  } catch {
    return text;
  }
}

function redactPasswordLine(line: string, masking: Masking): string {
  const match = passwordKeyword.exec(line);
  if (match === null) return line;
  const valueAt = match.index + match[0].length;
  return line.slice(0, valueAt) + redactValue(line.slice(valueAt), masking);
}

/**
 * Masks the first word of `rest` as keepalived would take it, and drops what else stands there (further words,
 * comments), because it is often part of the password; braces and a continuing backslash stay.
 */
function redactValue(rest: string, masking: Masking): string {
  const { word, quoted, after, escaped } = takeWord(rest, masking.options.version);
  const commentAt = findComment(after);
  const cut = escaped === 'cuts' ? '\\#' : '#';
  const glued = quoted === 'none' && (commentAt === 0 || escaped === 'cuts') && word !== '' ? cut : '';
  const code = commentAt < 0 ? after : after.slice(0, commentAt);
  const brace = code.search(/[{}]/);
  const braces =
    brace < 0
      ? ''
      : ` ${code.slice(brace).replace(/^([{}]+).*$/s, (whole, run: string) => keepStructure(whole, run))}`;
  const continued = commentAt < 0 && /\\\s*$/.test(code) ? ' \\' : '';
  const structure = continued !== '' ? braces.replace(/\s*\\\s*$/, '') : braces;
  return maskWord(word, masking) + glued + structure + continued;
}

/** What stands behind a closing brace is configuration again; what is glued to one may be part of a password. */
function keepStructure(whole: string, run: string): string {
  const behind = whole.slice(run.length);
  return /^\s|^$/.test(behind) ? whole : run;
}

function maskWord(word: string, masking: Masking): string {
  if (word === '') return '';
  if (/^\$(?:\w+|\{\w+(?:\s+\w+)*\})$/.test(word)) return word;
  if (!word.includes('$')) return maskOr(word, masking, word);
  return mask(expand(word, masking.definitions), masking);
}

function expand(word: string, definitions: ReadonlyMap<string, string>): string {
  let text = word;
  for (let round = 0; round < 20; round++) {
    const next = text.replace(/\$(?:\{(\w+)\}|(\w+)$)/g, (whole, braced?: string, plain?: string) => {
      return definitions.get(braced ?? plain ?? '') ?? whole;
    });
    if (next === text || next.length > 4096) return text;
    text = next;
  }
  return text;
}

interface Word {
  readonly word: string;
  readonly quoted: 'double' | 'none';
  /** `cuts`: an escaped comment sign ended the word, see losesEscapedSigns. */
  readonly escaped: 'cuts' | 'none';
  readonly after: string;
}

function takeWord(rest: string, version: KeepalivedVersion | undefined): Word {
  if (rest.startsWith('"')) {
    const close = rest.indexOf('"', 1);
    if (close < 0) return { word: rest.slice(1).trim(), quoted: 'double', escaped: 'none', after: '' };
    return { word: rest.slice(1, close), quoted: 'double', escaped: 'none', after: rest.slice(close + 1) };
  }
  const run = /^(?:\$\{[^}]*\}|\\[#!]|[^\s"#!{}])*/.exec(rest)?.[0] ?? '';
  // A continuing backslash glued to the word is not part of it.
  const end = /^[^\s]*\\$/.test(rest) && run.endsWith('\\') ? run.length - 1 : run.length;
  const text = run.slice(0, end);
  const sign = text.search(/\\[#!]/);
  if (sign >= 0 && losesEscapedSigns(version))
    return { word: text.slice(0, sign), quoted: 'none', escaped: 'cuts', after: '' };
  return { word: text.replace(/\\([#!])/g, '$1'), quoted: 'none', escaped: 'none', after: rest.slice(end) };
}

/** Index of the comment sign in `text`, or -1; double quotes and backslashes protect. */
function findComment(text: string): number {
  let state: 'outside' | 'quoted' = 'outside';
  for (let index = 0; index < text.length; index++) {
    const char = text.charAt(index);
    if (char === '\\') index++;
    else if (char === '"') state = state === 'quoted' ? 'outside' : 'quoted';
    else if (state === 'outside' && (char === '#' || char === '!')) return index;
  }
  return -1;
}

function redactDefinition(line: string, match: RegExpExecArray, masking: Masking): string {
  const [, before = '', name = '', value = ''] = match;
  if (!isSecretDefinition(name, value, masking.secretNames)) return line;
  if (/^(?:[~@$\\]|$)/.test(value)) return line;
  if (masking.keyNames.has(name)) {
    const { word } = takeWord(value, masking.options.version);
    if (readRedacted(word) !== undefined || word.startsWith('file:')) return line;
    return before + maskKey(word, masking);
  }
  return before + redactValue(value, masking);
}

function isSecretDefinition(name: string, value: string, secretNames: ReadonlySet<string>): boolean {
  if (secretNames.has(name)) return true;
  if (!secretName.test(name)) return false;
  // `$KEY_ID=1` numbers a key; it is none.
  return /pass|secret/i.test(name) || !/^\d{1,3}\s*$/.test(value);
}

function redactList(line: string, masking: Masking): string {
  const text = line.trimStart();
  const reading = readList(text);
  if ('problem' in reading) return line;
  const { names, steps, bodyAt } = reading.repetition;
  if (!names.some((name) => isSecretDefinition(name, 'x', masking.secretNames))) return line;
  const group = (words: readonly string[]): string =>
    words.length === 1 ? (words[0] ?? '') : `{${words.join(',')}}`;
  const values = [...steps].map((step) =>
    group(
      step.map(([name, value]) =>
        isSecretDefinition(name, value, masking.secretNames) ? maskOr(value, masking, value) : value,
      ),
    ),
  );
  return `${line.slice(0, line.length - text.length)}~LST(${[group(names), ...values].join(',')}) ${text.slice(bodyAt)}`;
}

/** `key ID VALUE` of auth_hmac; a `file:` reference is no secret. */
function redactKeys(line: string, masking: Masking): string {
  return line.replace(
    /(^|[\s{#!])(key[ \t]+\S+[ \t]+)("[^"]*"|[^\s"}#!]+)/g,
    (whole, lead: string, before: string, word: string) => {
      const value = word.startsWith('"') ? word.slice(1, -1) : word;
      if (value === '' || /^(?:file:|\$)/.test(value) || readRedacted(value) !== undefined) return whole;
      const bytes = new TextEncoder().encode(value);
      return lead + before + formatRedacted(masking.options.fingerprintOf(bytes), bytes.length);
    },
  );
}

/** `KEEPALIVED_PASSWORD=…`, `PASSWORD: …`: to the end of the line when the name begins it, else to a blank. */
function redactEnvironment(line: string, masking: Masking): string {
  const whole =
    /^(\s*(?:-\s+|export\s+)?["']?[A-Z0-9_]*(?:PASSWORD|PASSWD|PASS|SECRET)[A-Z0-9_]*\s*[=:]\s*)(.+)$/s.exec(
      line,
    );
  if (whole?.[1] !== undefined && whole[2] !== undefined)
    return whole[1] + maskOr(unquote(whole[2]), masking, whole[2]);
  return line.replace(
    /(\b[A-Z0-9_]*(?:PASSWORD|PASSWD|PASS|SECRET)[A-Z0-9_]*=)("[^"]*"|'[^']*'|[^\s"']+)/g,
    (_match, before: string, value: string) => before + maskOr(unquote(value), masking, value),
  );
}

function unquote(value: string): string {
  const match = /^(["'])(.*)\1\s*$/s.exec(value.trim());
  return match?.[2] ?? value.trim().replace(/["']$/, '');
}

function findDefinitions(
  lines: readonly string[],
  version: KeepalivedVersion | undefined,
): ReadonlyMap<string, string> {
  const definitions = new Map<string, string>();
  for (const line of lines) {
    const match = definitionLine.exec(line);
    if (match?.[2] !== undefined) definitions.set(match[2], takeWord(match[3] ?? '', version).word);
  }
  return definitions;
}

/** Definitions whose value becomes a password or key, directly or through other definitions. */
function findSecretNames(
  lines: readonly string[],
  options: RedactionOptions,
): Pick<Masking, 'secretNames' | 'keyNames'> {
  const inPasswords = lines.flatMap((line) => {
    const password = passwordKeyword.exec(line);
    return password === null ? [] : usesIn(line.slice(password.index + password[0].length));
  });
  const inKeys = lines.flatMap((line) => {
    const key = /(?:^|[\s{])key[ \t]+\S+[ \t]+(\S*\$.*)$/.exec(line);
    return key?.[1] === undefined ? [] : usesIn(key[1]);
  });
  const passwordNames = withInner(inPasswords, lines);
  const keyNames = withInner(inKeys, lines);
  return {
    secretNames: new Set([...(options.definitionNames ?? []), ...passwordNames, ...keyNames]),
    keyNames: new Set([...keyNames].filter((name) => !passwordNames.has(name))),
  };
}

function usesIn(text: string): readonly string[] {
  return [...text.matchAll(/\$\{?([A-Za-z_]\w*)/g)].flatMap((use) => (use[1] === undefined ? [] : [use[1]]));
}

/** The names, and those used in the values of these. */
function withInner(start: readonly string[], lines: readonly string[]): ReadonlySet<string> {
  const names = new Set(start);
  for (let before = -1; before !== names.size; ) {
    before = names.size;
    for (const line of lines) {
      const match = definitionLine.exec(line);
      if (match?.[2] !== undefined && names.has(match[2]))
        for (const name of usesIn(match[3] ?? '')) names.add(name);
    }
  }
  return names;
}
