// Root cause: a real server of LVS by direct routing answers ARP for the VIP it has on its loopback.
import { answerWords, judgeTalkativeHolders } from '../direct-routing.ts';
import { defineRule } from '../rule.ts';

const loopbacks = /^(lo|dummy\d*|tunl\d+)$/;

export const lvsDrRealserverArp = defineRule({
  id: 'lvs-dr-realserver-arp',
  severity: 'critical',
  needs: ['holders', 'hosts'],
  title: 'A real server answers ARP for the VIP of its load balancer',
  why: 'With direct routing every real server has the VIP on its loopback so that it accepts what the load balancer passes on. If it also answers ARP for it, clients talk to that one server and pass the load balancer by, until their ARP entry changes again.',
  proof:
    'The VIP stands on lo, a dummy or a tunnel of a checked host, arp_ignore is 0 for an interface of its segment, and an ARP probe was answered by it. Without a probe it is high: it would answer. A host that was probed and kept quiet is in order.',
  remedy:
    'Set `net.ipv4.conf.all.arp_ignore=1` and `arp_announce=2` on the real servers, and keep that in /etc/sysctl.d.',
  sources: ['Linux Documentation/networking/ip-sysctl.rst arp_ignore, arp_announce', 'RFC 826'],
  explains: ['duplicate-arp-answers'],
  check: (facets) =>
    judgeTalkativeHolders(facets, loopbacks, (holder) => {
      const { node, holding, interface: name, answers } = holder;
      return {
        title: `${node} ${answerWords(holder)} ARP for ${holding.vip}, which it has on ${name} as a real server`,
        summary: `Direct routing needs the VIP on ${name} and silence about it. ${answers === 'seen' ? 'Clients that hear this answer pass the load balancer by.' : 'Nobody asked the segment, so whether clients hear it is not known.'}`,
        remedy: {
          text: `Let ${node} answer ARP only for addresses of the interface asked, and announce only those.`,
          commands: [
            {
              node,
              command: 'sysctl -w net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2',
            },
          ],
        },
      };
    }),
});
