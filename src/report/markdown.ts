// The report for a ticket or a chat: GitHub-flavoured Markdown, nothing in it but words, tables and code.
import { waiverWords } from './acceptance.ts';
import { comparisonWords, type Entry, entryWords } from './baseline.ts';
import {
  markdownBlock as block,
  markdownCode as code,
  markdownGrid as grid,
  markdownWords as words,
} from './markdown-markup.ts';
import type { CheckReport, Finding } from './report.ts';
import {
  countWords,
  fateOf,
  laddersOf,
  priorityWords,
  rungsOf,
  secondsWords,
  stateOf,
  subjectWords,
  tellStory,
} from './story.ts';
import { acceptedByName, followersWords } from './text-settled.ts';

const rungMark = { reached: '●', missed: '○', unknown: '?' } as const;

const causeParts = (finding: Finding, consequences: readonly Finding[]): readonly string[] => [
  '',
  `### ${words(finding.title)}`,
  '',
  words(finding.summary),
  '',
  `Rule ${code(finding.rule)}, ${finding.severity}, on ${words(subjectWords(finding))}.`,
  '',
  '**Proof**',
  '',
  ...finding.evidence.flatMap((evidence) => [
    `- ${words(`${evidence.node}: ${evidence.source}`)}`,
    ...block('text', evidence.quote.split('\n')).map((line) => `  ${line}`),
  ]),
  '',
  `**Fix** ${words(finding.remedy.text)}`,
  ...(finding.remedy.commands.length === 0
    ? []
    : [
        '',
        ...block(
          'console',
          finding.remedy.commands.map(({ node, command }) => `${node}$ ${command}`),
        ),
      ]),
  ...(consequences.length === 0
    ? []
    : [
        '',
        `Brings about: ${consequences.map((effect) => `${words(effect.title)} (${code(effect.rule)})`).join('; ')}.`,
      ]),
];

const sinceParts = ({ baseline }: CheckReport): readonly string[] => {
  if (baseline === undefined) return [];
  const list = (word: string, entries: readonly Entry[]): readonly string[] =>
    entries.map((entry) => `- **${word}** ${words(entryWords(entry))}`);
  const when = baseline.startedAt === undefined ? '' : ` of ${words(baseline.startedAt)}`;
  return [
    '',
    '### Since the baseline',
    '',
    `${code(baseline.file)}${when}: ${comparisonWords(baseline)}.`,
    '',
    ...list('new', baseline.new),
    ...list('gone', baseline.gone),
    ...list('not judged', baseline.unjudged),
  ];
};

const acceptedParts = ({ accepted }: CheckReport): readonly string[] =>
  accepted.length === 0
    ? []
    : [
        '',
        '### Accepted',
        '',
        ...acceptedByName(accepted).map((finding) => {
          const followers = followersWords(finding, accepted);
          return `- ${finding.severity}: ${words(finding.title)} ${code(finding.rule)}, ${words(waiverWords(finding.acceptance))}${
            followers === '' ? '' : `; and with it ${words(followers)}`
          }`;
        }),
      ];

export const renderMarkdown = (report: CheckReport): string => {
  const story = tellStory(report);
  const versionOf = (name: string): string =>
    report.nodes.find((node) => node.name === name)?.keepalived.version ?? '?';
  const lines = [
    `## ${report.verdict.toUpperCase()}: ${words(report.headline)}`,
    '',
    `${countWords(report.nodes.length, 'node')}, listened ${secondsWords(report.listening.ms)}, ${secondsWords(report.durationMs)} in all, started ${words(report.startedAt)}.`,
    ...story.causes.flatMap(({ finding, consequences }) => causeParts(finding, consequences)),
    ...(story.stray.length === 0
      ? []
      : [
          '',
          '### Also',
          '',
          ...story.stray.map((finding) => `- ${words(finding.title)} (${code(finding.rule)})`),
        ]),
    ...sinceParts(report),
    ...acceptedParts(report),
    ...laddersOf(report).flatMap((ladder) => [
      '',
      `### How far adverts of VRID ${ladder.vrid} climbed`,
      '',
      ...grid(
        ['from', ...ladder.receivers.map((receiver) => `to ${words(receiver)}`)],
        ladder.senders.map((sender) => [
          words(`${sender} ${stateOf(report.clusters, ladder.vrid, sender) ?? ''}`.trimEnd()),
          ...ladder.receivers.map((receiver) => {
            const reach = ladder.cells.find((cell) => cell.from === sender && cell.to === receiver);
            return reach === undefined
              ? ''
              : `${rungsOf(reach)
                  .map((rung) => rungMark[rung])
                  .join('')} ${fateOf(reach).short}`;
          }),
        ]),
      ),
      '',
      'Rungs: sent, arrived, delivered, accepted.',
    ]),
    ...report.clusters.flatMap((cluster) => [
      '',
      `### VRID ${cluster.vrid}: ${words(cluster.vips.join(', ') || 'VIP not known')} (VRRPv${cluster.version} ${cluster.mode}, ${cluster.family})`,
      '',
      ...grid(
        ['node', 'state', 'priority', 'VIP', 'interface', 'keepalived'],
        cluster.members.map((member) => [
          words(member.node),
          member.state,
          words(priorityWords(member)),
          cluster.holders.includes(member.node) ? 'holds it' : '',
          words(member.interface),
          words(versionOf(member.node)),
        ]),
      ),
    ]),
    ...report.nodes
      .filter((node) => !node.reachable)
      .flatMap((node) => [
        '',
        `**${words(node.name)}** (${words(node.address)}) was not reached: ${words(node.problem ?? 'the reason is not known')}. ${words(node.nextStep ?? '')}`.trimEnd(),
      ]),
    ...(story.cleared.length + story.innocent.length === 0
      ? []
      : [
          '',
          '### Cleared',
          '',
          ...(story.cleared.length === 0 ? [] : [story.cleared.map(code).join(', ')]),
          ...story.innocent.map((verdict) =>
            `- ${code(verdict.rule)} ${words(verdict.reason ?? '')}`.trimEnd(),
          ),
        ]),
    ...(story.unjudged.length + report.gaps.length === 0
      ? []
      : [
          '',
          '### Could not be judged',
          '',
          ...report.gaps.map((gap) => `- ${words(gap)}`),
          ...story.unjudged.map(({ reason, rules }) => `- ${rules.map(code).join(', ')}: ${words(reason)}`),
        ]),
  ];
  return `${lines.join('\n')}\n`;
};
