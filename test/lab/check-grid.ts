/**
 * What the check-*.test.ts files share: a table of faults on one practice cluster, each injected for real, checked
 * with the built program, and healed. A row says which causes must be named on which nodes; any other cause that is
 * more than a hint fails it.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually, mustRun, run } from '../../src/lab/commands.ts';
import { sysctlOnNode } from '../../src/lab/faults/effects.ts';
import { execOn, type Lab, lowerLab, mustExecOn, raiseLab } from '../../src/lab/lab.ts';
import { nodeNs, ownerFrom } from '../../src/lab/names.ts';
import { holdersOf, waitHealthy, whatIsWrong } from '../../src/lab/readiness.ts';
import { readRecord } from '../../src/lab/record.ts';
import { breakLab, healLab } from '../../src/lab/trouble.ts';
import type { CheckReport, Finding } from '../../src/report/report.ts';
import { checkReportSchema } from '../../src/report/schema.ts';
import type { LabAvailability } from './require-lab.ts';
import { skipNote } from './require-lab.ts';

const program = fileURLToPath(new URL('../../bin/vipdoctor', import.meta.url));
const builder = fileURLToPath(new URL('../../scripts/build.mjs', import.meta.url));

/** A lab with the few acts rows are made of. */
export interface Site {
  readonly lab: Lab;
  /** A fault of the lab. */
  readonly breaks: (fault: string, node?: string, variant?: string) => Promise<void>;
  readonly sh: (node: string, script: string) => Promise<string>;
  readonly nft: (node: string, script: string) => Promise<void>;
  /** A command of this machine in the network of a node. */
  readonly inNetworkOf: (node: string, ...argv: readonly string[]) => Promise<void>;
  /** Changes keepalived.conf and restarts keepalived, or only changes the file. */
  readonly configure: (
    node: string,
    change: (text: string) => string,
    then?: 'restart' | 'leave',
  ) => Promise<void>;
  /** Polls until exactly these nodes hold the first VIP. */
  readonly heldBy: (...nodes: readonly string[]) => Promise<void>;
}

export interface Row {
  readonly name: string;
  /** Returns when the effect can be seen. */
  readonly inject: (site: Site) => Promise<unknown>;
  /** What the usual healing (faults of the lab, rules, configurations) does not undo. */
  readonly undo?: (site: Site) => Promise<unknown>;
  /** `rule@node+node`, or `rule@node!severity`: every cause above low, and no other. */
  readonly roots: readonly string[];
  readonly headline?: RegExp;
  /** A quote of the first cause. */
  readonly proof?: RegExp;
  /** Symptoms that must be folded under a cause. */
  readonly folds?: readonly string[];
  /** The commands that are printed heal it. */
  readonly cure?: 'by-its-commands';
  /** What happens while the check listens. */
  readonly meanwhile?: (site: Site) => Promise<unknown>;
}

const confPath = '/etc/keepalived/keepalived.conf';

const siteOf = (lab: Lab): Site => {
  const sh = (node: string, script: string) => mustExecOn(lab, node, ['sh', '-c', script]);
  return {
    lab,
    breaks: async (fault, node, variant) => {
      await breakLab(lab, fault, {
        ...(node === undefined ? {} : { node }),
        ...(variant === undefined ? {} : { variant }),
      });
    },
    sh,
    nft: async (node, script) => {
      await mustExecOn(lab, node, ['nft', '-f', '-'], { input: `${script}\n` });
    },
    inNetworkOf: async (node, ...argv) => {
      await mustRun(['ip', 'netns', 'exec', nodeNs(lab.names, node), ...argv]);
    },
    configure: async (node, change, then = 'restart') => {
      const text = await mustExecOn(lab, node, ['cat', confPath]);
      await sh(node, `[ -e ${confPath}.away ] || cp ${confPath} ${confPath}.away`);
      await mustExecOn(lab, node, ['tee', confPath], { input: change(text) });
      if (then === 'restart')
        await sh(node, 'systemctl reset-failed keepalived; systemctl restart keepalived');
    },
    heldBy: async (...nodes) => {
      const vip = lab.topology.expected[0]?.vips[0] ?? '';
      await eventually(
        async () => ((await holdersOf(lab.leaders, vip)).join() === nodes.join() ? true : null),
        { withinMs: 20_000, hope: `${vip} is held by ${nodes.join(', ') || 'nobody'}` },
      );
    },
  };
};

export interface Checked {
  readonly report: CheckReport;
  readonly exitCode: number | null;
}

export const checkLab = async (lab: Lab, ...argv: readonly string[]): Promise<Checked> => {
  const ended = await run(
    [
      ...[process.execPath, program, 'check', '--lab', '--lab-name', lab.names.owner, '--format', 'json'],
      ...argv,
    ],
    { timeoutMs: 60_000 },
  );
  expect(ended.stderr).toBe('');
  return { report: checkReportSchema.parse(JSON.parse(ended.stdout)), exitCode: ended.code };
};

const matters = (finding: Finding): boolean => finding.severity !== 'low';

const keyOf = (finding: Finding, detail: 'severity' | 'plain'): string =>
  `${finding.rule}@${finding.subject.nodes.join('+')}${detail === 'severity' ? `!${finding.severity}` : ''}`;

/** Causes above low, spelled as the row spells them. */
const rootsLike = (report: CheckReport, wanted: readonly string[]): readonly string[] =>
  report.findings
    .filter((finding) => finding.cause === 'root' && matters(finding))
    .map((finding) => {
      const graded = keyOf(finding, 'severity');
      return wanted.includes(graded) ? graded : keyOf(finding, 'plain');
    })
    .toSorted();

const runRemedy = async (lab: Lab, node: string, command: string): Promise<void> => {
  // /proc/sys of a node is read-only from inside, as in every container.
  const setting = /^sysctl -w (\S+=\S+)$/.exec(command)?.[1];
  if (setting !== undefined) await sysctlOnNode({ lab, node, variant: '' }, setting);
  else expect(await execOn(lab, node, ['sh', '-c', command])).toMatchObject({ code: 0 });
};

const cureByCommands = async (lab: Lab, report: CheckReport): Promise<void> => {
  const roots = report.findings.filter((finding) => finding.cause === 'root' && matters(finding));
  for (const { node, command } of roots.flatMap((finding) => finding.remedy.commands))
    await runRemedy(lab, node, command);
  await eventually(
    async () => ((await whatIsWrong(lab.names, lab.topology, lab.leaders)) === null ? true : null),
    { withinMs: 20_000, hope: 'the commands of the remedy have healed the cluster' },
  );
  const { report: after } = await checkLab(lab);
  expect(after.findings.filter(matters).map((finding) => keyOf(finding, 'severity'))).toEqual([]);
  expect(after.verdict).toBe('healthy');
};

/** What happened in the row before is history, and check reads that too. */
const forgetLog = 'journalctl --quiet --rotate && journalctl --quiet --vacuum-time=1s';

/** One lab for each test worker of this checkout; another checkout's tests may run beside it. */
export const checkOwner = ownerFrom(
  `tc${process.env.VITEST_POOL_ID ?? ''}_${createHash('sha256').update(process.cwd()).digest('hex').slice(0, 8)}`,
);

const restoreConf = `if [ -e ${confPath}.away ]; then
  mv ${confPath}.away ${confPath}
  systemctl reset-failed keepalived
  systemctl restart keepalived
fi`;
const dropRules = `nft flush ruleset
for program in iptables-legacy ip6tables-legacy; do
  for table in raw mangle filter; do
    $program -w -t $table -P PREROUTING ACCEPT; $program -w -t $table -P INPUT ACCEPT
    $program -w -t $table -F; $program -w -t $table -X
  done
done 2>/dev/null
true`;

const restore = async (site: Site): Promise<void> => {
  const { lab } = site;
  const injected = (await readRecord(lab.names))?.injected ?? [];
  for (const plan of lab.topology.nodes) {
    if (plan.firewall === 'none') await site.sh(plan.name, dropRules);
    await site.sh(plan.name, restoreConf);
  }
  if (injected.length > 0) await healLab(lab);
  await waitHealthy(lab.names, lab.topology, lab.leaders, 30_000);
  for (const plan of lab.topology.nodes) await site.sh(plan.name, forgetLog);
};

const provesItself = (report: CheckReport, row: Row): void => {
  const roots = report.findings.filter((finding) => finding.cause === 'root' && matters(finding));
  const folded = report.findings.filter((finding) => finding.cause === 'consequence');
  if (row.headline) expect(report.headline).toMatch(row.headline);
  if (row.proof)
    expect(roots.flatMap((finding) => finding.evidence).map((one) => one.quote)).toContainEqual(
      expect.stringMatching(row.proof),
    );
  if (row.folds)
    expect([...new Set(folded.map((finding) => finding.rule))].toSorted()).toEqual([...row.folds].toSorted());
  for (const finding of folded)
    expect(roots.map((root) => root.id)).toEqual(expect.arrayContaining([...finding.causedBy]));
};

/** One practice cluster, every row on it in turn. */
export const runGrid = (availability: LabAvailability, topology: string, rows: readonly Row[]): void => {
  describe.skipIf(!availability.available)(`${topology}${skipNote(availability)}`, () => {
    let site: Site;
    let undo: Row['undo'];

    beforeAll(async () => {
      const built = spawnSync(process.execPath, [builder], { encoding: 'utf8' });
      expect(built.stderr).toBe('');
      site = siteOf(await raiseLab(topology, { owner: checkOwner }));
    });

    afterEach(async () => {
      await undo?.(site);
      undo = undefined;
      await restore(site);
    });

    afterAll(async () => {
      await lowerLab(checkOwner);
    });

    it.each(rows.map((row) => [row.name, row] as const))('%s', async (_name, row) => {
      undo = row.undo;
      await row.inject(site);
      const checking = checkLab(site.lab);
      await row.meanwhile?.(site);
      const { report, exitCode } = await checking;
      expect(rootsLike(report, row.roots), report.headline).toEqual([...row.roots].toSorted());
      if (row.roots.length === 0) expect(report.findings.filter(matters)).toEqual([]);
      else
        expect(exitCode).toBe(
          report.findings.some((one) => ['critical', 'high'].includes(one.severity)) ? 1 : 0,
        );
      expect(report.verdict).toBe(
        row.roots.length === 0
          ? 'healthy'
          : report.findings.some((one) => one.severity === 'critical')
            ? 'critical'
            : 'degraded',
      );
      provesItself(report, row);
      if (row.cure !== undefined) await cureByCommands(site.lab, report);
    });
  });
};

/** An nft table with one base chain. */
export const nftTable = (
  rules: string,
  place: {
    readonly hook?: string;
    readonly family?: string;
    readonly name?: string;
    readonly also?: string;
  } = {},
): string =>
  `table ${place.family ?? 'inet'} ${place.name ?? 'grid'} {\n${place.also ?? ''}\nchain c {\ntype filter hook ${place.hook ?? 'input priority filter; policy accept;'}\n${rules}\n}\n}`;
