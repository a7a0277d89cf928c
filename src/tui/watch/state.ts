// What the watch screen knows: the latest look at how things stand, the history, and where the person is in it. What
// comes in while it is paused is kept aside.
import type { WatchEvent, WatchRouter, WatchSummary } from '../../report/watch.ts';
import { type Filter, noFilter } from '../entry.ts';

export interface Stand {
  readonly summary: WatchSummary;
  /** Newest last. */
  readonly history: readonly WatchEvent[];
}

export interface WatchState {
  /** What is watched, in words. */
  readonly subject: string;
  readonly stand: Stand | undefined;
  readonly flow:
    | { readonly kind: 'running' }
    | { readonly kind: 'paused'; readonly aside: Stand | undefined };
  readonly view: 'overview' | 'router' | 'help';
  /** Id of the selected VRID; the first one when it is not there. */
  readonly selected: string | undefined;
  readonly filter: Filter;
  /** First line shown of the opened VRID, of the help page. */
  readonly top: number;
  /** First entry shown of the history, counted from the newest. */
  readonly back: number;
  readonly phase: 'watching' | 'ending';
}

export type WatchScreenEvent =
  | { readonly kind: 'stand'; readonly stand: Stand }
  | { readonly kind: 'ending' };

export type WatchEffect = { readonly kind: 'leave' } | { readonly kind: 'interrupt' };

export const openingState = (subject: string): WatchState => ({
  subject,
  stand: undefined,
  flow: { kind: 'running' },
  view: 'overview',
  selected: undefined,
  filter: noFilter,
  top: 0,
  back: 0,
  phase: 'watching',
});

const searchedText = (router: WatchRouter): string =>
  [
    `vrid ${router.vrid}`,
    router.family,
    router.origin,
    ...router.vips,
    ...router.masters,
    ...router.strangers,
    ...router.members.flatMap((member) => [member.node, member.instance, member.interface, member.state]),
  ].join('\n');

export const routersOf = (
  { stand, filter }: Pick<WatchState, 'stand' | 'filter'>,
  passes: (filter: Filter, text: string) => boolean,
): readonly WatchRouter[] =>
  (stand?.summary.routers ?? []).filter((router) => passes(filter, searchedText(router)));
