// Root cause: keepalived does not run on a node that is configured for it, or will not after the next boot.
import type { NodeFacet, Quote } from '../../cluster/model.ts';
import { mastershipsOf } from '../mastership.ts';
import { listing, nodesOf } from '../members.ts';
import { asEvidence, quoteLog } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear, notEvaluated } from '../rule.ts';

const unitQuote = (node: NodeFacet): Quote =>
  node.unit.kind === 'known'
    ? {
        node: node.name,
        source: node.unit.value.manager,
        quote: `${node.unit.value.name}: ${node.unit.value.activeState}${node.unit.value.subState === undefined ? '' : ` (${node.unit.value.subState})`}${node.unit.value.enablement === undefined ? '' : `, ${node.unit.value.enablement}`}${node.unit.value.reason === undefined ? '' : `: ${node.unit.value.reason}`}`,
      }
    : {
        node: node.name,
        source: 'processes',
        quote: `no keepalived process runs (unit: ${node.unit.reason})`,
      };

/** A node with neither configuration nor unit never was a member. */
const isMeantToRun = (node: NodeFacet): boolean =>
  node.configuration.kind === 'known' ||
  (node.unit.kind === 'known' && node.unit.value.enablement !== 'not-found');

const enablementOf = (node: NodeFacet): string | undefined =>
  node.unit.kind === 'known' ? node.unit.value.enablement : undefined;

export const keepalivedDisabledOrStopped = defineRule({
  id: 'keepalived-disabled-or-stopped',
  severity: 'critical',
  needs: ['nodes', 'groups', 'instances', 'adverts'],
  title: 'keepalived does not run on a member',
  why: 'A backup is silent on the wire, so a master cannot miss it: redundancy is gone while all looks well, until the next failover finds nobody.',
  proof:
    'No keepalived process on a reachable node that has its configuration or its unit; the unit says inactive, failed, disabled or skipped, and why.',
  remedy: 'Mend what keeps it from starting, then `systemctl enable --now keepalived`.',
  sources: ['systemctl(1)', 'keepalived issue 1458'],
  explains: ['no-master', 'vip-on-no-node'],
  check: ({ nodes, groups, instances, adverts }) => {
    const unread: string[] = [];
    const drafts = nodes.flatMap((node): readonly FindingDraft[] => {
      if (node.processes.kind === 'unknown') {
        unread.push(`${node.name}: ${node.processes.reason}`);
        return [];
      }
      const own = instances.filter((instance) => instance.node === node.name);
      const served = groups.filter((group) => own.some((instance) => group.members.includes(instance.id)));
      const vrid = own[0]?.vrid;
      const subject = { nodes: [node.name], ...(vrid === undefined ? {} : { vrid }) };
      if (node.processes.value.length > 0) {
        const [process] = node.processes.value;
        const enablement = enablementOf(node);
        if (process?.managedBy !== 'systemd' || (enablement !== 'disabled' && enablement !== 'masked'))
          return [];
        return [
          {
            subject,
            title: `keepalived on ${node.name} will not start at the next boot (unit ${enablement})`,
            summary: `keepalived runs on ${node.name}, but its unit is ${enablement}.`,
            evidence: asEvidence(unitQuote(node), []),
            severity: 'low',
            remedy: {
              text: 'Enable the unit.',
              commands: [
                {
                  node: node.name,
                  command: `${enablement === 'masked' ? 'systemctl unmask keepalived && ' : ''}systemctl enable keepalived`,
                },
              ],
            },
          },
        ];
      }
      if (!isMeantToRun(node)) {
        unread.push(`${node.name}: neither a keepalived configuration nor a unit was found`);
        return [];
      }
      // A node whose instances are unknown (no configuration left) is weighed by what the whole cluster still has.
      const concerned = served.length > 0 ? served : groups;
      const orphaned = concerned.filter((group) => mastershipsOf(group, { instances, adverts }).length === 0);
      const others = nodesOf(
        concerned.flatMap((group) => mastershipsOf(group, { instances, adverts }).map((one) => one.instance)),
      );
      const state = node.unit.kind === 'known' ? node.unit.value.activeState : 'not running';
      const masked = enablementOf(node) === 'masked';
      return [
        {
          subject,
          title: `keepalived does not run on ${node.name} (${state}${enablementOf(node) === undefined ? '' : `, ${enablementOf(node) ?? ''}`})`,
          summary:
            others.length > 0
              ? `${node.name} has a keepalived configuration but no process. ${listing(others)} still ${others.length === 1 ? 'serves' : 'serve'}, with less redundancy than meant.`
              : `${node.name} has a keepalived configuration but no process, and nobody serves in its place.`,
          evidence: asEvidence(unitQuote(node), [
            { node: node.name, source: 'processes', quote: 'no keepalived process runs' },
            ...quoteLog(node, /Failed|exited|Stopp|permanent error|Terminating|skipped|status=|missing/i, 3),
          ]),
          ...(concerned.length > 0 && orphaned.length === 0 ? { severity: 'high' as const } : {}),
          remedy: {
            text: 'See in its log why it stopped, then start it and have it start at boot.',
            commands: [
              { node: node.name, command: 'journalctl -u keepalived -n 30 --no-pager' },
              {
                node: node.name,
                command: `${masked ? 'systemctl unmask keepalived && ' : ''}systemctl enable --now keepalived`,
              },
            ],
          },
        },
      ];
    });
    return drafts.length === 0 && (nodes.length === 0 || unread.length > 0)
      ? notEvaluated(unread.length > 0 ? unread.join('; ') : 'no node was checked')
      : foundOrClear(drafts);
  },
});
