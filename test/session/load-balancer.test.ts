// A recording of three healthy nodes, given virtual servers and an IPVS table in the kernel's own form, from the
// bundle to the report. No kernel with IPVS was at hand: the texts follow net/netfilter/ipvs/ip_vs_ctl.c.
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Bundle } from '../../src/evidence/bundle.ts';
import { readBundle } from '../../src/evidence/bundle-folder.ts';
import { judgeBundle } from '../../src/session.ts';

const recorded = await readBundle(join(import.meta.dirname, '../../fixtures/bundles/healthy-three'));
if (recorded.kind !== 'check') throw new Error('not a recording of a check');

const block = `
virtual_server 10.77.0.5 80 {
    lvs_sched wlc
    lvs_method NAT
    protocol TCP
    real_server 10.77.0.21 8080 {
        TCP_CHECK {
            connect_timeout 3
        }
    }
}
`;
const head = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
`;
const service = 'TCP  0A4D0005:0050 wlc \n';
const server = '  -> 0A4D0015:1F90      Masq    1      0          0         \n';

const balancing = (tables: Readonly<Record<string, string>>): Bundle => ({
  ...recorded,
  nodes: recorded.nodes.map((node) => ({
    ...node,
    answers: [
      ...node.answers.map((answer) =>
        answer.probe === 'configuration' && answer.text.includes('vrrp_instance')
          ? { ...answer, text: answer.text + block }
          : answer,
      ),
      {
        probe: 'ipvs',
        part: 'table',
        round: 'before' as const,
        exit: 0,
        truncated: 'no' as const,
        text: tables[node.node] ?? head + service + server,
      },
    ],
  })),
});

const found = (bundle: Bundle): readonly string[] =>
  judgeBundle(bundle)
    .findings.filter(({ severity }) => severity !== 'low')
    .map(({ rule, severity, subject }) => `${rule} ${severity} ${subject.nodes.join('+')}`);

it('is healthy when every node balances what it is configured for', () => {
  expect(found(balancing({}))).toEqual([]);
});

it('says which node lacks IPVS, a service, or every real server', () => {
  expect(found(balancing({ n2: 'absent' }))).toEqual(['kernel-module-missing high n2']);
  expect(found(balancing({ n3: head }))).toEqual(['virtual-server-missing high n3']);
  expect(found(balancing({ n1: head + service }))).toEqual(['real-server-down critical n1']);
  expect(found(balancing({ n2: head + service }))).toEqual(['real-server-down high n2']);
});
