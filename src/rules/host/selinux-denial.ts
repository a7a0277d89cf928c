// Root cause: SELinux denies keepalived something it needs. Denials that keepalived lives with, and those of a
// permissive domain, are not faults.
import type { AvcDenial, NodeFacet, Quote } from '../../cluster/model.ts';
import { asEvidence, quoteLog } from '../quoting.ts';
import { clear, defineRule, type FindingDraft, foundOrClear, notEvaluated, type Severity } from '../rule.ts';

type Harm = 'network' | 'configuration' | 'script' | 'other';

const aboutKeepalived = (denial: AvcDenial): boolean =>
  /keepalived/.test(denial.sourceContext) || denial.command.startsWith('keepalived');

/** keepalived keeps its read configuration in a memfd and does without when it may not (lib/parser.c). */
const isHarmless = (denial: AvcDenial): boolean =>
  /:tmpfs_t(:|$)/.test(denial.targetContext) &&
  denial.targetClass === 'file' &&
  denial.permissions.every((permission) => ['read', 'write', 'open', 'getattr', 'map'].includes(permission));

const harmOf = (denial: AvcDenial): Harm => {
  const does = (...permissions: readonly string[]) =>
    denial.permissions.some((one) => permissions.includes(one));
  if (['rawip_socket', 'packet_socket', 'netlink_route_socket'].includes(denial.targetClass))
    return 'network';
  if (/^(capability|cap_userns)/.test(denial.targetClass) && does('net_raw', 'net_admin')) return 'network';
  if (denial.targetClass === 'file' && does('execute', 'execute_no_trans', 'entrypoint')) return 'script';
  const path = `${denial.name ?? ''} ${denial.quote.quote}`;
  if (
    ['file', 'dir', 'lnk_file'].includes(denial.targetClass) &&
    /keepalived\.conf|\/etc\/keepalived/.test(path) &&
    does('getattr', 'read', 'open', 'search')
  )
    return /\.(sh|py|pl|rb)\b/.test(path) ? 'script' : 'configuration';
  if (denial.targetClass === 'process' && does('transition')) return 'script';
  if (denial.targetClass === 'tcp_socket' && does('name_connect')) return 'script';
  return 'other';
};

/** A denial from before the present process started tells nothing about it. */
const isCurrent = (denial: AvcDenial, node: NodeFacet | undefined): boolean => {
  if (node?.processes.kind !== 'known') return true;
  const [process] = node.processes.value;
  if (process === undefined) return true;
  if (denial.pid !== undefined && (denial.pid === process.pid || denial.pid === process.vrrpPid)) return true;
  // Records carry milliseconds, process start only ticks since boot: leave room for both.
  return (
    denial.atMs === undefined ||
    process.startedAtMs === undefined ||
    denial.atMs >= process.startedAtMs - 2000
  );
};

interface Words {
  readonly severity: Severity;
  readonly title: (node: string) => string;
  readonly effect: string;
  readonly fix: string;
  readonly command: string;
  readonly log: RegExp;
}

const words: Readonly<Record<Harm, Words>> = {
  network: {
    severity: 'critical',
    title: (node) => `SELinux on ${node} denies keepalived its network sockets`,
    effect: 'keepalived neither sends nor hears adverts, although its unit looks active.',
    fix: 'Restore the policy module for keepalived (reinstall selinux-policy), or build one from these records.',
    command:
      'ausearch --input-logs -m avc -c keepalived -ts boot | audit2allow -M keepalived_local && semodule -i keepalived_local.pp && systemctl restart keepalived',
    log: /cant open raw socket|errno.?=?\s*13|Permission denied/i,
  },
  configuration: {
    severity: 'critical',
    title: (node) => `SELinux on ${node} keeps keepalived from reading its configuration`,
    effect:
      'keepalived does not start. The file was probably moved into place and kept the label of where it was made.',
    fix: 'Give the files the label their place demands and start keepalived.',
    command: 'restorecon -Rv /etc/keepalived && systemctl restart keepalived',
    log: /Config files missing|Unable to find configuration file|is not a regular non-executable file|NOTCONFIGURED/i,
  },
  script: {
    severity: 'high',
    title: (node) => `SELinux on ${node} denies keepalived its scripts`,
    effect:
      'The script does not do its work; keepalived may go on as if it had succeeded, so a failing service moves no VIP.',
    fix: 'Label the scripts keepalived_unconfined_script_exec_t, or allow what they do.',
    command:
      "semanage fcontext -a -t keepalived_unconfined_script_exec_t '/etc/keepalived/.*\\.sh' && restorecon -Rv /etc/keepalived",
    log: /Error exec-ing command|error 13|Permission denied|Disabling track script/i,
  },
  other: {
    severity: 'low',
    title: (node) => `SELinux on ${node} denies keepalived something`,
    effect: 'Adverts and configuration are not concerned; a lesser function may not work.',
    fix: 'See which function needs it, and allow it or turn it off.',
    command: 'ausearch --input-logs -m avc -c keepalived -ts boot | audit2why',
    log: /errno 13|Permission denied/i,
  },
};

/**
 * Capabilities refuse a raw socket with EPERM; EACCES is a security module's word (socket(2)). A dontaudit rule
 * refuses without a record.
 */
const refusedUnrecorded = (node: NodeFacet | undefined): readonly FindingDraft[] => {
  if (node === undefined || node.log.kind === 'unknown') return [];
  const lines = node.log.value;
  const lastRun = lines.slice(
    Math.max(
      0,
      lines.findLastIndex((line) => /Starting Keepalived/.test(line.text)),
    ),
  );
  const refusal = lastRun.find((line) => /cant open raw socket\. errno=13\b/.test(line.text));
  if (refusal === undefined) return [];
  return [
    {
      subject: { nodes: [node.name] },
      title: words.network.title(node.name),
      summary: `SELinux is enforcing and keepalived was refused its raw socket with EACCES, which capabilities never give; no record says so: a dontaudit rule hides it, or the record was lost. ${words.network.effect}`,
      evidence: asEvidence({ node: node.name, source: 'keepalived log', quote: refusal.text }, []),
      remedy: {
        text: 'Have denials recorded that dontaudit rules hide, start keepalived again, and build a policy module from the records; then hide them again (semodule -B).',
        commands: [
          {
            node: node.name,
            command:
              'semodule -DB && systemctl restart keepalived; ausearch --input-logs -m avc -c keepalived -ts recent',
          },
        ],
      },
      severity: words.network.severity,
    },
  ];
};

export const selinuxDenial = defineRule({
  id: 'selinux-denial',
  severity: 'critical',
  needs: ['hosts', 'nodes'],
  title: 'SELinux denies keepalived something it needs',
  why: 'Denied its raw socket, keepalived is deaf and mute while its unit is active; denied its configuration it does not start; denied a script it never learns that the service is down.',
  proof:
    'An access denial of keepalived in enforcing mode since the process started, with what keepalived logged about it. Without a record, EACCES on its raw socket while enforcing (a dontaudit rule). Records with permissive=1 and the memfd denial at every start do no harm and are not counted.',
  remedy: 'Mend labels with restorecon, or extend the policy; `setenforce 0` hides the fault.',
  sources: ['keepalived issues 1322 and 2215', 'ausearch(8)', 'restorecon(8)'],
  explains: [
    'keepalived-disabled-or-stopped',
    'permanent-config-exit',
    'multiple-masters',
    'no-master',
    'vip-on-no-node',
    'vip-held-twice',
    'duplicate-arp-answers',
    'adverts-lost-unexplained',
    'multicast-membership-lost-after-link-bounce',
  ],
  check: ({ hosts, nodes }) => {
    const modes: string[] = [];
    const unread: string[] = [];
    const drafts = hosts.flatMap((host): readonly FindingDraft[] => {
      if (host.selinux.kind === 'unknown') {
        unread.push(`${host.node}: ${host.selinux.reason}`);
        return [];
      }
      const { mode, denials } = host.selinux.value;
      modes.push(`${host.node}: ${mode}`);
      if (mode !== 'enforcing') return [];
      const node = nodes.find((candidate) => candidate.name === host.node);
      const harmful = denials.filter(
        (denial) =>
          denial.permissive !== 'yes' &&
          aboutKeepalived(denial) &&
          !isHarmless(denial) &&
          isCurrent(denial, node),
      );
      const harms = [...new Set(harmful.map(harmOf))];
      const unrecorded = harms.includes('network') ? [] : refusedUnrecorded(node);
      const recorded = harms.flatMap((harm): readonly FindingDraft[] => {
        const own = harmful.filter((denial) => harmOf(denial) === harm);
        const last = own.at(-1);
        if (last === undefined) return [];
        const said = words[harm];
        const what = [
          ...new Set(
            own.map(
              (denial) =>
                `${denial.permissions.join(' ')} on ${denial.targetClass}${denial.name === undefined ? '' : ` ${denial.name}`}`,
            ),
          ),
        ];
        const quotes: readonly Quote[] = [
          ...quoteLog(node, said.log),
          ...own.slice(-4, -1).map((denial) => denial.quote),
        ];
        return [
          {
            subject: { nodes: [host.node] },
            title: said.title(host.node),
            summary: `SELinux is enforcing and denied keepalived: ${what.slice(0, 4).join('; ')}. ${said.effect}`,
            evidence: asEvidence(last.quote, quotes),
            remedy: { text: said.fix, commands: [{ node: host.node, command: said.command }] },
            severity: said.severity,
          },
        ];
      });
      return [...unrecorded, ...recorded];
    });
    if (drafts.length > 0) return foundOrClear(drafts);
    if (hosts.length === 0 || unread.length > 0)
      return notEvaluated(unread.length > 0 ? unread.join('; ') : 'no host could be read');
    return clear(
      `SELinux is ${modes.every((mode) => mode.endsWith('disabled')) ? 'disabled on every node' : modes.join(', ')}; no denial does harm`,
    );
  },
});
