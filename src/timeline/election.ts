// Who took over from whom, and when: the last advert of the old master and the first of a new one, among the adverts
// seen since the event. It knows adverts only.
import type { HandoverInput } from './handover.ts';
import type { AdvertSighting } from './sightings.ts';

export interface Election {
  /** Who stayed. */
  readonly newMaster: string;
  /** Who spoke first; with it the VIP had a master again. */
  readonly firstMaster: string;
  readonly origin: AdvertSighting;
  readonly first: AdvertSighting;
  readonly oldAdverts: readonly AdvertSighting[];
  readonly notes: readonly string[];
}

const nameOf = (advert: AdvertSighting): string => advert.node ?? advert.source;

type Found = Election | { readonly none: string };

export const findElection = (input: HandoverInput): Found => {
  const { oldMaster, heir, toNs } = input;
  const { list } = input.adverts;
  const fromNs =
    input.event === undefined ? Number.NEGATIVE_INFINITY : input.event.fromNs - input.event.plusMinusNs;
  const others = list.filter(
    (advert) =>
      advert.priority > 0 &&
      nameOf(advert) !== oldMaster &&
      (heir === undefined || nameOf(advert) === heir) &&
      advert.atNs > fromNs &&
      advert.atNs <= toNs,
  );
  const last = others.at(-1);
  if (last === undefined)
    return { none: heir === undefined ? 'nobody else advertised' : `${heir} did not advertise again` };
  const newMaster = nameOf(last);
  const [first = last] = others;
  const oldAdverts = list.filter((advert) => nameOf(advert) === oldMaster && advert.atNs <= first.atNs);
  const origin = oldAdverts.at(-1);
  if (origin === undefined) return { none: `no advert of ${oldMaster} was captured: nothing to count from` };
  const rivals = new Set(others.map(nameOf).filter((name) => name !== newMaster));
  return {
    newMaster,
    firstMaster: nameOf(first),
    origin,
    first,
    oldAdverts,
    notes: [...rivals].map((name) =>
      name === nameOf(first)
        ? `${name} took over first, and ${newMaster} took it from there`
        : `${name} advertised as well before ${newMaster} stayed master`,
    ),
  };
};
