import { known, unknown } from '../../../src/evidence/reading.ts';
import { virtualServerMissing } from '../../../src/rules/lvs/virtual-server-missing.ts';
import { balancing, everywhere, first, head, second, web, webServer, wholeTable } from '../lvs-model.ts';
import { changeHost, changeNode, changeProcess, healthy } from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

const marked = `virtual_server fwmark 7 {
    protocol TCP
    real_server 10.77.0.21 8080 {
    }
}`;
const grouped = `virtual_server_group web {
    10.77.0.5-6 80
    fwmark 9
}
virtual_server group web {
    protocol TCP
    real_server 10.77.0.21 8080 {
    }
}`;
const groupTable = `${head}TCP  0A4D0005:0050 wlc 
${first}TCP  0A4D0006:0050 wlc 
${first}FWM  00000009 wlc
${first}`;
const six = `virtual_server fd00:77::5 443 {
    protocol TCP
    real_server fd00:77::21 443 {
    }
}`;

export const cases: RuleCases = {
  rule: virtualServerMissing,
  fires: [
    {
      name: 'an empty table on one node',
      model: balancing(webServer, { ...everywhere(wholeTable), n2: head }),
      nodes: [['n2']],
      evidence: /no service in the table/,
      says: /TCP 10\.77\.0\.5:80/,
      severity: 'high',
    },
    {
      name: 'a firewall mark nobody balances',
      model: balancing(marked, {
        ...everywhere(`${head}FWM  00000007 wlc\n${first}`),
        n3: head + web + first,
      }),
      nodes: [['n3']],
      evidence: /TCP {2}0A4D0005:0050 wlc/,
      says: /fwmark 7/,
    },
    {
      name: 'one address of a group',
      model: balancing(grouped, {
        ...everywhere(groupTable),
        n1: groupTable.replace(`TCP  0A4D0006:0050 wlc \n${first}`, ''),
      }),
      nodes: [['n1']],
      evidence: /virtual_server group web/,
      says: /10\.77\.0\.6:80/,
    },
    {
      name: 'the right address with another protocol',
      model: balancing(webServer, { ...everywhere(wholeTable), n1: wholeTable.replace('TCP', 'UDP') }),
      nodes: [['n1']],
      evidence: /UDP/,
    },
  ],
  silent: [
    { name: 'no virtual server', model: healthy() },
    { name: 'all there', model: balancing(webServer, everywhere(wholeTable)) },
    { name: 'a group, all of it', model: balancing(grouped, everywhere(groupTable)) },
    {
      name: 'IPv6, with the zeros the kernel prints',
      model: balancing(
        six,
        everywhere(
          `${head}TCP  [fd00:0077:0000:0000:0000:0000:0000:0005]:01BB wlc \n  -> [fd00:0077:0000:0000:0000:0000:0000:0021]:01BB      Route   1      0          0         \n`,
        ),
      ),
    },
    { name: 'IPVS not loaded, which another rule says', model: balancing(webServer, {}) },
    {
      name: 'no real server: keepalived ignores the block',
      model: balancing('virtual_server 10.77.0.5 80 {\n    protocol TCP\n}', everywhere(head)),
    },
    {
      name: 'only VRRP was started',
      model: balancing(
        webServer,
        { ...everywhere(wholeTable), n2: head },
        changeProcess('n2', { commandLine: ['/usr/sbin/keepalived', '-DP'] }),
      ),
    },
    {
      name: 'keepalived does not run',
      model: balancing(
        webServer,
        { ...everywhere(wholeTable), n2: head },
        changeNode('n2', { processes: known([]) }),
      ),
    },
    { name: 'real servers of their own ports', model: balancing(webServer, everywhere(head + web + second)) },
  ],
  unjudged: [
    {
      name: 'the table could not be read',
      model: balancing(
        webServer,
        everywhere(wholeTable),
        changeHost('n2', { ipvs: unknown('IPVS: permission denied') }),
      ),
      reason: /n2: IPVS: permission denied/,
    },
  ],
};
