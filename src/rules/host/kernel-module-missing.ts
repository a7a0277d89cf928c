// Host fault: the kernel lacks IPVS, which keepalived is to set up. By the kernel's own table, else by keepalived's log.
import { judgeBalancers, quoteServer } from '../balancing.ts';
import { draftFromLog, judgeLogs, logNeeds } from '../logged.ts';
import { asEvidence, quoteLog } from '../quoting.ts';
import { defineRule, type FindingDraft } from '../rule.ts';

const said = /IPVS: Can't initialize ipvs|IPVS\b.*Protocol not available/;

const words = (node: string) => ({
  title: `The kernel of ${node} lacks IPVS, which keepalived is to set up`,
  summary: 'VRRP works, virtual servers do not.',
  fix: 'Load ip_vs on the host and restart keepalived, or start it with --vrrp when no virtual server is wanted.',
  commands: ['modprobe ip_vs', 'echo ip_vs >/etc/modules-load.d/ip_vs.conf'],
});

export const kernelModuleMissing = defineRule({
  id: 'kernel-module-missing',
  severity: 'medium',
  needs: [...logNeeds, 'configurations'],
  title: 'The kernel lacks a module keepalived needs',
  why: 'Without `ip_vs` no virtual server works. VRRP itself goes on, so the VIP moves to a node that cannot balance anything. Containers cannot load modules themselves.',
  proof:
    'Virtual servers are configured, the health checkers run, and the kernel has no /proc/net/ip_vs: then it is high. Or keepalived’s own line since it was started; without a virtual server in the configuration that is only a remark.',
  remedy: 'Load the module on the host, and at every boot.',
  sources: [
    'keepalived ipvswrapper.c',
    'keepalived issues 427, 1552',
    'Linux net/netfilter/ipvs/ip_vs_ctl.c',
  ],
  explains: [],
  check: (facets) => {
    const byTable = judgeBalancers(facets, (balancers) =>
      balancers
        .filter(({ table }) => table.loaded === 'no')
        .flatMap(({ node, config }): readonly FindingDraft[] => {
          const [server] = config.virtualServers;
          if (server === undefined) return [];
          const { title, summary, fix, commands } = words(node);
          return [
            {
              subject: { nodes: [node] },
              title,
              summary: `${summary} ${config.virtualServers.length} ${config.virtualServers.length === 1 ? 'is' : 'are'} configured here.`,
              evidence: asEvidence({ node, source: '/proc/net/ip_vs', quote: 'there is no such file' }, [
                quoteServer(node, server),
                ...quoteLog(
                  facets.nodes.find(({ name }) => name === node),
                  said,
                  1,
                ),
              ]),
              remedy: { text: fix, commands: commands.map((command) => ({ node, command })) },
              severity: 'high',
            },
          ];
        }),
    );
    if (byTable.result === 'found') return byTable;
    const loaded = (node: string): boolean => {
      const ipvs = facets.hosts.find((host) => host.node === node)?.ipvs;
      return ipvs?.kind === 'known' && ipvs.value.loaded === 'yes';
    };
    const byLog = judgeLogs(facets, 'run', (log) => {
      const { name } = log.node;
      // Loaded by hand since: what keepalived said at its start is over.
      const hits = loaded(name) ? [] : log.entries.filter(({ text }) => said.test(text));
      const needed = facets.configurations.every(
        ({ node, config }) =>
          node !== name || config.kind === 'unknown' || config.value.virtualServers.length > 0,
      );
      return draftFromLog(
        log,
        hits,
        needed
          ? words(name)
          : {
              ...words(name),
              summary: 'No virtual server is configured here, so nothing is missing yet.',
              severity: 'low',
            },
      );
    });
    return byLog.result === 'found' || byTable.result === 'clear' ? byLog : byTable;
  },
});
