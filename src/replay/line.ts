// One line of `replay --format ndjson`, all of it but its frame number and time, so that frames that differ in nothing
// else share the work. It knows the names scripts rely on; docs/replay.md lists them.
import type { AdvertSighting, ShownAuth, Sighting } from './sighting.ts';

type Seen = Exclude<Sighting, { kind: 'other' }>;

const placeText = ({ vlans, srcMac }: Seen): string => {
  const innermost = vlans.at(-1);
  const mac = srcMac === undefined ? '' : `,"srcMac":"${srcMac}"`;
  if (innermost === undefined) return mac;
  return `${mac},"vlan":${innermost}${vlans.length > 1 ? `,"vlans":[${vlans.join(',')}]` : ''}`;
};

const authText = (auth: ShownAuth): string =>
  auth.type === 'none'
    ? '{"type":"none"}'
    : auth.type === 'PASS'
      ? `{"type":"PASS","fingerprint":"${auth.fingerprint}"}`
      : JSON.stringify(auth);

/** Written by hand, as most lines are adverts; nothing in them needs escaping. */
const advertText = ({ advert, auth }: AdvertSighting): string => {
  const { version, type, vrid, priority, intervalMs, addresses, addressCountSaid, checksum } = advert;
  const list = addresses.length === 0 ? '[]' : `["${addresses.join('","')}"]`;
  return `,"version":${version},"type":${type},"vrid":${vrid},"priority":${priority},"intervalMs":${intervalMs},"addressCount":${addressCountSaid},"addresses":${list},"auth":${authText(auth)},"checksum":"${checksum.verdict}"`;
};

const fieldsOf = (sighting: Exclude<Seen, AdvertSighting>, vip: string | undefined): object => {
  const concerns = vip === undefined ? {} : { vip };
  switch (sighting.kind) {
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
    case 'unknown': {
      const { protocol, beginning, ah } = sighting;
      return {
        protocol,
        version: beginning?.version,
        type: beginning?.type,
        vrid: beginning?.vrid,
        priority: beginning?.priority,
        intervalMs: beginning?.intervalMs,
        addressCount: beginning?.addressCountSaid,
        auth: ah === undefined ? undefined : { type: 'AH', spi: ah.spi, sequence: ah.sequence },
      };
    }
  }
};

const membersText = (fields: object): string => {
  const text = JSON.stringify(fields);
  return text === '{}' ? '' : `,${text.slice(1, -1)}`;
};

/** From behind the time to the end of the line; `vip` is the address an ARP or ND message concerns. */
export const lineTail = (sighting: Seen, vip: string | undefined): string => {
  const isArp = sighting.kind === 'arp';
  const src = isArp ? sighting.arp.senderIp : sighting.src;
  const dst = isArp ? sighting.arp.targetIp : sighting.dst;
  const ttl = isArp ? '' : `,"ttl":${sighting.ttl}`;
  const fields = sighting.kind === 'advert' ? advertText(sighting) : membersText(fieldsOf(sighting, vip));
  const problems = sighting.problems.length === 0 ? '[]' : JSON.stringify(sighting.problems);
  return `,"kind":"${sighting.kind}","src":"${src}","dst":"${dst}"${placeText(sighting)}${ttl}${fields},"problems":${problems}}\n`;
};
