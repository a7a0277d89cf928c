// Configuration fault: adverts fail authentication by HMAC. By the trailer on the wire and the clock of the host that
// heard it, against its auth_hmac block; else by what keepalived logged. The HMAC itself cannot be verified: keys are
// not kept.
import type { AdvertStream, Group } from '../../cluster/model.ts';
import { type ConfiguredMember, configuredMembers, quoteAt } from '../configured.ts';
import { weightOfOnceLogged } from '../history.ts';
import { draftFromLog, judgeLogs, logNeeds } from '../logged.ts';
import type { Facets } from '../members.ts';
import { asEvidence } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear } from '../rule.ts';

type Needs = 'groups' | 'instances' | 'configurations' | 'adverts';

const said =
  /missing authentication trailer|unknown authentication key id|invalid authentication HMAC|stale authentication trailer|authentication clock skew .* approaching window|malformed authentication trailer/;

interface Refusal {
  readonly what: string;
  readonly fix: string;
  readonly commands: readonly string[];
}

/** What keepalived makes of this advert (2.4 vrrp.c vrrp_auth_ext_verify); it does not check for receive-only. */
const refusalOf = ({ settings }: ConfiguredMember, { hmac, sender }: AdvertStream): Refusal | undefined => {
  const own = settings.authHmac;
  if (own === undefined || own.mode.value === 'receive-only') return undefined;
  const compare = ['grep -n -A8 auth_hmac /etc/keepalived/keepalived.conf'];
  if (hmac === undefined)
    return own.mode.value === 'enforce'
      ? {
          what: `adverts of ${sender} carry no HMAC, and it enforces one`,
          fix: 'Give the sender the auth_hmac block; roll it out as receive-only, permissive, enforce.',
          commands: compare,
        }
      : undefined;
  if (own.keys.length > 0 && !own.keys.some(({ id }) => id === hmac.keyId))
    return {
      what: `${sender} signs with key ${hmac.keyId}, which it does not have`,
      fix: `Add key ${hmac.keyId} here, or let ${sender} sign with a key both have (active_key).`,
      commands: compare,
    };
  if (own.antiReplay.value === 'time' && Math.abs(hmac.skewMs) > own.timeWindowMs.value)
    return {
      what: `the clock of ${sender} is ${(Math.abs(hmac.skewMs) / 1000).toFixed(1)} s ${hmac.skewMs > 0 ? 'ahead of' : 'behind'} its own, more than its window of ${own.timeWindowMs.value / 1000} s`,
      fix: 'Set the clocks right and keep them so (chrony, systemd-timesyncd); time_window only bridges small differences.',
      commands: ['chronyc tracking', 'date --utc +%s.%N'],
    };
  return undefined;
};

const draftsOf = (group: Group, facets: Facets<Needs>): readonly FindingDraft[] =>
  configuredMembers(group, facets).flatMap((member): readonly FindingDraft[] => {
    const refused = facets.adverts.streams.flatMap((stream) => {
      const refusal =
        stream.heardAt === member.node &&
        stream.direction === 'in' &&
        stream.vrid === member.instance.vrid &&
        stream.family === member.instance.family &&
        stream.priority > 0
          ? refusalOf(member, stream)
          : undefined;
      return refusal === undefined ? [] : [{ refusal, stream }];
    });
    const [first, ...others] = refused;
    if (first === undefined) return [];
    const { refusal } = first;
    return [
      {
        subject: { nodes: [member.node], vrid: group.vrid },
        group: group.id,
        title: `${member.node} refuses adverts because of their HMAC: ${refusal.what}`,
        summary: `What ${member.node} refuses it does not hear: it becomes MASTER beside the sender.`,
        evidence: asEvidence(first.stream.quote, [
          ...others.map(({ stream }) => stream.quote),
          quoteAt(member, member.settings.authHmac?.mode.source, 'auth_hmac'),
        ]),
        remedy: {
          text: refusal.fix,
          commands: refusal.commands.map((command) => ({ node: member.node, command })),
        },
      },
    ];
  });

export const authHmacMismatchOrClockSkew = defineRule({
  id: 'auth-hmac-mismatch-or-clock-skew',
  severity: 'critical',
  needs: [...logNeeds, 'groups', 'instances', 'configurations', 'adverts'],
  title: 'Adverts fail authentication by HMAC',
  why: 'With `auth_hmac` (2.4.0) keys, mode and clocks must agree: an advert signed with another key, or older than the window by the receiver’s clock, is dropped. A failing time service becomes two masters.',
  proof:
    'The trailer of adverts as they arrive at a node – key id and the sender’s time, against the node’s own clock – and the node’s auth_hmac block: mode, keys and time_window. Or keepalived’s own line, which is logged only once however long it lasts: a remark, unless it accounts for what is seen now.',
  remedy:
    'Give all nodes the same keys, synchronise their clocks, and roll changes out as receive-only, permissive, enforce.',
  sources: ['keepalived vrrp.c vrrp_auth_ext_verify', 'keepalived.conf(5) auth_hmac (2.4.0)'],
  explains: ['multiple-masters', 'vip-held-twice', 'duplicate-arp-answers', 'adverts-lost-unexplained'],
  check: (facets) => {
    const drafts = facets.groups.flatMap((group) => draftsOf(group, facets));
    if (drafts.length > 0) return foundOrClear(drafts);
    return judgeLogs(facets, 'run', (log) => {
      const hits = log.entries.filter(({ text }) => said.test(text));
      const { name } = log.node;
      return draftFromLog(log, hits, {
        title: `${name} refuses adverts because of their HMAC`,
        summary: 'Key or clock of the sender does not fit; the refused peer is not heard.',
        fix: 'Compare the auth_hmac blocks of the nodes and their clocks.',
        commands: ['chronyc tracking', 'date --utc +%s.%N'],
        ...weightOfOnceLogged('critical'),
      });
    });
  },
});
