/**
 * Multicast membership: IGMP versions 1 to 3 (RFC 1112, 2236, 3376) and MLD versions 1 and 2 (RFC 2710, 3810).
 * Says which groups a message asks for, joins or leaves; keeps no membership state.
 */

import { ipv4Text, ipv6Text } from './address.ts';
import { u8, u16 } from './bytes.ts';
import type { Problems } from './problem.ts';

export interface GroupRecord {
  /** `0.0.0.0` or `::` in a general query. */
  readonly group: string;
  /**
   * `joins`: wants the group (or still has it) from all or all but some sources; `leaves`: wants it no more;
   * `filters`: names sources it wants or does not want.
   */
  readonly meaning: 'asks' | 'joins' | 'leaves' | 'filters';
  readonly sourceCount: number;
}

export interface MembershipMessage {
  readonly kind: 'igmp' | 'mld';
  readonly version: 1 | 2 | 3;
  readonly message: 'query' | 'report' | 'leave';
  readonly groups: readonly GroupRecord[];
  /** Queries only: how long hosts may wait; IGMPv1 has none. */
  readonly maxResponseMs?: number;
}

export const mldTypes = { query: 130, report: 131, done: 132, report2: 143 } as const;

export function decodeIgmp(
  bytes: Uint8Array,
  from: number,
  to: number,
  problems: Problems,
): MembershipMessage | undefined {
  if (to - from < 8) return truncated('igmp', problems);
  const group = ipv4Text(bytes, from + 4);
  switch (u8(bytes, from)) {
    case 0x11:
      return igmpQuery(bytes, from, to, group);
    case 0x12:
      return simple('igmp', 1, 'report', group, 'joins');
    case 0x16:
      return simple('igmp', 2, 'report', group, 'joins');
    case 0x17:
      return simple('igmp', 2, 'leave', group, 'leaves');
    case 0x22:
      return {
        kind: 'igmp',
        version: 3,
        message: 'report',
        groups: readRecords(bytes, from, to, 4, problems),
      };
    default:
      problems.push({ layer: 'igmp', code: 'unknown-type', text: `IGMP type ${u8(bytes, from)}` });
      return undefined;
  }
}

/** Only for the ICMPv6 types in mldTypes. */
export function decodeMld(
  bytes: Uint8Array,
  from: number,
  to: number,
  problems: Problems,
): MembershipMessage | undefined {
  const type = u8(bytes, from);
  if (to - from < (type === mldTypes.report2 ? 8 : 24)) return truncated('mld', problems);
  if (type === mldTypes.report2) {
    return { kind: 'mld', version: 2, message: 'report', groups: readRecords(bytes, from, to, 16, problems) };
  }
  const group = ipv6Text(bytes, from + 8);
  if (type === mldTypes.report) return simple('mld', 1, 'report', group, 'joins');
  if (type === mldTypes.done) return simple('mld', 1, 'leave', group, 'leaves');
  const isVersion2 = to - from >= 28;
  const code = u16(bytes, from + 4);
  return {
    kind: 'mld',
    version: isVersion2 ? 2 : 1,
    message: 'query',
    groups: [{ group, meaning: 'asks', sourceCount: isVersion2 ? u16(bytes, from + 26) : 0 }],
    // RFC 3810, section 5.1.3: a floating-point number from 32768 on.
    maxResponseMs:
      isVersion2 && code >= 0x8000 ? ((code & 0x0fff) | 0x1000) << (((code >> 12) & 7) + 3) : code,
  };
}

/** RFC 3376, section 7.1: an 8-byte query is version 1 or 2 by its response code, a longer one version 3. */
function igmpQuery(bytes: Uint8Array, from: number, to: number, group: string): MembershipMessage {
  const code = u8(bytes, from + 1);
  const version = to - from >= 12 ? 3 : code === 0 ? 1 : 2;
  const groups = [
    { group, meaning: 'asks', sourceCount: version === 3 ? u16(bytes, from + 10) : 0 },
  ] as const;
  if (version === 1) return { kind: 'igmp', version, message: 'query', groups };
  // RFC 3376, section 4.1.1: tenths of a second, a floating-point number from 128 on in version 3.
  const tenths = version === 3 && code >= 0x80 ? ((code & 0x0f) | 0x10) << (((code >> 4) & 7) + 3) : code;
  return { kind: 'igmp', version, message: 'query', groups, maxResponseMs: tenths * 100 };
}

function simple(
  kind: 'igmp' | 'mld',
  version: 1 | 2,
  message: 'report' | 'leave',
  group: string,
  meaning: GroupRecord['meaning'],
): MembershipMessage {
  return { kind, version, message, groups: [{ group, meaning, sourceCount: 0 }] };
}

/** Same record layout in IGMPv3 (section 4.2) and MLDv2 (section 5.2), but for the size of an address. */
function readRecords(
  bytes: Uint8Array,
  from: number,
  to: number,
  addressSize: 4 | 16,
  problems: Problems,
): readonly GroupRecord[] {
  const records: GroupRecord[] = [];
  const said = u16(bytes, from + 6);
  let at = from + 8;
  for (let i = 0; i < said; i++) {
    const sourceCount = at + 4 <= to ? u16(bytes, at + 2) : 0;
    const lengthBytes = 4 + addressSize * (1 + sourceCount) + 4 * u8(bytes, at + 1);
    if (at + 4 + addressSize > to || at + lengthBytes > to) {
      const layer = addressSize === 4 ? 'igmp' : 'mld';
      problems.push({
        layer,
        code: 'truncated',
        text: `${records.length} of ${said} group records were captured`,
      });
      return records;
    }
    const group = addressSize === 4 ? ipv4Text(bytes, at + 4) : ipv6Text(bytes, at + 4);
    records.push({ group, meaning: recordMeaning(u8(bytes, at), sourceCount), sourceCount });
    at += lengthBytes;
  }
  return records;
}

/** 1 is-include, 2 is-exclude, 3 to-include, 4 to-exclude, 5 allow, 6 block. Including no source is leaving. */
function recordMeaning(recordType: number, sourceCount: number): GroupRecord['meaning'] {
  if (recordType === 2 || recordType === 4) return 'joins';
  if ((recordType === 1 || recordType === 3) && sourceCount === 0) return 'leaves';
  return 'filters';
}

function truncated(layer: 'igmp' | 'mld', problems: Problems): undefined {
  problems.push({ layer, code: 'truncated', text: 'the packet ends inside the membership message' });
  return undefined;
}
