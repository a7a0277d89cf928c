// The rules of iptables, legacy and nft, with counters, before and after listening, and the ip sets they use. A
// save command is only run where its tables are in use already, since running it would load them.
import type { Answer } from '../evidence/bundle.ts';
import { known, type Reading, unknown } from '../evidence/reading.ts';
import { answersTo, answerTo, firstLine } from './answers.ts';
import type { Probe } from './probe.ts';

export type IptablesEngine = 'iptables-legacy' | 'iptables-nft';

export interface IptablesSave {
  readonly engine: IptablesEngine;
  readonly family: 'ipv4' | 'ipv6';
  readonly before: string;
  readonly after?: string;
}

export interface IptablesRulesets {
  /** Empty where no table of iptables is in use. */
  readonly saves: readonly IptablesSave[];
  /** Output of `ipset save`, where sets are in use. */
  readonly ipsets?: string;
  /** Tables in use that could not be read. */
  readonly problems: readonly string[];
}

/**
 * /proc/net/ip_tables_names lists the legacy tables in use; a plain `iptables-save` may be either flavour, told by
 * `-V`. The nft flavour is asked only where nft shows tables iptables uses (or no nft is there to tell).
 */
const shell = `
vd_legacy=\${vd_legacy-ask}
if [ "$vd_legacy" = ask ]; then
  vd_legacy= vd_nftsave=
  if have iptables-legacy-save; then vd_legacy=iptables-legacy-save vd_legacy6=ip6tables-legacy-save; fi
  if have iptables-nft-save; then vd_nftsave=iptables-nft-save vd_nftsave6=ip6tables-nft-save; fi
  if [ -z "$vd_legacy" ] || [ -z "$vd_nftsave" ]; then
    if have iptables-save; then
      case $(vd_timed iptables -V 2>/dev/null </dev/null | head -c 1024) in
        *nf_tables*) vd_nftsave=\${vd_nftsave:-iptables-save} vd_nftsave6=\${vd_nftsave6:-ip6tables-save} ;;
        *) vd_legacy=\${vd_legacy:-iptables-save} vd_legacy6=\${vd_legacy6:-ip6tables-save} ;;
      esac
    fi
  fi
fi
vd_used() { vd_n=; { read -r vd_n <"$1"; } 2>/dev/null; [ -n "$vd_n" ]; }
if vd_used "$KA_NET/ip_tables_names"; then ask iptables-legacy:ipv4 $KA_NS "\${vd_legacy:-iptables-legacy-save}" -c; fi
if vd_used "$KA_NET/ip6_tables_names"; then ask iptables-legacy:ipv6 $KA_NS "\${vd_legacy6:-ip6tables-legacy-save}" -c; fi
case "$VD_NFT
" in
  idle*) ;;
  *'table ip filter
'* | *'table ip nat
'* | *'table ip mangle
'* | *'table ip raw
'* | *'table ip security
'* | unknown*) [ -z "$vd_nftsave" ] || ask iptables-nft:ipv4 $KA_NS "$vd_nftsave" -c ;;
esac
case "$VD_NFT
" in
  idle*) ;;
  *'table ip6 filter
'* | *'table ip6 nat
'* | *'table ip6 mangle
'* | *'table ip6 raw
'* | *'table ip6 security
'* | unknown*) [ -z "$vd_nftsave" ] || ask iptables-nft:ipv6 $KA_NS "$vd_nftsave6" -c ;;
esac
`;

const sets = `
if [ -d /sys/module/ip_set ] && have ipset; then ask '' $KA_NS ipset save; fi
`;

export const iptablesProbe: Probe<IptablesRulesets> = {
  id: 'iptables',
  asks: 'which iptables rules are there, and do their counters rise?',
  parts: [
    { part: 'save', shell, rounds: ['before', 'after'], limitBytes: 8_388_608, timeoutSeconds: 5 },
    { part: 'sets', shell: sets, rounds: ['before'], limitBytes: 8_388_608, timeoutSeconds: 5 },
  ],
  read,
};

function read(answers: readonly Answer[]): Reading<IptablesRulesets> {
  const saves: IptablesSave[] = [];
  const problems: string[] = [];
  for (const before of answersTo(answers, 'save', 'before')) {
    const [engine, family] = (before.about ?? '').split(':');
    if (engine !== 'iptables-legacy' && engine !== 'iptables-nft') continue;
    if (family !== 'ipv4' && family !== 'ipv6') continue;
    if (before.exit !== 0 || before.truncated === 'yes') {
      const why =
        before.exit === 'missing' ? 'the node has no program to print them' : firstLine(before.text);
      problems.push(
        `tables of ${engine} (${family}) are in use but could not be read: ${why || before.exit}`,
      );
      continue;
    }
    const after = answersTo(answers, 'save', 'after').find((one) => one.about === before.about);
    const usable = after !== undefined && after.exit === 0 && after.truncated === 'no';
    saves.push({ engine, family, before: before.text, ...(usable ? { after: after.text } : {}) });
  }
  if (saves.length === 0 && problems.length > 0) return unknown(problems.join('; '));
  const ipsets = answerTo(answers, 'sets');
  return known({ saves, ...(ipsets?.exit === 0 ? { ipsets: ipsets.text } : {}), problems });
}
