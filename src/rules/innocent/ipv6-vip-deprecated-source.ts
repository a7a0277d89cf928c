// Innocent: an IPv6 VIP shown as deprecated. Never a finding.
import { clear, defineRule, notEvaluated } from '../rule.ts';

export const ipv6VipDeprecatedSource = defineRule({
  id: 'ipv6-vip-deprecated-source',
  severity: 'low',
  needs: ['hosts'],
  title: 'An IPv6 VIP marked deprecated is as it should be',
  why: 'keepalived gives VIPs with a /128 prefix a preferred lifetime of zero, so that the node does not use them as source. `ip` then prints `deprecated`; the address works.',
  proof: 'The flags of the addresses are read and shown.',
  remedy: 'Nothing to mend.',
  sources: ['keepalived vrrp_ipaddress.c', 'RFC 4862 §5.5.4'],
  explains: [],
  check: ({ hosts }) => {
    const read = hosts.flatMap(({ node, heldAddresses }) =>
      heldAddresses.kind === 'known' ? [{ node, held: heldAddresses.value }] : [],
    );
    if (read.length === 0) return notEvaluated('addresses could not be read');
    const shown = read.flatMap(({ node, held }) =>
      held
        .filter(({ flags, prefixLength }) => flags.includes('deprecated') && prefixLength === 128)
        .map(({ address }) => `${address} on ${node}`),
    );
    return clear(
      shown.length === 0
        ? 'no /128 address is marked deprecated'
        : `${shown.join(', ')}: marked deprecated so that it is no source address; it works`,
    );
  },
});
