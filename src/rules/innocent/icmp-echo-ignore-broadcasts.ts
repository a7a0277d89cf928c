// Innocent: a setting often blamed for lost adverts that has nothing to do with them. Never a finding.
import { clear, defineRule, notEvaluated } from '../rule.ts';

const setting = 'net/ipv4/icmp_echo_ignore_broadcasts';

export const icmpEchoIgnoreBroadcasts = defineRule({
  id: 'icmp-echo-ignore-broadcasts',
  severity: 'low',
  needs: ['hosts'],
  title: 'icmp_echo_ignore_broadcasts is not the cause',
  why: 'The setting only keeps a host from answering pings to broadcast and multicast addresses. VRRP is an IP protocol of its own (112) and never meets it.',
  proof: 'The value on each node is read and shown; adverts are delivered with either.',
  remedy: 'Leave it at 1.',
  sources: ['Linux Documentation/networking/ip-sysctl.rst icmp_echo_ignore_broadcasts', 'RFC 1122 §3.2.2.6'],
  explains: [],
  check: ({ hosts }) => {
    const values = hosts.flatMap((host) => {
      const value = host.sysctls.kind === 'known' ? host.sysctls.value[setting] : undefined;
      return value === undefined ? [] : [`${value} on ${host.node}`];
    });
    return values.length === 0
      ? notEvaluated('net.ipv4.icmp_echo_ignore_broadcasts could not be read')
      : clear(
          `net.ipv4.icmp_echo_ignore_broadcasts is ${values.join(', ')}; it concerns ping only, not protocol 112`,
        );
  },
});
