import type { ClusterModel } from '../../../src/cluster/model.ts';
import { known, unknown } from '../../../src/evidence/reading.ts';
import { conditionalConfigWrongId } from '../../../src/rules/configuration/conditional-config-wrong-id.ts';
import { modelOf, parseText } from '../../keepalived/config-files.ts';
import { healthy } from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

const text = (lines: readonly string[]) => `vrrp_instance VI_1 {
    interface eth1
    virtual_router_id 101
${lines.map((line) => `    ${line}`).join('\n')}
    virtual_ipaddress {
        10.77.0.5
    }
}
`;

/** One file for all, read under each node's own id. */
const sharing = (
  lines: readonly string[],
  ids: Readonly<Record<string, string | undefined>>,
): ClusterModel => ({
  ...healthy(),
  configurations: Object.entries(ids).map(([node, configId]) => ({
    node,
    config: known(modelOf(parseText(text(lines), configId === undefined ? {} : { configId }))),
  })),
});

const priorities = ['@lb1 priority 150', '@lb2 priority 100'];

export const cases: RuleCases = {
  rule: conditionalConfigWrongId,
  fires: [
    {
      name: 'a renamed host',
      model: sharing(priorities, { n1: 'lb1', n2: 'web7' }),
      nodes: [['n2']],
      evidence: /@lb2 priority 100/,
      says: /its id is web7/,
      severity: 'critical',
    },
    {
      name: 'nobody was started with -i',
      model: sharing(['@main notify_master "/bin/true"'], { n1: 'n1', n2: 'n2' }),
      nodes: [['n1'], ['n2']],
      evidence: /@main notify_master/,
      severity: 'high',
    },
  ],
  silent: [
    { name: 'no conditions', model: healthy() },
    { name: 'every node has its line', model: sharing(priorities, { n1: 'lb1', n2: 'lb2' }) },
    { name: 'only one of the two was checked', model: sharing(priorities, { n1: 'lb1' }) },
    {
      name: 'one node is main, and the others need nothing',
      model: sharing(['@main priority 200'], { n1: 'main', n2: 'n2' }),
    },
    {
      name: 'the file says what all others get',
      model: sharing(['@main priority 200', '@^main priority 100'], { n1: 'n1', n2: 'n2' }),
    },
  ],
  unjudged: [
    {
      name: 'the id is not known',
      model: sharing(priorities, { n1: undefined }),
      reason: /n1: its config id is not known/,
    },
    {
      name: 'the file was not read',
      model: { ...healthy(), configurations: [{ node: 'n1', config: unknown('it was not shown') }] },
      reason: /not shown/,
    },
  ],
};
