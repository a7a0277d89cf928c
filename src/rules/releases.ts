// Faults that come with old releases of keepalived. It knows how releases are compared, and no fault.
import type { Facets } from './members.ts';
import { type FindingDraft, foundOrClear, notEvaluated, type Outcome } from './rule.ts';

export interface ReleaseWords {
  readonly title: string;
  readonly summary: string;
  readonly fix: string;
}

/** Nodes with a release below `limit` (major × 1 000 000 + minor × 1000 + patch) about which there is something to say. */
export const judgeVersions = (
  { nodes }: Facets<'nodes'>,
  limit: number,
  say: (node: string, release: string) => ReleaseWords | undefined,
): Outcome => {
  const drafts = nodes.flatMap((node): readonly FindingDraft[] => {
    if (node.version.kind === 'unknown') return [];
    const { major, minor, patch, text } = node.version.value;
    const words = major * 1_000_000 + minor * 1000 + patch < limit ? say(node.name, text) : undefined;
    return words === undefined
      ? []
      : [
          {
            subject: { nodes: [node.name] },
            title: words.title,
            summary: words.summary,
            evidence: [{ node: node.name, source: 'keepalived -v', quote: `Keepalived v${text}` }],
            remedy: { text: words.fix, commands: [{ node: node.name, command: 'keepalived -v' }] },
          },
        ];
  });
  const unread = nodes.flatMap((node) =>
    node.version.kind === 'unknown' ? [`${node.name}: ${node.version.reason}`] : [],
  );
  return drafts.length === 0 && unread.length > 0 ? notEvaluated(unread.join('; ')) : foundOrClear(drafts);
};
