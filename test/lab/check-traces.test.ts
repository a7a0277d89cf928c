// What a check leaves behind, which is nothing: no change on a node, no process after any end of the program, no
// password anywhere, and no command run that a node's own names would like to smuggle in.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually, mustRun, run } from '../../src/lab/commands.ts';
import { type Lab, lowerLab, mustExecOn, raiseLab } from '../../src/lab/lab.ts';
import { pidsIn } from '../../src/lab/network.ts';
import { waitHealthy } from '../../src/lab/readiness.ts';
import { breakLab, healLab } from '../../src/lab/trouble.ts';
import { reportFormats } from '../../src/report/render.ts';
import {
  buildProgram,
  checkArgv,
  checkNodes,
  processesOn,
  runOnTerminal,
  runProgram,
  treacherous,
} from './check-program.ts';
import { ownerFor } from './lab-owner.ts';
import { requireLab, skipNote } from './require-lab.ts';

const availability = await requireLab();
const owner = ownerFor('traces');
const nodes = ['n1', 'n2', 'n3'] as const;

/** What a login, journald and systemd write by themselves. */
const ownAccord =
  /^\/run\/(log|systemd|user|utmp|motd|sshd|dbus|sudo|udev|mount)|^\/(run|tmp)$|^\/var\/tmp\/systemd/;

/** All a check could have changed on a node. */
const lookAt = async (lab: Lab, node: string): Promise<Readonly<Record<string, string>>> => {
  const sh = (script: string) => mustExecOn(lab, node, ['sh', '-c', script]);
  const files = await sh("find /etc /tmp /var/tmp /root /home /run -xdev -printf '%p %T@ %i\\n' | sort");
  return {
    files: files
      .split('\n')
      .filter((line) => !ownAccord.test(line.split(' ')[0] ?? ''))
      .join('\n'),
    modules: await sh('ls /sys/module'),
    ruleset: await sh('nft -s list ruleset'),
    sysctls: await sh(
      'grep -rsH "" /proc/sys/net/ipv4/conf /proc/sys/net/ipv6/conf /proc/sys/net/core | sort',
    ),
    memberships: await sh('ip maddr show'),
    addresses: await sh('ip -o addr show | sed "s/valid_lft.*//"'),
    links: await sh('ip -o link show'),
    daemon: await sh('systemctl show -p MainPID -p NRestarts -p ActiveState keepalived'),
  };
};

describe.skipIf(!availability.available)(`what a check leaves behind${skipNote(availability)}`, () => {
  let lab: Lab;
  let before: readonly { readonly processes: readonly string[]; readonly files: string }[];
  const scratch = mkdtempSync(join(tmpdir(), 'vipdoctor-traces-'));

  const traces = () =>
    Promise.all(
      nodes.map(async (node) => ({
        processes: await processesOn(lab, node),
        files: await mustExecOn(lab, node, ['find', '/tmp', '/var/tmp', '/root', '/etc', '/run/keepalived']),
      })),
    );
  const atObserver = () => pidsIn(lab.observerNetns);

  /** Nothing of ours is left, at the latest after five seconds. */
  const isGone = async (): Promise<void> => {
    await eventually(
      async () => {
        const now = await traces();
        const left = (await atObserver()).length;
        return JSON.stringify(now) === JSON.stringify(before) && left === 0 ? true : null;
      },
      { withinMs: 5000, hope: 'nothing is left on any node' },
    ).catch(async (error: unknown) => {
      // The comparison says what is left; without a difference it was only late.
      expect(await traces()).toEqual(before);
      throw error;
    });
  };

  beforeAll(async () => {
    buildProgram();
    lab = await raiseLab('pass-auth', { owner });
    for (const node of nodes) await mustExecOn(lab, node, ['mkdir', '-p', '/run/keepalived']);
    // The first login of all makes what later ones find.
    await checkNodes(lab);
    // What that check was still ending belongs to no node.
    before = await eventually(
      async () => {
        const now = await traces();
        return now.some(({ processes }) => processes.some((line) => /^(sleep|sh) /.test(line))) ? null : now;
      },
      { withinMs: 10_000, hope: 'the first check has ended on every node' },
    );
  });
  afterAll(async () => {
    await lowerLab(owner);
    rmSync(scratch, { recursive: true });
  });

  it('a check changes nothing on a node', async () => {
    const earlier = await Promise.all(nodes.map((node) => lookAt(lab, node)));
    const { report } = await checkNodes(lab);
    expect(report.verdict).toBe('healthy');
    expect(await Promise.all(nodes.map((node) => lookAt(lab, node)))).toEqual(earlier);
    await isGone();
  });

  it('a dump that somebody else asked for stays', async () => {
    await mustExecOn(lab, 'n1', ['sh', '-c', 'echo mine >/tmp/keepalived.data']);
    await checkNodes(lab);
    expect(await mustExecOn(lab, 'n1', ['cat', '/tmp/keepalived.data'])).toBe('mine\n');
    await mustExecOn(lab, 'n1', ['rm', '/tmp/keepalived.data']);
    await isGone();
  });

  describe('whatever ends the program', () => {
    const moments = [/n2 connecting/, /n2 asking/, /n2 listening/, /n2 asking-again/] as const;
    const ends = (['SIGINT', 'SIGKILL'] as const).flatMap((signal) =>
      moments.map((moment) => [signal, moment] as const),
    );

    it.each([...ends, ['SIGTERM', /n1 listening/] as const, ['SIGHUP', /n3 asking/] as const])(
      '%s at %s: nothing is left',
      async (signal, when) => {
        const act = (pid: number) => process.kill(pid, signal);
        const ended = await runProgram(checkArgv(lab, '--verbose'), { when, act });
        expect(ended.out).toBe('');
        expect({ code: ended.code, signal: ended.signal }).toEqual(
          signal === 'SIGKILL' ? { code: null, signal } : { code: 130, signal: null },
        );
        if (signal !== 'SIGKILL') expect(ended.err).toMatch(/interrupted; ending what runs on the nodes/);
        await isGone();
      },
    );

    // The state dump is asked for early in the first round: killed just before, in and after it.
    it.each([20, 60, 100, 150, 220, 300])('SIGKILL %i ms into the questions: nothing is left', async (ms) => {
      const act = async (pid: number): Promise<void> => {
        await delay(ms);
        process.kill(pid, 'SIGKILL');
      };
      await runProgram(checkArgv(lab, '--verbose'), { when: /n[123] asking/, act });
      await isGone();
    });

    it('Ctrl-C at a question: interrupted, and the terminal is as it was', async () => {
      const argv = checkArgv(lab, '--user', 'oncall', '--ask-sudo-pass', '--format', 'text');
      const typed = await runOnTerminal(['\u0003'], argv);
      expect(typed).toMatchObject({ code: 130, echo: true });
      await isGone();
    });

    it('a reader that has seen enough', async () => {
      const ended = await runProgram(['sh', '-c', '"$@" | head -n 1', 'sh', ...checkArgv(lab)]);
      expect(ended).toMatchObject({ code: 0, err: '' });
      expect(ended.out).toMatch(/HEALTHY.*\n$/);
      await isGone();
    });
  });

  describe('passwords', () => {
    afterEach(async () => {
      await healLab(lab);
    });

    const everythingBelow = (folder: string): readonly Buffer[] =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(join(entry.parentPath, entry.name)));

    it.each([
      ['healthy', undefined, ['l4bs3crt']],
      ['auth-password-mismatch', 'auth-password-mismatch', ['br4v0key', 'alph4key']],
    ])('%s: none is in any output, recording or list of processes', async (name, fault, passwords) => {
      if (fault !== undefined) await breakLab(lab, fault, { node: 'n2' });
      const recording = join(scratch, name);
      const lists: string[] = [];
      const act = async (): Promise<void> => {
        for (const node of nodes)
          lists.push(await mustExecOn(lab, node, ['ps', '-eww', '-o', 'args,environ']));
        lists.push((await run(['ps', '-eww', '-o', 'args'])).stdout);
      };
      const argv = checkArgv(lab, '--verbose', '--record', recording);
      const ended = await runProgram(argv, { when: /n2 listening/, act });
      expect(lists).toHaveLength(4);
      const recorded = everythingBelow(recording);
      expect(recorded.length).toBeGreaterThan(8);
      const renderings = await Promise.all(
        reportFormats.map(
          async (format) =>
            (await runProgram([...checkArgv(lab).slice(0, -2), '--from', recording, '--format', format])).out,
        ),
      );
      for (const text of renderings) expect(text.length).toBeGreaterThan(40);
      const said = [ended.out, ended.err, ...renderings].map((text) => Buffer.from(text));
      const seen = lists.map((text) => Buffer.from(text));
      for (const password of passwords)
        for (const bytes of [...said, ...recorded, ...seen])
          for (const spelling of [password, Buffer.from(password).toString('hex')])
            expect(bytes.indexOf(spelling), `${spelling} in ${bytes.toString('latin1').slice(0, 200)}`).toBe(
              -1,
            );
      if (fault !== undefined) expect(ended.out).toContain(fault);
    });
  });

  describe('names made to be run by a shell', () => {
    const folder = '/etc/keepalived/a b\'"$(touch pwned)`touch pwned`;touch pwned;&|*';
    const file = `${folder}/k $(touch pwned).conf`;
    const interfaces = ['x$(>pwned)', 'a;>pwned;', 'b`>pwned`', '-rf', '*', `q'"|&<>`];
    const inN2 = (script: string, ...args: readonly string[]) =>
      mustExecOn(lab, 'n2', ['sh', '-ec', script, 'sh', ...args]);

    it('are shown, and nothing is run', async () => {
      const conf = await inN2('cat /etc/keepalived/keepalived.conf');
      for (const name of interfaces) await inN2('ip link add "$1" type bridge', name);
      await inN2('ip addr add 10.99.0.1/32 dev "$1"', interfaces[1] ?? '');
      await inN2(
        'python3 -c "import socket,sys; socket.sethostname(sys.argv[1])" "$1"',
        'n2;>pwned;$(>pwned)\u001b[31m',
      );
      await inN2('mkdir -p "$1/inc"; echo "# here" >"$1/inc/;touch pwned;.conf"', folder, file);
      await mustExecOn(lab, 'n2', ['tee', file], {
        input: `${conf}\ninclude inc/*.conf\ninclude $(touch\${IFS}pwned)*.conf\n`,
      });
      await mustExecOn(lab, 'n2', ['tee', '/usr/local/bin/odd-keepalived'], {
        input: `#!/bin/sh\nexec /usr/sbin/keepalived --dont-fork -f '${file.replaceAll("'", "'\\''")}'\n`,
      });
      await inN2(`chmod +x /usr/local/bin/odd-keepalived
mkdir -p /run/systemd/system/keepalived.service.d
printf '[Service]\\nExecStart=\\nExecStart=/usr/local/bin/odd-keepalived\\n' >/run/systemd/system/keepalived.service.d/odd.conf
systemctl daemon-reload
systemctl restart keepalived`);
      await waitHealthy(lab.names, lab.topology, lab.leaders, 30_000);
      const recording = join(scratch, 'odd-names');
      const ended = await runProgram(checkArgv(lab, '--verbose', '--record', recording));
      expect(ended.out + ended.err).not.toMatch(treacherous);
      expect(
        await mustExecOn(lab, 'n2', ['find', '/', '-xdev', '-name', '*pwned', '-newer', file, '-size', '0']),
      ).toBe('');
      const answers = readFileSync(join(recording, 'nodes/02-n2/answers.jsonl'), 'utf8');
      // The configuration was read all the same, from where it is.
      expect(answers).toContain(`k $(touch pwned).conf`);
      const { report } = await checkNodes(lab);
      expect(report.clusters[0]?.members.find((member) => member.node === 'n2')?.state).toBe('BACKUP');
      expect(report.clusters[0]?.members.find((member) => member.node === 'n2')?.priority).toBe(99);
    });
  });

  // The last one: this node does not come back.
  it('a node whose machine dies while it is listened to', async () => {
    const { report } = await checkNodes(lab, ['--timeout', '3'], {
      when: /n3 listening/,
      act: () => mustRun(['kill', '-KILL', String(lab.leaders.n3)]),
    });
    expect(report.verdict).toBe('unknown');
    expect(report.findings).toEqual([]);
    expect(report.gaps).toContainEqual(expect.stringMatching(/^n3: /));
    expect(report.clusters[0]?.masters).toEqual(['n1']);
  });
});
