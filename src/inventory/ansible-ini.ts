// The INI notation of an Ansible inventory: sections, host lines with variables, `:children` and `:vars`.
import { AnsibleBuilder, type AnsibleGroups, type AnsibleValue } from './ansible.ts';
import { readPort } from './host-address.ts';

type Section =
  | { readonly kind: 'hosts' | 'children' | 'vars'; readonly group: string }
  | { readonly kind: 'skipped' };

export function readAnsibleIni(text: string, file: string): AnsibleGroups {
  const builder = new AnsibleBuilder(file);
  let section: Section = { kind: 'hosts', group: 'ungrouped' };
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = index + 1;
    const trimmed = raw.trim();
    if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith(';')) continue;
    if (trimmed.startsWith('[')) {
      section = readSection(trimmed, line, builder);
      continue;
    }
    if (section.kind === 'skipped') continue;
    if (section.kind === 'vars') readVariable(trimmed, section.group, line, builder);
    else if (section.kind === 'children')
      builder.group(section.group).children.add(splitWords(trimmed).words[0] ?? '');
    else readHost(trimmed, section.group, line, builder);
  }
  const built = builder.build();
  for (const [name, group] of built.groups) {
    for (const child of group.children) {
      if (!built.groups.has(child))
        builder.complain(1, `group ${name} has a child ${child} that is not defined`);
    }
  }
  return builder.build();
}

function readSection(text: string, line: number, builder: AnsibleBuilder): Section {
  const found = /^\[([^\]:\s]+)(?::(\w+))?\]\s*(?:[#;].*)?$/.exec(text);
  const [, group, kind = 'hosts'] = found ?? [];
  if (group === undefined) {
    builder.complain(
      line,
      `${JSON.stringify(text)} is not a section: [group], [group:children] or [group:vars]`,
    );
    return { kind: 'skipped' };
  }
  if (kind !== 'hosts' && kind !== 'children' && kind !== 'vars') {
    builder.complain(line, `a section ends in :children or :vars, not :${kind}`);
    return { kind: 'skipped' };
  }
  builder.group(group);
  return { kind, group };
}

function readHost(text: string, group: string, line: number, builder: AnsibleBuilder): void {
  const { words, unfinished } = splitWords(text);
  if (unfinished) {
    builder.complain(line, 'a quote is not closed');
    return;
  }
  const [pattern = '', ...assignments] = words;
  const variables = new Map<string, AnsibleValue>();
  const host = splitPort(pattern);
  if (host.port !== undefined) variables.set('ansible_port', { text: host.port, line, kind: 'plain' });
  for (const assignment of assignments) {
    const at = assignment.indexOf('=');
    if (at <= 0) {
      builder.complain(line, `${JSON.stringify(assignment)} is not key=value`);
      continue;
    }
    variables.set(assignment.slice(0, at), toValue(assignment.slice(at + 1), line));
  }
  builder.addHosts(group, host.name, line, variables);
}

/** A colon inside the brackets of a range is not the one before a port. */
function splitPort(pattern: string): { readonly name: string; readonly port?: string } {
  const found = /^(.*[^:]):(\d+)$/.exec(pattern);
  const [, name = '', port = ''] = found ?? [];
  const ipv6 = name.includes(':') && !name.includes('[');
  if (!found || ipv6 || readPort(port) === undefined) return { name: pattern };
  return { name, port };
}

function readVariable(text: string, group: string, line: number, builder: AnsibleBuilder): void {
  const at = text.indexOf('=');
  if (at <= 0) {
    builder.complain(line, `${JSON.stringify(text)} is not key=value`);
    return;
  }
  const written = text.slice(at + 1).trim();
  const quoted = /^(["'])(.*)\1$/.exec(written);
  builder.group(group).variables.set(text.slice(0, at).trim(), toValue(quoted?.[2] ?? written, line));
}

const toValue = (text: string, line: number): AnsibleValue => ({
  text,
  line,
  kind: text.includes('$ANSIBLE_VAULT') || text.startsWith('!vault') ? 'vault' : 'plain',
});

/** Words with quotes and a trailing comment, as a shell would split them. */
function splitWords(text: string): { readonly words: readonly string[]; readonly unfinished: boolean } {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (const letter of text) {
    if (quote !== undefined) {
      if (letter === quote) quote = undefined;
      else word = (word ?? '') + letter;
    } else if (letter === '"' || letter === "'") {
      quote = letter;
      word ??= '';
    } else if (/\s/.test(letter)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (letter === '#' && word === undefined) break;
    else word = (word ?? '') + letter;
  }
  if (word !== undefined) words.push(word);
  return { words, unfinished: quote !== undefined };
}
