// The report as an operator reads it at 3 a.m. in 80 columns: verdict, cause, proof, fix, then how far adverts
// climbed, who the nodes are, what was cleared and what could not be judged. Colour never says what words do not.
import { escapeLine } from './escape.ts';
import type { CheckReport, Finding, ReportCluster, Verdict } from './report.ts';
import {
  type Cause,
  countsWords,
  countWords,
  fateOf,
  type Ladder,
  laddersOf,
  priorityWords,
  rungsOf,
  secondsWords,
  severityRank,
  stateOf,
  subjectWords,
  tellStory,
} from './story.ts';
import { columnsOf, type Paint, pad, paint, type TerminalStyle, table, wrap } from './typeset.ts';

interface Glyphs {
  readonly verdict: Record<Verdict, string>;
  readonly rung: { readonly reached: string; readonly missed: string; readonly unknown: string };
  readonly none: string;
  readonly arrow: string;
  readonly dot: string;
}

const utf8: Glyphs = {
  verdict: { critical: '✖', degraded: '▲', healthy: '✔', unknown: '?' },
  rung: { reached: '●', missed: '○', unknown: '?' },
  none: '·',
  arrow: '→',
  dot: '·',
};
const ascii: Glyphs = {
  verdict: { critical: 'X', degraded: '!', healthy: '+', unknown: '?' },
  rung: { reached: '#', missed: '-', unknown: '?' },
  none: '.',
  arrow: '->',
  dot: '-',
};

const verdictPaint: Record<Verdict, Paint> = {
  critical: 'red',
  degraded: 'yellow',
  healthy: 'green',
  unknown: 'yellow',
};

const indent = '  ';
const labelColumns = 8;
const bodyIndent = ' '.repeat(indent.length + labelColumns);
/** A quote is shown whole up to here; longer ones are in the JSON report. */
const quoteLimit = 400;
/** More proof than this is no longer read at night; all of it is in the JSON report. */
const proofLimit = 6;

/** What the sections share: the style, the glyphs, and one way to make a value safe. */
interface Desk {
  readonly style: TerminalStyle;
  readonly glyphs: Glyphs;
  readonly room: number;
  readonly safe: (text: string) => string;
}

const deskFor = (style: TerminalStyle): Desk => ({
  style,
  glyphs: style.unicode === 'utf8' ? utf8 : ascii,
  room: Math.max(8, style.width - bodyIndent.length),
  safe: (text) => escapeLine(text, style.unicode),
});

/** Lines of a section: the label stands beside the first, the others are indented under it. */
const section = (desk: Desk, label: string, lines: readonly string[]): readonly string[] =>
  lines.map((line, at) =>
    at === 0
      ? `${indent}${paint(desk.style, pad(label, labelColumns), 'bold')}${line}`
      : line === ''
        ? ''
        : `${bodyIndent}${line}`,
  );

const sentences = (desk: Desk, text: string): readonly string[] => wrap(desk.safe(text), desk.room);

const shortened = (desk: Desk, text: string): string => {
  const line = desk.safe(text.trim());
  return line.length <= quoteLimit
    ? line
    : `${line.slice(0, quoteLimit)} (and ${line.length - quoteLimit} more characters)`;
};

const headline = (desk: Desk, report: CheckReport): readonly string[] => {
  const { style, glyphs } = desk;
  const mark = `${glyphs.verdict[report.verdict]} ${report.verdict.toUpperCase()}`;
  const hang = columnsOf(mark) + 2;
  const lines = wrap(desk.safe(report.headline), style.width - hang);
  const reached = report.nodes.filter((node) => node.reachable).length;
  const nodes =
    reached === report.nodes.length
      ? countWords(reached, 'node')
      : `${reached} of ${countWords(report.nodes.length, 'node')} reached`;
  const meta = [
    nodes,
    `listened ${secondsWords(report.listening.ms)}`,
    `${secondsWords(report.durationMs)} in all`,
  ].join(` ${glyphs.dot} `);
  return [
    ...lines.map((line, at) =>
      at === 0
        ? `${paint(style, mark, verdictPaint[report.verdict], 'bold')}  ${paint(style, line, 'bold')}`
        : `${' '.repeat(hang)}${paint(style, line, 'bold')}`,
    ),
    ...(lines.length === 0 ? [paint(style, mark, verdictPaint[report.verdict], 'bold')] : []),
    ...wrap(meta, style.width - hang).map((line) => `${' '.repeat(hang)}${paint(style, line, 'dim')}`),
  ];
};

const proofLines = (desk: Desk, finding: Finding): readonly string[] => [
  ...finding.evidence.slice(0, proofLimit).flatMap((evidence) => [
    ...wrap(`${desk.safe(evidence.node)}: ${desk.safe(evidence.source)}`, desk.room).map((line) =>
      paint(desk.style, line, 'dim'),
    ),
    ...evidence.quote
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => `  ${shortened(desk, line)}`),
  ]),
  ...(finding.evidence.length > proofLimit
    ? wrap(`and ${finding.evidence.length - proofLimit} more, see --format json`, desk.room)
    : []),
];

const fixLines = (desk: Desk, finding: Finding): readonly string[] => [
  ...sentences(desk, finding.remedy.text),
  ...finding.remedy.commands.map(
    ({ node, command }) =>
      `${paint(desk.style, `${desk.safe(node)}$`, 'dim')} ${paint(desk.style, desk.safe(command), 'cyan')}`,
  ),
];

const effectLines = (desk: Desk, consequences: readonly Finding[]): readonly string[] =>
  wrap(
    consequences
      .map((finding) => `${desk.safe(finding.rule)} (${desk.safe(subjectWords(finding))})`)
      .join(', '),
    desk.room,
  );

const nameLine = (desk: Desk, finding: Finding): readonly string[] =>
  wrap(
    [finding.severity, desk.safe(finding.rule), desk.safe(subjectWords(finding))]
      .filter((part) => part !== '')
      .join(` ${desk.glyphs.dot} `),
    desk.room,
  ).map((line) => paint(desk.style, line, 'dim'));

const causeSection = (desk: Desk, { finding, consequences }: Cause): readonly string[] => [
  '',
  ...section(desk, 'cause', [
    ...sentences(desk, finding.title).map((line) => paint(desk.style, line, 'bold')),
    ...sentences(desk, finding.summary),
    ...nameLine(desk, finding),
  ]),
  ...section(desk, 'proof', proofLines(desk, finding)),
  ...section(desk, 'fix', fixLines(desk, finding)),
  ...section(desk, 'effect', effectLines(desk, consequences)),
];

const otherSection = (desk: Desk, others: readonly Finding[]): readonly string[] =>
  others.length === 0
    ? []
    : [
        '',
        ...section(
          desk,
          'also',
          others.flatMap((finding) => [
            ...wrap(
              `${finding.severity}: ${desk.safe(finding.title)} (${desk.safe(finding.rule)})`,
              desk.room,
            ),
            ...fixLines(desk, { ...finding, remedy: { ...finding.remedy, text: '' } }),
          ]),
        ),
      ];

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

const ladderSection = (desk: Desk, report: CheckReport): readonly string[] => {
  const ladders = laddersOf(report);
  if (ladders.length === 0) return [];
  const { glyphs } = desk;
  const lines = ladders.flatMap((ladder) => [
    ...ladderTable(desk, report, ladder),
    ...ladder.lost.flatMap((reach) =>
      wrap(
        desk.safe(
          `${reach.from} ${glyphs.arrow} ${reach.to} ${fateOf(reach).long}: ${[
            countsWords(reach),
            reach.detail,
          ]
            .filter((part) => part !== '')
            .join('; ')}`,
        ),
        desk.room,
      ),
    ),
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

const nodesSection = (desk: Desk, report: CheckReport): readonly string[] => {
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
      const { running, version } = node.keepalived;
      const daemon =
        running === true
          ? `keepalived ${version ?? '?'} runs, in no group`
          : running === false
            ? 'keepalived does not run'
            : 'not known whether keepalived runs';
      return sentences(desk, `${where}: ${daemon}`);
    }),
  ];
  return lines.length === 0 ? [] : ['', ...section(desk, 'nodes', lines)];
};

/** `text`: plain words for terminals, logs and pagers. */
export const renderText = (report: CheckReport, style: TerminalStyle): string => {
  const desk = deskFor({ ...style, width: Math.max(20, style.width) });
  const story = tellStory(report);
  const told = story.causes.filter(({ finding }) => severityRank(finding.severity) >= severityRank('high'));
  const shown = told.length > 0 ? told : story.causes.slice(0, 1);
  const others = [
    ...story.causes.filter((cause) => !shown.includes(cause)).map((cause) => cause.finding),
    ...story.stray,
  ];
  const cleared = wrap(story.cleared.map(desk.safe).join(', '), desk.room);
  const innocent =
    story.innocent.length === 0
      ? []
      : sentences(desk, `${story.innocent.map((verdict) => verdict.rule).join(', ')}: no cause here`);
  const open = [
    ...report.gaps.flatMap((gap) => sentences(desk, gap)),
    ...story.unjudged.flatMap(({ reason, rules }) => sentences(desk, `${rules.join(', ')}: ${reason}`)),
  ];
  const lines = [
    ...headline(desk, report),
    ...shown.flatMap((cause) => causeSection(desk, cause)),
    ...otherSection(desk, others),
    ...ladderSection(desk, report),
    ...nodesSection(desk, report),
    ...(cleared.length + innocent.length > 0 ? [''] : []),
    ...section(desk, 'cleared', cleared),
    ...section(desk, 'benign', innocent),
    ...(open.length > 0 ? [''] : []),
    ...section(desk, 'open', open.length > 0 ? ['This could not be judged:', ...open] : []),
  ];
  return `${lines.join('\n')}\n`;
};
