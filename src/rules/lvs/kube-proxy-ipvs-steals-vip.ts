// Root cause: kube-proxy put the VIP on kube-ipvs0 of its nodes, and they answer ARP for it.
import { answerWords, judgeTalkativeHolders } from '../direct-routing.ts';
import { defineRule } from '../rule.ts';

const kubeInterface = /^kube-ipvs0$/;

export const kubeProxyIpvsStealsVip = defineRule({
  id: 'kube-proxy-ipvs-steals-vip',
  severity: 'critical',
  needs: ['holders', 'hosts'],
  title: 'kube-proxy holds the VIP on every node, and they answer ARP for it',
  why: 'In IPVS mode kube-proxy puts every service address on kube-ipvs0 of every node. When the VIP is also an external or load balancer address of a service, all nodes answer ARP for it unless strictARP is on.',
  proof:
    'The VIP stands on kube-ipvs0 of a checked host, arp_ignore is 0 for an interface of its segment, and an ARP probe was answered by it; without a probe it is high.',
  remedy:
    'Set `strictARP: true` in kube-proxy’s configuration, or do not use the VIP as an externalIP of a service.',
  sources: [
    'kubernetes/kubernetes issues 66966, 59976, 75290',
    'Linux Documentation/networking/ip-sysctl.rst arp_ignore',
  ],
  explains: ['duplicate-arp-answers'],
  check: (facets) =>
    judgeTalkativeHolders(facets, kubeInterface, (holder) => {
      const { node, holding } = holder;
      return {
        title: `kube-proxy on ${node} holds ${holding.vip} on kube-ipvs0, and ${node} ${answerWords(holder)} ARP for it`,
        summary:
          'kube-proxy runs in IPVS mode without strictARP, and a service has the VIP as its external address.',
        remedy: {
          text: 'Set strictARP: true in the ConfigMap of kube-proxy and restart it; it then sets arp_ignore and arp_announce itself.',
          commands: [
            { node, command: 'kubectl -n kube-system edit configmap kube-proxy' },
            {
              node,
              command: 'sysctl -w net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2',
            },
          ],
        },
      };
    }),
});
