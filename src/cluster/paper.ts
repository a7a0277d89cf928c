// The cluster as its configuration files alone describe it: each file is a node, nothing runs, nothing was heard.
// What only a live node can tell says so. It knows how files become nodes, not who reads them from a disk.
import { unknown } from '../evidence/reading.ts';
import type { KeepalivedConfig } from '../keepalived/config-model.ts';
import type { KeepalivedVersion } from '../keepalived/version.ts';
import { formGroups } from './groups.ts';
import { describeInstances } from './instances.ts';
import type { ClusterModel, NodeFacet } from './model.ts';

/** One node on paper. */
export interface Sheet {
  readonly node: string;
  readonly config: KeepalivedConfig;
  /** Which keepalived would read it, where that is known. */
  readonly version?: KeepalivedVersion;
}

const why = 'only the configuration file was given';

const nodeOf = ({ node, config, version }: Sheet): NodeFacet => ({
  name: node,
  address: node,
  contact: { kind: 'reached', rights: 'none' },
  processes: unknown(why),
  unit: unknown(why),
  version:
    version === undefined
      ? unknown(why)
      : {
          kind: 'known',
          value: {
            text: version.text,
            major: version.major,
            minor: version.minor,
            patch: version.patch,
          },
        },
  configuration: {
    kind: 'known',
    value: {
      path: config.path,
      files: config.files,
      problems: config.problems.map(({ file, line, message }) => ({ file, line, message })),
    },
  },
  log: unknown(why),
});

export const buildPaperCluster = (sheets: readonly Sheet[]): ClusterModel => {
  const ungrouped = sheets.flatMap(({ node, config }) =>
    describeInstances(
      {
        node,
        daemons: [{ pid: 'unknown', config: { kind: 'known', value: config }, dump: unknown(why) }],
        links: unknown(why),
        held: unknown(why),
        loggedStates: new Map(),
      },
      { outgoing: [], incoming: [], elsewhere: [], ear: 'deaf' },
    ),
  );
  const { groups, groupOf } = formGroups(ungrouped);
  return {
    window: { listenedMs: 0, endedBecause: why },
    nodes: sheets.map(nodeOf),
    groups,
    instances: ungrouped.map(({ segments: _, ...instance }) => ({
      ...instance,
      group: groupOf.get(instance.id) ?? '?',
    })),
    configurations: sheets.map(({ node, config }) => ({ node, config: { kind: 'known', value: config } })),
    adverts: {
      streams: [],
      carp: [],
      ears: sheets.map(({ node }) => ({ at: node, heard: 'no', reason: why })),
    },
    ladder: [],
    holders: [],
    hosts: [],
    segment: { observer: unknown(why), igmpQueries: 'unknown', igmpReports: 'unknown' },
  };
};
