// Host fault, told by keepalived’s own log: the kernel lacks a module keepalived needs.
import { draftFromLog, judgeLogs, logNeeds } from '../logged.ts';
import { defineRule } from '../rule.ts';

const said = /IPVS: Can't initialize ipvs|IPVS\b.*Protocol not available/;

export const kernelModuleMissing = defineRule({
  id: 'kernel-module-missing',
  severity: 'medium',
  needs: logNeeds,
  title: 'The kernel lacks a module keepalived needs',
  why: 'Without `ip_vs` no virtual server works. VRRP itself goes on, so the VIP moves to a node that cannot balance anything. Containers cannot load modules themselves.',
  proof: 'keepalived’s own line since it was started.',
  remedy: 'Load the module on the host, and at every boot.',
  sources: ['keepalived ipvswrapper.c', 'keepalived issues 427, 1552'],
  explains: [],
  check: (facets) =>
    judgeLogs(facets, 'run', (log) => {
      const hits = log.entries.filter(({ text }) => said.test(text));
      const { name } = log.node;
      return draftFromLog(log, hits, {
        title: `The kernel of ${name} lacks IPVS, which keepalived is to set up`,
        summary: 'VRRP works, virtual servers do not.',
        fix: 'Load ip_vs on the host and restart keepalived, or start it with --vrrp when no virtual server is wanted.',
        commands: ['modprobe ip_vs', 'echo ip_vs >/etc/modules-load.d/ip_vs.conf'],
      });
    }),
});
