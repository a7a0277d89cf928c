// The YAML notation of an Ansible inventory: groups that nest, each with `hosts`, `children` and `vars`.
import { isMap, isNode, isScalar, LineCounter, parseDocument, type YAMLMap } from 'yaml';
import { AnsibleBuilder, type AnsibleGroups, type AnsibleValue } from './ansible.ts';
import { nearestOf } from './edit-distance.ts';

interface Reading {
  readonly builder: AnsibleBuilder;
  lineOf(node: unknown): number;
}

const GROUP_KEYS = ['hosts', 'children', 'vars'];

export function readAnsibleYaml(text: string, file: string): AnsibleGroups {
  const builder = new AnsibleBuilder(file);
  const lines = new LineCounter();
  // Tags such as !vault are Ansible's own; the text behind them is not the value, and is not read.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  for (const error of document.errors) builder.complain(lines.linePos(error.pos[0]).line, error.message);
  const lineOf = (node: unknown): number =>
    isNode(node) && node.range ? lines.linePos(node.range[0]).line : 1;
  if (document.errors.length > 0) return builder.build();
  if (!isMap(document.contents)) {
    builder.complain(1, 'an Ansible inventory is a map of groups');
    return builder.build();
  }
  readChildren(document.contents, undefined, { builder, lineOf });
  return builder.build();
}

function readChildren(map: YAMLMap, parent: string | undefined, reading: Reading): void {
  for (const { key, value } of map.items) {
    const name = String(key);
    if (parent !== undefined) reading.builder.group(parent).children.add(name);
    reading.builder.group(name);
    if (isMap(value)) readGroup(name, value, reading);
    else if (value !== null && !(isScalar(value) && value.value === null)) {
      reading.builder.complain(
        reading.lineOf(key),
        `group ${name} is not a map with hosts, children or vars`,
      );
    }
  }
}

function readGroup(name: string, map: YAMLMap, reading: Reading): void {
  const { builder, lineOf } = reading;
  for (const { key, value } of map.items) {
    const word = String(key);
    if (!GROUP_KEYS.includes(word)) {
      const meant = nearestOf(word, GROUP_KEYS);
      builder.complain(
        lineOf(key),
        `unknown key ${JSON.stringify(word)} in group ${name}: ${meant ? `did you mean ${meant}?` : `known are ${GROUP_KEYS.join(', ')}`}`,
      );
      continue;
    }
    if (value === null || (isScalar(value) && value.value === null)) continue;
    if (!isMap(value)) {
      builder.complain(lineOf(key), `${word} of group ${name} is not a map`);
      continue;
    }
    if (word === 'children') readChildren(value, name, reading);
    else if (word === 'vars')
      for (const [variable, read] of readVariables(value, reading))
        builder.group(name).variables.set(variable, read);
    else {
      for (const host of value.items) {
        const variables = isMap(host.value)
          ? readVariables(host.value, reading)
          : new Map<string, AnsibleValue>();
        builder.addHosts(name, String(host.key), lineOf(host.key), variables);
      }
    }
  }
}

function readVariables(map: YAMLMap, { lineOf }: Reading): Map<string, AnsibleValue> {
  const variables = new Map<string, AnsibleValue>();
  for (const { key, value } of map.items) {
    if (!isScalar(value)) continue;
    const text = value.value === null ? '' : String(value.value);
    const vault = value.tag === '!vault' || text.startsWith('$ANSIBLE_VAULT');
    variables.set(String(key), {
      text: vault ? '' : text,
      line: lineOf(key),
      kind: vault ? 'vault' : 'plain',
    });
  }
  return variables;
}
