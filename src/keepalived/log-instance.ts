/**
 * Log lines about one vrrp_instance: `VRRP_Instance(VI_1) …` (1.x), `(VI_1): …` and `(VI_1) …` (2.x). Knows the
 * wordings of 1.3 to 2.4 (vrrp.c, vrrp_scheduler.c, vrrp_track.c). A change of state is told here, the why of it
 * often on another line.
 */
import type { FaultReason, InstanceEvent, LogState } from './log-event.ts';
import type { RateLimitError } from './running-instance.ts';

const subject = /^(?:VRRP_Instance)?\(([^()]{1,255})\)\s*:?\s*(.*)$/;

export function readInstanceLine(message: string): InstanceEvent | undefined {
  const match = subject.exec(message);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  const instance = match[1];
  const rest = match[2];
  return (
    readState(instance, rest) ??
    readElection(instance, rest) ??
    readSendError(instance, rest) ??
    readReceiveError(instance, rest) ??
    readOther(instance, rest)
  );
}

function stateOf(word: string | undefined): LogState {
  return word === 'MASTER' || word === 'FAULT' ? word : 'BACKUP';
}

function readState(instance: string, rest: string): InstanceEvent | undefined {
  const entering =
    /^Entering (MASTER|BACKUP|FAULT) STATE( \(init\))?/.exec(rest) ??
    /^Now in (BACKUP|FAULT|MASTER) state/.exec(rest);
  if (entering !== null)
    return {
      kind: 'state',
      instance,
      state: stateOf(entering[1]),
      phase: entering[2] === undefined ? 'later' : 'start',
    };
  if (/^Transition to MASTER STATE/.test(rest)) return { kind: 'becoming-master', instance };
  const fault = /^entering FAULT state(?: due to script (.+)| \((.*)\))?\s*$/.exec(rest);
  if (fault !== null) return { kind: 'fault', instance, reason: readReason(fault[1], fault[2]) };
  if (/^Cannot use unicast without any peers/.test(rest))
    return { kind: 'fault', instance, reason: { kind: 'no-unicast-peers' } };
  const down = /^interface (\S+) is down/.exec(rest);
  if (down?.[1] !== undefined)
    return { kind: 'fault', instance, reason: { kind: 'interface-down', name: down[1] } };
  return undefined;
}

function readReason(script: string | undefined, detail: string | undefined): FaultReason {
  if (script !== undefined) return { kind: 'script', name: script };
  const text = detail ?? '';
  const interfaceDown = /^interface (\S+) down/.exec(text)?.[1];
  if (interfaceDown !== undefined) return { kind: 'interface-down', name: interfaceDown };
  if (/^no IPv\d address for interface/.test(text)) return { kind: 'no-address' };
  if (/^src address not configured/.test(text)) return { kind: 'source-address-missing' };
  const file = /^tracked file (\S+) has status/.exec(text)?.[1];
  if (file !== undefined) return { kind: 'tracked-file', name: file };
  const process = /^tracked process (\S+)/.exec(text)?.[1];
  return process === undefined ? { kind: 'not-told' } : { kind: 'tracked-process', name: process };
}

function optionalPeer(peer: string | undefined): { readonly peer?: string } {
  return peer === undefined ? {} : { peer: peer.replace(/[!,:]+$/, '') };
}

function readElection(instance: string, rest: string): InstanceEvent | undefined {
  if (/^Receive advertisement timeout/.test(rest)) return { kind: 'advert-timeout', instance };
  const higher = /^(?:Master r|R)eceived advert(?: from (\S+))? with higher priority (\d+), ours (\d+)/.exec(
    rest,
  );
  if (higher !== null)
    return {
      kind: 'yielded',
      instance,
      to: 'higher-priority',
      ...optionalPeer(higher[1]),
      peerPriority: Number(higher[2]),
      ownPriority: Number(higher[3]),
    };
  if (/^Received higher prio advert/.test(rest)) return { kind: 'yielded', instance, to: 'higher-priority' };
  const tie = /^Master received advert from (\S+) with same priority (\d+) but higher IP address/.exec(rest);
  if (tie !== null)
    return {
      kind: 'yielded',
      instance,
      to: 'higher-address',
      ...optionalPeer(tie[1]),
      peerPriority: Number(tie[2]),
      ownPriority: Number(tie[2]),
    };
  const lower = /^Received advert(?: from (\S+))? with lower priority (\d+), ours (\d+)/.exec(rest);
  if (lower !== null)
    return {
      kind: 'lower-advert',
      instance,
      as: 'master',
      ...optionalPeer(lower[1]),
      peerPriority: Number(lower[2]),
      ownPriority: Number(lower[3]),
    };
  const discarded = /^received lower priority \((\d+)\) advert from (\S+) - discarding/.exec(rest);
  if (discarded !== null)
    return {
      kind: 'lower-advert',
      instance,
      as: 'backup',
      ...optionalPeer(discarded[2]),
      peerPriority: Number(discarded[1]),
    };
  if (/^(?:sent|sending) 0 priority/i.test(rest))
    return { kind: 'priority-zero', instance, direction: 'sent' };
  if (/^(?:Backup|Master) received priority 0 /.test(rest))
    return { kind: 'priority-zero', instance, direction: 'received' };
  const changed = /^Changing effective priority from (\d+) to (\d+)/.exec(rest);
  if (changed !== null)
    return { kind: 'priority-changed', instance, from: Number(changed[1]), to: Number(changed[2]) };
  const set = /^Setting effective priority to (\d+)/.exec(rest);
  if (set !== null) return { kind: 'priority-changed', instance, from: Number(set[1]), to: Number(set[1]) };
  const master = /^master (?:set to|changed from \S+ to) (\S+)/.exec(rest);
  return master?.[1] === undefined ? undefined : { kind: 'master-changed', instance, master: master[1] };
}

function readSendError(instance: string, rest: string): InstanceEvent | undefined {
  const multicast = /^send advert error (\d+) \((.*)\)/.exec(rest);
  if (multicast !== null)
    return { kind: 'send-error', instance, errno: Number(multicast[1]), errorText: multicast[2] ?? '' };
  const unicast = /^Cant send advert to (\S+) \((.*)\)/.exec(rest);
  return unicast === null
    ? undefined
    : { kind: 'send-error', instance, errorText: unicast[2] ?? '', ...optionalPeer(unicast[1]) };
}

/** Which check each wording stands for; the first group is the peer, named since 2.3.3 for most. */
const receiveChecks: readonly (readonly [RateLimitError, RegExp])[] = [
  ['ttl-not-255', /^invalid (?:ttl|TTL\/HL)(?: from (\S+?)\.?(?=\s)|\.)/],
  ['ttl-not-in-range', /^TTL\/HL \d+ (?:from (\S+) )?not in range/],
  ['wrong-version', /^(?:invalid version\.|wrong version\.|wrong VRRP version from (\S+?)\.?(?=\s))/],
  ['not-advertisement', /^Invalid packet type(?: from (\S+?)\.?(?=\s)|\.)/],
  ['bad-auth-type', /^Invalid auth type(?: from (\S+?))?:/],
  ['wrong-auth-type', /^received a \d+ auth(?: from (\S+?))?, expecting/],
  ['wrong-password', /^received an invalid passwd(?: from (\S+?))?!/],
  [
    'bad-ah-header',
    /^(?:Received AH header but auth type not AH|No AH header but auth type is AH)(?: from (\S+))?/,
  ],
  ['bad-ah-header', /^IPSEC-AH\s?:(?! Syncing)/],
  ['advert-interval', /^advertisement interval mismatch(?: with (\S+))? /],
  ['bad-checksum', /^Invalid VRRPv[23] checksum(?: from (\S+))?/],
  ['unicast-multicast', /^Expected \w+icast packet but received \w+icast packet(?: from (\S+))?/],
  ['unicast-multicast', /^discarding \w+icast packet on \w+icast instance/],
  ['unknown-unicast-source', /^unicast source address (\S+) not a unicast peer/],
  ['owner-ignores-adverts', /^Dropping packet\(s\) from (\S+) since we are address owner/],
  ['vip-count', /^expected \d+ VIPs but received \d+/],
  ['vip-count', /^received an (?:invalid|unexpected) ip number count/],
  ['vip-count', /^receive an invalid ip number count/],
  ['vip-list', /^ip address associated with VRID ?\d+ not present in (?:advert from (\S+?):|MASTER advert)/],
  ['bad-length', /^ip_tot_len mismatch/],
  ['incomplete-packet', /^vrrp packet from (\S+) too (?:short|long)/],
  ['incomplete-packet', /^vrrp packet too (?:short|long)/],
  ['bad-ip-family', /^configured address family is \d+/],
  ['hmac-missing', /^missing authentication trailer from (\S+)/],
  ['hmac-malformed', /^malformed authentication trailer from (\S+)/],
  ['hmac-unknown-key', /^unknown authentication key id \d+ from (\S+)/],
  ['hmac-invalid', /^invalid authentication HMAC(?: from (\S+))?/],
  ['hmac-stale', /^stale authentication trailer from (\S+?),/],
  ['hmac-replay', /^replayed authentication trailer from (\S+)/],
  ['hmac-clock-skew', /^authentication clock skew -?\d+ sec from (\S+)/],
];

function readReceiveError(instance: string, rest: string): InstanceEvent | undefined {
  for (const [check, pattern] of receiveChecks) {
    const match = pattern.exec(rest);
    if (match !== null)
      return { kind: 'receive-error', instance, check, ...optionalPeer(match[1]), detail: rest };
  }
  if (/^(?:ignoring received advertisment|Dropping received VRRP packet)/.test(rest))
    return { kind: 'receive-error', instance, detail: rest };
  return undefined;
}

function readOther(instance: string, rest: string): InstanceEvent | undefined {
  if (/^WARNING - equal priority advert received from remote host with our IP address/.test(rest))
    return { kind: 'own-address-elsewhere', instance };
  const owners =
    /^CONFIGURATION ERROR: local instance and (?:a remote instance|(\S+)) are both configured as address owner/.exec(
      rest,
    );
  if (owners !== null) return { kind: 'two-owners', instance, ...optionalPeer(owners[1]) };
  if (/^Setting unicast VRRPv3 checksum to old version/.test(rest)) return { kind: 'old-checksum', instance };
  const duplicate = /^- warning, VRID (\d+) for IPv\d is currently duplicated on (.+)$/.exec(rest);
  if (duplicate?.[2] !== undefined)
    return { kind: 'duplicate-vrid', instance, vrid: Number(duplicate[1]), other: duplicate[2] };
  const delay = /^(start|stop|reset) preempt delay/.exec(rest);
  if (delay !== null)
    return { kind: 'preempt-delay', instance, change: delay[1] === 'start' ? 'started' : 'stopped' };
  const interval =
    /^(?:advertisement interval updated|changing advert interval) from \d+(?:ms)? to (?:locally configured )?(\d+) ?(?:ms|milli-sec)/.exec(
      rest,
    ) ??
    /^advertisement interval updated to (\d+) milli-sec/.exec(rest) ??
    /^using locally configured advertisement interval \((\d+) milli-sec\)/.exec(rest);
  if (interval !== null) return { kind: 'interval-changed', instance, toMs: Number(interval[1]) };
  return undefined;
}
