/**
 * Recognises rules that firewalld generated, with its nftables or its iptables backend, finds the zone or policy they
 * belong to, and knows which command changes that. Sources: firewalld's own chain naming (src/firewall/core), firewall-cmd(1).
 */
import type { RuleRef } from './ruleset.ts';

export interface FirewalldPlace {
  readonly owner: 'firewalld';
  readonly zone?: string;
  readonly policy?: string;
  /** Which of the chains of a zone: rich rules with a negative priority land in `pre`, denies before allows. */
  readonly section: 'pre' | 'log' | 'deny' | 'allow' | 'post' | 'main' | 'base';
}

type Section = FirewalldPlace['section'];

const zoneChain =
  /^(?:filter|mangle|nat|raw)?_?(?:IN|FWDI|FWDO|FWD|OUT|PRE|POST)_(?!ZONES|POLICIES)(policy_)?(.+?)(?:_(pre|log|deny|allow|post))?$/;
const iptablesZoneChain = /^(?:IN|FWDI|FWDO|FWD|OUT|PRE|POST|RAW_PRE)_/;
const iptablesInfrastructure =
  /^(?:INPUT|OUTPUT|FORWARD(?:_IN|_OUT)?|PREROUTING|POSTROUTING)_(?:direct|ZONES|ZONES_SOURCE|POLICIES_pre|POLICIES_post)$/;

const isNftTable = (ref: RuleRef): boolean =>
  ref.engine === 'nft' && /^firewalld(_policy_drop)?$/.test(ref.table);
const isIptablesChain = (chain: string): boolean =>
  iptablesInfrastructure.test(chain) || iptablesZoneChain.test(chain);

function readChain(
  chain: string,
): { readonly zone?: string; readonly policy?: string; readonly section: Section } | undefined {
  const match = zoneChain.exec(chain);
  if (match === null) return undefined;
  const name = match[2] ?? '';
  const section = (match[3] ?? 'main') as Section;
  return match[1] === undefined ? { zone: name, section } : { policy: name, section };
}

const jumpTarget = (ref: RuleRef): string | undefined =>
  /(?:^|\s)(?:goto|jump|-g|-j)\s+(\S+)/.exec(ref.text)?.[1];

/** The zone the packet was sent to on its way: the chain that was jumped to last and belongs to a zone. */
function zoneOnPath(path: readonly RuleRef[], direction: RegExp): string | undefined {
  const zones = path.flatMap((ref) => {
    const target = jumpTarget(ref);
    const place = target === undefined || !direction.test(target) ? undefined : readChain(target);
    return place?.zone === undefined ? [] : [place.zone];
  });
  return zones.at(-1);
}

/** Undefined when the rule is not firewalld's. `path` (of the judgement) finds the zone when the chain does not tell. */
export function firewalldPlace(ref: RuleRef, path: readonly RuleRef[] = []): FirewalldPlace | undefined {
  const sameTable = path.filter((step) => step.engine === ref.engine && step.table === ref.table);
  const viaIptables =
    ref.engine !== 'nft' &&
    (isIptablesChain(ref.chain) ||
      sameTable.some((step) => iptablesInfrastructure.test(jumpTarget(step) ?? '')));
  if (!isNftTable(ref) && !viaIptables) return undefined;
  const place = readChain(ref.chain);
  if (place !== undefined) return { owner: 'firewalld', ...place };
  const zone = zoneOnPath(sameTable, ref.hook === 'output' ? /(^|_)OUT_/ : /(^|_)IN_/);
  return { owner: 'firewalld', ...(zone === undefined ? {} : { zone }), section: 'base' };
}
