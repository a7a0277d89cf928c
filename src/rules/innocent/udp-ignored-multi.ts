// Innocent: the UdpIgnoredMulti counter, which rises on every busy segment. Never a finding.
import { clear, defineRule, notEvaluated } from '../rule.ts';

export const udpIgnoredMulti = defineRule({
  id: 'udp-ignored-multi',
  severity: 'low',
  needs: ['hosts'],
  title: 'Rising UdpIgnoredMulti is not the cause',
  why: 'It counts multicast UDP datagrams that no socket wanted, such as mDNS of the neighbours. VRRP is not UDP and is never counted there.',
  proof: 'How far the counter rose while listening is read and shown beside what was delivered.',
  remedy: 'Nothing to mend.',
  sources: ['Linux net/ipv4/udp.c', 'RFC 3768 §5.2.4'],
  explains: [],
  check: ({ hosts }) => {
    // Deltas list what moved: a counter that is absent stood still.
    const values = hosts.flatMap((host) =>
      host.counterDeltas.kind === 'unknown'
        ? []
        : [
            `by ${Object.entries(host.counterDeltas.value).find(([name]) => name.endsWith('IgnoredMulti'))?.[1] ?? 0} on ${host.node}`,
          ],
    );
    return values.length === 0
      ? notEvaluated('packet counters could not be read')
      : clear(
          `UdpIgnoredMulti rose ${values.join(', ')}; it counts UDP nobody asked for, and VRRP is not UDP`,
        );
  },
});
