// Time fault, told by keepalived’s own log: the kernel could not send adverts.
import { weightOfHistory } from '../history.ts';
import { draftFromLog, judgeLogs, logNeeds, whenOf } from '../logged.ts';
import { defineRule } from '../rule.ts';

const said =
  /(send advert error|[Cc]an'?t send advert).*(Network is unreachable|No buffer space|Invalid argument|No route to host|Network is down)/;

export const advertSendErrorNetwork = defineRule({
  id: 'advert-send-error-network',
  severity: 'high',
  needs: logNeeds,
  title: 'The kernel could not send adverts',
  why: 'An advert the kernel cannot send – no route to a unicast peer, a full queue, an interface without address – reaches nobody: the peers take over while this node believes itself MASTER.',
  proof:
    'keepalived’s own line with the errno; what is over is a remark, unless it keeps coming back or accounts for what is seen now. `Operation not permitted` belongs to firewall and capabilities.',
  remedy: 'Mend the route, the queue or the address the errno points at.',
  sources: ['keepalived vrrp.c vrrp_send_pkt', 'send(2)'],
  explains: ['adverts-lost-unexplained'],
  check: (facets) =>
    judgeLogs(facets, 'run', (log) => {
      const hits = log.entries.filter(({ text }) => said.test(text));
      const { name } = log.node;
      return draftFromLog(log, hits, {
        title: `The kernel of ${name} could not send adverts (${whenOf(hits.at(-1))})`,
        summary: 'keepalived logged why: without a route, an address or room in the queue no advert leaves.',
        fix: 'Look at routes, addresses and queue drops of the interface.',
        commands: ['ip route', 'ip -s link show'],
        ...weightOfHistory(hits, 'high'),
      });
    }),
});
