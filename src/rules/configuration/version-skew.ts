// Configuration fault: nodes run different releases of keepalived.
import type { NodeFacet, Quote } from '../../cluster/model.ts';
import { listing } from '../members.ts';
import { asEvidence } from '../quoting.ts';
import { clear, defineRule, foundOrClear, notEvaluated } from '../rule.ts';

interface Running {
  readonly node: string;
  readonly text: string;
  readonly number: number;
}

/** Releases from which on something between nodes is different. */
const turns: readonly { readonly number: number; readonly what: string }[] = [
  { number: 1_003_007, what: '1.3.7 counts the VRRPv3 unicast checksum differently' },
  { number: 2_000_000, what: '2.0.0 times elections by the effective priority' },
  { number: 2_003_003, what: '2.3.3 accepts adverts whose VIP list differs' },
  { number: 2_004_000, what: '2.4.0 knows auth_hmac' },
];

const runningOf = (node: NodeFacet): Running | undefined =>
  node.version.kind === 'known'
    ? {
        node: node.name,
        text: node.version.value.text,
        number:
          node.version.value.major * 1_000_000 + node.version.value.minor * 1000 + node.version.value.patch,
      }
    : undefined;

export const versionSkew = defineRule({
  id: 'version-skew',
  severity: 'medium',
  needs: ['nodes'],
  title: 'Nodes run different releases of keepalived',
  why: 'Some releases changed what nodes say to each other or how they judge it. A cluster that is half upgraded may elect, time and refuse differently from one node to the next.',
  proof:
    '`keepalived -v` on every node. It is a remark where no release between them changed what nodes agree on.',
  remedy: 'Bring all nodes to the same release.',
  sources: ['keepalived ChangeLog 1.3.7, 2.0.0, 2.3.3, 2.4.0', 'keepalived issue 642'],
  explains: [],
  check: ({ nodes }) => {
    const running = nodes.flatMap((node) => runningOf(node) ?? []);
    const texts = [...new Set(running.map(({ text }) => text))];
    const [first, ...rest] = running.map(
      ({ node, text }): Quote => ({ node, source: 'keepalived -v', quote: `Keepalived v${text}` }),
    );
    if (texts.length > 1 && first !== undefined) {
      const numbers = running.map(({ number }) => number);
      const crossed = turns.filter(
        ({ number }) => Math.min(...numbers) < number && Math.max(...numbers) >= number,
      );
      return foundOrClear([
        {
          subject: { nodes: running.map(({ node }) => node) },
          title: `Nodes run different releases of keepalived: ${running.map(({ node, text }) => `${node} ${text}`).join(', ')}`,
          summary:
            crossed.length === 0
              ? 'Nothing that nodes agree on changed between these releases.'
              : `Between them lies what matters: ${crossed.map(({ what }) => what).join('; ')}.`,
          evidence: asEvidence(first, rest),
          remedy: {
            text: `Bring all nodes to ${texts.toSorted().at(-1) ?? ''} or another common release.`,
            commands: [],
          },
          severity: crossed.length === 0 ? 'low' : 'medium',
        },
      ]);
    }
    const unread = nodes.flatMap((node) =>
      node.version.kind === 'unknown' ? [`${node.name}: ${node.version.reason}`] : [],
    );
    return unread.length > 0 ? notEvaluated(listing(unread)) : clear();
  },
});
