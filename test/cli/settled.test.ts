// Acceptances and baselines as a user meets them: where the file is found, what the exit code says, what is refused.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runCheckCommand } from '../../src/cli/check.ts';
import { runLintCommand } from '../../src/cli/lint.ts';
import { readAccepted } from '../../src/cli/settled-options.ts';
import { runTabletopCommand } from '../../src/cli/tabletop.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { lintSchema } from '../../src/lint/schema.ts';
import { checkReportSchema } from '../../src/report/schema.ts';
import { tabletopSchema } from '../../src/report/tabletop.ts';

const style = { color: 'none', width: 80, unicode: 'utf8' } as const;
const recording = join(import.meta.dirname, '../../fixtures/bundles/rp-filter');
type Options = Readonly<Record<string, unknown>>;
type Run = (parsed: Options, terminal: Terminal, argv: readonly string[]) => Promise<number>;

const run = async (command: Run, parsed: Options) => {
  const printed: string[] = [];
  const said: string[] = [];
  const terminal: Terminal = {
    out: async (text) => void printed.push(text),
    err: async (text) => void said.push(text),
    onGone: () => () => undefined,
    outStyle: () => style,
    errStyle: () => style,
    fileStyle: () => style,
    progress: 'plain',
    questions: 'impossible',
  };
  const code = await command(parsed, terminal, []);
  return { code, text: printed.join(''), said: said.join('') };
};
const check = (options: Options = {}) => run(runCheckCommand, { from: recording, ...options });
const checkJson = async (options: Options = {}) => {
  const { code, text } = await check({ format: 'json', ...options });
  return { code, report: checkReportSchema.parse(JSON.parse(text)) };
};

const accepting = (rule: string, more = ''): string =>
  `accept:\n  - rule: ${rule}\n    reason: known\n    expires: 2090-01-01\n${more}`;

let desk = '';
let place = '';
let count = 0;
beforeAll(async () => {
  desk = await mkdtemp(join(tmpdir(), 'vipdoctor-settled-'));
});
afterAll(() => rm(desk, { recursive: true, force: true }));
beforeEach(async () => {
  count += 1;
  place = join(desk, String(count));
  await mkdir(place);
  process.chdir(place);
});
const home = process.cwd();
afterEach(() => {
  process.chdir(home);
});

describe('where acceptances are found', () => {
  const file = (name: string, text: string): Promise<void> => writeFile(join(place, name), text);
  const rulesOf = async (parsed: Options): Promise<readonly string[]> =>
    (await readAccepted(parsed)).map(({ rule, file: path }) => `${rule} ${path}`);

  it('nowhere', async () => {
    expect(await rulesOf({})).toEqual([]);
  });

  it('in the usual file of the working directory', async () => {
    await file('vipdoctor.yml', accepting('no-master'));
    expect(await rulesOf({})).toEqual(['no-master vipdoctor.yml']);
    await file('vipdoctor.yaml', accepting('rp-filter-drop'));
    expect(await rulesOf({})).toEqual(['rp-filter-drop vipdoctor.yaml']);
  });

  it('in the inventory, when it says what is accepted', async () => {
    await file('vipdoctor.yaml', accepting('rp-filter-drop'));
    await file('nodes.yaml', `nodes: [n1]\n${accepting('no-master')}`);
    await file('plain.yaml', 'nodes: [n1]\n');
    await file('hosts', '[lb]\nn1\n');
    expect(await rulesOf({ inventory: 'nodes.yaml' })).toEqual(['no-master nodes.yaml']);
    expect(await rulesOf({ inventory: 'plain.yaml' })).toEqual(['rp-filter-drop vipdoctor.yaml']);
    expect(await rulesOf({ inventory: 'hosts' })).toEqual(['rp-filter-drop vipdoctor.yaml']);
  });

  it('where --accept says, or nowhere with none', async () => {
    await file('vipdoctor.yaml', accepting('rp-filter-drop'));
    await file('mine.yaml', accepting('no-master'));
    expect(await rulesOf({ accept: 'mine.yaml' })).toEqual(['no-master mine.yaml']);
    expect(await rulesOf({ accept: 'none' })).toEqual([]);
    await expect(readAccepted({ accept: 'absent.yaml' })).rejects.toThrow(
      '--accept absent.yaml: there is no such file',
    );
  });

  it('takes rules of lint as well, and tells what is wrong with file and line', async () => {
    await file('vipdoctor.yaml', accepting('unknown-keyword'));
    expect(await rulesOf({})).toEqual(['unknown-keyword vipdoctor.yaml']);
    await file('vipdoctor.yaml', accepting('rp-filter-dorp'));
    await expect(readAccepted({})).rejects.toThrow(
      'vipdoctor.yaml:2: there is no rule "rp-filter-dorp": did you mean rp-filter-drop?',
    );
  });
});

describe('check', () => {
  it('with the root accepted is healthy, exits with 0, and shows what is accepted in every format', async () => {
    const before = await checkJson();
    expect(before.code).toBe(1);
    expect(before.report.accepted).toEqual([]);
    await writeFile('vipdoctor.yaml', accepting('rp-filter-drop', '    nodes: [n2]\n'));
    const { code, report } = await checkJson();
    expect(code).toBe(0);
    expect(report.verdict).toBe('healthy');
    expect(report.findings.filter(({ severity }) => severity !== 'low')).toEqual([]);
    expect(report.accepted.map(({ rule }) => rule)).toEqual(
      before.report.findings.filter(({ severity }) => severity !== 'low').map(({ rule }) => rule),
    );
    expect(report.acceptances).toMatchObject([{ state: 'applied', findings: ['rp-filter-drop/n2/101'] }]);
    for (const format of ['text', 'ndjson', 'junit', 'markdown', 'html']) {
      const { text } = await check({ format });
      expect(text).toContain('rp-filter-drop');
      expect(text.replace(/\s+/g, ' ')).toMatch(/known|2090-01-01/);
    }
    const nagios = await check({ format: 'nagios' });
    expect(nagios.code).toBe(0);
    expect(nagios.text).toContain('accepted=');
  });

  it('says with -v what matches nothing', async () => {
    await writeFile('vipdoctor.yaml', accepting('vip-on-no-node'));
    const { code, said } = await check({ verbose: true });
    expect(code).toBe(1);
    expect(said).toContain(
      'vipdoctor.yaml:2: the acceptance of vip-on-no-node matches nothing that was found',
    );
    expect((await check()).said).not.toContain('matches nothing');
  });

  it('against a baseline fails by what is new only', async () => {
    const before = await check({ format: 'json' });
    await writeFile('last.json', before.text);
    const same = await checkJson({ baseline: 'last.json' });
    expect(same.code).toBe(0);
    expect(same.report.verdict).toBe('critical');
    expect(same.report.baseline).toMatchObject({ file: 'last.json', new: [], gone: [], unjudged: [] });
    const other = join(import.meta.dirname, '../../fixtures/bundles/firewall-and-rp-filter');
    const more = await checkJson({ from: other, baseline: 'last.json' });
    expect(more.code).toBe(1);
    expect(more.report.baseline?.new.map(({ rule }) => rule)).toContain('host-firewall-input-drop');
    const { text } = await check({ from: other, baseline: 'last.json' });
    expect(text).toMatch(/^ {2}since {3}last\.json of /m);
  });

  it('refuses what is no earlier check before it does anything', async () => {
    await writeFile('lint.json', '{"kind":"lint","schemaVersion":1,"findings":[]}');
    await expect(check({ baseline: 'lint.json' })).rejects.toThrow(
      /--baseline lint.json: it is a report of "lint"/,
    );
    await expect(check({ baseline: 'absent.json' })).rejects.toThrow('there is no such file');
  });
});

const conf = (priority: number, more = ''): string => `vrrp_instance VI_1 {
    state BACKUP
    interface eth0
    virtual_router_id 51
    priority ${priority}
    ${more}
    virtual_ipaddress {
        192.0.2.10/24
    }
}
`;

describe('lint and tabletop', () => {
  const lint = async (options: Options = {}) => {
    const { code, text } = await run(runLintCommand, {
      file: ['n1.conf', 'n2.conf'],
      format: 'json',
      ...options,
    });
    return { code, report: lintSchema.parse(JSON.parse(text)), text };
  };
  const tabletop = async (options: Options = {}) => {
    const { code, text } = await run(runTabletopCommand, {
      host: ['n1.conf', 'n2.conf'],
      format: 'json',
      ...options,
    });
    return { code, report: tabletopSchema.parse(JSON.parse(text)), text };
  };
  beforeEach(async () => {
    await writeFile('n1.conf', conf(100, 'nopreemt'));
    await writeFile('n2.conf', conf(100));
  });

  it('know problems of a file and findings', async () => {
    const before = await lint({ 'fail-on': 'low' });
    expect(before.code).toBe(1);
    const rules = [
      ...before.report.files.flatMap(({ problems }) => problems.map(({ rule }) => rule)),
      ...before.report.findings.map(({ rule }) => rule),
    ];
    expect(rules).toContain('unknown-keyword');
    expect(rules).toContain('equal-priorities');
    await writeFile(
      'vipdoctor.yaml',
      `accept:\n${[...new Set(rules)].map((rule) => accepting(rule).slice(8)).join('')}`,
    );
    const after = await lint({ 'fail-on': 'low' });
    expect(after.code).toBe(0);
    expect(after.report.files[0]).toMatchObject({ result: 'adjusted', problems: [] });
    expect(after.report.files[0]?.accepted).toMatchObject([{ rule: 'unknown-keyword', line: 6 }]);
    expect(after.report.accepted.map(({ rule }) => rule)).toContain('equal-priorities');
    for (const format of ['text', 'sarif', 'junit']) {
      const { text } = await run(runLintCommand, { file: ['n1.conf', 'n2.conf'], format });
      expect(text).toContain('accepted until 2090-01-01');
    }
  });

  it('compare problems although they moved', async () => {
    await writeFile('last.json', (await lint()).text);
    await writeFile('n1.conf', `# a new line\n\n${conf(100, 'nopreemt')}`);
    const same = await lint({ baseline: 'last.json', 'fail-on': 'low' });
    expect(same.code).toBe(0);
    expect(same.report.baseline).toMatchObject({ new: [], gone: [] });
    await writeFile('n1.conf', conf(100, 'nopreemt\n    advert_intt 3'));
    const more = await lint({ baseline: 'last.json', 'fail-on': 'low' });
    expect(more.code).toBe(1);
    expect(more.report.baseline?.new.map(({ title }) => title).join()).toContain('advert_intt');
    const { text } = await run(runLintCommand, {
      file: ['n1.conf', 'n2.conf'],
      format: 'sarif',
      baseline: 'last.json',
    });
    const states = z
      .object({ runs: z.array(z.object({ results: z.array(z.object({ baselineState: z.string() })) })) })
      .parse(JSON.parse(text))
      .runs.flatMap(({ results }) => results.map(({ baselineState }) => baselineState));
    expect(new Set(states)).toEqual(new Set(['new', 'unchanged']));
  });

  it('do the same on paper', async () => {
    const before = await tabletop({ 'fail-on': 'low' });
    expect(before.code).toBe(1);
    const rules = [...new Set(before.report.findings.map(({ rule }) => rule))];
    expect(rules).toContain('equal-priorities');
    await writeFile('last.json', before.text);
    expect((await tabletop({ 'fail-on': 'low', baseline: 'last.json' })).code).toBe(0);
    await writeFile('vipdoctor.yaml', `accept:\n${rules.map((rule) => accepting(rule).slice(8)).join('')}`);
    const after = await tabletop({ 'fail-on': 'low' });
    expect(after.code).toBe(0);
    expect(after.report.findings).toEqual([]);
    expect(after.report.situations).toEqual(before.report.situations);
  });
});
