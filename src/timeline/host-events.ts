// What hosts told about themselves during a handover, placed on the observer's clock: the VIP added and removed, the
// observer's own neighbour entry. It knows monitor events and clocks.
import type { HandoverInput } from './handover.ts';
import type { Moment } from './measured.ts';
import { canonicalAddress } from './sightings.ts';

/** `ip -ts monitor` stamps in user space, after the fact. */
export const monitorErrorNs = 1_000_000;

const ms = (ns: number): number => ns / 1e6;

/** Addresses are configured at most this long before the advert that announces them, ns. */
const leadNs = 50_000_000;

export const nodeMoments = (
  { subject, trial, clocks, nsOf, oldMaster, event, toNs }: HandoverInput,
  {
    originNs,
    newMaster,
    newMacs,
  }: { readonly originNs: number; readonly newMaster: string; readonly newMacs: ReadonlySet<string> },
): readonly Moment[] => {
  const vip = canonicalAddress(subject.vip);
  const earliestNs = Math.min(originNs, event?.fromNs ?? originNs) - leadNs;
  return trial.witnesses.flatMap(({ host, events }) =>
    events.flatMap((one): readonly Moment[] => {
      if (canonicalAddress(one.address) !== vip) return [];
      const placed = clocks.toObserver(one.at);
      if (placed === undefined) return [];
      const atNs = nsOf(placed.ns);
      if (atNs < earliestNs || atNs > toNs) return [];
      const moment = {
        where: host,
        atMs: ms(atNs - originNs),
        plusMinusMs: ms(placed.plusMinusNs + monitorErrorNs + trial.stamps.plusMinusNs),
      };
      if (one.kind === 'address-added' && host === newMaster) return [{ name: 'address-added', ...moment }];
      if (one.kind === 'address-removed' && host === oldMaster)
        return [{ name: 'address-removed', ...moment }];
      if (one.kind === 'neighbour-changed' && host === subject.observer.where && newMacs.has(one.mac ?? ''))
        return [{ name: 'neighbour-changed', ...moment }];
      return [];
    }),
  );
};
