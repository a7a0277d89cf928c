// The part of the text report that shows the cluster: how far adverts climbed, and who the nodes are.
import type { CheckReport, ReportCluster } from './report.ts';
import {
  apartWords,
  fateOf,
  type Ladder,
  laddersOf,
  lossWords,
  priorityWords,
  rungsOf,
  stateOf,
} from './story.ts';
import { type Desk, section, sentences } from './text-desk.ts';
import { paint, table, wrap } from './typeset.ts';

const ladderTable = (desk: Desk, report: CheckReport, ladder: Ladder): readonly string[] => {
  const { glyphs } = desk;
  const marks = (sender: string, receiver: string): string => {
    const reach = ladder.cells.find((cell) => cell.from === sender && cell.to === receiver);
    if (reach === undefined) return glyphs.none;
    return `${rungsOf(reach)
      .map((rung) => glyphs.rung[rung])
      .join('')} ${fateOf(reach).short}`;
  };
  const rows = [
    [`VRID ${ladder.vrid}`, ...ladder.receivers.map((receiver) => `${glyphs.arrow} ${desk.safe(receiver)}`)],
    ...ladder.senders.map((sender) => [
      `${desk.safe(sender)} ${stateOf(report.clusters, ladder.vrid, sender) ?? ''}`.trimEnd(),
      ...ladder.receivers.map((receiver) => marks(sender, receiver)),
    ]),
  ];
  const lines = table(rows, desk.room);
  if (lines !== 'too-wide') return lines;
  return ladder.cells.flatMap((cell) =>
    wrap(
      `VRID ${ladder.vrid}: ${desk.safe(cell.from)} ${glyphs.arrow} ${desk.safe(cell.to)}: ${marks(cell.from, cell.to)}`,
      desk.room,
    ),
  );
};

export const ladderSection = (desk: Desk, report: CheckReport): readonly string[] => {
  const ladders = laddersOf(report);
  if (ladders.length === 0) return [];
  const { glyphs } = desk;
  const lines = ladders.flatMap((ladder) => [
    ...ladderTable(desk, report, ladder),
    ...ladder.lost.flatMap((reach) => sentences(desk, `${reach.from} → ${reach.to} ${lossWords(reach)}`)),
  ]);
  const legend = `rungs: sent, arrived, delivered, accepted; ${glyphs.rung.reached} yes, ${glyphs.rung.missed} no, ${glyphs.rung.unknown} not known`;
  return [
    '',
    ...section(desk, 'ladder', [
      ...lines,
      ...wrap(legend, desk.room).map((line) => paint(desk.style, line, 'dim')),
    ]),
  ];
};

const clusterLines = (desk: Desk, report: CheckReport, cluster: ReportCluster): readonly string[] => {
  const versionOf = (name: string): string => {
    const node = report.nodes.find((candidate) => candidate.name === name);
    return desk.safe(node?.keepalived.version ?? '?');
  };
  const members = cluster.members.map((member) => ({
    name: desk.safe(member.node),
    priority: desk.safe(priorityWords(member)),
    holder: cluster.holders.includes(member.node) ? 'holds the VIP' : desk.glyphs.none,
    interface: desk.safe(member.interface),
    version: versionOf(member.node),
    state: member.state,
  }));
  const title = `VRID ${cluster.vrid}, ${cluster.family}, VRRPv${cluster.version} ${cluster.mode}, VIP ${
    cluster.vips.join(', ') || 'not known'
  }`;
  const rows = table(
    [
      ['node', 'state', 'priority', 'VIP', 'interface', 'keepalived'],
      ...members.map((member) => [
        member.name,
        member.state,
        member.priority,
        member.holder,
        member.interface,
        member.version,
      ]),
    ],
    desk.room,
  );
  return [
    ...sentences(desk, title),
    ...(rows === 'too-wide'
      ? members.flatMap((member) =>
          wrap(
            `${member.name}: ${member.state}, priority ${member.priority}, ${
              member.holder === desk.glyphs.none ? 'no VIP' : member.holder
            }, ${member.interface}, keepalived ${member.version}`,
            desk.room,
          ),
        )
      : rows.map((row, at) => (at === 0 ? paint(desk.style, row, 'dim') : row))),
  ];
};

export const nodesSection = (desk: Desk, report: CheckReport): readonly string[] => {
  const seen = new Set(report.clusters.flatMap((cluster) => cluster.members.map((member) => member.node)));
  const apart = report.nodes.filter((node) => !seen.has(node.name) || !node.reachable);
  const lines = [
    ...report.clusters.flatMap((cluster) => clusterLines(desk, report, cluster)),
    ...apart.flatMap((node) => {
      const where = `${node.name} (${node.address})`;
      if (!node.reachable)
        return [
          ...sentences(desk, `${where}: not reached: ${node.problem ?? 'the reason is not known'}`),
          ...(node.nextStep === undefined ? [] : [`  ${desk.safe(node.nextStep)}`]).flatMap((line) =>
            wrap(line, desk.room - 2).map((piece) => `  ${piece}`),
          ),
        ];
      return sentences(desk, `${where}: ${apartWords(node)}`);
    }),
  ];
  return lines.length === 0 ? [] : ['', ...section(desk, 'nodes', lines)];
};
