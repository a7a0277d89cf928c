// Time fault, told by keepalived’s own log: keepalived missed news from the kernel.
import { weightOfHistory } from '../history.ts';
import { draftFromLog, judgeLogs, logNeeds, whenOf } from '../logged.ts';
import { defineRule } from '../rule.ts';

const said = /Netlink: Receive buffer overrun/;

export const netlinkBufferOverrun = defineRule({
  id: 'netlink-buffer-overrun',
  severity: 'medium',
  needs: logNeeds,
  title: 'keepalived missed news from the kernel',
  why: 'keepalived learns of links and addresses over netlink. When its buffer overflows it has missed some of it, and may believe in an interface or a VIP that is no longer so.',
  proof:
    'keepalived’s own line `Netlink: Receive buffer overrun`; what is over is a remark, unless it keeps coming back or accounts for what is seen now.',
  remedy:
    'Enlarge the buffers with `vrrp_netlink_monitor_rcv_bufs` and `vrrp_netlink_cmd_rcv_bufs` (and their `_force`), then restart.',
  sources: ['keepalived keepalived_netlink.c', 'keepalived.conf(5) vrrp_netlink_monitor_rcv_bufs'],
  explains: [],
  check: (facets) =>
    judgeLogs(facets, 'run', (log) => {
      const hits = log.entries.filter(({ text }) => said.test(text));
      const { name } = log.node;
      return draftFromLog(log, hits, {
        title: `keepalived on ${name} missed messages of the kernel ${whenOf(hits.at(-1))}`,
        summary:
          'Its netlink buffer was too small; what it believes of links and addresses may be out of date.',
        fix: 'Set vrrp_netlink_monitor_rcv_bufs in global_defs, larger than now, and restart keepalived.',
        commands: ['grep -n netlink /etc/keepalived/keepalived.conf'],
        ...weightOfHistory(hits, 'medium'),
      });
    }),
});
