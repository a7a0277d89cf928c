// One line of `replay --format ndjson`, all of it but its frame number and time, so that frames that differ in nothing
// else share the work. It knows the names scripts rely on; docs/replay.md lists them.
import type { Sighting } from './sighting.ts';

type Seen = Exclude<Sighting, { kind: 'other' }>;

const placeOf = (sighting: Seen): object => {
  const { vlans, srcMac } = sighting;
  const innermost = vlans.at(-1);
  return {
    ...(srcMac === undefined ? {} : { srcMac }),
    ...(innermost === undefined ? {} : { vlan: innermost }),
    ...(vlans.length > 1 ? { vlans } : {}),
  };
};

const fieldsOf = (sighting: Seen, vip: string | undefined): object => {
  const concerns = vip === undefined ? {} : { vip };
  switch (sighting.kind) {
    case 'advert': {
      const { advert, auth } = sighting;
      return {
        version: advert.version,
        type: advert.type,
        vrid: advert.vrid,
        priority: advert.priority,
        intervalMs: advert.intervalMs,
        addressCount: advert.addressCountSaid,
        addresses: advert.addresses,
        auth,
        checksum: advert.checksum.verdict,
      };
    }
    case 'carp': {
      const { carp } = sighting;
      return {
        version: 2,
        vhid: carp.vhid,
        advBaseSeconds: carp.advBaseSeconds,
        advSkew: carp.advSkew,
        intervalMs: carp.intervalMs,
        demotion: carp.demotion,
        counter: String(carp.counter),
        checksum: carp.checksum.verdict,
      };
    }
    case 'arp': {
      const { operation, senderMac, senderIp, targetMac, targetIp, gratuitous } = sighting.arp;
      return { operation, senderMac, senderIp, targetMac, targetIp, gratuitous, ...concerns };
    }
    case 'nd': {
      const { message, target, flags, sourceMac, targetMac, gratuitous } = sighting.nd;
      return { message, target, flags, sourceMac, targetMac, gratuitous, ...concerns };
    }
    case 'unknown':
      return { protocol: sighting.protocol };
  }
};

/** From behind the time to the end of the line; `vip` is the address an ARP or ND message concerns. */
export const lineTail = (sighting: Seen, vip: string | undefined): string => {
  const addresses =
    sighting.kind === 'arp'
      ? { src: sighting.arp.senderIp, dst: sighting.arp.targetIp }
      : { src: sighting.src, dst: sighting.dst };
  const text = JSON.stringify({
    kind: sighting.kind,
    ...addresses,
    ...placeOf(sighting),
    ...(sighting.kind === 'arp' ? {} : { ttl: sighting.ttl }),
    ...fieldsOf(sighting, vip),
    problems: sighting.problems,
  });
  return `,${text.slice(1)}\n`;
};
