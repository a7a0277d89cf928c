// The report as one page that stands alone: prints well, follows the reader's light or dark setting, has no script
// and asks for nothing from elsewhere. It knows the report's words, not how they were found.
import { escapeMarkup } from './escape.ts';
import type { CheckReport, ReportCluster } from './report.ts';
import {
  type Cause,
  countWords,
  fateOf,
  type Ladder,
  laddersOf,
  lossWords,
  priorityWords,
  rungsOf,
  secondsWords,
  stateOf,
  subjectWords,
  tellStory,
} from './story.ts';

const style = `
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --quiet: #5b6570; --line: #d5dae0; --shade: #f4f6f8;
  --critical: #b42318; --degraded: #9a5b00; --healthy: #1a7f37; --unknown: #9a5b00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --paper: #14171a; --quiet: #9aa4ae; --line: #343a41;
  --shade: #1d2125; --critical: #ff7b72; --degraded: #e3b341; --healthy: #56d364; --unknown: #e3b341; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; line-height: 1.3; border-left: .4rem solid; padding-left: .8rem; }
h1 b { display: block; font-size: .85rem; letter-spacing: .08em; }
h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
.critical { color: var(--critical); } .degraded { color: var(--degraded); } .healthy { color: var(--healthy); } .unknown { color: var(--unknown); }
.quiet { color: var(--quiet); }
pre { background: var(--shade); border: 1px solid var(--line); padding: .6rem .8rem; overflow-x: auto; font-size: .85rem; margin: .3rem 0 .8rem; }
code, pre { font-family: ui-monospace, monospace; }
table { border-collapse: collapse; margin: .5rem 0 1rem; } th, td { border: 1px solid var(--line); padding: .25rem .6rem; text-align: left; }
th { background: var(--shade); }
td, li, p { overflow-wrap: anywhere; }
@media print { :root { --ink: #000; --paper: #fff; --quiet: #444; --line: #999; --shade: #fff; } body { margin: 0; max-width: none; font-size: 11pt; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; } h2, h3 { break-after: avoid; } pre, table { break-inside: avoid; } }
`;

const row = (cell: 'td' | 'th', cells: readonly string[]): string =>
  `<tr>${cells.map((text) => `<${cell}>${text}</${cell}>`).join('')}</tr>`;

const grid = (head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] => [
  '<table>',
  `<thead>${row('th', head)}</thead>`,
  '<tbody>',
  ...rows.map((cells) => row('td', cells)),
  '</tbody>',
  '</table>',
];

const rungMark = { reached: '●', missed: '○', unknown: '?' } as const;

const causeSection = ({ finding, consequences }: Cause): readonly string[] => [
  '<section>',
  `<h2>${escapeMarkup(finding.title)}</h2>`,
  `<p>${escapeMarkup(finding.summary)}</p>`,
  `<p class="quiet">${finding.severity} · <code>${escapeMarkup(finding.rule)}</code> · ${escapeMarkup(subjectWords(finding))}</p>`,
  '<h3>Proof</h3>',
  ...finding.evidence.flatMap((evidence) => [
    `<p class="quiet">${escapeMarkup(evidence.node)}: ${escapeMarkup(evidence.source)}</p>`,
    `<pre>${evidence.quote.split('\n').map(escapeMarkup).join('\n')}</pre>`,
  ]),
  '<h3>Fix</h3>',
  `<p>${escapeMarkup(finding.remedy.text)}</p>`,
  ...(finding.remedy.commands.length === 0
    ? []
    : [
        `<pre>${finding.remedy.commands
          .map(
            ({ node, command }) =>
              `<span class="quiet">${escapeMarkup(node)}$</span> ${escapeMarkup(command)}`,
          )
          .join('\n')}</pre>`,
      ]),
  ...(consequences.length === 0
    ? []
    : [
        '<h3>Brings about</h3>',
        '<ul>',
        ...consequences.map(
          (effect) => `<li>${escapeMarkup(effect.title)} <code>${escapeMarkup(effect.rule)}</code></li>`,
        ),
        '</ul>',
      ]),
  '</section>',
];

const ladderSection = (report: CheckReport, ladder: Ladder): readonly string[] => [
  `<h2>How far adverts of VRID ${ladder.vrid} climbed</h2>`,
  ...grid(
    ['from', ...ladder.receivers.map((receiver) => `to ${escapeMarkup(receiver)}`)],
    ladder.senders.map((sender) => [
      escapeMarkup(`${sender} ${stateOf(report.clusters, ladder.vrid, sender) ?? ''}`.trimEnd()),
      ...ladder.receivers.map((receiver) => {
        const reach = ladder.cells.find((cell) => cell.from === sender && cell.to === receiver);
        if (reach === undefined) return '';
        return `${rungsOf(reach)
          .map((rung) => rungMark[rung])
          .join('')} ${fateOf(reach).short}`;
      }),
    ]),
  ),
  '<p class="quiet">Rungs: sent, arrived, delivered, accepted. ● reached, ○ not, ? not known.</p>',
  ...(ladder.lost.length === 0
    ? []
    : [
        '<ul>',
        ...ladder.lost.map(
          (reach) => `<li>${escapeMarkup(`${reach.from} → ${reach.to} ${lossWords(reach)}`)}</li>`,
        ),
        '</ul>',
      ]),
];

const clusterSection = (report: CheckReport, cluster: ReportCluster): readonly string[] => [
  `<h2>VRID ${cluster.vrid}: ${escapeMarkup(cluster.vips.join(', ') || 'VIP not known')}</h2>`,
  `<p class="quiet">VRRPv${cluster.version} ${cluster.mode}, ${cluster.family}</p>`,
  ...grid(
    ['node', 'state', 'priority', 'VIP', 'interface', 'keepalived'],
    cluster.members.map((member) => [
      escapeMarkup(member.node),
      member.state,
      escapeMarkup(priorityWords(member)),
      cluster.holders.includes(member.node) ? 'holds it' : '',
      escapeMarkup(member.interface),
      escapeMarkup(report.nodes.find((node) => node.name === member.node)?.keepalived.version ?? '?'),
    ]),
  ),
];

export const renderHtml = (report: CheckReport): string => {
  const story = tellStory(report);
  const unreached = report.nodes.filter((node) => !node.reachable);
  const lines = [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${report.verdict}: ${escapeMarkup(report.headline)}</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    `<h1 class="${report.verdict}"><b>${report.verdict.toUpperCase()}</b>${escapeMarkup(report.headline)}</h1>`,
    `<p class="quiet">${countWords(report.nodes.length, 'node')} · listened ${secondsWords(report.listening.ms)} · ${secondsWords(report.durationMs)} in all · ${escapeMarkup(report.startedAt)}</p>`,
    ...story.causes.flatMap(causeSection),
    ...(story.stray.length === 0
      ? []
      : [
          '<h2>Also</h2>',
          '<ul>',
          ...story.stray.map((finding) => `<li>${escapeMarkup(finding.title)}</li>`),
          '</ul>',
        ]),
    ...laddersOf(report).flatMap((ladder) => ladderSection(report, ladder)),
    ...report.clusters.flatMap((cluster) => clusterSection(report, cluster)),
    ...(unreached.length === 0
      ? []
      : [
          '<h2>Not reached</h2>',
          '<ul>',
          ...unreached.map(
            (node) =>
              `<li>${escapeMarkup(`${node.name} (${node.address}): ${node.problem ?? 'the reason is not known'}`)} <code>${escapeMarkup(node.nextStep ?? '')}</code></li>`,
          ),
          '</ul>',
        ]),
    ...(story.cleared.length + story.innocent.length === 0
      ? []
      : [
          '<h2>Cleared</h2>',
          `<p>${story.cleared.map((rule) => `<code>${escapeMarkup(rule)}</code>`).join(', ')}</p>`,
          '<ul>',
          ...story.innocent.map(
            (verdict) =>
              `<li><code>${escapeMarkup(verdict.rule)}</code> ${escapeMarkup(verdict.reason ?? '')}</li>`,
          ),
          '</ul>',
        ]),
    ...(story.unjudged.length + report.gaps.length === 0
      ? []
      : [
          '<h2>Could not be judged</h2>',
          '<ul>',
          ...report.gaps.map((gap) => `<li>${escapeMarkup(gap)}</li>`),
          ...story.unjudged.map(
            ({ reason, rules }) =>
              `<li>${rules.map((rule) => `<code>${escapeMarkup(rule)}</code>`).join(', ')}: ${escapeMarkup(reason)}</li>`,
          ),
          '</ul>',
        ]),
    '</body>',
    '</html>',
  ];
  return `${lines.join('\n')}\n`;
};
