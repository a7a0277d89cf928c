// Picks a probe's answers apart for its reader: by part, round and what they are about. It knows the shapes many
// answers share (`grep -H` lines, JSON), not what they mean.
import type { Answer } from '../evidence/bundle.ts';
import type { Round } from './probe.ts';

export function answersTo(answers: readonly Answer[], part: string, round?: Round): readonly Answer[] {
  return answers.filter((answer) => answer.part === part && (round === undefined || answer.round === round));
}

export function answerTo(answers: readonly Answer[], part: string, round?: Round): Answer | undefined {
  return answersTo(answers, part, round)[0];
}

/** Why an answer is of no use, in words for the operator; undefined when it is. */
export function whyUseless(answer: Answer | undefined, subject: string): string | undefined {
  if (answer === undefined) return `${subject}: the node did not answer`;
  if (answer.exit === 'missing') return `${subject}: the node has no such program or file`;
  if (answer.exit === 'timeout') return `${subject}: took too long and was cut off`;
  if (answer.exit === 'lost') return `${subject}: the answer was cut off`;
  if (answer.truncated === 'yes') return `${subject}: the answer is too long and was cut off`;
  if (answer.exit !== 0)
    return `${subject}: failed with exit status ${answer.exit}: ${firstLine(answer.text)}`;
  return undefined;
}

export function firstLine(text: string): string {
  return (text.trim().split('\n')[0] ?? '').slice(0, 200);
}

/** `grep -H ''` over many files: `path:line`, in order. Lines without a path are left out. */
export function linesByPath(text: string): ReadonlyMap<string, readonly string[]> {
  const files = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon < 0 || !line.startsWith('/')) continue;
    const path = line.slice(0, colon);
    const lines = files.get(path);
    if (lines === undefined) files.set(path, [line.slice(colon + 1)]);
    else lines.push(line.slice(colon + 1));
  }
  return files;
}

/** Control characters that JSON allows nowhere as they are; iproute2 prints them so in aliases. */
const bareControls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g;

export function parseJson(text: string): unknown {
  const strict = text.replace(
    bareControls,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  try {
    return JSON.parse(strict);
  } catch {
    return undefined;
  }
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects of a JSON list; iproute2 prints `[{},{…}]` where it skipped entries. */
export function objectsIn(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function textField(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  return typeof value === 'string' ? value : undefined;
}

export function numberField(object: JsonObject, name: string): number | undefined {
  const value = object[name];
  return typeof value === 'number' ? value : undefined;
}

export function textList(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
