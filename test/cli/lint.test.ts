// The command lint: files in, document and exit code out; nothing of a password in between.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runLintCommand } from '../../src/cli/lint.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { lintSchema } from '../../src/lint/schema.ts';

const style = { color: 'none', width: 80, unicode: 'utf8' } as const;

const run = async (
  files: readonly string[],
  options: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number; readonly text: string }> => {
  const printed: string[] = [];
  const terminal: Terminal = {
    out: async (text) => void printed.push(text),
    err: async () => undefined,
    outStyle: () => style,
    errStyle: () => style,
    fileStyle: () => style,
    progress: 'plain',
    questions: 'impossible',
    onGone: () => () => undefined,
  };
  const code = await runLintCommand({ file: [...files], ...options }, terminal, ['lint', ...files]);
  return { code, text: printed.join('') };
};

const instance = (vrid: number, priority: number, more = ''): string => `vrrp_instance VI_1 {
    state BACKUP
    interface eth0
    virtual_router_id ${vrid}
    priority ${priority}
    authentication {
        auth_type PASS
        auth_pass hunter2
    }
    virtual_ipaddress {
        192.0.2.10/24
    }
    ${more}
}
`;

describe('lint', () => {
  let folder = '';
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'vipdoctor-lint-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('takes a sound file and exits with 0', async () => {
    const { code, text } = await run([file('sound.conf', instance(51, 150))]);
    expect(code).toBe(0);
    expect(text).toContain('sound.conf: clean');
  });

  it('exits with 1 for what does not take effect, unless told otherwise', async () => {
    const path = file('typo.conf', instance(51, 150, 'nopreemt'));
    expect(await run([path])).toMatchObject({ code: 1 });
    expect(await run([path], { 'fail-on': 'critical' })).toMatchObject({ code: 0 });
    expect(await run([path], { 'fail-on': 'never' })).toMatchObject({ code: 0 });
  });

  it('compares several files as nodes', async () => {
    const paths = [file('n1.conf', instance(51, 150)), file('n2.conf', instance(52, 100))];
    const { code, text } = await run(paths, { format: 'json' });
    const document = lintSchema.parse(JSON.parse(text));
    expect(code).toBe(1);
    expect(document.files.map(({ node, result }) => [node, result])).toEqual([
      ['n1', 'clean'],
      ['n2', 'clean'],
    ]);
    expect(document.findings).toContainEqual(
      expect.objectContaining({ rule: 'vrid-mismatch-between-peers', subject: expect.anything() }),
    );
  });

  it('finds nothing above low where the nodes agree', async () => {
    const paths = [file('a.conf', instance(51, 150)), file('b.conf', instance(51, 100))];
    const document = lintSchema.parse(JSON.parse((await run(paths, { format: 'json' })).text));
    expect(document.findings.filter(({ severity }) => severity !== 'low')).toEqual([]);
  });

  it('judges for the release it is told', async () => {
    const path = file('new.conf', instance(51, 150, 'timer_expired_backup'));
    expect((await run([path])).text).toContain('known since 2.2.8');
    expect((await run([path], { 'keepalived-version': '2.3.3' })).text).toContain('clean (keepalived 2.3.3');
  });

  it.each(['text', 'json', 'sarif', 'junit'])('shows no password as %s', async (format) => {
    const path = file('secret.conf', instance(51, 150, 'auth_pass hunter2\n hunter3 {'));
    expect((await run([path], { format })).text).not.toContain('hunter2');
  });

  it('judges a label and a name as written though they contain the password, and quotes them nowhere else', async () => {
    const text = instance(51, 150)
      .replace('VI_1', 'web-hunter2')
      .replace('192.0.2.10/24', '192.0.2.10/24 label eth0:hunter2');
    const path = file('label.conf', `${text}hunter2x yes\n`);
    const { files } = lintSchema.parse(JSON.parse((await run([path], { format: 'json' })).text));
    expect(files[0]?.problems.map(({ rule }) => rule)).toEqual(['unknown-keyword']);
    expect(files[0]?.problems[0]?.message).not.toContain('hunter2');
    expect(files[0]?.instances[0]?.name).toBe('web-hunter2');
    expect((await run([path])).text).not.toContain('hunter2');
  });

  it('says what is wrong with how it was asked', async () => {
    await expect(run([])).rejects.toThrow('which files?');
    await expect(run([join(folder, 'absent.conf')])).rejects.toThrow('could not be read');
    const path = file('x.conf', '');
    await expect(run([path], { 'keepalived-version': 'x' })).rejects.toThrow('takes a release');
    await expect(run([path], { format: 'xml' })).rejects.toThrow('--format takes');
  });
});
