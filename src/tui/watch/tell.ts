// The watch screen in sentences, for a screen reader: what happened, once, and on a key what was asked for.
import type { WatchEvent, WatchRouter } from '../../report/watch.ts';
import {
  clockText,
  eventWords,
  holdersText,
  masterText,
  originMark,
  sinceText,
} from '../../report/watch-text.ts';
import { passesFilter } from '../entry.ts';
import { helpSentences } from '../keys.ts';
import { plainText } from '../line.ts';
import { themeFor } from '../theme.ts';
import { everyKey } from './keys.ts';
import { routerPane } from './router-pane.ts';
import { routersOf, type WatchState } from './state.ts';

const eventSentence = (event: WatchEvent): readonly string[] => {
  const words = eventWords(event);
  return words === undefined ? [] : [`${clockText(event.at, 'seconds')}, ${words.about}: ${words.text}.`];
};

const routerSentence = (router: WatchRouter, nowAt: string): string => {
  const remark = originMark(router);
  return `VRID ${router.vrid}: master ${masterText(router)} for ${sinceText(router, nowAt)}, held by ${holdersText(router)}, missed ${
    router.missed
  }, ${router.flapsLastHour} changes in the last hour${remark === '' ? '' : `, ${remark}`}.`;
};

/** What came after the last event told; all of it when that one is not kept any more. */
const fresh = (before: WatchState | undefined, after: WatchState): readonly WatchEvent[] => {
  const history = after.stand?.history ?? [];
  const last = before?.stand?.history.at(-1);
  if (last === undefined) return history;
  const told = new Set(
    (before?.stand?.history ?? []).map(
      (event) => `${event.at} ${event.kind} ${'text' in event ? event.text : ''}`,
    ),
  );
  return history.filter(
    (event) => !told.has(`${event.at} ${event.kind} ${'text' in event ? event.text : ''}`),
  );
};

const paper = {
  theme: themeFor({ charset: 'utf8', color: 'none' }),
  size: { columns: 1_000_000, rows: 1000 },
};

const openedSentences = (state: WatchState): readonly string[] => {
  const router = state.stand?.summary.routers.find((one) => one.id === state.selected);
  if (router === undefined || state.stand === undefined) return ['This VRID is not there any more.'];
  return routerPane(router, { ...state.stand, today: '' }, paper)
    .map((one) => plainText(one).trim().replace(/ {2,}/g, ' '))
    .filter((text) => text !== '');
};

export const tellWatch = (before: WatchState | undefined, after: WatchState): readonly string[] => {
  const said: string[] = [];
  if (before === undefined) said.push(`Watching ${after.subject}. Question mark: all keys. Q: leave.`);
  if (after.phase === 'ending' && before?.phase !== 'ending')
    said.push('Stopping: ending what runs on the nodes.');
  if (after.flow.kind !== before?.flow.kind && before !== undefined)
    said.push(after.flow.kind === 'paused' ? 'Paused.' : 'Going on.');
  said.push(...fresh(before, after).flatMap(eventSentence));
  const { stand } = after;
  if (after.view === 'help' && before?.view !== 'help') said.push(...helpSentences(everyKey));
  if (after.view === 'router' && before?.view !== 'router') said.push(...openedSentences(after));
  const routers = routersOf(after, passesFilter);
  const selected = routers.find((router) => router.id === after.selected);
  if (stand !== undefined && after.view === 'overview') {
    if (before?.selected !== after.selected && selected !== undefined)
      said.push(routerSentence(selected, stand.summary.at));
    if (after.filter.kind === 'kept' && before?.filter !== after.filter)
      said.push(...routers.map((router) => routerSentence(router, stand.summary.at)));
    if (before?.view === 'router') said.push('All VRIDs.');
  }
  if (after.filter.kind === 'typing' && before?.filter.kind !== 'typing')
    said.push('Type words to filter by and press Enter. Escape: no filter.');
  return said;
};
