// Instances in FAULT because their interface has no address to send adverts from. Which address each family needs is
// the rules' own matter.
import type { Family } from '../cluster/model.ts';
import { isDown } from './link-state.ts';
import { bareAddress, type Facets, hostOf, stateOf } from './members.ts';
import { quoteState } from './quoting.ts';
import { type FindingDraft, foundOrClear, notEvaluated, type Outcome } from './rule.ts';

export interface MissingAddress {
  readonly family: Family;
  /** Whether an address of the interface, with its prefix, can be the source of adverts. */
  readonly serves: (address: string) => boolean;
  /** What the interface lacks: `no link-local address`. */
  readonly lacks: string;
  readonly fix: string;
  readonly command: (interfaceName: string) => string;
}

export const judgeMissingAddress = (
  { hosts, instances }: Facets<'hosts' | 'instances'>,
  { family, serves, lacks, fix, command }: MissingAddress,
): Outcome => {
  const unread: string[] = [];
  const drafts = instances.flatMap((instance): readonly FindingDraft[] => {
    const { node, configured } = instance;
    if (instance.family !== family) return [];
    const links = hostOf(hosts, node)?.links;
    if (links === undefined || links.kind === 'unknown') {
      unread.push(`${node}: ${links?.reason ?? 'its host was not read'}`);
      return [];
    }
    const link = links.value.find(({ name }) => name === instance.interface);
    const vips = new Set(
      configured.kind === 'known'
        ? [...configured.value.vips, ...configured.value.excludedVips].map(bareAddress)
        : [],
    );
    if (stateOf(instance) !== 'FAULT' || link === undefined || isDown(link)) return [];
    if (link.addresses.some((address) => serves(address) && !vips.has(bareAddress(address)))) return [];
    return [
      {
        subject: { nodes: [node], vrid: instance.vrid },
        group: instance.group,
        title: `${link.name} on ${node} has ${lacks}`,
        summary: `${instance.name} stays in FAULT: adverts would have no source address.`,
        evidence: [
          {
            node,
            source: 'ip addr',
            quote: `${link.name}: ${link.addresses.length === 0 ? 'no address' : link.addresses.join(', ')}`,
          },
          quoteState(instance),
        ],
        remedy: { text: fix, commands: [{ node, command: command(link.name) }] },
      },
    ];
  });
  return drafts.length === 0 && unread.length > 0 ? notEvaluated(unread.join('; ')) : foundOrClear(drafts);
};
