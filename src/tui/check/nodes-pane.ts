// The nodes of every group: role, priority, VIP, interface and version, or why a node was not reached. A table where
// it fits, else a sentence for each node.
import type { CheckReport, ReportCluster, ReportNode } from '../../report/report.ts';
import { apartWords, priorityWords } from '../../report/story.ts';
import { hang, type Line, line, span, tabulate, wrapped } from '../line.ts';
import type { Surroundings } from '../screen.ts';
import type { Theme } from '../theme.ts';

const versionOf = (report: CheckReport, name: string): string =>
  report.nodes.find((node) => node.name === name)?.keepalived.version ?? '?';

const clusterLines = (
  report: CheckReport,
  cluster: ReportCluster,
  columns: number,
  theme: Theme,
): readonly Line[] => {
  const { safe, glyphs } = theme;
  const vips = cluster.vips.length === 0 ? 'not known' : cluster.vips.join(', ');
  const title = wrapped(
    safe(`VRID ${cluster.vrid}, ${cluster.family}, VRRPv${cluster.version} ${cluster.mode}, VIP ${vips}`),
    columns,
    'plain',
  );
  const members = cluster.members.map((member) => ({
    member,
    holds: cluster.holders.includes(member.node),
    version: versionOf(report, member.node),
  }));
  const table = tabulate(
    [
      ['node', 'state', 'priority', 'VIP', 'interface', 'keepalived'].map((word) =>
        line(span(word, 'quiet')),
      ),
      ...members.map(({ member, holds, version }) => [
        line(safe(member.node)),
        line(
          span(
            member.state,
            member.state === 'MASTER' ? 'strong' : member.state === 'BACKUP' ? 'plain' : 'warn',
          ),
        ),
        line(safe(priorityWords(member))),
        line(holds ? 'holds the VIP' : span(glyphs.none, 'quiet')),
        line(safe(member.interface)),
        line(safe(version)),
      ]),
    ],
    columns,
  );
  if (table !== 'too-wide') return [...title, ...table];
  return [
    ...title,
    ...members.flatMap(({ member, holds, version }) =>
      hang(
        line(safe(member.node), ' '),
        wrapped(
          safe(
            `${member.state}, priority ${priorityWords(member)}, ${holds ? 'holds the VIP' : 'no VIP'}, ${member.interface}, keepalived ${version}`,
          ),
          Math.max(4, columns - member.node.length - 1),
        ),
      ),
    ),
  ];
};

const apartLines = (node: ReportNode, columns: number, { safe }: Theme): readonly Line[] => {
  const where = `${node.name} (${node.address})`;
  if (!node.reachable)
    return [
      ...wrapped(safe(`${where}: not reached: ${node.problem ?? 'the reason is not known'}`), columns, 'bad'),
      ...hang(line('  '), node.nextStep === undefined ? [] : wrapped(safe(node.nextStep), columns - 2)),
    ];
  return wrapped(
    safe(`${where}: ${apartWords(node)}`),
    columns,
    node.keepalived.running === true ? 'plain' : 'warn',
  );
};

export const nodesPane = (
  report: CheckReport,
  columns: number,
  { theme }: Pick<Surroundings, 'theme'>,
): readonly Line[] => {
  const seen = new Set(report.clusters.flatMap((cluster) => cluster.members.map((member) => member.node)));
  return [
    ...report.clusters.flatMap((cluster) => clusterLines(report, cluster, columns, theme)),
    ...report.nodes
      .filter((node) => !seen.has(node.name) || !node.reachable)
      .flatMap((node) => apartLines(node, columns, theme)),
  ];
};
