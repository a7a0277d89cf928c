/**
 * What keepalived decides about an instance once the whole file is read: missing parts, and settings that exclude
 * each other (vrrp.c: chk_min_cfg, vrrp_complete_instance). Assumes a node whose interfaces exist, are Ethernet
 * with an MTU of 1500 and have multicast.
 */
import { type Family, isLinkLocal } from '../addresses.ts';
import { isAtLeast, type KeepalivedVersion } from '../version.ts';
import type { Complain } from './complaint.ts';
import type { GlobalFacts } from './global-keywords.ts';
import type { InstanceFacts } from './vrrp-facts.ts';
import type { ConfigLine, Truth } from './words.ts';

export interface CompletedInstance {
  readonly family: Family;
  readonly version: 2 | 3;
  readonly strict: Truth;
  readonly priority: number;
  readonly state: 'MASTER' | 'BACKUP';
  readonly mode: 'multicast' | 'unicast';
  readonly group: string | undefined;
}

/** `undefined`: keepalived does not start with this instance, and has said why. */
export function completeInstance(
  complain: Complain,
  instance: InstanceFacts,
  context: { readonly globals: GlobalFacts; readonly version: KeepalivedVersion },
): CompletedInstance | undefined {
  const { globals } = context;
  const { name, line } = instance;
  const objects = (where: ConfigLine | undefined, rule: string, message: string, suggestion?: string): void =>
    complain(where ?? line, 'objects', rule, message, suggestion);
  const refuses = (rule: string, message: string): undefined => void complain(line, 'refuses', rule, message);
  const label = line.privacy === 'secret' ? 'the instance' : name;

  const strict = instance.strict ?? globals.strict;
  if (instance.family === 'ipv6' && instance.version === 2 && strict === 'on') {
    objects(line, 'settings-conflict', `${label}: IPv6 needs VRRP version 3; keepalived uses it`);
    instance.version = 3;
  }
  const family = instance.family ?? 'ipv4';
  const version = instance.version ?? (family === 'ipv6' ? 3 : globals.version);
  if (instance.vips.length === 0 && instance.withoutVips === 'off') {
    if (version === 3 || strict === 'on')
      return refuses(
        'vip-missing',
        `${label} has no virtual_ipaddress; version 3 and strict mode need one, and keepalived does not start`,
      );
    objects(line, 'vip-missing', `${label} has no virtual_ipaddress`);
  }

  const priority = instance.priority?.value ?? (instance.wants?.state === 'MASTER' ? 255 : 100);
  const isOwner = priority === 255;
  const byPriority = isOwner ? 'MASTER' : 'BACKUP';
  let state = instance.wants?.state ?? byPriority;
  if (instance.wants !== undefined && strict === 'on' && state !== byPriority) {
    objects(
      instance.wants.line,
      'settings-conflict',
      `${label}: in strict mode state is MASTER exactly with priority 255; keepalived starts as ${byPriority}`,
    );
    state = byPriority;
  }

  const { authType } = instance;
  if (authType !== undefined) {
    if (strict === 'on')
      objects(
        authType.line,
        'settings-conflict',
        `${label}: strict mode allows no authentication; keepalived ignores it`,
      );
    else if (version === 3)
      objects(
        authType.line,
        'settings-conflict',
        `${label}: VRRP version 3 has no authentication; keepalived ignores it`,
      );
    else if (instance.password !== 'given')
      objects(
        authType.line,
        'settings-conflict',
        `${label}: auth_type without auth_pass; keepalived ignores it`,
      );
    else if (family === 'ipv6' && authType.value === 'AH')
      objects(
        authType.line,
        'settings-conflict',
        `${label}: AH cannot be used with IPv6; keepalived ignores it`,
      );
    else if (authType.value === 'AH' && state === 'MASTER' && !isOwner) {
      objects(
        instance.wants?.line,
        'settings-conflict',
        `${label}: state MASTER cannot be used with AH; keepalived starts as BACKUP`,
      );
      state = 'BACKUP';
    }
  }

  if (instance.interface === undefined) {
    if (instance.source === undefined)
      return refuses(
        'interface-missing',
        `${label} needs an interface, or unicast peers with unicast_src_ip; keepalived does not start`,
      );
    if (isLinkLocal({ family, text: instance.source.address }))
      return refuses(
        'interface-missing',
        `${label}: without an interface the source address may not be link-local`,
      );
  }

  const mode = instance.unicastKeyword !== undefined && instance.peers.length > 0 ? 'unicast' : 'multicast';
  if (instance.unicastKeyword !== undefined && mode === 'multicast' && instance.unicastFaultNoPeer === 'off')
    complain(
      instance.unicastKeyword,
      'deprecated',
      'unicast-without-peers',
      `${label} has a unicast keyword but no peer: keepalived uses multicast`,
    );
  if (strict === 'on' && instance.vmacMac !== undefined)
    objects(
      instance.vmacMac,
      'settings-conflict',
      `${label}: strict mode allows no MAC address of one's own`,
    );
  const [firstVip] = instance.vips;
  if (family === 'ipv6' && mode === 'multicast' && firstVip !== undefined && !isLinkLocal(firstVip.address)) {
    const message = `${label}: the first IPv6 address should be link-local (RFC 5798)`;
    if (strict === 'on') objects(firstVip.line, 'first-vip-not-link-local', message);
    else complain(firstVip.line, 'advice', 'first-vip-not-link-local', message);
  }
  if (instance.vrf !== undefined && (instance.interface !== undefined || mode === 'multicast'))
    objects(
      instance.vrf,
      'settings-conflict',
      `${label}: vrf is for unicast without an interface; keepalived ignores it`,
    );

  const most = family === 'ipv4' ? 255 : 89;
  const surplus = instance.vips[most];
  if (surplus !== undefined)
    objects(
      surplus.line,
      'vips-too-many',
      `${label} has more than ${most} addresses; keepalived treats the rest as excluded ones`,
    );

  checkPreemption(objects, instance, { label, isOwner, state, strict });
  const down = instance.downTimerAdverts?.value ?? globals.downTimerAdverts;
  if (down !== 3 && strict === 'on')
    objects(
      instance.downTimerAdverts?.line,
      'settings-conflict',
      `${label}: strict mode allows no other number of adverts than 3`,
    );
  if (instance.accept?.value === 'on' && !isOwner && strict === 'on' && version === 2)
    objects(
      instance.accept.line,
      'settings-conflict',
      `${label}: strict mode with version 2 allows no accept; keepalived ignores it`,
    );
  if (mode === 'unicast' && instance.group !== undefined)
    objects(instance.group.line, 'settings-conflict', `${label}: mcast_dst_ip has no effect with unicast`);
  if (strict === 'on') checkStrictExtras(objects, instance, label);
  checkInterval(objects, instance, { label, version });
  checkMacSettings(objects, instance, { label, family, strict, context });
  const group = instance.group?.address ?? (family === 'ipv4' ? globals.group4 : globals.group6);
  return { family, version, strict, priority, state, mode, group: mode === 'unicast' ? undefined : group };
}

type Objects = (where: ConfigLine | undefined, rule: string, message: string, suggestion?: string) => void;

interface Role {
  readonly label: string;
  readonly isOwner: boolean;
  readonly state: 'MASTER' | 'BACKUP';
  readonly strict: Truth;
}

function checkPreemption(
  objects: Objects,
  instance: InstanceFacts,
  { label, isOwner, state, strict }: Role,
): void {
  const { nopreempt, preemptDelay } = instance;
  if (nopreempt !== undefined && isOwner)
    objects(nopreempt, 'settings-conflict', `${label}: nopreempt has no effect with priority 255`);
  else if (nopreempt !== undefined && state === 'MASTER')
    objects(
      nopreempt,
      'nopreempt-with-master',
      `${label}: nopreempt has no effect with state MASTER; write state BACKUP on every node`,
      'state BACKUP',
    );
  if (preemptDelay === undefined || preemptDelay.value === 0) return;
  if (state === 'MASTER')
    objects(
      preemptDelay.line,
      'settings-conflict',
      `${label}: preempt_delay has no effect with state MASTER; write state BACKUP`,
      'state BACKUP',
    );
  else if (strict === 'on')
    objects(preemptDelay.line, 'settings-conflict', `${label}: strict mode allows no preempt_delay`);
  else if (nopreempt !== undefined)
    objects(preemptDelay.line, 'settings-conflict', `${label}: preempt_delay has no effect with nopreempt`);
}

function checkStrictExtras(objects: Objects, instance: InstanceFacts, label: string): void {
  const { garpLowerRepeat, garpLowerDelay, lowerNoAdvert, higherSendAdvert } = instance;
  if (garpLowerRepeat !== undefined && garpLowerRepeat.value > 0)
    objects(
      garpLowerRepeat.line,
      'settings-conflict',
      `${label}: strict mode allows no garp_lower_prio_repeat`,
    );
  if (garpLowerDelay !== undefined && garpLowerDelay.value > 0)
    objects(
      garpLowerDelay.line,
      'settings-conflict',
      `${label}: strict mode allows no garp_lower_prio_delay`,
    );
  if (lowerNoAdvert?.value === 'off')
    objects(lowerNoAdvert.line, 'settings-conflict', `${label}: strict mode needs lower_prio_no_advert`);
  if (higherSendAdvert?.value === 'on')
    objects(
      higherSendAdvert.line,
      'settings-conflict',
      `${label}: strict mode allows no higher_prio_send_advert`,
    );
}

function checkInterval(
  objects: Objects,
  instance: InstanceFacts,
  { label, version }: { readonly label: string; readonly version: 2 | 3 },
): void {
  const { advertIntervalUs } = instance;
  if (advertIntervalUs === undefined) return;
  const { value, line } = advertIntervalUs;
  if (version === 2 && value % 1_000_000 !== 0)
    objects(
      line,
      'interval-rounded',
      `${label}: VRRP version 2 counts whole seconds; keepalived rounds advert_int, or use version 3`,
    );
  if (version === 3 && value > 40_950_000)
    objects(line, 'interval-cut', `${label}: VRRP version 3 allows at most 40.95 s; keepalived uses that`);
  else if (version === 3 && value % 10_000 !== 0)
    objects(
      line,
      'interval-rounded',
      `${label}: VRRP version 3 counts hundredths of a second; keepalived rounds advert_int`,
    );
}

function checkMacSettings(
  objects: Objects,
  instance: InstanceFacts,
  {
    label,
    family,
    strict,
    context,
  }: {
    readonly label: string;
    readonly family: Family;
    readonly strict: Truth;
    readonly context: { readonly version: KeepalivedVersion };
  },
): void {
  const { vmac, ipvlan, xmitBase } = instance;
  if (vmac !== undefined && strict === 'on' && xmitBase !== undefined)
    objects(xmitBase, 'settings-conflict', `${label}: strict mode allows no vmac_xmit_base`);
  if (vmac === undefined && xmitBase !== undefined && isAtLeast(context.version, '2.0.0'))
    objects(xmitBase, 'settings-conflict', `${label}: vmac_xmit_base has no effect without use_vmac`);
  if ((vmac ?? ipvlan) !== undefined && instance.promoteSecondaries !== undefined)
    objects(
      instance.promoteSecondaries,
      'settings-conflict',
      `${label}: promote_secondaries is set for a vmac anyway`,
    );
  if (ipvlan !== undefined && instance.ipvlanFamily === undefined && family === 'ipv4')
    objects(
      ipvlan,
      'settings-conflict',
      `${label}: use_ipvlan needs a source address; the instance would stay in fault state`,
    );
  for (const vip of [...instance.vips, ...instance.excludedVips]) {
    if (vip.ownVmac === 'no') continue;
    const isOwnDevice = vip.device === undefined || vip.device === instance.interface?.name;
    if (isOwnDevice && vmac !== undefined && vip.address.family === family)
      objects(
        vip.line,
        'settings-conflict',
        `${label}: use_vmac is given for the address and for the instance`,
      );
    else if ((!isOwnDevice || vip.address.family !== family) && instance.vmacAddress !== undefined)
      objects(vip.line, 'settings-conflict', `${label}: use_vmac for the address repeats use_vmac_addr`);
  }
  if (instance.interface === undefined)
    for (const vip of [...instance.vips, ...instance.excludedVips])
      if (vip.device === undefined)
        objects(vip.line, 'interface-missing', `${label}: the address has no interface; keepalived drops it`);
}
