// The healthy cluster as a load balancer: virtual servers in every configuration, and what the kernel balances. The
// table goes through the real reader, in the form net/netfilter/ipvs/ip_vs_ctl.c prints.
import type { ClusterModel } from '../../src/cluster/model.ts';
import { ipvsProbe } from '../../src/probes/ipvs.ts';
import { type Change, changeHost, names, situation } from './model-builder.ts';
import { instanceText, onPaper } from './paper-model.ts';

export const head = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
`;

/** 10.77.0.5:80 with 10.77.0.21:8080 and 10.77.0.22:8080. */
export const web = `TCP  0A4D0005:0050 wlc 
`;
export const first = `  -> 0A4D0015:1F90      Masq    1      0          0         
`;
export const second = `  -> 0A4D0016:1F90      Masq    1      3          9         
`;
export const wholeTable = head + web + first + second;

export const webServer = `virtual_server 10.77.0.5 80 {
    lvs_sched wlc
    lvs_method NAT
    protocol TCP
    real_server 10.77.0.21 8080 {
        TCP_CHECK {
            connect_timeout 3
        }
    }
    real_server 10.77.0.22 8080 {
        weight 1
    }
}`;

export const readTable = (text: string) =>
  ipvsProbe.read([{ probe: 'ipvs', part: 'table', round: 'before', exit: 0, truncated: 'no', text }]);

export const balances = (node: string, text: string): Change => changeHost(node, { ipvs: readTable(text) });

/** Every node with this text before its instance; n1 to n3 balance as the tables say. */
export const balancing = (
  before: string | Partial<Record<(typeof names)[number], string>>,
  tables: Partial<Record<(typeof names)[number], string>>,
  ...changes: readonly Change[]
): ClusterModel =>
  situation(
    (model) => ({
      ...model,
      configurations: onPaper(
        Object.fromEntries(
          names.map((name, index) => [
            name,
            `${typeof before === 'string' ? before : (before[name] ?? '')}\n${instanceText({ priority: 100 - index })}\n`,
          ]),
        ),
      ).configurations,
    }),
    ...names.flatMap((name) => {
      const table = tables[name];
      return table === undefined ? [] : [balances(name, table)];
    }),
    ...changes,
  );

export const everywhere = (text: string) => ({ n1: text, n2: text, n3: text });
