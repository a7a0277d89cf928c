// Root cause: kube-proxy put the VIP on kube-ipvs0 of its nodes, and they answer ARP for it.
import { talkativeHolders } from '../direct-routing.ts';
import { judgeHosts } from '../host-judging.ts';
import { asEvidence } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear } from '../rule.ts';

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
  check: (facets) => {
    const drafts = talkativeHolders(facets, kubeInterface).map(
      ({ node, holding, answers, quotes }): FindingDraft => ({
        subject: { nodes: [node], vrid: holding.vrid, vip: holding.vip },
        group: holding.group,
        title: `kube-proxy on ${node} holds ${holding.vip} on kube-ipvs0, and ${node} ${answers === 'seen' ? 'answers' : 'would answer'} ARP for it`,
        summary:
          'kube-proxy runs in IPVS mode without strictARP, and a service has the VIP as its external address.',
        evidence: asEvidence(quotes[0], quotes.slice(1)),
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
        ...(answers === 'seen' ? {} : { severity: 'high' }),
      }),
    );
    return drafts.length > 0
      ? foundOrClear(drafts)
      : judgeHosts(
          facets.hosts,
          (host) => host.heldAddresses,
          () => [],
        );
  },
});
