// How the nodes of a run were reached, as the command line said it, so that a later run can reach them again: only the
// options that say where and how, with absolute paths, and no secrets.
import { resolve } from 'node:path';
import { z } from 'zod';
import type { ParsedArguments } from './argument-values.ts';

const words = ['host', 'identity'] as const;
const paths = ['inventory', 'lab-inventory', 'known-hosts'] as const;
const plain = ['group', 'user', 'jump', 'host-key-checking', 'transport', 'timeout'] as const;

const accessSchema = z.record(z.string(), z.union([z.string(), z.boolean(), z.array(z.string())]));

export type Access = z.infer<typeof accessSchema>;

export const accessOf = (parsed: ParsedArguments): Access => {
  const access: Access = {};
  for (const name of words) {
    const given = [parsed[name], name === 'host' ? parsed['--'] : undefined].flat();
    const texts = given.filter((item): item is string => typeof item === 'string');
    if (texts.length > 0) access[name] = name === 'identity' ? texts.map((path) => resolve(path)) : texts;
  }
  for (const name of paths) {
    const given = [parsed[name]].flat().at(-1);
    if (typeof given === 'string') access[name] = resolve(given);
  }
  for (const name of plain) {
    const given = [parsed[name]].flat().at(-1);
    if (typeof given === 'string') access[name] = given;
  }
  if (parsed['ask-sudo-pass'] === true) access['ask-sudo-pass'] = true;
  return access;
};

/** Undefined when it is not what was written. */
export const readAccess = (value: unknown): Access | undefined => {
  const parsed = accessSchema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
};
