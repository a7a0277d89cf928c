// VIPs that stand on a loopback-like interface for load balancing by direct routing, and whether the host keeps
// quiet about them. It does not know who put them there.
import type { Quote, VipHolding } from '../cluster/model.ts';
import { answeringHolders } from './holding.ts';
import { bareAddress, type Facets } from './members.ts';

export interface TalkativeHolder {
  readonly node: string;
  readonly holding: VipHolding;
  /** Interface the VIP stands on. */
  readonly interface: string;
  /** `seen`: a probe for the VIP was answered by this node. */
  readonly answers: 'seen' | 'not-asked';
  readonly quotes: readonly [Quote, ...Quote[]];
}

/** arp_ignore as the kernel applies it: the larger of `all` and the interface's own (net/ipv4/arp.c). */
const arpIgnore = (sysctls: Readonly<Record<string, string>>, name: string): number | undefined => {
  const values = ['all', name].flatMap((one) => {
    const text = sysctls[`net/ipv4/conf/${one}/arp_ignore`];
    return text === undefined ? [] : [Number(text)];
  });
  return values.length === 0 ? undefined : Math.max(...values);
};

/**
 * Hosts that have a VIP on an interface like this and answer ARP for it, or would: with arp_ignore 0 the kernel
 * answers on any interface for every address of the host. Where a probe was sent and the host kept quiet, something
 * else silences it (arptables), and nothing is wrong.
 */
export const talkativeHolders = (
  facets: Facets<'holders' | 'hosts'>,
  interfaces: RegExp,
): readonly TalkativeHolder[] =>
  facets.holders
    .filter(({ vip }) => !vip.includes(':'))
    .flatMap((holding) =>
      facets.hosts.flatMap((host): readonly TalkativeHolder[] => {
        const { node, heldAddresses, sysctls, links } = host;
        if (heldAddresses.kind === 'unknown' || sysctls.kind === 'unknown' || links.kind === 'unknown')
          return [];
        const held = heldAddresses.value.find(
          (one) => interfaces.test(one.interface) && bareAddress(one.address) === bareAddress(holding.vip),
        );
        // Whoever has it on a segment as well answers for it by right.
        if (held === undefined || answeringHolders(holding).some((one) => one.node === node)) return [];
        const open = links.value.find(
          ({ name, up, addresses }) =>
            up === 'yes' &&
            !interfaces.test(name) &&
            name !== 'lo' &&
            addresses.some((address) => !address.includes(':')) &&
            arpIgnore(sysctls.value, name) === 0,
        );
        if (open === undefined) return [];
        const answer =
          holding.arp.kind === 'known' ? holding.arp.value.find((one) => one.owner === node) : undefined;
        if (holding.arp.kind === 'known' && answer === undefined) return [];
        return [
          {
            node,
            holding,
            interface: held.interface,
            answers: answer === undefined ? 'not-asked' : 'seen',
            quotes: [
              {
                node,
                source: 'ip addr',
                quote: `${held.address}/${held.prefixLength} on ${held.interface}`,
              },
              {
                node,
                source: '/proc/sys',
                quote: `net.ipv4.conf.all.arp_ignore and net.ipv4.conf.${open.name}.arp_ignore: 0`,
              },
              ...(answer === undefined ? [] : [answer.quote]),
            ],
          },
        ];
      }),
    );
