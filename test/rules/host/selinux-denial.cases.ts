import type { AvcDenial, SelinuxFacts } from '../../../src/cluster/model.ts';
import { known, unknown } from '../../../src/evidence/reading.ts';
import { selinuxDenial } from '../../../src/rules/host/selinux-denial.ts';
import { changeHost, changeNode, denial, healthy, logs, situation } from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

const selinux = (mode: SelinuxFacts['mode'], ...denials: readonly AvcDenial[]) =>
  changeHost('n2', { selinux: known({ mode, denials, read: ['audit.log'] }) });
const memfd = denial({
  permissions: ['read'],
  targetClass: 'file',
  targetContext: 'system_u:object_r:tmpfs_t:s0',
});
const script = denial({
  permissions: ['execute'],
  targetClass: 'file',
  targetContext: 'system_u:object_r:etc_t:s0',
  name: 'chk-etc.sh',
  pid: 900,
  atMs: 1_009_000,
});
const config = denial({
  permissions: ['getattr'],
  targetClass: 'file',
  targetContext: 'unconfined_u:object_r:user_home_t:s0',
  pid: 12572,
  quote: {
    node: 'n2',
    source: 'audit.log',
    quote:
      'avc: denied { getattr } for comm="keepalived" path="/etc/keepalived/keepalived.conf" tclass=file permissive=0',
  },
});

export const cases: RuleCases = {
  rule: selinuxDenial,
  fires: [
    {
      name: 'no raw socket',
      model: situation(selinux('enforcing', memfd, denial()), logs('n2', 'cant open raw socket. errno=13')),
      nodes: [['n2']],
      evidence: /cant open raw socket/,
      severity: 'critical',
      says: /network sockets/,
    },
    {
      name: 'configuration unreadable, keepalived not running',
      model: situation(
        selinux('enforcing', config),
        changeNode('n2', { processes: known([]) }),
        logs('n2', "Config files missing '/etc/keepalived/keepalived.conf'."),
      ),
      nodes: [['n2']],
      evidence: /Config files missing/,
      severity: 'critical',
    },
    {
      name: 'a check script never runs',
      model: situation(
        selinux('enforcing', memfd, script),
        logs('n2', "Error exec-ing command '/etc/keepalived/chk-etc.sh', error 13: Permission denied"),
      ),
      nodes: [['n2']],
      evidence: /denied \{ execute \}/,
      severity: 'high',
    },
    {
      name: 'an old kernel does not say whether it was permissive',
      model: situation(selinux('enforcing', denial({ permissive: 'unknown' }))),
      nodes: [['n2']],
      evidence: /rawip_socket/,
    },
    {
      name: 'something of no consequence for VRRP',
      model: situation(selinux('enforcing', denial({ permissions: ['setrlimit'], targetClass: 'process' }))),
      nodes: [['n2']],
      evidence: /setrlimit/,
      severity: 'low',
    },
  ],
  silent: [
    { name: 'no SELinux', model: healthy(), reason: /disabled on every node/ },
    {
      name: 'the harmless memfd denial at every start',
      model: situation(selinux('enforcing', memfd)),
      reason: /no denial does harm/,
    },
    { name: 'permissive mode', model: situation(selinux('permissive', denial({ permissive: 'yes' }))) },
    {
      name: 'one permissive domain in enforcing mode',
      model: situation(selinux('enforcing', denial({ permissive: 'yes' }))),
    },
    {
      name: 'a denial from before the last start',
      model: situation(selinux('enforcing', denial({ atMs: 900_000, pid: 17 }))),
    },
    {
      name: 'a denial of somebody else',
      model: situation(
        selinux('enforcing', denial({ sourceContext: 'system_u:system_r:httpd_t:s0', command: 'httpd' })),
      ),
    },
  ],
  unjudged: [
    {
      name: 'records unread',
      model: situation(changeHost('n2', { selinux: unknown('audit.log needs root') })),
      reason: /audit\.log needs root/,
    },
  ],
};
