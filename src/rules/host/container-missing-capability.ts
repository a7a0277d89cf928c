// Root cause: the VRRP process lacks a capability. Mostly a container started without it.
import type { NodeFacet, Quote } from '../../cluster/model.ts';
import { asEvidence, quoteLog } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear, notEvaluated } from '../rule.ts';

/** Bits of CapEff (linux/capability.h). */
const capabilities = [
  { bit: 13n, name: 'NET_RAW', effect: 'it can neither send adverts nor hear them' },
  { bit: 12n, name: 'NET_ADMIN', effect: 'it cannot configure the VIP' },
] as const;

/** A refused `send advert` is not among them: an egress firewall gives the same errno. */
const refusals =
  /cant open raw socket\. errno=1\b|can't bind to device .* errno=1\b|Error 1 while registering gratuitous|permanent error missing permission|Operation not permitted\(1\), type=RTM_NEWADDR/;

/** What keepalived logged since it was last started. */
const lastRun = (node: NodeFacet): readonly string[] => {
  if (node.log.kind === 'unknown') return [];
  const lines = node.log.value.map((line) => line.text);
  return lines.slice(
    Math.max(
      0,
      lines.findLastIndex((line) => /Starting Keepalived/.test(line)),
    ),
  );
};

/** A keepalived that ended for want of rights leaves no process to look at, only its last words. */
const draftFromLog = (node: NodeFacet): readonly FindingDraft[] => {
  const [first, ...others] = lastRun(node).filter((line) => refusals.test(line));
  if (first === undefined) return [];
  const address = [first, ...others].some((line) => line.includes('RTM_NEWADDR'));
  const name = address ? 'NET_ADMIN' : 'NET_RAW';
  const quote = (line: string): Quote => ({ node: node.name, source: 'keepalived log', quote: line });
  return [
    {
      subject: { nodes: [node.name] },
      title: `keepalived on ${node.name} ended for want of ${name}`,
      summary: `When it was last started on ${node.name}, the kernel refused keepalived ${address ? 'to configure an address' : 'its raw socket'} (errno 1, not permitted), and it does not run now.`,
      evidence: asEvidence(quote(first), others.map(quote)),
      remedy: {
        text: `Give keepalived CAP_${name}: --cap-add=${name} for a container, CapabilityBoundingSet for a unit; then start it.`,
        commands: [
          {
            node: node.name,
            command: 'systemctl cat keepalived | grep -i capab; journalctl -u keepalived -n 20 --no-pager',
          },
        ],
      },
    },
  ];
};

export const containerMissingCapability = defineRule({
  id: 'container-missing-capability',
  severity: 'critical',
  needs: ['nodes'],
  title: 'keepalived lacks a capability',
  why: 'Without NET_RAW keepalived is deaf and mute and elects itself; without NET_ADMIN it becomes MASTER and cannot configure the VIP. Container engines grant neither by default, or only the first.',
  proof:
    'The effective capabilities of the VRRP process lack bit 13 or 12; keepalived logs “Operation not permitted”. Where it ended for that, its last words (errno 1) are the proof.',
  remedy:
    'Start the container with `--cap-add=NET_ADMIN --cap-add=NET_RAW --net=host` (NET_BROADCAST does nothing).',
  sources: ['capabilities(7)', 'keepalived issue 427', 'osixia/container-keepalived issues 14 and 31'],
  explains: [
    'multiple-masters',
    'no-master',
    'vip-on-no-node',
    'vip-held-twice',
    'duplicate-arp-answers',
    'adverts-lost-unexplained',
    'multicast-membership-lost-after-link-bounce',
    'keepalived-disabled-or-stopped',
  ],
  check: ({ nodes }) => {
    const unread: string[] = [];
    const drafts = nodes.flatMap((node): readonly FindingDraft[] => {
      if (node.processes.kind === 'unknown') {
        unread.push(`${node.name}: ${node.processes.reason}`);
        return [];
      }
      if (node.processes.value.length === 0) return draftFromLog(node);
      return node.processes.value.flatMap((process): readonly FindingDraft[] => {
        const mask = process.effectiveCapabilities;
        if (mask === undefined) {
          unread.push(`${node.name}: capabilities of process ${process.pid} could not be read`);
          return [];
        }
        const missing = capabilities.filter(({ bit }) => (mask & (1n << bit)) === 0n);
        if (missing.length === 0) return [];
        const container = ['docker', 'podman', 'containerd'].includes(process.managedBy);
        const list = missing.map(({ name }) => name).join(' and ');
        return [
          {
            subject: { nodes: [node.name] },
            title: `keepalived on ${node.name} lacks ${list}`,
            summary: `The VRRP process on ${node.name} (${process.managedBy}) runs without ${list}: ${missing.map(({ effect }) => effect).join(', and ')}.`,
            evidence: asEvidence(
              {
                node: node.name,
                source: `/proc/${process.vrrpPid ?? process.pid}/status`,
                quote: `CapEff: ${mask.toString(16).padStart(16, '0')} (${missing.map(({ name, bit }) => `bit ${bit} ${name} is clear`).join(', ')})`,
              },
              quoteLog(
                node,
                /Operation not permitted|cant open raw socket|can't bind to device|errno.?=?\s*1\b/i,
              ),
            ),
            remedy: container
              ? {
                  text: 'Start the container again with --cap-add=NET_ADMIN --cap-add=NET_RAW and the network of the host.',
                  commands: [{ node: node.name, command: `grep CapEff /proc/${process.pid}/status` }],
                }
              : {
                  text: `Let keepalived run as root, or with ${missing.map(({ name }) => `CAP_${name}`).join(' and ')} (see CapabilityBoundingSet and AmbientCapabilities of its unit).`,
                  commands: [{ node: node.name, command: 'systemctl cat keepalived | grep -i capab' }],
                },
          },
        ];
      });
    });
    return drafts.length === 0 && unread.length > 0 ? notEvaluated(unread.join('; ')) : foundOrClear(drafts);
  },
});
