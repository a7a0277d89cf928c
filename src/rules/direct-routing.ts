// VIPs that stand on a loopback-like interface for load balancing by direct routing, and whether the host keeps
// quiet about them. It does not know who put them there.
import type { Quote, VipHolding } from '../cluster/model.ts';
import { answeringHolders } from './holding.ts';
import { judgeHosts } from './host-judging.ts';
import { bareAddress, type Facets } from './members.ts';
import { asEvidence } from './quoting.ts';
import { type FindingDraft, foundOrClear, type Outcome } from './rule.ts';

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
const talkativeHolders = (
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

type Words = Pick<FindingDraft, 'title' | 'summary' | 'remedy'>;

/** Words of `answers`: it was heard to, or would when asked. */
export const answerWords = ({ answers }: TalkativeHolder): string =>
  answers === 'seen' ? 'answers' : 'would answer';

/** One finding for each such host, less grave where nobody asked it; the words are the rule's own. */
export const judgeTalkativeHolders = (
  facets: Facets<'holders' | 'hosts'>,
  interfaces: RegExp,
  wordsOf: (holder: TalkativeHolder) => Words,
): Outcome => {
  const drafts = talkativeHolders(facets, interfaces).map((holder): FindingDraft => {
    const { node, holding, answers, quotes } = holder;
    return {
      ...wordsOf(holder),
      subject: { nodes: [node], vrid: holding.vrid, vip: holding.vip },
      group: holding.group,
      evidence: asEvidence(quotes[0], quotes.slice(1)),
      ...(answers === 'seen' ? {} : { severity: 'high' }),
    };
  });
  return drafts.length > 0
    ? foundOrClear(drafts)
    : judgeHosts(
        facets.hosts,
        (host) => host.heldAddresses,
        () => [],
      );
};
