// The script run for real by every shell on this machine: odd names, floods, hangs, missing programs, and what it
// leaves behind. No daemon is signalled: the state dump is left to the lab.
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allProbes, probes } from '../../src/probes/catalogue.ts';
import type { Probe } from '../../src/probes/probe.ts';
import { composeScript, createAnswerReader } from '../../src/probes/script.ts';

const marker = 'unitMARKERunitMARKER';
const shells = ([['dash'], ['bash', '--posix'], ['busybox', 'sh'], ['sh']] as const).filter(
  ([program]) =>
    spawnSync(program, ['-c', ':'], { shell: false }).error === undefined &&
    spawnSync(program, program === 'busybox' ? ['sh', '-c', ':'] : ['-c', ':']).status === 0,
);

const have = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;

type Question = Pick<Probe<unknown>, 'id' | 'parts'>;

function run(shell: readonly string[], script: string, env: NodeJS.ProcessEnv = process.env) {
  const [program = 'sh', ...args] = shell;
  const result = spawnSync(program, args, { input: script, env, maxBuffer: 64 * 1024 * 1024 });
  const reader = createAnswerReader(marker);
  const answers = [...reader.push(result.stdout), ...reader.end()];
  return {
    answers,
    rounds: [...reader.finishedRounds()],
    stderr: result.stderr.toString(),
    status: result.status,
    bytes: result.stdout.length,
  };
}

const asking = (shell: string, limits: { limitBytes?: number; timeoutSeconds?: number } = {}): Question => ({
  id: 'test',
  parts: [
    {
      part: 'one',
      shell,
      rounds: ['before'],
      limitBytes: limits.limitBytes ?? 1000,
      timeoutSeconds: limits.timeoutSeconds ?? 5,
    },
  ],
});

describe.skipIf(process.platform !== 'linux').each(shells.map((shell) => [shell.join(' '), shell] as const))(
  'under %s',
  (_name, shell) => {
    // Where practice clusters are up, this machine shows their keepalived processes too, and is slower to answer.
    test('every question is answered, nothing is said on stderr, no file stays behind', {
      timeout: 60_000,
    }, () => {
      const questions: readonly Question[] = allProbes.filter((probe) => probe.id !== 'state-dump');
      const scratch = mkdtempSync(join(tmpdir(), 'vipdoctor-tmp-'));
      try {
        const env = { ...process.env, TMPDIR: scratch, HOME: scratch };
        const script =
          composeScript(questions, 'before', marker) +
          composeScript(questions, 'after', marker, { peers: ['127.0.0.1'] });
        const { answers, rounds, stderr } = run(shell, script, env);
        expect(stderr).toBe('');
        expect(rounds).toEqual(['before', 'after']);
        expect(readdirSync(scratch)).toEqual([]);
        const read = (id: keyof typeof probes) =>
          probes[id].read(answers.filter((answer) => answer.probe === id)).kind;
        for (const id of ['processes', 'sockets', 'counters', 'sysctls', 'host'] as const)
          expect(read(id), id).toBe('known');
        expect(answers.filter((answer) => answer.exit === 'lost')).toEqual([]);
      } finally {
        rmSync(scratch, { recursive: true });
      }
    });

    test('exit status, stderr and missing programs are data', () => {
      const { answers, stderr } = run(
        shell,
        composeScript(
          [
            asking(
              `ask '' sh -c 'echo out; echo err >&2; exit 7'; tell '' sh -c 'exit 3'; ask '' no-such-program-here; tell '' no-such-program-here`,
            ),
          ],
          'before',
          marker,
        ),
      );
      expect(stderr).toBe('');
      expect(answers.map((answer) => [answer.exit, answer.text])).toEqual([
        [7, 'out\nerr\n'],
        [3, ''],
        ['missing', ''],
        ['missing', ''],
      ]);
    });

    test('no command can eat the script', () => {
      const { answers } = run(
        shell,
        composeScript([asking(`ask '' cat; tell '' cat; note '' 0 still-here`)], 'before', marker),
      );
      expect(answers.map((answer) => answer.text)).toEqual(['', '', 'still-here']);
    });

    test('a hung command is cut off, and the next is asked', () => {
      const { answers, rounds } = run(
        shell,
        composeScript([asking(`ask '' sleep 60; note '' 0 next`, { timeoutSeconds: 1 })], 'before', marker),
      );
      expect(answers.map((answer) => [answer.exit, answer.text])).toEqual([
        ['timeout', expect.stringMatching(/^(Terminated\n)?$/)],
        [0, 'next'],
      ]);
      expect(rounds).toEqual(['before']);
    });

    test('a program that hung is not asked again, also behind nsenter; others get less time', () => {
      const shellText = `ask '' sleep 60; ask '' sleep 60; ask '' nsenter -t 1 -n sleep 60; ask '' echo quick; note '' 0 "$VD_SECONDS"`;
      const { answers } = run(
        shell,
        composeScript([asking(shellText, { timeoutSeconds: 3 })], 'before', marker),
      );
      expect(answers.map((answer) => answer.exit)).toEqual([
        'timeout',
        'timeout',
        have('nsenter') ? 'timeout' : 'missing',
        0,
        0,
      ]);
      expect(answers.map((answer) => answer.text).slice(1)).toEqual(['', '', 'quick\n', '2']);
    }, 20_000);

    test('a command that leaves a child with its output open does not hold up the next', () => {
      const question = asking(`ask '' sh -c 'sleep 5 & echo left'; note '' 0 next`, { timeoutSeconds: 1 });
      const { answers } = run(shell, composeScript([question], 'before', marker));
      expect(answers[0]?.exit).toBe('timeout');
      expect(answers[1]?.text).toBe('next');
    }, 15_000);

    test('a flood is cut off on the node', () => {
      const { answers, bytes } = run(
        shell,
        composeScript(
          [asking(`ask '' sh -c 'while :; do echo flood; done'`, { limitBytes: 5000 })],
          'before',
          marker,
        ),
      );
      expect(answers).toMatchObject([{ truncated: 'yes' }]);
      expect(answers[0]?.text.length).toBe(5000);
      expect(bytes).toBeLessThan(6000);
    });

    test('names with newlines, quotes and markers do not break frames', () => {
      const names = ['a b', "it's", '"$(id)"', `line\n${marker} e 0\n`, '-n', '*', 'ü'];
      const quoted = names.map((name) => `'${name.replaceAll("'", "'\\''")}'`);
      const { answers } = run(
        shell,
        composeScript(
          [asking(quoted.map((name) => `note ${name} 0 x; tell ${name} echo y`).join('\n'))],
          'before',
          marker,
        ),
      );
      expect(answers.map((answer) => answer.about)).toEqual(names.flatMap((name) => [name, name]));
      expect(answers.map((answer) => answer.text)).toEqual(names.flatMap(() => ['x', 'y\n']));
    });

    test('a script that was cut off on its way does nothing', () => {
      const script = composeScript([asking('note "" 0 done')], 'before', marker);
      for (const share of [0.3, 0.6, 0.9, 0.99]) {
        expect(run(shell, script.slice(0, Math.floor(script.length * share))).answers).toEqual([]);
      }
    });
  },
);

const perl = spawnSync('which', ['perl'], { encoding: 'utf8' }).stdout.trim();

describe
  .skipIf(process.platform !== 'linux' || perl === '')
  .each(shells.map((shell) => [shell.join(' '), shell] as const))(
  'a process called keepalived, under %s',
  (_name, shell) => {
    let dir: string;
    let child: ReturnType<typeof spawn>;
    const secret = 'FAKE-SECRET-OF-ENVIRONMENT';

    beforeAll(async () => {
      dir = mkdtempSync(join(tmpdir(), 'vipdoctor-conf-'));
      copyFileSync(perl, join(dir, 'keepalived'));
      mkdirSync(join(dir, 'conf.d'));
      mkdirSync(join(dir, 'odd dir'));
      const files: Readonly<Record<string, string>> = {
        'main.conf': [
          'include conf.d/*.conf',
          '  includer "odd dir/in side.conf"   ! comment',
          '@main include only-main.conf',
          '# include commented.conf',
          'include {left,right}.conf',
          'include none/*.conf',
          'include main.conf',
          'vrrp_instance X {',
          '}',
        ].join('\n'),
        'conf.d/one.conf': 'include ../deep.conf\n',
        "conf.d/t'wo.conf": 'two\n',
        'conf.d/skipped.txt': 'no\n',
        'odd dir/in side.conf': 'odd\n',
        'only-main.conf': 'only\n',
        'left.conf': 'left\n',
        'right.conf': 'right\n',
        'deep.conf': 'deep',
        'commented.conf': 'no\n',
      };
      for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
      child = spawn(join(dir, 'keepalived'), ['-', '-Df', join(dir, 'main.conf')], {
        stdio: ['pipe', 'pipe', 'ignore'],
        env: { TMPDIR: dir, PASSWORD: secret },
      });
      child.stdin?.write('$| = 1; print "up"; sleep 600;\n__END__\n');
      child.stdin?.end();
      await new Promise((resolve) => child.stdout?.once('data', resolve));
    });

    afterAll(() => {
      child.kill();
      rmSync(dir, { recursive: true });
    });

    const ask = (chosen: readonly Question[]) => run(shell, composeScript(chosen, 'before', marker));

    test('is found by its executable, with where it writes, and without its environment', () => {
      const { answers, stderr } = ask([probes.processes]);
      expect(stderr).toBe('');
      const found = probes.processes.read(answers);
      const mine = found.kind === 'known' ? found.value.find((one) => one.pid === child.pid) : undefined;
      expect(mine).toMatchObject({
        role: 'parent',
        executable: join(dir, 'keepalived'),
        temporaryDirectory: dir,
        runState: 'S',
      });
      expect(mine?.commandLine).toEqual([join(dir, 'keepalived'), '-', '-Df', join(dir, 'main.conf')]);
      expect(Math.abs((mine?.startedAtMs ?? 0) - Date.now())).toBeLessThan(600_000);
      expect(JSON.stringify(answers)).not.toContain(secret);
    });

    test('its configuration is read with every kind of include, each file once', () => {
      const { answers, stderr } = ask([probes.configuration]);
      expect(stderr).toBe('');
      const found = probes.configuration.read(answers);
      const mine = found.kind === 'known' ? found.value.find((one) => one.pid === child.pid) : undefined;
      expect(mine?.mainPath).toBe(join(dir, 'main.conf'));
      const seen = Object.fromEntries(
        (mine?.files ?? []).map((file) => [file.path.slice(dir.length + 1), file.content]),
      );
      const text = (content: string) => ({ kind: 'text', text: content });
      expect(seen).toMatchObject({
        "conf.d/t'wo.conf": text('two\n'),
        'conf.d/../deep.conf': text('deep'),
        'odd dir/in side.conf': text('odd\n'),
        'only-main.conf': text('only\n'),
        'left.conf': text('left\n'),
        'right.conf': text('right\n'),
        'none/*.conf': { kind: 'unreadable', why: 'there is no such file' },
      });
      expect(Object.keys(seen)).toHaveLength(9);
      expect(mine?.files[0]).toMatchObject({
        mode: expect.stringMatching(/^6\d\d$/),
        ownerId: process.getuid?.(),
      });
    });
  },
);
