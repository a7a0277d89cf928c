/**
 * A Debian root with keepalived over which `keepalived -t` runs: the lab's image below an overlay of its own, in a
 * network namespace with eth0 and eth1, so that neither the image nor this machine is touched. Knows nothing of
 * what the verdicts mean.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureImage } from '../../../src/lab/image.ts';

export interface ConfigTest {
  readonly exit: number;
  readonly output: string;
}

export interface LintField {
  /** The release in the image, e.g. `2.2.7`. */
  readonly version: string;
  readonly test: (texts: readonly string[]) => readonly ConfigTest[];
  readonly close: () => void;
}

const run = (argv: readonly string[]): void => {
  const [program = '', ...rest] = argv;
  execFileSync(program, rest, { stdio: 'pipe' });
};

export const openLintField = async (): Promise<LintField> => {
  const image = await ensureImage(() => undefined);
  const folder = mkdtempSync(join(tmpdir(), 'vipdoctor-lint-'));
  const namespace = `vdlint-${process.pid}`;
  const root = join(folder, 'root');
  const undo: (readonly string[])[] = [];
  const close = (): void => {
    // Each step is tried, whatever becomes of those before it; the folder goes only when nothing is mounted in it.
    for (const argv of undo.splice(0).reverse()) spawnSync(argv[0] ?? '', argv.slice(1));
    if (spawnSync('mountpoint', ['-q', root]).status !== 0) rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const name of ['upper', 'work', 'root']) mkdirSync(join(folder, name));
    const layers = `lowerdir=${image},upperdir=${join(folder, 'upper')},workdir=${join(folder, 'work')}`;
    run(['mount', '-t', 'overlay', 'overlay', '-o', layers, root]);
    undo.push(['umount', root]);
    run(['mount', '-t', 'proc', 'proc', join(root, 'proc')]);
    undo.push(['umount', join(root, 'proc')]);
    run(['mount', '--bind', '/dev', join(root, 'dev')]);
    undo.push(['umount', join(root, 'dev')]);
    run(['ip', 'netns', 'add', namespace]);
    undo.push(['ip', 'netns', 'del', namespace]);
    const inside = (...words: readonly string[]): void => run(['ip', '-n', namespace, ...words]);
    inside('link', 'set', 'lo', 'up');
    inside('link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth1');
    for (const [index, name] of ['eth0', 'eth1'].entries()) {
      inside('link', 'set', name, 'up');
      inside('addr', 'add', `192.0.2.${index + 1}/24`, 'dev', name);
    }
    mkdirSync(join(root, 'lint'));
    const enter = ['netns', 'exec', namespace, 'chroot', root];
    const banner = spawnSync('ip', [...enter, '/usr/sbin/keepalived', '-v'], { encoding: 'utf8' });
    const version = /v(\d+\.\d+\.\d+)/.exec(banner.stderr + banner.stdout)?.[1];
    if (version === undefined) throw new Error('the image has no keepalived that tells its version');
    return { version, test: (texts) => testAll(enter, root, texts), close };
  } catch (error) {
    close();
    throw error;
  }
};

/** One shell for all files: starting one for each would take longer than the tests. */
const testAll = (enter: readonly string[], root: string, texts: readonly string[]): readonly ConfigTest[] => {
  for (const [index, text] of texts.entries()) writeFileSync(join(root, 'lint', String(index)), text);
  const script = `i=0; while [ $i -lt ${texts.length} ]; do timeout 10 /usr/sbin/keepalived -t -f /lint/$i >/lint/$i.out 2>&1; echo $? >/lint/$i.exit; i=$((i+1)); done`;
  const done = spawnSync('ip', [...enter, '/bin/sh', '-c', script], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`the tests could not be run: ${done.stderr}`);
  return texts.map((_, index) => ({
    exit: Number(readFileSync(join(root, 'lint', `${index}.exit`), 'utf8')),
    output: readFileSync(join(root, 'lint', `${index}.out`), 'utf8'),
  }));
};
