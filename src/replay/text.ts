// A capture as an operator reads it: verdict and cause, then each virtual router with its senders and who was master
// when, then CARP, ARP and what was odd. It decides what is shown and in which order, and judges nothing.
import { severityRank } from '../report/story.ts';
import { causeSection, otherSection } from '../report/text-causes.ts';
import { type Desk, deskFor, section, sentences } from '../report/text-desk.ts';
import { columnsOf, type Paint, paint, type TerminalStyle, wrap } from '../report/typeset.ts';
import type {
  NeighbourReport,
  OverlapReport,
  ReplayDocument,
  RouterReport,
  SenderReport,
  TransitionReport,
} from './document.ts';

const verdictPaint: Record<ReplayDocument['verdict'], Paint> = {
  critical: 'red',
  degraded: 'yellow',
  healthy: 'green',
  unknown: 'yellow',
};

/** Lists are cut here; the JSON document has all of them. */
const mostShown = { transitions: 40, overlaps: 12, senders: 16, neighbours: 16 } as const;

const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

const duration = (ms: number): string => {
  if (ms < 1000) return `${ms.toFixed(1)} ms`;
  return ms < 120_000 ? `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s` : `${(ms / 60_000).toFixed(1)} min`;
};

const cut = <T>(
  values: readonly T[],
  most: number,
  show: (value: T, index: number) => readonly string[],
): readonly string[] => [
  ...values.slice(0, most).flatMap(show),
  ...(values.length > most ? [`and ${values.length - most} more, see --format json`] : []),
];

// ── one virtual router ───────────────────────────────────────────────────────────────────────────────────────
const checksumWords = (checksums: SenderReport['checksums']): readonly string[] =>
  Object.entries(checksums).flatMap(([verdict, count]) =>
    verdict === 'good' ? [] : [`checksum ${verdict}: ${counted(count, 'advert')}`],
  );

const senderLines = (desk: Desk, sender: SenderReport): readonly string[] => {
  const { interval } = sender;
  const facts = [
    `priority ${sender.priorities.length === 0 ? '0' : sender.priorities.join(', ')}`,
    `VRRPv${sender.versions.join(' and v')}`,
    `${counted(sender.adverts, 'advert')}${
      sender.farewells === 0 ? '' : ` and ${counted(sender.farewells, 'resignation')}`
    }`,
    ...(sender.versions.includes(2) ? [`auth ${sender.auth.join(', ')}`] : []),
    ...(sender.ttls.some((ttl) => ttl !== 255) ? [`TTL ${sender.ttls.join(', ')}`] : []),
    ...checksumWords(sender.checksums),
  ];
  const rhythm =
    interval === null
      ? `interval ${duration(sender.advertisedIntervalMs)}, too few adverts to measure`
      : `interval ${duration(sender.advertisedIntervalMs)}; measured ${interval.meanMs.toFixed(1)} ms (${interval.minMs.toFixed(1)} to ${interval.maxMs.toFixed(1)}), jitter ${interval.jitterMs.toFixed(1)} ms`;
  const who = `${sender.name}${sender.srcMac === null || sender.name.includes(sender.srcMac) ? '' : ` (${sender.srcMac})`}`;
  const foreign = sender.relation === 'foreign' ? [paint(desk.style, 'foreign: other VIPs', 'yellow')] : [];
  return [
    `${paint(desk.style, desk.safe(who), 'bold')}${foreign.length === 0 ? '' : `  ${foreign.join('')}`}`,
    ...wrap(desk.safe(facts.join(', ')), desk.room - 2).map((line) => `  ${line}`),
    ...wrap(desk.safe(rhythm), desk.room - 2).map((line) => `  ${line}`),
  ];
};

const reasonWords = ({ reason, from }: TransitionReport): string => {
  switch (reason) {
    case 'first-heard':
      return 'first heard';
    case 'priority-0':
      return `${from ?? 'the master'} resigned with priority 0`;
    case 'timeout':
      return `${from ?? 'the master'} fell silent`;
    case 'higher-priority':
      return `outranked ${from ?? 'the master'}`;
    case 'yielded':
      return `${from ?? 'the master'} yielded`;
    case 'returned':
      return 'back after a silence nobody filled';
  }
};

const transitionLines = (desk: Desk, transition: TransitionReport): readonly string[] => {
  const { at, to, priority, takeoverMs, announcedAfterMs } = transition;
  const words = [
    to === null
      ? `nobody is master: ${reasonWords(transition)}, and nobody followed`
      : `${to} is master, priority ${priority}: ${reasonWords(transition)}`,
    ...(takeoverMs === null
      ? []
      : [
          `${duration(takeoverMs)} ${transition.reason === 'returned' ? 'without adverts' : 'after its last advert'}`,
        ]),
    ...(announcedAfterMs === null ? [] : [`VIP announced after ${duration(announcedAfterMs)}`]),
  ].join('; ');
  return hanging(desk, at, words);
};

/** A time, and beside it words that stay indented under each other. */
const hanging = (desk: Desk, time: string, words: string): readonly string[] => {
  const label = time.replace(/^\d{4}-\d\d-\d\dT/, '');
  const room = desk.room - label.length - 2;
  return wrap(desk.safe(words), Math.max(20, room)).map((line, index) =>
    index === 0 ? `${paint(desk.style, label, 'dim')}  ${line}` : `${' '.repeat(label.length + 2)}${line}`,
  );
};

const overlapLines = (desk: Desk, overlap: OverlapReport): readonly string[] =>
  hanging(
    desk,
    overlap.from,
    `${overlap.senders.map((name, index) => `${name} (${counted(overlap.adverts[index] ?? 0, 'advert')})`).join(' and ')} both advertised, ${
      overlap.state === 'ongoing' ? 'to the end of the capture' : `for ${duration(overlap.durationMs)}`
    }`,
  );

const routerSection = (desk: Desk, router: RouterReport): readonly string[] => {
  const where = [
    router.family === 'ipv6' ? 'IPv6' : 'IPv4',
    ...(router.vlan === undefined ? [] : [`VLAN ${router.vlan}`]),
    ...(router.interfaceId === 0 ? [] : [`interface ${router.interfaceId}`]),
  ].join(', ');
  const vips = router.vips.length === 0 ? 'no VIP announced' : `VIP ${router.vips.join(', ')}`;
  const master = router.master === null ? 'no master at the end' : `master at the end: ${router.master}`;
  const further = router.furtherTransitions;
  return [
    '',
    ...wrap(desk.safe(`VRID ${router.vrid} (${where}), ${vips}; ${master}`), desk.style.width - 2).map(
      (line, index) => `  ${index === 0 ? paint(desk.style, line, 'bold') : line}`,
    ),
    ...section(
      desk,
      'senders',
      cut(router.senders, mostShown.senders, (sender) => senderLines(desk, sender)),
    ),
    ...section(desk, 'history', [
      ...cut(router.transitions, mostShown.transitions, (one) => transitionLines(desk, one)),
      ...(further > 0 ? [`and ${further} further changes, which were only counted`] : []),
    ]),
    ...section(
      desk,
      'both',
      cut(router.overlaps, mostShown.overlaps, (one) => overlapLines(desk, one)),
    ),
  ];
};

// ── everything else ──────────────────────────────────────────────────────────────────────────────────────────
const neighbourLines = (desk: Desk, one: NeighbourReport): readonly string[] =>
  sentences(
    desk,
    `${one.vip} at ${one.mac} (${one.sender ?? 'nobody who advertises'}): ${[
      ...(one.announcements > 0 ? [counted(one.announcements, 'announcement')] : []),
      ...(one.answers > 0 ? [counted(one.answers, 'answer')] : []),
    ].join(', ')}`,
  );

const headlineLines = (desk: Desk, document: ReplayDocument): readonly string[] => {
  const { style, glyphs } = desk;
  const { capture, verdict } = document;
  const mark = `${glyphs.verdict[verdict]} ${verdict.toUpperCase()}`;
  const hang = columnsOf(mark) + 2;
  const room = style.width - hang;
  const what = [
    capture.source === '-' ? 'stdin' : capture.source,
    counted(capture.frames, 'frame'),
    counted(capture.adverts, 'advert'),
    ...(capture.carp > 0 ? [`${capture.carp} CARP`] : []),
    ...(capture.firstAt === null ? [] : [`${duration(capture.durationMs)} from ${capture.firstAt}`]),
  ].join(` ${glyphs.dot} `);
  return [
    ...wrap(desk.safe(document.headline), room).map((line, index) =>
      index === 0
        ? `${paint(style, mark, verdictPaint[verdict], 'bold')}  ${paint(style, line, 'bold')}`
        : `${' '.repeat(hang)}${paint(style, line, 'bold')}`,
    ),
    ...wrap(desk.safe(what), room).map((line) => `${' '.repeat(hang)}${paint(style, line, 'dim')}`),
  ];
};

const findingSections = (desk: Desk, { findings }: ReplayDocument): readonly string[] => {
  const roots = findings.filter((finding) => finding.cause === 'root');
  const grave = roots.filter((finding) => severityRank(finding.severity) >= severityRank('high'));
  const told = grave.length > 0 ? grave : roots.slice(0, 1);
  return [
    ...told.flatMap((finding) =>
      causeSection(desk, {
        finding,
        consequences: findings.filter((other) => other.causedBy.includes(finding.id)),
      }),
    ),
    ...otherSection(
      desk,
      roots.filter((finding) => !told.includes(finding)),
    ),
  ];
};

const openLines = (desk: Desk, { gaps, verdicts }: ReplayDocument): readonly string[] => {
  const byReason = new Map<string, number>();
  for (const verdict of verdicts)
    if (verdict.result === 'not-evaluated')
      byReason.set(verdict.reason ?? '', (byReason.get(verdict.reason ?? '') ?? 0) + 1);
  return [
    ...gaps.flatMap((gap) => sentences(desk, gap)),
    ...[...byReason].flatMap(([reason, count]) =>
      sentences(desk, `${counted(count, 'rule')} not evaluated: ${reason}`),
    ),
  ];
};

export const renderReplayText = (document: ReplayDocument, style: TerminalStyle): string => {
  const desk = deskFor({ ...style, width: Math.max(40, style.width) });
  const clear = document.verdicts.filter((verdict) => verdict.result === 'clear');
  const rest = [
    ...section(
      desk,
      'carp',
      document.carp.flatMap((one) =>
        sentences(
          desk,
          `VHID ${one.vhid} of ${one.src}: ${counted(one.count, 'advert')}, advbase ${one.advBaseSeconds} s, advskew ${one.advSkew}`,
        ),
      ),
    ),
    ...section(
      desk,
      'arp/nd',
      cut(document.neighbours, mostShown.neighbours, (one) => neighbourLines(desk, one)),
    ),
    ...section(
      desk,
      'odd',
      document.problems.flatMap((problem) =>
        sentences(
          desk,
          `${counted(problem.count, 'frame')}, first ${problem.firstFrame}: ${problem.layer}: ${problem.text}`,
        ),
      ),
    ),
    ...section(
      desk,
      'cleared',
      wrap(clear.map((verdict) => desk.safe(verdict.rule)).join(', '), desk.room).map((line) =>
        paint(style, line, 'dim'),
      ),
    ),
    ...section(desk, 'open', openLines(desk, document)),
  ];
  const lines = [
    ...headlineLines(desk, document),
    ...findingSections(desk, document),
    ...document.routers.flatMap((router) => routerSection(desk, router)),
    ...(rest.length > 0 ? ['', ...rest] : []),
  ];
  return `${lines.join('\n')}\n`;
};
