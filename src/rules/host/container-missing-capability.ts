// Root cause: the VRRP process lacks a capability. Mostly a container started without it.
import type { NodeFacet, Quote } from '../../cluster/model.ts';
import { listing } from '../members.ts';
import { asEvidence, quoteLog } from '../quoting.ts';
import { severityOfAbsence } from '../redundancy.ts';
import { defineRule, type FindingDraft, foundOrClear, notEvaluated, type Severity } from '../rule.ts';

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

/** What keepalived logs when SELinux refuses instead: the other errno, another rule. */
const refusedByPolicy = /errno=13\b|[Ee]rror 13\b/;

/** Capabilities systemd withholds from the unit. */
const withheldFrom = (node: NodeFacet): readonly string[] => {
  if (node.unit.kind === 'unknown' || node.unit.value.capabilityBoundingSet === undefined) return [];
  const granted = node.unit.value.capabilityBoundingSet;
  return capabilities.flatMap(({ name }) => (granted.includes(`cap_${name.toLowerCase()}`) ? [] : [name]));
};

/** A keepalived that ended for want of rights leaves no process to look at, only its unit and its last words. */
const draftFromLog = (node: NodeFacet, severity: Severity): readonly FindingDraft[] => {
  const lines = lastRun(node);
  const refused = lines.filter((line) => refusals.test(line));
  const withheld = withheldFrom(node);
  const failed = node.unit.kind === 'known' && node.unit.value.activeState === 'failed';
  if (lines.some((line) => refusedByPolicy.test(line))) return [];
  if (refused.length === 0 && !(failed && withheld.length > 0)) return [];
  const said = refused.some((line) => line.includes('RTM_NEWADDR')) ? 'NET_ADMIN' : 'NET_RAW';
  const missing = withheld.length > 0 ? withheld : [said];
  const names = listing(missing);
  const unit = node.unit.kind === 'known' ? node.unit.value.name : 'its unit';
  const quotes: readonly Quote[] = [
    ...(withheld.length === 0
      ? []
      : [
          {
            node: node.name,
            source: 'systemctl show',
            quote: `CapabilityBoundingSet of ${unit} lacks ${listing(withheld.map((name) => `cap_${name.toLowerCase()}`))}`,
          },
        ]),
    ...refused.map((quote): Quote => ({ node: node.name, source: 'keepalived log', quote })),
  ];
  const [first, ...others] = quotes;
  if (first === undefined) return [];
  return [
    {
      subject: { nodes: [node.name] },
      title: `keepalived on ${node.name} ended for want of ${names}`,
      summary: `When it was last started on ${node.name}, the kernel refused keepalived ${missing.includes('NET_RAW') ? 'its raw socket' : 'to configure an address'} (errno 1, not permitted), and it does not run now.${withheld.length === 0 ? '' : ` ${unit} withholds ${names} from it.`}`,
      evidence: asEvidence(first, others),
      severity,
      remedy: {
        text: `Give keepalived ${listing(missing.map((name) => `CAP_${name}`))}: ${listing(missing.map((name) => `--cap-add=${name}`))} for a container, CapabilityBoundingSet for a unit; then start it.`,
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
  needs: ['nodes', 'groups', 'instances', 'adverts'],
  title: 'keepalived lacks a capability',
  why: 'Without NET_RAW keepalived is deaf and mute and elects itself; without NET_ADMIN it becomes MASTER and cannot configure the VIP. Container engines grant neither by default, or only the first.',
  proof:
    'The effective capabilities of the VRRP process lack bit 13 or 12; keepalived logs “Operation not permitted”. Where it ended for that, its last words (errno 1) and the CapabilityBoundingSet of its unit are the proof.',
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
    'permanent-config-exit',
  ],
  check: (facets) => {
    const { nodes } = facets;
    const unread: string[] = [];
    const drafts = nodes.flatMap((node): readonly FindingDraft[] => {
      if (node.processes.kind === 'unknown') {
        unread.push(`${node.name}: ${node.processes.reason}`);
        return [];
      }
      if (node.processes.value.length === 0) return draftFromLog(node, severityOfAbsence(node.name, facets));
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
            severity: severityOfAbsence(node.name, facets),
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
