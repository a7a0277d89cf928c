// Elections that were held on three real nodes (keepalived 2.2.7, several virtual routers at once) against what is
// foretold for them: summed weights, weights of groups and owners, delays, sync groups over two links, one-way peers,
// lost links, checks, nodes, and pairs of them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { forecast } from '../../../src/cluster/election/forecast.ts';
import { lossWords } from '../../../src/cluster/election/losses.ts';
import type { ClusterModel } from '../../../src/cluster/model.ts';
import { buildPaperCluster } from '../../../src/cluster/paper.ts';
import { known } from '../../../src/evidence/reading.ts';
import { modelOf, parseText } from '../../keepalived/config-files.ts';

const recording = z.object({
  keepalived: z.string(),
  nodes: z.record(
    z.string(),
    z.object({ addresses: z.record(z.string(), z.string()), conf: z.array(z.string()) }),
  ),
  seen: z.array(
    z.object({
      lost: z.string(),
      vrid: z.number(),
      before: z.array(z.string()),
      after: z.array(z.string()),
    }),
  ),
});
type Recording = z.infer<typeof recording>;

const folder = join(import.meta.dirname, '../../../fixtures/elections');
const read = (name: string): Recording =>
  recording.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')));

const clusterOf = ({ nodes }: Recording, masters: ReadonlyMap<number, readonly string[]>): ClusterModel => {
  const paper = buildPaperCluster(
    Object.entries(nodes).map(([node, { conf }]) => ({
      node,
      config: modelOf(parseText(`${conf.join('\n')}\n`)),
    })),
  );
  return {
    ...paper,
    instances: paper.instances.map((instance) => ({
      ...instance,
      running: known({
        state: masters.get(instance.vrid)?.includes(instance.node) === true ? 'MASTER' : 'BACKUP',
        source: 'json',
      }),
      sourceAddress: known(nodes[instance.node]?.addresses[instance.interface] ?? ''),
    })),
  };
};

describe.each(readdirSync(folder).sort())('%s', (name) => {
  const told = read(name);
  const losses = [...new Set(told.seen.map(({ lost }) => lost))];

  it.each(losses)('%s', (lost) => {
    const rows = told.seen.filter((row) => row.lost === lost);
    expect(rows.length).toBeGreaterThan(5);
    const prospects = forecast(clusterOf(told, new Map(rows.map(({ vrid, before }) => [vrid, before]))));
    for (const { vrid, before, after } of rows) {
      const prospect = prospects.find(({ group }) => group.vrid === vrid);
      const outcome = (words: string) =>
        prospect?.outcomes.find((one) => one.lost.map(lossWords).join(' + ') === words);
      // A pair of which one does not concern this router is the other one alone; none of it leaves all as it was.
      const found = [lost, ...lost.split(' + ')].map(outcome).find((one) => one !== undefined);
      const endings = found === undefined ? [before] : [found.masters, ...found.otherwise];
      expect(
        endings.map((nodes) => [...nodes].sort().join()),
        `VRID ${vrid}, from ${before.join()}`,
      ).toContain([...after].sort().join());
    }
  });
});
