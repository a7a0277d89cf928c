// Configuration fault: conditional lines of keepalived.conf are written for an id that no node has.
import type { ClusterModel, KeepalivedConfig } from '../../cluster/model.ts';
import { listing } from '../members.ts';
import { asEvidence } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear, notEvaluated } from '../rule.ts';

type Condition = KeepalivedConfig['conditions'][number];

/** Without these lines an instance is another one, or none. */
const vital =
  /^(priority|virtual_router_id|interface|unicast_src_ip|unicast_peer|virtual_ipaddress|state|advert_int|auth_pass|\d{1,3}(\.\d{1,3}){3}|\$)/;

interface Identified {
  readonly node: string;
  readonly id: string;
  readonly config: KeepalivedConfig;
}

const identified = (configurations: ClusterModel['configurations']): readonly Identified[] =>
  configurations.flatMap(({ node, config }) =>
    config.kind === 'known' && config.value.configId !== undefined
      ? [{ node, id: config.value.configId, config: config.value }]
      : [],
  );

const wantedIds = ({ config }: Identified): readonly string[] => [
  ...new Set(config.conditions.filter(({ holds }) => holds === 'for').map(({ id }) => id)),
];

const quoteCondition = (node: string, { file, line, holds, id, text }: Condition) => ({
  node,
  source: file,
  quote: `${file}:${line}: @${holds === 'for' ? '' : '^'}${id} ${text}`,
});

export const conditionalConfigWrongId = defineRule({
  id: 'conditional-config-wrong-id',
  severity: 'high',
  needs: ['configurations'],
  title: 'Conditional lines are written for an id that no node has',
  why: 'Lines that begin with `@id` apply only where keepalived’s config id – the short host name unless `-i` says otherwise – is that id. After a host is renamed or installed anew they vanish without a word: no priority, no peers, no source address.',
  proof:
    'A node whose id none of the `@id` lines of its file names, while the file names an id that is none of the checked nodes’. It is critical when the lines that vanish set what an instance is made of.',
  remedy: 'Start keepalived with `-i ID`, or write the lines for the node’s name.',
  sources: ['keepalived.conf(5) Conditional configuration and configuration id', 'keepalived lib/parser.c'],
  explains: ['config-drift-between-nodes', 'state-master-without-priority', 'equal-priorities'],
  check: ({ configurations }) => {
    const nodes = identified(configurations);
    const ids = new Set(nodes.map(({ id }) => id));
    const drafts = nodes.flatMap((one): readonly FindingDraft[] => {
      const { node, id, config } = one;
      const wanted = wantedIds(one);
      const strangers = wanted.filter((other) => !ids.has(other));
      // A file for everybody names some nodes only, and says with @^ID what the others get.
      const foreseen = config.conditions.some(
        ({ holds, applies }) => holds === 'other-than' && applies === 'yes',
      );
      if (wanted.includes(id) || strangers.length === 0 || foreseen) return [];
      const lost = config.conditions.filter(
        (condition) => condition.applies === 'no' && strangers.includes(condition.id),
      );
      const [first, ...others] = lost.toSorted(
        (a, b) => Number(vital.test(b.text)) - Number(vital.test(a.text)),
      );
      if (first === undefined) return [];
      return [
        {
          subject: { nodes: [node] },
          title: `the ${lost.length === 1 ? 'line' : 'lines'} for ${listing(strangers.map((name) => `@${name}`))} in ${node}'s keepalived.conf ${lost.length === 1 ? 'applies' : 'apply'} to no node; its id is ${id}`,
          summary: `keepalived on ${node} reads its file as “${id}” and leaves out ${lost.length === 1 ? 'that line' : `those ${lost.length} lines`}, without a word in its log.`,
          evidence: asEvidence(
            quoteCondition(node, first),
            others.slice(0, 3).map((condition) => quoteCondition(node, condition)),
          ),
          remedy: {
            text: `Start keepalived on ${node} with -i and the id meant, or write the lines for @${id}.`,
            commands: [
              { node, command: 'hostname -s' },
              { node, command: `grep -n '^[[:space:]]*@' ${first.file}` },
            ],
          },
          ...(lost.some(({ text }) => vital.test(text)) ? { severity: 'critical' } : {}),
        },
      ];
    });
    const unread = configurations.flatMap(({ node, config }) =>
      config.kind === 'unknown'
        ? [`${node}: ${config.reason}`]
        : config.value.configId === undefined && config.value.conditions.length > 0
          ? [`${node}: its config id is not known`]
          : [],
    );
    return drafts.length === 0 && unread.length > 0 ? notEvaluated(unread.join('; ')) : foundOrClear(drafts);
  },
});
