// Innocent: a missing route to 224.0.0.0/4, often added in vain. Never a finding.
import { clear, defineRule, notEvaluated } from '../rule.ts';

export const multicastRouteMissing = defineRule({
  id: 'multicast-route-missing',
  severity: 'low',
  needs: ['hosts'],
  title: 'A missing 224.0.0.0/4 route is not the cause',
  why: 'keepalived binds its sockets to the interface and chooses it for outgoing multicast, and membership is per interface. No route is consulted.',
  proof: 'The routes of each node are read and shown; adverts leave and are delivered with or without one.',
  remedy: 'No route is needed.',
  sources: ['ip(7) IP_MULTICAST_IF', 'socket(7) SO_BINDTODEVICE', 'keepalived vrrp_sock.c'],
  explains: [],
  check: ({ hosts }) => {
    const values = hosts.flatMap((host) =>
      host.multicastRoute.kind === 'known' ? [`${host.multicastRoute.value} on ${host.node}`] : [],
    );
    return values.length === 0
      ? notEvaluated('routes could not be read')
      : clear(
          `a route for 224.0.0.0/4 is ${values.join(', ')}; keepalived binds to its interface and needs none`,
        );
  },
});
