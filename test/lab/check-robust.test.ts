// A check of nodes that make looking hard: no SSH, no rights, no tools, floods, hangs, a full disk, a death half-way.
// The rest is still judged, what could not be is said, and nothing unknown is called healthy.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { mustRun } from '../../src/lab/commands.ts';
import { execOn, type Lab, lowerLab, mustExecOn, raiseLab } from '../../src/lab/lab.ts';
import { managementPort } from '../../src/lab/network.ts';
import { waitHealthy } from '../../src/lab/readiness.ts';
import { breakLab, healLab } from '../../src/lab/trouble.ts';
import { reportFormats } from '../../src/report/render.ts';
import type { CheckReport } from '../../src/report/report.ts';
import {
  buildProgram,
  checkArgv,
  checkNodes,
  runOnTerminal,
  runProgram,
  treacherous,
} from './check-program.ts';
import { ownerFor } from './lab-owner.ts';
import { requireLab, skipNote } from './require-lab.ts';

const availability = await requireLab();
const owner = ownerFor('robust');
const victim = 'n2';

const stateOf = (report: CheckReport, node: string): string | undefined =>
  report.clusters[0]?.members.find((member) => member.node === node)?.state;
const reached = (report: CheckReport): readonly string[] =>
  report.nodes.filter((node) => node.reachable).map((node) => node.name);
const matters = (report: CheckReport): readonly string[] =>
  report.findings.filter((one) => one.severity !== 'low').map((one) => one.id);
const resultOf = (report: CheckReport, rule: string): string | undefined =>
  report.verdicts.find((verdict) => verdict.rule === rule)?.result;

describe.skipIf(!availability.available)(`nodes that make looking hard${skipNote(availability)}`, () => {
  let lab: Lab;
  const scratch = mkdtempSync(join(tmpdir(), 'vipdoctor-robust-'));

  beforeAll(async () => {
    buildProgram();
    lab = await raiseLab('three-v3', { owner });
  });
  afterEach(async () => {
    await healLab(lab);
    await waitHealthy(lab.names, lab.topology, lab.leaders, 30_000);
  });
  afterAll(async () => {
    await lowerLab(owner);
    rmSync(scratch, { recursive: true });
  });

  describe('a node that cannot be reached', () => {
    it.each([
      ['refused', /n2: .*refused the connection/],
      ['unreachable', /n2: .*did not answer in time/],
      ['hung', /n2: .*did not finish the SSH handshake in time/],
    ])('%s: the others are judged, the verdict is unknown', async (variant, gap) => {
      await breakLab(lab, 'ssh-dead', { node: victim, variant });
      const { report, code } = await checkNodes(lab, ['--timeout', '2']);
      expect(report).toMatchObject({ verdict: 'unknown', findings: [] });
      expect(report.headline).toContain('n2 could not be judged');
      expect(report.gaps).toContainEqual(expect.stringMatching(gap));
      expect(reached(report)).toEqual(['n1', 'n3']);
      expect(report.clusters[0]).toMatchObject({ masters: ['n1'], holders: ['n1'] });
      expect(report.reachability).toContainEqual(
        expect.objectContaining({ from: 'n1', to: 'n3', lostAt: null }),
      );
      // What was read of the others clears nothing for the one that is away.
      expect(resultOf(report, 'host-firewall-input-drop')).toBe('not-evaluated');
      expect(code).toBe(0);
    });

    it('fails a strict check', async () => {
      await breakLab(lab, 'ssh-dead', { node: victim, variant: 'refused' });
      expect(await runProgram(checkArgv(lab, '--strict'))).toMatchObject({ code: 3, err: '' });
    });

    it('does not hide what is wrong on another', async () => {
      await breakLab(lab, 'ssh-dead', { node: victim, variant: 'refused' });
      await breakLab(lab, 'host-firewall-input-drop', { node: 'n3' });
      const { report, code } = await checkNodes(lab, ['--strict']);
      expect(report.verdict).toBe('critical');
      expect(report.findings[0]).toMatchObject({
        rule: 'host-firewall-input-drop',
        cause: 'root',
        subject: { nodes: ['n3'] },
      });
      expect(report.gaps).toContainEqual(expect.stringMatching(/^n2: /));
      expect(code).toBe(1);
    });
  });

  describe('who logs in', () => {
    it('ops has sudo: everything is judged', async () => {
      const { report, code } = await checkNodes(lab, ['--user', 'ops']);
      expect(report).toMatchObject({ verdict: 'healthy', gaps: [] });
      expect(code).toBe(0);
    });

    it.each(['viewer', 'oncall'])(
      '%s has no rights: unknown, never healthy, and the check ends',
      async (user) => {
        const { report } = await checkNodes(lab, ['--user', user]);
        expect(report).toMatchObject({ verdict: 'unknown', findings: [] });
        expect(report.headline).toMatch(/the state of keepalived on n2 and n3 is not known/);
        expect(report.gaps).toContainEqual(expect.stringContaining(`${user} has no root rights on n1`));
        expect(report.gaps).toContainEqual(expect.stringContaining('--ask-sudo-pass'));
        for (const rule of ['host-firewall-input-drop', 'egress-firewall-drop', 'one-way-reachability'])
          expect(resultOf(report, rule), rule).toBe('not-evaluated');
      },
    );

    const asOncall = async (answers: readonly string[]) => {
      const path = join(scratch, `report-${answers.length}.json`);
      const options = ['--user', 'oncall', '--ask-sudo-pass', '--format', 'json', '--output', path];
      const typed = await runOnTerminal(answers, checkArgv(lab, ...options));
      return { typed, report: JSON.parse(readFileSync(path, 'utf8')) as CheckReport };
    };

    it('oncall is asked for the sudo password once, and it is not shown', async () => {
      const { typed, report } = await asOncall(['practice-oncall\r']);
      expect(report).toMatchObject({ verdict: 'healthy', gaps: [] });
      expect(typed).toMatchObject({ code: 0, echo: true });
      expect(typed.screen).toMatch(/sudo password/);
      expect(typed.screen).not.toContain('practice-oncall');
    });

    it('a wrong sudo password leaves a check without rights', async () => {
      const { typed, report } = await asOncall(Array.from({ length: 9 }, () => 'wrong\r'));
      expect(report.verdict).toBe('unknown');
      expect(report.gaps).toContainEqual(expect.stringContaining('sudo did not accept the password'));
      expect(typed.echo).toBe(true);
    });

    it('a login that is not let in is said, with what was tried', async () => {
      const { report, code } = await checkNodes(lab, ['--user', 'stranger']);
      expect(report.verdict).toBe('unknown');
      expect(report.headline).toMatch(/^No node could be judged: .*did not let stranger/);
      expect(
        report.verdicts.filter(({ result, reason }) => result === 'clear' && reason === undefined),
      ).toEqual([]);
      expect(code).toBe(2);
    });
  });

  describe('host keys', () => {
    const withKeys = (text: string): readonly string[] => {
      const path = join(scratch, 'known_hosts');
      writeFileSync(path, text);
      return ['--known-hosts', path];
    };

    it('an unknown key is refused', async () => {
      const { report, code } = await checkNodes(lab, withKeys(''));
      expect(report.headline).toMatch(/The host key of n1 .* is not known/);
      expect({ verdict: report.verdict, code }).toEqual({ verdict: 'unknown', code: 2 });
    });

    it('a changed key is refused, and said loudly; the others are judged', async () => {
      const lines = readFileSync(lab.knownHostsPath, 'utf8').trim().split('\n');
      const keys = lines.map((line) => line.split(' ')[2] ?? '');
      const swapped = lines.map((line, at) => (at === 1 ? line.replace(keys[1] ?? '', keys[2] ?? '') : line));
      const { report } = await checkNodes(lab, withKeys(`${swapped.join('\n')}\n`));
      expect(report.verdict).toBe('unknown');
      expect(report.gaps).toEqual([expect.stringMatching(/^n2: THE HOST KEY OF n2 .* HAS CHANGED/)]);
      expect(reached(report)).toEqual(['n1', 'n3']);
    });
  });

  describe('a node that lacks what a check uses', () => {
    it.each<[string, string, readonly RegExp[]]>([
      ['python-missing', 'python', []],
      ['python-missing', 'python-and-perl', [/^n2: what the kernel delivers is unknown: there is neither/]],
      ['tcpdump-missing', 'tcpdump', []],
      [
        'tcpdump-missing',
        'tcpdump-python-and-perl',
        [/^n2: could not listen: there is neither/, /^n2: what the kernel delivers is unknown/],
      ],
      ['disk-full', 'full', []],
    ])('%s (%s): healthy, with its gaps', async (fault, variant, gaps) => {
      await breakLab(lab, fault, { node: victim, variant });
      const { report } = await checkNodes(lab);
      expect(report).toMatchObject({ verdict: 'healthy', findings: [] });
      expect(stateOf(report, victim)).toBe('BACKUP');
      expect(report.gaps).toEqual(gaps.map((gap) => expect.stringMatching(gap)));
    });

    it('says so when keepalived is not installed', async () => {
      await breakLab(lab, 'keepalived-missing', { node: victim });
      const { report, code } = await checkNodes(lab);
      expect(matters(report)).toEqual([`keepalived-disabled-or-stopped/${victim}`]);
      expect(code).toBe(1);
    });

    it('names the fault of a node that has neither tcpdump, python nor perl', async () => {
      await breakLab(lab, 'tcpdump-missing', { node: victim, variant: 'tcpdump-python-and-perl' });
      await breakLab(lab, 'host-firewall-input-drop', { node: victim });
      const { report } = await checkNodes(lab);
      expect(report.verdict).toBe('critical');
      expect(report.findings[0]).toMatchObject({
        rule: 'host-firewall-input-drop',
        subject: { nodes: [victim] },
      });
    });
  });

  describe('a node that floods or hangs', () => {
    it.each<[string, string, readonly RegExp[]]>([
      ['hung-command', 'nft', [/^n2: cut off, because too slow or too long: nft$/]],
      ['hung-command', 'journalctl', [/^n2: cut off, .*: log$/]],
      ['hung-command', 'ip', [/^n2: cut off, .*addresses, links, routes/]],
      ['hung-command', 'tcpdump', [/^n2: could not listen: it gave no sign/]],
      ['gigabytes', 'nft', [/^n2: cut off, .*: nft$/]],
      ['gigabytes', 'journalctl', [/^n2: cut off, .*: log$/]],
      ['noisy-login', 'few-lines', []],
    ])('%s (%s): all other questions are answered in time', async (fault, variant, gaps) => {
      await breakLab(lab, fault, { node: victim, variant });
      const { report } = await checkNodes(lab);
      expect(report).toMatchObject({ verdict: 'healthy', findings: [] });
      expect(stateOf(report, victim)).toBe('BACKUP');
      expect(report.gaps).toEqual(gaps.map((gap) => expect.stringMatching(gap)));
      expect(reached(report)).toEqual(['n1', 'n2', 'n3']);
    });

    it('a login that prints 300 MB before every command does not keep the others from being judged', async () => {
      await breakLab(lab, 'noisy-login', { node: victim, variant: 'megabytes' });
      const { report } = await checkNodes(lab, ['--timeout', '3']);
      expect(report.findings).toEqual([]);
      expect(report.gaps).toContainEqual(expect.stringMatching(/^n2: /));
      expect(stateOf(report, 'n1')).toBe('MASTER');
      expect(report.reachability).toContainEqual(
        expect.objectContaining({ from: 'n1', to: 'n3', lostAt: null }),
      );
    });
  });

  describe('escape codes from a node', () => {
    it.each(['alias-and-log', 'instance-name'])(
      '%s reach neither a terminal nor a document',
      async (variant) => {
        await breakLab(lab, 'escape-codes', { node: victim, variant });
        const recording = join(scratch, variant);
        const ended = await runProgram(checkArgv(lab, '--verbose', '--record', recording));
        expect(ended.out + ended.err).not.toMatch(treacherous);
        expect(ended.out).toMatch(/HEALTHY/);
        expect(readFileSync(join(recording, 'nodes/02-n2/answers.jsonl'), 'utf8')).toContain('\\u001b');
        const judged = checkArgv(lab).slice(0, -2);
        for (const format of reportFormats) {
          const rendered = await runProgram([...judged, '--from', recording, '--format', format]);
          expect(rendered.out, format).not.toMatch(treacherous);
          expect(rendered).toMatchObject({ code: 0, err: '' });
        }
      },
    );
  });

  describe('a node that is lost half-way', () => {
    const switchPort = (way: 'up' | 'down') =>
      mustRun(['ip', '-n', lab.names.switchNs, 'link', 'set', managementPort(victim), way]);
    const killSshd = async (node: string): Promise<void> => {
      await execOn(lab, node, ['pkill', '-KILL', 'sshd']);
    };

    afterEach(async () => {
      await switchPort('up');
      for (const node of ['n1', victim]) await mustExecOn(lab, node, ['systemctl', 'restart', 'ssh']);
    });

    it.each<[string, string, RegExp, () => Promise<unknown>]>([
      ['network cut while asking', victim, /n2 asking/, () => switchPort('down')],
      ['network cut while listening', victim, /n2 listening/, () => switchPort('down')],
      ['sshd killed while asking', victim, /n2 asking/, () => killSshd(victim)],
      ['sshd killed while listening', victim, /n2 listening/, () => killSshd(victim)],
      ['sshd of the master killed while listening', 'n1', /n1 listening/, () => killSshd('n1')],
    ])('%s: said, and nobody is blamed for it', async (_name, node, when, act) => {
      const { report } = await checkNodes(lab, [], { when, act });
      expect(report.findings).toEqual([]);
      expect(report.verdict).toBe('unknown');
      expect(report.gaps).toEqual([expect.stringMatching(new RegExp(`^${node}: `))]);
      expect(reached(report)).toEqual(['n1', 'n2', 'n3'].filter((one) => one !== node));
    });

    it('a round of questions shorter than the death of a connection takes to notice', async () => {
      const { report } = await checkNodes(lab, ['--timeout', '1'], {
        when: /n2 listening/,
        act: () => switchPort('down'),
      });
      expect(report).toMatchObject({ verdict: 'unknown', findings: [] });
      expect(report.gaps).toEqual([expect.stringMatching(/^n2: n2 stopped answering/)]);
    });
  });
});
