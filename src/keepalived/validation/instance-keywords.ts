/**
 * vrrp_instance: what each keyword takes and remembers (vrrp_parser.c). Knows what is refused line by line; what
 * only shows when the whole block is known stands in instance-completion.ts.
 */
import { readAddressLine } from './address-line.ts';
import type { RootKeyword } from './block-walk.ts';
import { checkNotifyCommand } from './commands.ts';
import type { Complain } from './complaint.ts';
import { atLeastOne, extraInterface, type GlobalFacts } from './global-keywords.ts';
import { isLinkLocalMulticast, isMulticast, readSocketAddress } from './inet.ts';
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

function unicastPeers(complain: Complain, now: () => InstanceFacts | undefined): Keyword {
  return {
    name: 'unicast_peer',
    take: (line) => {
      const instance = now();
      if (instance !== undefined) instance.unicastKeyword ??= line;
      return undefined;
    },
    lines: (line) => {
      const instance = now();
      const word = wordAt(line, 0) ?? '';
      const objects = (index: number, rule: string, message: string): undefined =>
        void complain(placeOfWord(line, index), 'objects', rule, message);
      const peer = readSocketAddress(word);
      if (peer === undefined)
        return objects(
          0,
          'address-invalid',
          `${quoteWord(line, word)} is no IP address; keepalived drops the peer`,
        );
      if (instance === undefined) return undefined;
      if (instance.family !== undefined && instance.family !== peer.family)
        return objects(0, 'family-mismatch', 'the peer is of the other address family; keepalived drops it');
      instance.family = peer.family;
      let least = 0;
      let most = 255;
      for (let index = 1; index < line.words.length; index += 2) {
        const option = wordAt(line, index) ?? '';
        const value = wordAt(line, index + 1);
        if (value === undefined) {
          objects(index, 'value-missing', `${quoteWord(line, option)} needs a value`);
          break;
        }
        const reading = readUnsigned(value, { least: 0, most: 255 });
        if ('fault' in reading) objects(index + 1, 'number-invalid', 'a TTL is a number from 0 to 255');
        else if (option === 'min_ttl') least = reading.value;
        else if (option === 'max_ttl') most = reading.value;
        else {
          objects(
            index,
            'option-unknown',
            `${quoteWord(line, option)} is no option of a peer (min_ttl, max_ttl)`,
          );
          break;
        }
      }
      if (least > most)
        objects(0, 'settings-conflict', 'min_ttl is above max_ttl; every advert of this peer is dropped');
      instance.peers.push({ address: peer.text, line });
      return undefined;
    },
  };
}

function sourceAddress(complain: Complain, name: string, now: () => InstanceFacts | undefined): Keyword {
  return {
    name,
    needs: 1,
    take: (line) => {
      const instance = now();
      if (instance === undefined) return undefined;
      if (name === 'unicast_src_ip') instance.unicastKeyword ??= line;
      const address = readSocketAddress(wordAt(line, 1) ?? '');
      if (address === undefined)
        complain(
          placeOfWord(line, 1),
          'objects',
          'address-invalid',
          `${name}: ${quoteWord(line, wordAt(line, 1))} is no IP address; keepalived ignores it`,
        );
      else if (instance.family !== undefined && instance.family !== address.family)
        complain(
          placeOfWord(line, 1),
          'objects',
          'family-mismatch',
          `${name} is of the other address family; keepalived ignores it`,
        );
      else {
        instance.family = address.family;
        instance.source = { address: address.text, family: address.family };
      }
      return undefined;
    },
  };
}

function groupAddress(complain: Complain, now: () => InstanceFacts | undefined): Keyword {
  return {
    name: 'mcast_dst_ip',
    needs: 1,
    take: (line) => {
      const instance = now();
      const address = readSocketAddress(wordAt(line, 1) ?? '');
      const objects = (rule: string, message: string): undefined =>
        void complain(placeOfWord(line, 1), 'objects', rule, message);
      if (address === undefined)
        return objects('address-invalid', 'mcast_dst_ip takes a multicast address; keepalived ignores it');
      if (instance === undefined) return undefined;
      if (instance.family !== undefined && instance.family !== address.family)
        return objects(
          'family-mismatch',
          'mcast_dst_ip is of the other address family; keepalived ignores it',
        );
      instance.family = address.family;
      if (address.family === 'ipv4' ? !isMulticast(address) : !isLinkLocalMulticast(address))
        return objects(
          'address-invalid',
          'mcast_dst_ip is not multicast (for IPv6: not link-local multicast); keepalived ignores it',
        );
      instance.group = { address: address.text, line };
      return undefined;
    },
  };
}

function addressBlock(
  complain: Complain,
  name: 'virtual_ipaddress' | 'virtual_ipaddress_excluded',
  now: () => InstanceFacts | undefined,
): Keyword {
  return {
    name,
    lines: (line) => {
      const reading = readAddressLine(line, { complain, kind: 'virtual', trackGroups: new Set() });
      const instance = now();
      if (typeof reading === 'string') return reading;
      if (reading === undefined || instance === undefined) return undefined;
      if (name === 'virtual_ipaddress_excluded') {
        instance.excludedVips.push(reading);
        return undefined;
      }
      if (instance.family !== undefined && instance.family !== reading.address.family) {
        complain(
          line,
          'objects',
          'family-mismatch',
          'the address is of the other family than the instance; put it into virtual_ipaddress_excluded',
        );
        return undefined;
      }
      instance.family = reading.address.family;
      instance.vips.push(reading);
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

function authenticationBlock(complain: Complain, now: () => InstanceFacts | undefined): readonly Keyword[] {
  return [
    {
      name: 'auth_type',
      needs: 1,
      take: (line) => {
        const instance = now();
        const word = wordAt(line, 1);
        if (word !== 'PASS' && word !== 'AH')
          complain(
            placeOfWord(line, 1),
            'objects',
            'auth-type-unknown',
            'auth_type is PASS or AH; keepalived ignores anything else',
            ['PASS', 'AH'].find((known) => known === word?.toUpperCase()),
          );
        else if (instance !== undefined) instance.authType = { value: word, line };
        return undefined;
      },
    },
    {
      name: 'auth_pass',
      needs: 1,
      take: (line) => {
        const instance = now();
        const word = wordAt(line, 1) ?? '';
        const masked = /^redacted:[^:]*:(\d+)$/.exec(word);
        const length = masked === null ? new TextEncoder().encode(word).length : Number(masked[1]);
        if (length > 8)
          complain(
            placeOfWord(line, 1),
            'objects',
            'password-cut',
            'only the first 8 characters of auth_pass count',
          );
        if (instance !== undefined) instance.password = length === 0 ? 'empty' : 'given';
        return undefined;
      },
    },
  ];
}

/** auth_hmac of 2.4.0; its keys are secrets and are not looked into. */
function hmacBlock(complain: Complain): readonly Keyword[] {
  const build = makeBuilders(complain);
  return ['mode', 'key', 'active_key', 'time_window', 'anti_replay'].map((name) => build.presence(name));
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
