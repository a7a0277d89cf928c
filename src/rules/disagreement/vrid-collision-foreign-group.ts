// Root cause: a sender that is none of the checked nodes uses our VRID on our segment. A stranger with our own VIPs
// is told apart: that is a forgotten member, not a collision.
import type { AdvertStream, Group, Instance } from '../../cluster/model.ts';
import {
  addressSet,
  type Facets,
  listing,
  membersOf,
  nodesOf,
  overlap,
  unreachedNodes,
  wireOf,
} from '../members.ts';
import { asEvidence, quoteConfig, quoteLog, quoteStreams } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear, notEvaluated } from '../rule.ts';

const heardOnOurSegment = (stream: AdvertStream, members: readonly Instance[]): boolean =>
  stream.heardAt === 'observer' ||
  stream.interface === '?' ||
  members.some((member) => member.node === stream.heardAt && member.interface === stream.interface);

const sharesOurSettings = (
  stream: AdvertStream,
  group: Group,
  members: readonly Instance[],
  streams: readonly AdvertStream[],
): 'ours' | 'theirs' => {
  if (!overlap(addressSet(stream.addresses), addressSet(group.vips))) return 'theirs';
  const known = members.flatMap((member) => {
    const wire = wireOf(member, streams);
    if (wire?.authFingerprint !== undefined) return [wire.authFingerprint];
    const configured =
      member.configured.kind === 'known' ? member.configured.value.auth.fingerprint : undefined;
    return configured === undefined ? [] : [configured];
  });
  return stream.authFingerprint === undefined || known.length === 0 || known.includes(stream.authFingerprint)
    ? 'ours'
    : 'theirs';
};

const draft = (
  group: Group,
  src: string,
  streams: readonly [AdvertStream, ...AdvertStream[]],
  kind: 'ours' | 'theirs',
  facets: Facets<'instances' | 'nodes'>,
): FindingDraft => {
  const members = membersOf(group, facets.instances);
  const [stream] = streams;
  const nodes = nodesOf(members);
  const theirs = listing(stream.addresses);
  const evidence = asEvidence(stream.quote, [
    ...members
      .slice(0, 1)
      .map((member) =>
        quoteConfig(
          member,
          member.configured.kind === 'known' ? member.configured.value.vridAt : undefined,
          `virtual_router_id ${member.vrid}`,
        ),
      ),
    ...quoteStreams(streams.slice(1, 3)),
    ...facets.nodes.flatMap((node) =>
      quoteLog(
        node,
        /not present in (MASTER )?advert|unexpected ip number count|invalid passwd|bogus VRRP/i,
        1,
      ),
    ),
  ]);
  const subject = { nodes, vrid: stream.vrid };
  return kind === 'ours'
    ? {
        subject,
        group: group.id,
        title: `${src} takes part in VRID ${stream.vrid} with the same VIPs but was not checked`,
        summary: `${src} (${stream.srcMac}) advertises ${theirs} with VRID ${stream.vrid}, priority ${stream.priority}, as ${listing(nodes)} do: most likely a member that was left out of the list of nodes, or one that was replaced and not switched off.`,
        evidence,
        severity: 'high',
        remedy: {
          text: `If ${src} is a member, check it as well; if it was replaced, stop keepalived there.`,
          commands: [],
        },
      }
    : {
        subject,
        group: group.id,
        title: `VRID ${stream.vrid} of ${listing(nodes)} is also used by ${src} for ${theirs}`,
        summary: `${src} (${stream.srcMac}) is none of the nodes and advertises VRID ${stream.vrid} with priority ${stream.priority} for ${theirs === '' ? 'no address' : theirs}, while this group stands for ${listing(group.vips)}. From keepalived 2.3.3 on such adverts are obeyed unless the password differs; before, they are refused and fill the log.`,
        evidence,
        remedy: {
          text: `Give one of the two groups a VRID that nobody on this segment uses; a password does not keep groups apart.`,
          commands: nodes.map((node) => ({
            node,
            command: 'grep -n virtual_router_id /etc/keepalived/keepalived.conf',
          })),
        },
      };
};

export const vridCollisionForeignGroup = defineRule({
  id: 'vrid-collision-foreign-group',
  severity: 'critical',
  needs: ['groups', 'instances', 'adverts', 'nodes'],
  title: 'Somebody else on the segment uses the same VRID',
  why: 'Adverts are told apart by VRID only. A stranger with the same one is taken for a peer: depending on version and password our nodes obey it, and nobody holds our VIP, or refuse it and log every advert.',
  proof:
    'Adverts with our VRID arrive on our segment from an address of no checked node, with other VIPs. With our VIPs and our password it is reported as a member that was left out.',
  remedy:
    'Choose a VRID that is free on this segment. 51 is what the sample configuration uses, so avoid it.',
  sources: ['RFC 3768 §5.3.3', 'keepalived vrrp.c vrrp_check_packet', 'keepalived issue 2444'],
  explains: ['no-master', 'vip-on-no-node', 'multiple-masters', 'adverts-lost-unexplained'],
  check: (facets) => {
    const { groups, instances, adverts, nodes } = facets;
    const away = unreachedNodes(nodes);
    const reasons: string[] = [];
    const drafts = groups.flatMap((group): readonly FindingDraft[] => {
      const members = membersOf(group, instances);
      const vrids = members.map((member) => member.vrid);
      const foreign = adverts.streams.filter(
        (stream) =>
          (stream.sender === 'foreign' || stream.sender === 'unidentified') &&
          stream.family === group.family &&
          vrids.includes(stream.vrid) &&
          heardOnOurSegment(stream, members),
      );
      return [...new Set(foreign.map((stream) => stream.src))].flatMap((src): readonly FindingDraft[] => {
        const [first, ...rest] = foreign.filter((stream) => stream.src === src);
        if (first === undefined) return [];
        const kind = sharesOurSettings(first, group, members, adverts.streams);
        if (kind === 'ours' && (first.sender === 'unidentified' || away.length > 0)) {
          reasons.push(
            `${src} advertises VRID ${first.vrid} with our VIPs and may be ${away.length > 0 ? `${listing(away)}, which could not be reached` : 'a node whose addresses could not be read'}`,
          );
          return [];
        }
        return [draft(group, src, [first, ...rest], kind, facets)];
      });
    });
    if (drafts.length === 0 && reasons.length > 0) return notEvaluated(reasons.join('; '));
    return drafts.length === 0 && adverts.ears.every((ear) => ear.heard === 'no')
      ? notEvaluated('nobody could listen')
      : foundOrClear(drafts);
  },
});
