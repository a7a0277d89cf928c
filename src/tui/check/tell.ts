// The check screen in sentences, for a screen reader: what changed, once, in words that stand by themselves.
import type { CheckReport, Finding } from '../../report/report.ts';
import {
  countWords,
  laddersOf,
  lossWords,
  priorityWords,
  secondsWords,
  tellStory,
} from '../../report/story.ts';
import { helpSentences } from '../keys.ts';
import { plainText } from '../line.ts';
import { themeFor } from '../theme.ts';
import { findingPane } from './finding-pane.ts';
import { type Item, listOf } from './findings.ts';
import { everyKey } from './keys.ts';
import { restParts } from './rest-pane.ts';
import type { CheckState, NodeProgress } from './state.ts';

const paper = { theme: themeFor({ charset: 'utf8', color: 'none' }) };
const unwrapped = 1_000_000;

const nodeSentence = ({ name, phase, detail }: NodeProgress): string => {
  switch (phase) {
    case 'connecting':
      return `${name}: connecting.`;
    case 'asking':
      return `${name}: connected, asking.`;
    case 'listening':
      return `${name}: answered, listening.`;
    case 'asking-again':
      return `${name}: asking again.`;
    case 'done':
      return `${name}: done.`;
    case 'failed':
      return `${name}: failed: ${detail}.`;
  }
};

const itemSentence = ({ finding, rank, folded }: Item, place: string): string => {
  const kind = rank === 'root' ? 'root cause' : 'consequence';
  const effects = folded.length === 0 ? '' : ` Brings about ${countWords(folded.length, 'more finding')}.`;
  return `${place}, ${finding.severity}, ${kind}: ${finding.title}.${effects}`;
};

const selectedSentence = (state: CheckState): string => {
  const { items, at } = listOf(state);
  const item = items[at];
  return item === undefined ? 'No finding.' : itemSentence(item, `Finding ${at + 1} of ${items.length}`);
};

const reportSentences = (report: CheckReport): readonly string[] => {
  const story = tellStory(report);
  return [
    `${report.verdict}: ${report.headline}`,
    `${countWords(report.findings.length, 'finding')}, ${countWords(story.causes.length, 'root cause')}. Listened ${secondsWords(report.listening.ms)}.`,
    ...laddersOf(report).flatMap((ladder) =>
      ladder.lost.length === 0
        ? [`VRID ${ladder.vrid}: adverts arrive everywhere they should.`]
        : ladder.lost.map(
            (reach) => `VRID ${ladder.vrid}: ${reach.from} to ${reach.to}: ${lossWords(reach)}.`,
          ),
    ),
    ...report.clusters.flatMap((cluster) =>
      cluster.members.map(
        (member) =>
          `VRID ${cluster.vrid}: ${member.node} is ${member.state}, priority ${priorityWords(member)}, ${
            cluster.holders.includes(member.node) ? 'holds the VIP' : 'does not hold the VIP'
          }, interface ${member.interface}.`,
      ),
    ),
    ...report.nodes.flatMap((node) =>
      node.reachable
        ? []
        : [
            `${node.name} was not reached: ${node.problem ?? 'the reason is not known'}. ${node.nextStep ?? ''}`,
          ],
    ),
    ...restParts(report, unwrapped, paper).map(
      ({ label, lines }) => `${label}: ${lines.map(plainText).join(' ')}`,
    ),
    'Down arrow: next finding. Enter: open it. Question mark: all keys. Q: leave.',
  ];
};

const openedSentences = (state: CheckState, report: CheckReport, finding: Finding): readonly string[] => {
  const { items, at } = listOf(state);
  return findingPane(
    { report, finding, at: at + 1, of: items.length, why: state.whys.get(finding.rule) },
    unwrapped,
    paper,
  )
    .map((one) => plainText(one).trim().replace(/ {2,}/g, ' '))
    .filter((text) => text !== '');
};

const questionsWords = (state: CheckState): string => (state.listening?.openQuestions ?? []).join(' ');

export const tellCheck = (before: CheckState | undefined, after: CheckState): readonly string[] => {
  const said: string[] = [];
  if (before?.run.number !== after.run.number && after.run.number > 0)
    said.push(`Checking ${after.subject}.`);
  if (before?.run.phase !== after.run.phase && after.run.phase === 'ending')
    said.push('Stopping: ending what runs on the nodes.');
  for (const node of after.nodes) {
    const known = before?.nodes.find((candidate) => candidate.name === node.name);
    if (known?.phase !== node.phase || known.detail !== node.detail) said.push(nodeSentence(node));
  }
  if (
    after.listening !== undefined &&
    after.run.phase === 'running' &&
    (before === undefined ||
      questionsWords(before) !== questionsWords(after) ||
      before.listening === undefined)
  )
    said.push(
      `Listening, ${countWords(after.listening.adverts, 'advert')} so far. ${questionsWords(after) || 'Every question is settled.'}`,
    );
  if (after.entry !== undefined && before?.entry?.for !== after.entry.for)
    said.push(
      after.entry.for === 'answer'
        ? `${after.entry.question.node}: ${after.entry.question.text} Type the answer and press Enter.`
        : `Save to a new folder. Press Enter for ${after.entry.text}, or type another name. Escape: do not save.`,
    );
  const { report } = after;
  const fresh = report !== undefined && before?.report !== report;
  if (fresh) said.push(...reportSentences(report));
  if (after.message !== undefined && before?.message !== after.message)
    said.push(
      after.message.command === undefined
        ? after.message.text
        : `${after.message.text} ${after.message.command.command}`,
    );
  if (report === undefined || after.run.phase !== 'reported') {
    if (after.view === 'help' && before?.view !== 'help') said.push(...helpSentences(everyKey.running));
    return said;
  }
  if (after.view === 'help' && before?.view !== 'help') said.push(...helpSentences(everyKey.overview));
  const opened = listOf(after).items[listOf(after).at]?.finding;
  if (after.view === 'finding' && before?.view !== 'finding' && opened !== undefined)
    said.push(...openedSentences(after, report, opened));
  const moved =
    before !== undefined &&
    (before.selected !== after.selected ||
      before.filter !== after.filter ||
      before.unfolded !== after.unfolded);
  if (after.view === 'overview' && (moved || (before?.view === 'finding' && !fresh)))
    said.push(selectedSentence(after));
  return said;
};
