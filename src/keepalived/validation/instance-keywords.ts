import { authenticationBlock, hmacBlock } from './authentication-keywords.ts';
import type { RootKeyword } from './block-walk.ts';
import { checkNotifyCommand } from './commands.ts';
import type { Complain } from './complaint.ts';
import { atLeastOne, extraInterface, type GlobalFacts } from './global-keywords.ts';
import { addressBlock, groupAddress, sourceAddress, unicastPeers } from './instance-address-keywords.ts';
import { type Keyword, makeBuilders, type Take } from './keyword.ts';
import { ipvlanKeyword, macKeyword } from './mac-interface.ts';
import { checkRouteLine } from './route-line.ts';
import { checkRuleLine } from './rule-line.ts';
import { trackLists } from './tracking-keywords.ts';
import { type InstanceFacts, newInstance, type VrrpFacts } from './vrrp-facts.ts';
import {
  anySeconds,
  anySigned,
  anyUnsigned,
  type ConfigLine,
  placeOfWord,
  quoteWord,
  readUnsigned,
  wordAt,
} from './words.ts';

const notifyKeywords = [
  'notify',
  'notify_master',
  'notify_backup',
  'notify_fault',
  'notify_stop',
  'notify_master_rx_lower_pri',
];

/** The notify keywords of an instance or a sync group; each counts once. */
export function notifyLists(
  complain: Complain,
  keywords: readonly string[],
  scripts: () => Set<string> | undefined,
): readonly Keyword[] {
  return keywords.map((name) => ({
    name,
    take: (line) => {
      const taken = scripts();
      if (taken?.has(name) === true) {
        if (line.words.length < 2) return 'missing-word';
        complain(line, 'objects', 'set-twice', `${name} is already set; keepalived ignores it`);
        return undefined;
      }
      const outcome = checkNotifyCommand(complain, line, 'stops');
      if (outcome === undefined) taken?.add(name);
      return outcome;
    },
  }));
}

export function instanceKeyword(complain: Complain, facts: VrrpFacts, globals: GlobalFacts): RootKeyword {
  let current: InstanceFacts | undefined;
  const now = (): InstanceFacts | undefined => current;
  return {
    name: 'vrrp_instance',
    reading: 'active',
    take: (line) => {
      current = undefined;
      const name = wordAt(line, 1);
      if (name === undefined || line.words.length !== 2) {
        complain(
          line,
          'objects',
          'name-missing',
          'vrrp_instance needs exactly one name; keepalived skips the block',
        );
        return 'skip-block';
      }
      if (facts.instances.some((one) => one.name === name)) {
        complain(
          placeOfWord(line, 1),
          'objects',
          'name-twice',
          `vrrp_instance ${quoteWord(line, name)} is already defined; keepalived skips this one`,
        );
        return 'skip-block';
      }
      current = newInstance(name, line);
      facts.instances.push(current);
      return undefined;
    },
    block: instanceBlock(complain, { now, facts, globals }),
    close: () => closeInstance(complain, current),
  };
}

interface BlockContext {
  readonly now: () => InstanceFacts | undefined;
  readonly facts: VrrpFacts;
  readonly globals: GlobalFacts;
}

function instanceBlock(complain: Complain, context: BlockContext): readonly Keyword[] {
  const { now, facts, globals } = context;
  const build = makeBuilders(complain);
  const objects = (line: ConfigLine, index: number, rule: string, message: string): undefined =>
    void complain(placeOfWord(line, index), 'objects', rule, message);
  const remember = (
    keep: (instance: InstanceFacts, line: ConfigLine) => void,
  ): ((line: ConfigLine) => void) => {
    return (line) => {
      const instance = now();
      if (instance !== undefined) keep(instance, line);
    };
  };
  const valued =
    <K extends 'downTimerAdverts' | 'garpLowerRepeat' | 'garpLowerDelay' | 'preemptDelay'>(key: K) =>
    (value: number, line: ConfigLine): void => {
      const instance = now();
      if (instance !== undefined) instance[key] = { value, line };
    };
  const routes =
    (take: typeof checkRouteLine): Take =>
    (line) =>
      take(line, { complain, kind: 'virtual', trackGroups: new Set() });
  return [
    macKeyword(complain, now, facts),
    build.presence(
      'use_vmac_addr',
      remember((instance, line) => {
        instance.vmacAddress = line;
      }),
    ),
    build.presence(
      'vmac_xmit_base',
      remember((instance, line) => {
        instance.xmitBase = line;
      }),
    ),
    ipvlanKeyword(complain, now, facts),
    unicastPeers(complain, now),
    build.presence(
      'unicast_fault_no_peer',
      remember((instance, line) => {
        instance.unicastKeyword ??= line;
        instance.unicastFaultNoPeer = 'on';
      }),
    ),
    build.presence(
      'check_unicast_src',
      remember((instance, line) => {
        instance.unicastKeyword ??= line;
      }),
    ),
    {
      name: 'old_unicast_checksum',
      take: (line) => {
        const instance = now();
        if (instance !== undefined) instance.unicastKeyword ??= line;
        if (line.words.length > 1 && wordAt(line, 1) !== 'never')
          objects(
            line,
            1,
            'option-unknown',
            'old_unicast_checksum takes nothing or never; keepalived ignores it',
          );
        return undefined;
      },
    },
    build.presence(
      'native_ipv6',
      remember((instance, line) => {
        if (instance.family === 'ipv4') {
          objects(
            line,
            0,
            'family-mismatch',
            'native_ipv6 stands after an IPv4 address; keepalived ignores it',
          );
          return;
        }
        instance.family = 'ipv6';
        instance.version = 3;
      }),
    ),
    stateKeyword(complain, now),
    interfaceKeyword(complain, now),
    {
      name: 'vrf',
      needs: 1,
      take: (line) => {
        const instance = now();
        if ((wordAt(line, 1) ?? '').length > 15)
          objects(line, 1, 'name-too-long', 'the interface name is too long');
        else if (instance?.interface !== undefined)
          objects(line, 0, 'settings-conflict', 'vrf and interface exclude each other');
        else if (instance?.vrf !== undefined) objects(line, 0, 'set-twice', 'vrf is already set');
        else if (instance !== undefined) instance.vrf = line;
        return undefined;
      },
    },
    build.presence('dont_track_primary'),
    ...trackLists(complain, facts, now),
    sourceAddress(complain, 'mcast_src_ip', now),
    sourceAddress(complain, 'unicast_src_ip', now),
    groupAddress(complain, now),
    build.presence('track_src_ip'),
    build.unsigned('virtual_router_id', { least: 1, most: 255 }, (value, line) => {
      const instance = now();
      if (instance !== undefined) instance.vrid = { value, line };
    }),
    build.unsigned('unicast_ttl', { least: 0, most: 255 }, (_value, line) => {
      const instance = now();
      if (instance !== undefined) instance.ttl = line;
    }),
    build.signed('version', { least: 2, most: 3 }, (value, line) => {
      const instance = now();
      if (instance === undefined) return;
      const version = value === 3 ? 3 : 2;
      if (
        (instance.version !== undefined && instance.version !== version) ||
        (version === 2 && instance.family === 'ipv6')
      )
        objects(
          line,
          1,
          'settings-conflict',
          `version ${version} conflicts with what stands above; keepalived ignores it`,
        );
      else instance.version = version;
    }),
    {
      name: 'priority',
      needs: 1,
      take: (line) => {
        const reading = readUnsigned(wordAt(line, 1) ?? '', { least: 1, most: 255 });
        const instance = now();
        if ('fault' in reading)
          objects(
            line,
            1,
            reading.fault === 'out-of-range' ? 'number-out-of-range' : 'number-invalid',
            'priority takes a number from 1 to 255; keepalived uses 100',
          );
        if (instance !== undefined)
          instance.priority = { value: 'value' in reading ? reading.value : 100, line };
        return undefined;
      },
    },
    build.seconds('advert_int', { least: 0.01, most: 255 }, (value, line) => {
      const instance = now();
      if (instance !== undefined) instance.advertIntervalUs = { value: Math.round(value * 1_000_000), line };
    }),
    addressBlock(complain, 'virtual_ipaddress', now),
    addressBlock(complain, 'virtual_ipaddress_excluded', now),
    build.presence(
      'no_virtual_ipaddress',
      remember((instance) => {
        instance.withoutVips = 'on';
      }),
    ),
    build.presence(
      'promote_secondaries',
      remember((instance, line) => {
        instance.promoteSecondaries = line;
      }),
    ),
    build.deprecated(build.presence('linkbeat_use_polling'), 'linkbeat_interfaces'),
    { name: 'virtual_routes', lines: routes(checkRouteLine) },
    { name: 'virtual_rules', lines: routes(checkRuleLine) },
    build.presence(
      'accept',
      remember((instance, line) => {
        instance.accept = { value: 'on', line };
      }),
    ),
    build.presence(
      'no_accept',
      remember((instance, line) => {
        instance.accept = { value: 'off', line };
      }),
    ),
    build.truth('skip_check_adv_addr'),
    build.truth('strict_mode', (value) => {
      const instance = now();
      if (instance !== undefined) instance.strict = value;
    }),
    build.presence(
      'preempt',
      remember((instance) => {
        delete instance.nopreempt;
      }),
    ),
    build.presence(
      'nopreempt',
      remember((instance, line) => {
        instance.nopreempt = line;
      }),
    ),
    build.seconds('preempt_delay', { least: 0, most: 1000 }, valued('preemptDelay')),
    build.unsigned('debug', { least: 0, most: 4 }),
    ...notifyLists(complain, notifyKeywords, () => now()?.scripts),
    {
      name: 'notify_deleted',
      take: (line) => {
        const scripts = now()?.scripts;
        if (scripts?.has('notify_deleted') === true) {
          objects(line, 0, 'set-twice', 'notify_deleted is already set; keepalived ignores it');
          return undefined;
        }
        scripts?.add('notify_deleted');
        return line.words.length > 1 ? checkNotifyCommand(complain, line, 'stops') : undefined;
      },
    },
    build.truth('smtp_alert'),
    build.truth('notify_priority_changes'),
    syncDaemonInterface(complain, globals),
    build.unsigned('garp_master_delay', anySeconds),
    build.unsigned('garp_master_refresh', anyUnsigned),
    ...['garp_master_repeat', 'garp_master_refresh_repeat'].map((name) =>
      build.unsigned(name, anyUnsigned, (value, line) => {
        if (value === 0) atLeastOne(complain, line);
      }),
    ),
    build.unsigned('garp_lower_prio_delay', anySeconds, valued('garpLowerDelay')),
    build.unsigned('garp_lower_prio_repeat', { least: 0, most: anySigned.most }, valued('garpLowerRepeat')),
    build.unsigned('down_timer_adverts', { least: 1, most: 100 }, valued('downTimerAdverts')),
    extraInterface(complain, 'garp_extra_if', 0),
    build.deprecated(extraInterface(complain, 'vmac_garp_intvl', 0), 'garp_extra_if'),
    build.truth('lower_prio_no_advert', (value, line) => {
      const instance = now();
      if (instance !== undefined) instance.lowerNoAdvert = { value, line };
    }),
    build.truth('higher_prio_send_advert', (value, line) => {
      const instance = now();
      if (instance !== undefined) instance.higherSendAdvert = { value, line };
    }),
    {
      name: 'kernel_rx_buf_size',
      take: (line) => {
        const word = wordAt(line, 1);
        if (line.words.length !== 2 || word === undefined || 'fault' in readUnsigned(word, anyUnsigned))
          objects(line, 1, 'number-invalid', 'kernel_rx_buf_size takes one number of bytes');
        return undefined;
      },
    },
    build.truth('owner_ignore_adverts'),
    build.truth('v3_checksum_as_v2'),
    build.presence('timer_expired_backup'),
    build.presence('thread_timer_expired'),
    { name: 'authentication', block: authenticationBlock(complain, now) },
    { name: 'auth_hmac', block: hmacBlock(complain) },
  ];
}

function stateKeyword(complain: Complain, now: () => InstanceFacts | undefined): Keyword {
  return {
    name: 'state',
    needs: 1,
    take: (line) => {
      const instance = now();
      const word = wordAt(line, 1);
      const state = word === 'MASTER' ? 'MASTER' : 'BACKUP';
      if (word !== 'MASTER' && word !== 'BACKUP') {
        const upper = (word ?? '').toUpperCase();
        complain(
          placeOfWord(line, 1),
          'objects',
          'state-unknown',
          `state is MASTER or BACKUP, not ${quoteWord(line, word)}; keepalived starts as BACKUP`,
          upper === 'MASTER' || upper === 'BACKUP' ? upper : undefined,
        );
      } else if (state === 'BACKUP' && instance?.wants?.state === 'MASTER') {
        complain(
          placeOfWord(line, 1),
          'objects',
          'set-twice',
          'state is MASTER already; keepalived ignores BACKUP',
        );
        return undefined;
      }
      if (instance !== undefined) instance.wants = { state, line };
      return undefined;
    },
  };
}

function interfaceKeyword(complain: Complain, now: () => InstanceFacts | undefined): Keyword {
  return {
    name: 'interface',
    needs: 1,
    take: (line) => {
      const instance = now();
      const name = wordAt(line, 1) ?? '';
      if (name.length > 15)
        complain(
          placeOfWord(line, 1),
          'objects',
          'name-too-long',
          'an interface name has at most 15 characters; keepalived ignores it',
        );
      else if (name === 'lo') {
        complain(
          placeOfWord(line, 1),
          'objects',
          'interface-loopback',
          'VRRP cannot run on the loopback interface; keepalived ignores it',
        );
        if (instance !== undefined) delete instance.interface;
      } else if (instance !== undefined) instance.interface = { name, line };
      return undefined;
    },
  };
}

function syncDaemonInterface(complain: Complain, globals: GlobalFacts): Keyword {
  return {
    name: 'lvs_sync_daemon_interface',
    take: (line) => {
      complain(
        line,
        'deprecated',
        'keyword-deprecated',
        'lvs_sync_daemon_interface is deprecated',
        'lvs_sync_daemon in global_defs',
      );
      if (globals.syncDaemon === 'set')
        complain(line, 'objects', 'set-twice', 'the sync daemon is already set; keepalived ignores this one');
      else if (line.words.length < 2) return 'missing-word';
      globals.syncDaemon = 'set';
      return undefined;
    },
  };
}

function closeInstance(complain: Complain, instance: InstanceFacts | undefined): void {
  if (instance === undefined) return;
  const mac = instance.vmac ?? instance.ipvlan;
  if (instance.unicastKeyword !== undefined && mac !== undefined) {
    if (instance.interface === undefined) {
      complain(
        mac,
        'objects',
        'settings-conflict',
        'use_vmac with unicast needs an interface above; keepalived drops it',
      );
      delete instance.vmac;
      delete instance.ipvlan;
      delete instance.vmacName;
    } else if (instance.xmitBase === undefined) {
      complain(
        mac,
        'objects',
        'settings-conflict',
        'unicast with use_vmac needs vmac_xmit_base; keepalived sets it',
        'vmac_xmit_base',
      );
      instance.xmitBase = mac;
    }
  }
  if (instance.peers.length === 0 && instance.ttl !== undefined)
    complain(instance.ttl, 'objects', 'settings-conflict', 'unicast_ttl has no effect without unicast_peer');
}
