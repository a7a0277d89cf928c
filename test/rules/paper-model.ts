// Models from keepalived.conf texts, for rules about what nodes are configured with. It knows how a text becomes a
// model through the real parser, and no rule.

import type { ClusterModel, NodeConfiguration } from '../../src/cluster/model.ts';
import { buildPaperCluster } from '../../src/cluster/paper.ts';
import { known } from '../../src/evidence/reading.ts';
import { parseVersion } from '../../src/keepalived/version.ts';
import { modelOf, parseText } from '../keepalived/config-files.ts';

/** The cluster these files describe, by node. */
export const onPaper = (
  texts: Readonly<Record<string, string>>,
  versions: Readonly<Record<string, string>> = {},
): ClusterModel =>
  buildPaperCluster(
    Object.entries(texts).map(([node, text]) => {
      const version = parseVersion(versions[node] ?? '');
      return { node, config: modelOf(parseText(text)), ...(version === undefined ? {} : { version }) };
    }),
  );

export interface InstanceWords {
  readonly name?: string;
  readonly interface?: string;
  readonly vrid?: number;
  readonly state?: 'MASTER' | 'BACKUP' | 'unset';
  readonly priority?: number | 'unset';
  readonly interval?: number | string;
  readonly vips?: readonly string[];
  /** Further lines of the instance. */
  readonly lines?: readonly string[];
}

/** An instance block as users write it; what is not said is as in most clusters. */
export const instanceText = (words: InstanceWords = {}): string =>
  [
    `vrrp_instance ${words.name ?? 'VI_1'} {`,
    ...(words.state === 'unset' ? [] : [`    state ${words.state ?? 'BACKUP'}`]),
    `    interface ${words.interface ?? 'eth1'}`,
    `    virtual_router_id ${words.vrid ?? 101}`,
    ...(words.priority === 'unset' ? [] : [`    priority ${words.priority ?? 100}`]),
    `    advert_int ${words.interval ?? 1}`,
    ...(words.lines ?? []).map((line) => `    ${line}`),
    '    virtual_ipaddress {',
    ...(words.vips ?? ['10.77.0.5']).map((vip) => `        ${vip}`),
    '    }',
    '}',
  ].join('\n');

/** The configurations of the healthy three-node cluster of these tests. */
export const healthyConfigurations: readonly NodeConfiguration[] = [100, 99, 98].map((priority, index) => ({
  node: `n${index + 1}`,
  config: known(modelOf(parseText(instanceText({ priority, state: index === 0 ? 'MASTER' : 'BACKUP' })))),
}));

export const nodeNames = ['n1', 'n2', 'n3'] as const;
export type NodeName = (typeof nodeNames)[number];

/** What stands before the instance on every node, and what a node has of its own. */
export interface TrioWords extends InstanceWords {
  readonly before?: string;
  readonly own?: Partial<Record<NodeName, InstanceWords & { readonly before?: string }>>;
  readonly versions?: Partial<Record<NodeName, string>>;
}

/** Three nodes with priorities 100, 99 and 98, on paper. */
export const trio = ({ before = '', own = {}, versions = {}, ...common }: TrioWords = {}): ClusterModel =>
  onPaper(
    Object.fromEntries(
      nodeNames.map((node, index) => [
        node,
        `${own[node]?.before ?? before}\n${instanceText({ priority: 100 - index, ...common, ...own[node] })}\n`,
      ]),
    ),
    versions,
  );

/** The same with these texts as whole files. */
export const trioOf = (textOf: (node: NodeName, index: number) => string): ClusterModel =>
  onPaper(Object.fromEntries(nodeNames.map((node, index) => [node, textOf(node, index)])));

export const scriptText = (name: string, lines: readonly string[] = ['weight -20']): string =>
  [
    `vrrp_script ${name} {`,
    '    script "/usr/local/bin/check"',
    ...lines.map((line) => `    ${line}`),
    '}',
  ].join('\n');
