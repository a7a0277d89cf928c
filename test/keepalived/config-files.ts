/** Reads configurations for the tests: from fixtures/conf, or from texts given by name. Knows no test. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildConfig, type KeepalivedConfig } from '../../src/keepalived/config-model.ts';
import { type ConfigInput, type ConfigTree, parseConfig } from '../../src/keepalived/config-tree.ts';

export const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));

export function fingerprint(secret: Uint8Array): string {
  return createHash('sha256').update(secret).digest('hex').slice(0, 12);
}

/** One `*` in the last part of the path is all the fixtures use. */
function listMatches(pattern: string, directory: string): readonly string[] {
  const [before = '', after = ''] = basename(pattern).split('*');
  const folder = join(directory, dirname(pattern));
  return readdirSync(folder)
    .filter((name) => name.startsWith(before) && name.endsWith(after))
    .sort()
    .map((name) => join(folder, name));
}

export function parseFixture(name: string, configId = 'lb1'): ConfigTree {
  return parseConfig({
    path: join(fixtures, 'conf', name),
    configId,
    read: (path) => (existsSync(path) ? { text: readFileSync(path, 'utf8') } : { problem: 'no such file' }),
    glob: listMatches,
  });
}

export function parseText(
  text: string,
  options: Partial<Pick<ConfigInput, 'configId' | 'env' | 'version'>> & {
    readonly files?: Readonly<Record<string, string>>;
  } = {},
): ConfigTree {
  const files: Readonly<Record<string, string>> = { '/etc/k.conf': text, ...options.files };
  const { files: _files, ...rest } = options;
  return parseConfig({
    path: '/etc/k.conf',
    ...rest,
    read: (path) => {
      const found = Object.hasOwn(files, path) ? files[path] : undefined;
      return found === undefined ? { problem: 'no such file' } : { text: found };
    },
    glob: (pattern, directory) => {
      const full = pattern.startsWith('/') ? pattern : `${directory}/${pattern}`;
      const [before = '', after = ''] = full.split('*');
      return Object.keys(files).filter((path) => path.startsWith(before) && path.endsWith(after));
    },
  });
}

export function modelOf(tree: ConfigTree): KeepalivedConfig {
  return buildConfig(tree, { fingerprint });
}

export function instanceOf(body: string, globals = '') {
  const [instance] = modelOf(parseText(`${globals}\nvrrp_instance V {\n${body}\n}\n`)).instances;
  if (instance === undefined) throw new Error('the text holds no instance');
  return instance;
}
