// The timeline of the HTML page: for every place that listened, one lane for each sender and each one who spoke for a
// VIP, drawn as SVG beside words that say the same. It knows marks and places; why something is missing is said above.
import { escapeMarkup } from './escape.ts';
import { axisLines, percentOf, type TimeScale, ticksOf } from './page/time-axis.ts';
import type { CheckReport, ReportAddressLane, ReportAdvertLane, ReportListener } from './report.ts';
import { secondsWords } from './story.ts';

const LANE_PX = 30;
const AXIS_PX = 20;

export const timelineStyle = `
.panel { margin: 1.1rem 0 1.6rem; } .panel > h3 { margin-bottom: .1rem; }
.lane { display: grid; grid-template-columns: minmax(11rem, 23rem) 1fr; gap: 0 1rem; align-items: center; padding: .15rem 0; }
.lane p { margin: 0; line-height: 1.3; font-size: .875rem; } .lane .dot { display: inline-block; width: .7em; height: .7em; border-radius: 50%; background: var(--hue); margin-right: .45em; }
.key { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; font-size: .875rem; color: var(--quiet); list-style: none; padding: 0; } .key li { margin: 0; display: flex; gap: .4rem; align-items: center; } .key svg { flex: none; }
.absent { stroke: var(--critical); stroke-width: 1.5; stroke-dasharray: 3 4; }
.logged { font-size: .85rem; }
@media (max-width: 40rem) { .lane { grid-template-columns: 1fr; padding: .3rem 0; } }
@media print { .panel { break-inside: avoid; } .lane { grid-template-columns: 15rem 1fr; } }
`;

const endings: ReadonlyMap<string, string> = new Map([
  ['settled', 'every question was settled'],
  ['limit', 'the limit was reached'],
  ['proof-complete', 'the proof was complete'],
  ['nothing-to-hear', 'there was nothing to hear'],
  ['interrupted', 'it was interrupted'],
]);

const endingWords = (endedBecause: string): string => endings.get(endedBecause) ?? endedBecause;

const nodeHues = ['a', 'b', 'c', 'd', 'f'] as const;

/** One hue for a node wherever it stands; what is none of ours has its own. */
const hueOf = (report: CheckReport, name: string): string => {
  const at = report.nodes.findIndex((node) => node.name === name);
  return at < 0 ? 'e' : (nodeHues[at % nodeHues.length] ?? 'a');
};

const marksOf = (listener: ReportListener): readonly number[] => [
  ...listener.adverts.flatMap((lane) => [...(lane.heard?.atMs ?? []), ...(lane.delivered?.atMs ?? [])]),
  ...listener.addresses.flatMap((lane) => lane.atMs),
];

/** One scale for all places, so that the same distance is the same time everywhere. */
const scaleOf = (listeners: readonly ReportListener[]): TimeScale => {
  const last = Math.max(
    0,
    ...listeners.map((listener) => marksOf(listener).reduce((most, ms) => Math.max(most, ms), 0)),
  );
  const longest = Math.max(1000, ...listeners.map((listener) => listener.listenedMs ?? 0));
  return { lowMs: 0, highMs: last > 0 ? last : longest };
};

const tick = (scale: TimeScale, ms: number, [from, to]: readonly [number, number]): string => {
  const x = percentOf(scale, ms);
  return `<line class="stroke" x1="${x}%" x2="${x}%" y1="${from}" y2="${to}"/>`;
};
const dot = (scale: TimeScale, ms: number, y: number): string =>
  `<circle class="fill" cx="${percentOf(scale, ms)}%" cy="${y}" r="3.2"/>`;
/** Places are percentages, so a shape of several points hangs in an SVG of its own. */
const diamond = (scale: TimeScale, ms: number, filled: boolean): string =>
  `<svg x="${percentOf(scale, ms)}%" y="${LANE_PX / 2}" overflow="visible"><path class="${filled ? 'fill' : 'stroke'}" d="M0-6 5 0 0 6-5 0Z"/></svg>`;
const flag = (scale: TimeScale, ms: number): string =>
  `<svg x="${percentOf(scale, ms)}%" y="${LANE_PX / 2}" overflow="visible"><path class="fill" d="M-5-6H5L0 6Z"/></svg>`;
const nothing = (y: number): string => `<line class="absent" x1="1%" x2="99%" y1="${y}" y2="${y}"/>`;

interface Lane {
  readonly hue: string;
  /** Markup. */
  readonly label: string;
  readonly drawing: readonly string[];
}

const laneLines = ({ hue, label, drawing }: Lane, scale: TimeScale): readonly string[] => [
  `<div class="lane hue-${hue}">`,
  `<p><span class="dot" aria-hidden="true"></span>${label}</p>`,
  `<svg class="drawing" height="${LANE_PX}" aria-hidden="true">`,
  `<rect class="ground" x="0" y="2" width="100%" height="${LANE_PX - 4}" rx="4"/>`,
  ...ticksOf(scale).map((ms) => {
    const x = percentOf(scale, ms);
    return `<line class="grid" x1="${x}%" x2="${x}%" y1="2" y2="${LANE_PX - 2}"/>`;
  }),
  ...drawing,
  '</svg>',
  '</div>',
];

const strangers: ReadonlyMap<string, string> = new Map([
  ['foreign', 'a foreign host'],
  ['unidentified', 'an unidentified host'],
  ['unclear', 'one of several nodes with that MAC'],
]);
const whoWords = (name: string): string => strangers.get(name) ?? name;

const missingWords = (words: string): string => `<span class="critical tone">${words}</span>`;

const advertLabel = (
  lane: ReportAdvertLane,
  { at, manyFamilies }: { readonly at: string; readonly manyFamilies: boolean },
): string => {
  const stranger = !strangers.has(lane.from) ? '' : ` (${lane.address ?? 'address not known'})`;
  const who = `<b>${escapeMarkup(`${whoWords(lane.from)}${stranger}`)}</b>${lane.to === undefined ? '' : ` to ${escapeMarkup(lane.to)}`}`;
  const what = `VRID ${lane.vrid}${manyFamilies ? (lane.family === 'ipv6' ? ' IPv6' : ' IPv4') : ''}`;
  const priority = lane.priorities.length === 0 ? '' : `, priority ${lane.priorities.join(' then ')}`;
  const { heard, delivered } = lane;
  if (lane.direction === 'out') return `${who} ${what}${priority}: sent ${heard?.count ?? 0}`;
  const arrived =
    heard === null
      ? 'not captured here'
      : heard.count === 0
        ? missingWords('none arrived')
        : at === 'observer'
          ? `heard ${heard.count}`
          : `arrived ${heard.count}`;
  const reached =
    delivered === null
      ? ''
      : delivered.count === 0
        ? heard !== null && heard.count === 0
          ? ''
          : `, ${missingWords('none delivered')}`
        : `, delivered ${delivered.count}`;
  return `${who} ${what}${priority}: ${arrived}${reached}`;
};

const advertLane = (
  report: CheckReport,
  lane: ReportAdvertLane,
  scale: TimeScale,
  place: { readonly at: string; readonly manyFamilies: boolean },
): Lane => {
  const heard = lane.heard?.atMs ?? [];
  const isOut = lane.direction === 'out';
  const bars = heard.map((ms) => tick(scale, ms, isOut || lane.delivered === null ? [6, 24] : [5, 15]));
  const dots = (lane.delivered?.atMs ?? []).map((ms) => dot(scale, ms, 21.5));
  return {
    hue: hueOf(report, lane.from),
    label: advertLabel(lane, place),
    drawing: [
      ...(lane.heard?.count === 0 ? [nothing(LANE_PX / 2)] : bars),
      ...(lane.delivered?.count === 0 && lane.heard?.count !== 0 ? [nothing(21.5)] : dots),
    ],
  };
};

const addressLane = (report: CheckReport, lane: ReportAddressLane, scale: TimeScale): Lane => ({
  hue: hueOf(report, lane.by),
  label: `<b>${escapeMarkup(whoWords(lane.by))}</b> ${lane.kind === 'announcement' ? 'announces' : 'answers for'} ${escapeMarkup(lane.vip)}${lane.mac === null ? '' : ` <span class="quiet">${escapeMarkup(lane.mac)}</span>`}`,
  drawing: lane.atMs.map((ms) => diamond(scale, ms, lane.kind === 'announcement')),
});

const inOrder = (report: CheckReport, lanes: readonly ReportAdvertLane[]): readonly ReportAdvertLane[] => {
  const rank = (name: string): number => {
    const at = report.nodes.findIndex((node) => node.name === name);
    return at < 0 ? report.nodes.length : at;
  };
  return [...lanes].sort(
    (a, b) =>
      a.vrid - b.vrid ||
      (a.family < b.family ? -1 : a.family > b.family ? 1 : 0) ||
      rank(a.from) - rank(b.from),
  );
};

const clockWords = (zeroAt: string): string => zeroAt.slice(11, 23);

const panelLines = (
  report: CheckReport,
  listener: ReportListener,
  scale: TimeScale,
  at: number,
): readonly string[] => {
  const manyFamilies = new Set(report.clusters.map((cluster) => cluster.family)).size > 1;
  const isEmpty = listener.adverts.length + listener.addresses.length + listener.logged.length === 0;
  const place = listener.at === 'observer' ? 'On the wire, heard by the observer' : `Heard on ${listener.at}`;
  const facts = [
    listener.source,
    ...(listener.listenedMs === null ? [] : [`listened ${secondsWords(listener.listenedMs)}`]),
    ...(listener.zeroAt === null
      ? []
      : [
          `0 is the first message heard, ${clockWords(listener.zeroAt)} UTC by the clock of ${listener.at === 'observer' ? 'the observer' : listener.at}`,
        ]),
  ];
  return [
    `<div class="panel" role="group" aria-labelledby="heard-${at}">`,
    `<h3 id="heard-${at}">${escapeMarkup(place)}</h3>`,
    `<p class="quiet small">${escapeMarkup(facts.join(' · '))}</p>`,
    ...(isEmpty ? ['<p>Nothing was heard here.</p>'] : []),
    ...inOrder(report, listener.adverts).flatMap((lane) =>
      laneLines(advertLane(report, lane, scale, { at: listener.at, manyFamilies }), scale),
    ),
    ...listener.addresses.flatMap((lane) => laneLines(addressLane(report, lane, scale), scale)),
    ...(listener.logged.length === 0
      ? []
      : laneLines(
          {
            hue: 'd',
            label: '<b>keepalived</b> logged meanwhile',
            drawing: listener.logged.map(({ atMs }) => flag(scale, atMs)),
          },
          scale,
        )),
    ...(isEmpty
      ? []
      : [
          '<div class="lane"><p></p>',
          `<svg class="drawing" height="${AXIS_PX}" aria-hidden="true">${axisLines(scale, { topPx: 0, bottomPx: 3 }).join('')}</svg>`,
          '</div>',
        ]),
    ...(listener.logged.length === 0
      ? []
      : [
          '<ul class="logged">',
          ...listener.logged.map(
            ({ atMs, text }) =>
              `<li><span class="quiet">at ${secondsWords(atMs)}</span> <code>${escapeMarkup(text)}</code></li>`,
          ),
          '</ul>',
        ]),
    ...(listener.lanesLeftOut === 0
      ? []
      : [`<p class="quiet small">${listener.lanesLeftOut} more lanes are not drawn.</p>`]),
    '</div>',
  ];
};

const sample = (drawing: string): string =>
  `<svg width="14" height="14" viewBox="-7 -7 14 14" class="hue-a" aria-hidden="true">${drawing}</svg>`;

export const timelineLines = (report: CheckReport): readonly string[] => {
  const scale = scaleOf(report.timeline);
  return [
    `<p>Listened ${secondsWords(report.listening.ms)}; it ended because ${escapeMarkup(endingWords(report.listening.endedBecause))}. Drawn from the first message heard to the last. Every place has a clock of its own: compare within one, not between two.</p>`,
    '<ul class="key">',
    `<li>${sample('<line class="stroke" x1="0" x2="0" y1="-6" y2="6"/>')} an advert, sent or arrived</li>`,
    `<li>${sample('<circle class="fill" r="3.5"/>')} delivered by the kernel</li>`,
    `<li>${sample('<path class="fill" d="M0-6 5 0 0 6-5 0Z"/>')} gratuitous ARP or unsolicited NA</li>`,
    `<li>${sample('<path class="stroke" d="M0-6 5 0 0 6-5 0Z"/>')} answer for a VIP</li>`,
    '</ul>',
    ...report.timeline.flatMap((listener, at) => panelLines(report, listener, scale, at)),
  ];
};
