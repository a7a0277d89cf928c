// The report of a check as one page that stands alone: causes with proof and fix, the ladder, the timeline, and what
// else was seen. It knows the report's words, not how they were found, nor how a page looks.
import { waiverWords } from './acceptance.ts';
import { comparisonWords, type Entry, entryWords } from './baseline.ts';
import { escapeMarkup } from './escape.ts';
import { timelineLines, timelineStyle } from './html-timeline.ts';
import { codeChips, commandLines, gridLines, quoteLines } from './page/markup.ts';
import { type PageSection, renderPage, toneWord } from './page/page.ts';
import type { CheckReport, Finding, ReportCluster, ReportReach } from './report.ts';
import {
  type Cause,
  countWords,
  fateOf,
  type Ladder,
  laddersOf,
  lossWords,
  priorityWords,
  type Rung,
  rungsOf,
  secondsWords,
  stateOf,
  subjectWords,
  tellStory,
} from './story.ts';
import { acceptedByName, followersWords } from './text-settled.ts';

const checkStyle = `${timelineStyle}
article + article { border-top: 1px solid var(--line); margin-top: 1.4rem; padding-top: 1.2rem; }
article > h3:first-of-type { font-size: 1.05rem; margin-top: .3rem; }
.rungs { vertical-align: -.15em; margin-right: .5em; } .rungs rect { stroke: var(--tone); stroke-width: 1.2; fill: none; } .rungs .reached { fill: var(--tone); } .rungs .unknown { stroke-dasharray: 2 2; }
.fate { white-space: nowrap; }
`;

const codeMarkup = (text: string): string => `<code>${escapeMarkup(text)}</code>`;

/** An address of a finding within the page. */
const anchorsOf = (findings: readonly Finding[]): ReadonlyMap<string, string> =>
  new Map(findings.map((finding, at) => [finding.id, `finding-${at + 1}`]));

const aboutLine = (finding: Finding): string =>
  `<p class="quiet small">${codeMarkup(finding.rule)} on ${escapeMarkup(subjectWords(finding) || 'no node in particular')}</p>`;

const proofAndFix = (finding: Finding): readonly string[] => [
  '<h4>Proof</h4>',
  ...finding.evidence.flatMap(quoteLines),
  '<h4>Fix</h4>',
  `<p>${escapeMarkup(finding.remedy.text)}</p>`,
  ...commandLines(finding.remedy.commands),
];

const causeLines = (
  { finding, consequences }: Cause,
  anchors: ReadonlyMap<string, string>,
): readonly string[] => [
  `<article id="${anchors.get(finding.id) ?? ''}">`,
  toneWord(finding.severity, `${finding.severity} cause`),
  `<h3>${escapeMarkup(finding.title)}</h3>`,
  `<p>${escapeMarkup(finding.summary)}</p>`,
  aboutLine(finding),
  ...proofAndFix(finding),
  ...(consequences.length === 0
    ? []
    : [
        '<h4>Brings about</h4>',
        '<ul>',
        ...consequences.map(
          (effect) =>
            `<li><a href="#${anchors.get(effect.id) ?? ''}">${escapeMarkup(effect.title)}</a> ${codeMarkup(effect.rule)}</li>`,
        ),
        '</ul>',
      ]),
  '</article>',
];

const effectLines = (finding: Finding, anchors: ReadonlyMap<string, string>): readonly string[] => [
  `<article id="${anchors.get(finding.id) ?? ''}">`,
  toneWord(finding.severity, `${finding.severity} consequence`),
  `<h3>${escapeMarkup(finding.title)}</h3>`,
  `<p>${escapeMarkup(finding.summary)}</p>`,
  aboutLine(finding),
  ...proofAndFix(finding),
  '</article>',
];

const rungWords: Record<Rung, string> = { reached: 'yes', missed: 'no', unknown: 'not known' };

/** Four steps that rise: filled where the advert came, hollow where not, dashed where nobody knows. */
const rungsMarkup = (reach: ReportReach): string => {
  const rungs = rungsOf(reach);
  const words = rungs.map((rung, at) => `${rungNames[at]} ${rungWords[rung]}`).join(', ');
  const bars = rungs.map((rung, at) => {
    const height = 5 + at * 4;
    return `<rect class="${rung}" x="${1 + at * 9}" y="${18 - height}" width="6.5" height="${height}" rx="1"/>`;
  });
  return `<svg class="rungs" width="38" height="19" role="img" aria-label="${words}">${bars.join('')}</svg>`;
};
const rungNames = ['sent', 'arrived', 'delivered', 'accepted'] as const;

const cellMarkup = (reach: ReportReach | undefined): string => {
  if (reach === undefined) return '<span class="quiet">–</span>';
  const tone = reach.lostAt !== null ? 'critical' : fateOf(reach).short === 'unknown' ? 'unknown' : 'healthy';
  const counts = [reach.sent, reach.arrived, reach.delivered].map((count) => count ?? '?').join(' / ');
  return `<span class="fate ${tone}">${rungsMarkup(reach)}<span class="tone">${fateOf(reach).short}</span></span> <span class="quiet small">${counts}</span>`;
};

const ladderLines = (report: CheckReport, ladder: Ladder): readonly string[] => [
  ...gridLines({
    caption: `VRID ${ladder.vrid}: how far adverts climbed`,
    head: ['from', ...ladder.receivers.map((receiver) => `to ${receiver}`)],
    rowsMarkup: ladder.senders.map((sender) => [
      `${escapeMarkup(sender)} <span class="quiet">${stateOf(report.clusters, ladder.vrid, sender) ?? ''}</span>`,
      ...ladder.receivers.map((receiver) =>
        cellMarkup(ladder.cells.find((cell) => cell.from === sender && cell.to === receiver)),
      ),
    ]),
    narrow: 'stacked',
  }),
  ...(ladder.lost.length === 0
    ? []
    : [
        '<ul>',
        ...ladder.lost.map(
          (reach) =>
            `<li><b>${escapeMarkup(`${reach.from} → ${reach.to}`)}</b> ${escapeMarkup(lossWords(reach))}</li>`,
        ),
        '</ul>',
      ]),
];

const clusterLines = (report: CheckReport, cluster: ReportCluster): readonly string[] =>
  gridLines({
    caption: `VRID ${cluster.vrid}: ${cluster.vips.join(', ') || 'VIP not known'} (VRRPv${cluster.version} ${cluster.mode}, ${cluster.family})`,
    head: ['node', 'state', 'priority', 'VIP', 'interface', 'advert every', 'keepalived'],
    rowsMarkup: cluster.members.map((member) => [
      escapeMarkup(member.node),
      member.state === 'MASTER' ? '<b>MASTER</b>' : member.state,
      escapeMarkup(priorityWords(member)),
      cluster.holders.includes(member.node) ? 'holds it' : '',
      escapeMarkup(member.interface),
      member.advertIntervalMs === null ? '' : secondsWords(member.advertIntervalMs),
      escapeMarkup(report.nodes.find((node) => node.name === member.node)?.keepalived.version ?? '?'),
    ]),
    narrow: 'stacked',
  });

const section = (id: string, title: string, body: readonly string[]): readonly PageSection[] =>
  body.length === 0 ? [] : [{ id, title, body }];

const listLines = (itemsMarkup: readonly string[]): readonly string[] =>
  itemsMarkup.length === 0 ? [] : ['<ul>', ...itemsMarkup.map((item) => `<li>${item}</li>`), '</ul>'];

/** `2026-11-20 21:13:26.610` of an ISO instant. */
const instantWords = (iso: string | null): string =>
  iso === null ? '' : iso.replace('T', ' ').replace(/Z$/, '');

const sinceLines = ({ baseline }: CheckReport): readonly string[] => {
  if (baseline === undefined) return [];
  const list = (word: string, entries: readonly Entry[]): readonly string[] =>
    entries.map((entry) => `<b>${word}</b> ${escapeMarkup(entryWords(entry))}`);
  const when = baseline.startedAt === undefined ? '' : ` of ${baseline.startedAt}`;
  return [
    `<p>${escapeMarkup(`${baseline.file}${when}: ${comparisonWords(baseline)}`)}</p>`,
    ...listLines([
      ...list('new', baseline.new),
      ...list('gone', baseline.gone),
      ...list('not judged', baseline.unjudged),
    ]),
  ];
};

const acceptedLines = ({ accepted }: CheckReport): readonly string[] =>
  listLines(
    acceptedByName(accepted).map((finding) => {
      const followers = followersWords(finding, accepted);
      const waiver = `${waiverWords(finding.acceptance)}${followers === '' ? '' : `; and with it ${followers}`}`;
      return `${finding.severity}: ${escapeMarkup(finding.title)} ${codeMarkup(finding.rule)} <span class="quiet">${escapeMarkup(waiver)}</span>`;
    }),
  );

const sectionsOf = (report: CheckReport): readonly PageSection[] => {
  const story = tellStory(report);
  const anchors = anchorsOf(report.findings);
  const effects = report.findings.filter((finding) => finding.cause === 'consequence');
  const ladders = laddersOf(report);
  return [
    ...section(
      'causes',
      story.causes.length === 1 ? 'Cause and fix' : 'Causes and fixes',
      story.causes.flatMap((cause) => causeLines(cause, anchors)),
    ),
    ...section(
      'unreached',
      'Not reached',
      listLines(
        report.nodes
          .filter((node) => !node.reachable)
          .map(
            (node) =>
              `<b>${escapeMarkup(node.name)}</b> (${escapeMarkup(node.address)}): ${escapeMarkup(node.problem ?? 'the reason is not known')}${node.nextStep === undefined ? '' : `<br>Next: ${escapeMarkup(node.nextStep)}`}`,
          ),
      ),
    ),
    ...section('since', 'Since the baseline', sinceLines(report)),
    ...section('accepted', 'Accepted', acceptedLines(report)),
    ...section(
      'ladder',
      'Ladder',
      ladders.length === 0
        ? []
        : [
            '<p>An advert climbs four rungs: sent, arrived, delivered by the kernel, accepted by keepalived. A filled step was reached, a hollow one was not, a dashed one is not known. The numbers are adverts sent / arrived / delivered.</p>',
            ...ladders.flatMap((ladder) => ladderLines(report, ladder)),
          ],
    ),
    ...section('timeline', 'Timeline', report.timeline.length === 0 ? [] : timelineLines(report)),
    ...section(
      'addresses',
      'Virtual addresses',
      report.clusters.flatMap((cluster) => clusterLines(report, cluster)),
    ),
    ...section(
      'consequences',
      'Consequences',
      effects.flatMap((finding) => effectLines(finding, anchors)),
    ),
    ...section(
      'history',
      'What keepalived logged last',
      report.history.length === 0
        ? []
        : gridLines({
            caption: 'Times are those of the node (UTC)',
            head: ['node', 'time', 'line'],
            rowsMarkup: report.history.map(({ node, at, text }) => [
              escapeMarkup(node),
              escapeMarkup(instantWords(at)),
              codeMarkup(text),
            ]),
            narrow: 'stacked',
          }),
    ),
    ...section('cleared', 'Cleared', [
      ...(story.cleared.length === 0 ? [] : ['<p>These were looked at and are not the cause.</p>']),
      ...codeChips(story.cleared),
      ...listLines(
        story.innocent.map((verdict) =>
          `${codeMarkup(verdict.rule)} ${escapeMarkup(verdict.reason ?? '')}`.trimEnd(),
        ),
      ),
    ]),
    ...section(
      'open',
      'Could not be judged',
      listLines([
        ...report.gaps.map(escapeMarkup),
        ...story.unjudged.map(
          ({ reason, rules }) => `${escapeMarkup(reason)}: ${rules.map(codeMarkup).join(', ')}`,
        ),
      ]),
    ),
  ];
};

export const renderHtml = (report: CheckReport): string =>
  renderPage({
    title: `${report.verdict}: ${report.headline}`,
    tone: report.verdict,
    word: report.verdict,
    headline: report.headline,
    facts: [
      countWords(report.nodes.length, 'node'),
      `listened ${secondsWords(report.listening.ms)}`,
      `${secondsWords(report.durationMs)} in all`,
      `${instantWords(report.startedAt)} UTC`,
    ],
    sections: sectionsOf(report),
    footer: `${report.tool.name} ${report.tool.version}, check. Passwords are replaced by fingerprints.`,
    style: checkStyle,
  });
