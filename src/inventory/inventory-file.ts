// An inventory file, whichever notation it is in: recognised by its content and handed to the reader of that
// notation. Loaded only when a file was given, because the readers bring whole libraries along.
import { dirname, isAbsolute, join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { selectAnsibleHosts } from './ansible.ts';
import { readAnsibleIni } from './ansible-ini.ts';
import { readAnsibleYaml } from './ansible-yaml.ts';
import { type DeclaredInventory, failedInventory, type InventoryFile } from './declared.ts';
import type { InventoryProblem } from './inventory.ts';
import type { Surroundings } from './reading.ts';
import { expandHome } from './ssh-tokens.ts';
import { readVipdoctorYaml } from './vipdoctor-yaml.ts';

export function readInventoryFile(
  around: Surroundings,
  given: string,
  group: string | undefined,
): DeclaredInventory {
  const path = expandHome(given, around.home);
  let text: string | undefined;
  try {
    text = around.readFile(path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return failedInventory({ file: path, message: `the inventory cannot be read: ${why}` });
  }
  if (text === undefined) return failedInventory({ file: path, message: 'there is no such inventory' });
  if (text.startsWith('$ANSIBLE_VAULT')) {
    const message =
      'the whole inventory is in a vault, which vipdoctor cannot open: decrypt it, or give the hosts on the command line';
    return failedInventory({ file: path, line: 1, message });
  }
  const file: InventoryFile = {
    path,
    text,
    resolvePath: (written) => {
      const expanded = expandHome(written, around.home);
      return isAbsolute(expanded) ? expanded : join(dirname(path), expanded);
    },
  };
  const notation = recogniseNotation(path, text);
  if (notation === 'vipdoctor') {
    if (group === undefined) return readVipdoctorYaml(file);
    return failedInventory({
      file: path,
      message: '--group is for Ansible inventories: this file has no groups',
    });
  }
  const groups = notation === 'ini' ? readAnsibleIni(text, path) : readAnsibleYaml(text, path);
  const selected = selectAnsibleHosts(groups, {
    file: path,
    resolvePath: file.resolvePath,
    ...(group !== undefined ? { group } : {}),
  });
  const beside = ['group_vars', 'host_vars'].filter(
    (name) => around.listDirectory(join(dirname(path), name)).length > 0,
  );
  const notes = beside.map((name): InventoryProblem => {
    const message = `the variables in ${name}/ beside it are not read: what they say about users, ports and keys goes on the command line or into ssh_config`;
    return { severity: 'note', file: path, message };
  });
  return { ...selected, problems: [...selected.problems, ...notes] };
}

type Notation = 'vipdoctor' | 'ansible-yaml' | 'ini';

/** By what is in it; the name of the file only decides what cannot be told from the text. */
export function recogniseNotation(path: string, text: string): Notation {
  const named = /\.(ya?ml|json)$/i.test(path) ? 'yaml' : /\.(ini|cfg)$/i.test(path) ? 'ini' : 'unknown';
  if (named === 'ini') return 'ini';
  const first = text.split(/\r?\n/).find((line) => line.trim() !== '' && !/^\s*[#;]/.test(line)) ?? '';
  if (named === 'unknown' && !/^(---|[\w.-]+:(\s|$)|\{)/.test(first)) return 'ini';
  if (/^["']?nodes["']?\s*:/m.test(text)) return 'vipdoctor';
  try {
    const top: unknown = parseYaml(text, { logLevel: 'silent' });
    if (typeof top === 'object' && top !== null && !Array.isArray(top)) {
      const values = Object.values(top as Readonly<Record<string, unknown>>);
      const isGroup = (value: unknown): boolean =>
        value === null ||
        (typeof value === 'object' && ['hosts', 'children', 'vars'].some((key) => key in value));
      if (!('nodes' in top) && values.length > 0 && values.every(isGroup)) return 'ansible-yaml';
    }
  } catch {
    // Whichever reader gets it will say where it is broken.
  }
  return /^\s*(hosts|children)\s*:/m.test(text) && !/^\s*(observer|defaults|netns)\s*:/m.test(text)
    ? 'ansible-yaml'
    : 'vipdoctor';
}
