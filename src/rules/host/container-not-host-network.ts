// Root cause: keepalived runs in a container with a network of its own.
import { defineRule, type FindingDraft, foundOrClear, notEvaluated } from '../rule.ts';

const engines: readonly string[] = ['docker', 'podman', 'containerd'];

export const containerNotHostNetwork = defineRule({
  id: 'container-not-host-network',
  severity: 'high',
  needs: ['nodes'],
  title: 'keepalived runs in a network of its own container',
  why: 'In a bridged container the VIP stands on the container’s interface, and adverts end at the bridge of the host: nobody outside hears the one or reaches the other.',
  proof: 'The network namespace of a keepalived that a container engine manages is not that of PID 1.',
  remedy: 'Run the container with `--net=host`, or on a macvlan network.',
  sources: ['osixia/container-keepalived issue 15', 'docker-run(1) --network'],
  explains: [
    'multiple-masters',
    'one-way-reachability',
    'multicast-blocked-by-fabric',
    'adverts-lost-unexplained',
  ],
  check: ({ nodes }) => {
    const drafts = nodes.flatMap((node): readonly FindingDraft[] =>
      node.processes.kind === 'unknown'
        ? []
        : node.processes.value
            .filter(
              ({ managedBy, networkNamespace }) => engines.includes(managedBy) && networkNamespace === 'own',
            )
            .map(({ pid, managedBy }) => ({
              subject: { nodes: [node.name] },
              title: `keepalived on ${node.name} runs in a ${managedBy} container with a network of its own`,
              summary:
                'Its VIP and its adverts stay inside, unless that network is a macvlan on the segment.',
              evidence: [
                {
                  node: node.name,
                  source: `/proc/${pid}/ns/net`,
                  quote: `PID ${pid} (${managedBy}): not the network namespace of PID 1`,
                },
              ],
              remedy: {
                text: 'Start the container with --net=host (or on a macvlan network).',
                commands: [{ node: node.name, command: `readlink /proc/1/ns/net /proc/${pid}/ns/net` }],
              },
            })),
    );
    const unread = nodes.flatMap((node) =>
      node.processes.kind === 'unknown' ? [`${node.name}: ${node.processes.reason}`] : [],
    );
    return drafts.length === 0 && unread.length > 0 ? notEvaluated(unread.join('; ')) : foundOrClear(drafts);
  },
});
