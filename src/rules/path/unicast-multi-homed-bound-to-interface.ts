// Root cause: unicast adverts go out another interface than the one keepalived listens on.
import { judgeHosts } from '../host-judging.ts';
import { defineRule } from '../rule.ts';

export const unicastMultiHomedBoundToInterface = defineRule({
  id: 'unicast-multi-homed-bound-to-interface',
  severity: 'high',
  needs: ['hosts', 'instances'],
  title: 'A unicast peer is reached through another interface',
  why: 'keepalived binds its sockets to `interface`. When the way to a peer leads through another one, the peer’s adverts arrive there and are never heard.',
  proof: '`ip route get` to the peer names another interface than the instance’s, on a node in unicast mode.',
  remedy: 'Leave `interface` out and give each VIP its `dev`, or route the peers through the interface.',
  sources: ['keepalived issue 1569', 'keepalived vrrp_sock.c (SO_BINDTODEVICE)'],
  explains: ['adverts-lost-unexplained'],
  check: ({ hosts, instances }) => {
    const unicast = instances.filter(
      ({ configured }) =>
        configured.kind === 'known' && configured.value.mode === 'unicast' && !configured.value.useVmac,
    );
    return judgeHosts(
      hosts,
      (host) => host.reversePath,
      ({ node }, facts) =>
        facts
          .filter(
            ({ interface: name, answersVia, source }) =>
              !['none', 'unknown', 'lo', name].includes(answersVia) &&
              unicast.some(
                (one) =>
                  one.node === node &&
                  one.interface === name &&
                  one.configured.kind === 'known' &&
                  one.configured.value.unicastPeers.includes(source),
              ),
          )
          .map(({ interface: name, answersVia, peer, source, route }) => ({
            subject: { nodes: [node] },
            about: `route to ${source}`,
            title: `${node} reaches its unicast peer ${peer} through ${answersVia}; keepalived listens on ${name}`,
            summary: 'Adverts that come in another way than its interface are not heard.',
            evidence: [route],
            remedy: {
              text: `Route ${source} through ${name}, or leave interface out of the instance and give its VIPs a dev.`,
              commands: [{ node, command: `ip route get ${source}` }],
            },
          })),
    );
  },
});
