// The nftables ruleset as JSON, before and after listening, as the node prints it. Only asked where the kernel has
// nf_tables at work already, since asking would load it. What the rules mean is read elsewhere.
import type { Answer } from '../evidence/bundle.ts';
import { known, type Reading, unknown } from '../evidence/reading.ts';
import { answerTo, whyUseless } from './answers.ts';
import type { Probe } from './probe.ts';

export type NftRulesets =
  /** The kernel has no nf_tables loaded: there are no nft rules. */
  | { readonly kind: 'not-in-use' }
  | {
      readonly kind: 'json';
      readonly before: string;
      readonly after?: string;
      /** `nft -t list ruleset`: devices of ingress and egress chains, and flags of tables, which the JSON of nftables 1.0.x lacks. */
      readonly listing?: string;
    }
  /** An nft without JSON (before 0.9, or built so): the plain listing. */
  | { readonly kind: 'text'; readonly before: string; readonly after?: string };

/** Sets VD_NFT for the iptables probe: `idle`, or the list of tables. */
const shell = String.raw`
vd_nft_in_use() {
  [ -d /sys/module/nf_tables ] && return 0
  { read -r vd_rel </proc/sys/kernel/osrelease; } 2>/dev/null
  [ -d "/lib/modules/$vd_rel" ] || return 0
  grep -qs '/nf_tables\.ko' "/lib/modules/$vd_rel/modules.builtin"
}
VD_NFT_CODE=0
if ! vd_nft_in_use; then
  VD_NFT=idle
  note '' 0 'nf_tables is not loaded'
elif have nft; then
  ask '' $KA_NS nft -j list ruleset
  VD_NFT_CODE=$vd_code
  VD_NFT=unknown
  vd_hung nft || VD_NFT=$(vd_timed $KA_NS nft list tables 2>/dev/null </dev/null | head -c 65536)
else
  VD_NFT=unknown
  vd_open '' && vd_shut missing
fi
`;

export const nftProbe: Probe<NftRulesets> = {
  id: 'nft',
  asks: 'which nftables rules are there, and do their counters rise?',
  parts: [
    { part: 'ruleset', shell, rounds: ['before', 'after'], limitBytes: 8_388_608, timeoutSeconds: 4 },
    {
      part: 'listing',
      shell: `case $VD_NFT in *table*) ask '' $KA_NS nft -t list ruleset ;; esac`,
      rounds: ['before'],
      limitBytes: 1_048_576,
      timeoutSeconds: 4,
    },
    {
      part: 'text',
      shell: `[ "$VD_NFT_CODE" = 0 ] || ask '' $KA_NS nft -a list ruleset`,
      rounds: ['before', 'after'],
      limitBytes: 8_388_608,
      timeoutSeconds: 4,
    },
  ],
  read,
};

function read(answers: readonly Answer[]): Reading<NftRulesets> {
  const before = answerTo(answers, 'ruleset', 'before');
  if (before?.exit === 0 && before.text === 'nf_tables is not loaded') return known({ kind: 'not-in-use' });
  const usable = (answer: Answer | undefined) => answer?.exit === 0 && answer.truncated === 'no';
  const after = answerTo(answers, 'ruleset', 'after');
  if (before !== undefined && usable(before) && before.text.trimStart().startsWith('{')) {
    const listing = answerTo(answers, 'listing');
    return known({
      kind: 'json',
      before: before.text,
      ...(listing !== undefined && usable(listing) ? { listing: listing.text } : {}),
      ...(after !== undefined && usable(after) ? { after: after.text } : {}),
    });
  }
  const plain = answerTo(answers, 'text', 'before');
  const plainAfter = answerTo(answers, 'text', 'after');
  if (plain !== undefined && usable(plain)) {
    return known({
      kind: 'text',
      before: plain.text,
      ...(plainAfter !== undefined && usable(plainAfter) ? { after: plainAfter.text } : {}),
    });
  }
  return unknown(whyUseless(before, 'nft') ?? 'nft: the answer could not be understood');
}
