/**
 * global_defs and the keywords beside it: what each takes and which values keepalived refuses (global_parser.c).
 * Knows what later blocks need of it (strict mode, version, multicast groups); whether users, directories and
 * hosts exist on the node is not its business.
 */

import type { RootKeyword } from './block-walk.ts';
import { checkNotifyCommand } from './commands.ts';
import type { Complain } from './complaint.ts';
import { isMulticast, readSocketAddress } from './inet.ts';
import { type Keyword, makeBuilders, onlyOnce } from './keyword.ts';
import { lvsSyncDaemon, lvsTimeouts } from './lvs-global-keywords.ts';
import {
  anySeconds,
  anySigned,
  anyUnsigned,
  type ConfigLine,
  placeOfWord,
  readSigned,
  readUnsigned,
  type Truth,
  wordAt,
} from './words.ts';

/** What the rest of the file is judged by. */
export interface GlobalFacts {
  strict: Truth;
  version: 2 | 3;
  group4: string;
  group6: string;
  downTimerAdverts: number;
  dynamicInterfaces: Truth;
  defaultInterface: string;
  syncDaemon: 'unset' | 'set';
}

export function defaultGlobals(): GlobalFacts {
  return {
    strict: 'off',
    version: 2,
    group4: '224.0.0.18',
    group6: 'ff02::12',
    downTimerAdverts: 3,
    dynamicInterfaces: 'off',
    defaultInterface: 'eth0',
    syncDaemon: 'unset',
  };
}

const rootOnly = ['namespace_with_ipsets', 'use_pid_dir', 'linkbeat_use_polling'] as const;

const presences = `process_names no_email_faults disable_local_igmp lvs_flush nftables_counters nftables_ifindex
  vrrp_check_unicast_src vrrp_skip_check_adv_addr vrrp_no_swap checker_no_swap bfd_no_swap
  fifo_write_vrrp_states_on_reload enable_traps enable_snmp_vrrp enable_snmp_keepalived enable_snmp_rfc
  enable_snmp_rfcv2 enable_snmp_rfcv3 enable_snmp_checker enable_dbus enable_script_security log_unknown_vrids
  reload_repeat smtp_helo_name reload_check_config reload_file include_check v3_checksum_as_v2
  dbus_no_interface_name use_symlink_paths state_dump_file stats_dump_file json_dump_file`;

const switches = `smtp_alert smtp_alert_vrrp smtp_alert_checker checker_log_all_failures vrrp_min_garp
  vrrp_lower_prio_no_advert vrrp_higher_prio_send_advert vrrp_notify_priority_changes
  vrrp_netlink_cmd_rcv_bufs_force vrrp_netlink_monitor_rcv_bufs_force process_monitor_rcv_bufs_force
  lvs_netlink_cmd_rcv_bufs_force lvs_netlink_monitor_rcv_bufs_force rs_init_notifies no_checker_emails
  data_use_instance vrrp_owner_ignore_adverts`;

const texts = `router_id notification_email_from default_interface dbus_service_name tmp_config_directory`;

const bufferSizes = `vrrp_netlink_cmd_rcv_bufs vrrp_netlink_monitor_rcv_bufs process_monitor_rcv_bufs
  lvs_netlink_cmd_rcv_bufs lvs_netlink_monitor_rcv_bufs`;

const names = (list: string): readonly string[] => list.split(/\s+/);

export function globalKeywords(complain: Complain, facts: GlobalFacts): readonly RootKeyword[] {
  const build = makeBuilders(complain);
  const seen = new Set<string>();
  const once = (keyword: Keyword): Keyword =>
    onlyOnce(complain, keyword, () => {
      const fresh = !seen.has(keyword.name);
      seen.add(keyword.name);
      return fresh;
    });
  const root = (keyword: Keyword): RootKeyword => ({ ...keyword, reading: 'active' });
  return [
    ...rootOnly.map((name) => root(build.presence(name))),
    root(once(build.text('net_namespace'))),
    root(once(build.presence('net_namespace_ipvs'))),
    root(once(build.text('instance'))),
    root(build.unsigned('child_wait_time', anyUnsigned)),
    root({ name: 'global_defs', block: globalBlock(complain, facts, once) }),
  ];
}

function globalBlock(
  complain: Complain,
  facts: GlobalFacts,
  once: (keyword: Keyword) => Keyword,
): readonly Keyword[] {
  const build = makeBuilders(complain);
  const address = (name: string, family: 'ipv4' | 'ipv6', keep: (text: string) => void): Keyword => ({
    name,
    needs: 1,
    take: (line) => {
      const group = readSocketAddress(wordAt(line, 1) ?? '');
      if (group === undefined || group.family !== family || !isMulticast(group))
        complain(
          placeOfWord(line, 1),
          'objects',
          'address-invalid',
          `${name} takes an ${family === 'ipv4' ? 'IPv4' : 'IPv6'} multicast address; keepalived ignores it`,
        );
      else {
        if (family === 'ipv6' && !/^ff.2:/.test(group.text))
          complain(
            placeOfWord(line, 1),
            'deprecated',
            'group-not-link-local',
            'the IPv6 group should be link-local (ff02::/16)',
          );
        keep(group.text);
      }
      return undefined;
    },
  });
  const processPriority = (name: string): Keyword =>
    ranged(complain, name, { least: -20, most: 19 }, 'keepalived ignores it');
  const realtime = (name: string): Keyword =>
    ranged(complain, name, { least: 1, most: 99 }, 'the nearest possible one is used');
  const limits = (name: string): readonly Keyword[] => [
    build.unsigned(`${name}_rlimit_rttime`, { ...anyUnsigned, least: 1 }),
    build.unsigned(`${name}_rlimit_rtime`, { ...anyUnsigned, least: 1 }),
  ];
  const processName = (name: string): Keyword => ({
    name,
    needs: 1,
    take: (line) => {
      if ((wordAt(line, 1) ?? '').length > 15)
        complain(placeOfWord(line, 1), 'objects', 'name-too-long', `${name} is cut after 15 characters`);
      return undefined;
    },
  });
  const garpTime: Parameters<typeof build.unsigned>[1] = anySeconds;
  return [
    ...names(presences).map((name) => build.presence(name)),
    ...names(switches).map((name) => build.truth(name)),
    ...names(texts).map((name) =>
      build.text(name, (value) => {
        if (name === 'default_interface') facts.defaultInterface = value;
      }),
    ),
    ...names(bufferSizes).map((name) => sizeKeyword(complain, name)),
    ...[
      'process_name',
      'vrrp_process_name',
      'checker_process_name',
      'lvs_process_name',
      'bfd_process_name',
    ].map(processName),
    smtpServer(complain),
    build.unsigned('smtp_connect_timeout', anySeconds, (value, line) => {
      if (value === 0) atLeastOne(complain, line);
    }),
    emailBlock(complain),
    ...['startup', 'shutdown'].flatMap((when) => [
      once({
        name: `${when}_script`,
        needs: 0,
        take: (line) => checkNotifyCommand(complain, line, 'complains'),
      }),
      ranged(complain, `${when}_script_timeout`, { least: 1, most: 1000 }, 'keepalived ignores it'),
    ]),
    {
      name: 'max_auto_priority',
      take: (line) =>
        wordAt(line, 1) === undefined
          ? undefined
          : build.signed('max_auto_priority', { least: -1, most: 99 }).take?.(line),
    },
    ranged(complain, 'min_auto_priority_delay', { least: 1, most: 10_000_000 }, 'keepalived ignores it'),
    dynamicInterfaces(complain, facts),
    lvsTimeouts(complain),
    ...['lvs_flush_on_stop', 'lvs_flush_onstop'].map((name) => ({
      name,
      take: (line: ConfigLine) => {
        if (line.words.length > 1 && wordAt(line, 1) !== 'VS')
          complain(placeOfWord(line, 1), 'objects', 'option-unknown', `${name} takes nothing or VS`);
        return undefined;
      },
    })),
    lvsSyncDaemon(complain, facts),
    address('vrrp_mcast_group4', 'ipv4', (text) => {
      facts.group4 = text;
    }),
    address('vrrp_mcast_group6', 'ipv6', (text) => {
      facts.group6 = text;
    }),
    build.unsigned('vrrp_garp_master_delay', garpTime),
    build.unsigned('vrrp_garp_master_repeat', anyUnsigned, (value, line) => {
      if (value === 0) atLeastOne(complain, line);
    }),
    build.unsigned('vrrp_garp_master_refresh', anyUnsigned),
    build.unsigned('vrrp_garp_master_refresh_repeat', anyUnsigned, (value, line) => {
      if (value === 0) atLeastOne(complain, line);
    }),
    build.unsigned('vrrp_garp_lower_prio_delay', garpTime),
    build.unsigned('vrrp_garp_lower_prio_repeat', { least: 0, most: anySigned.most }),
    build.unsigned('vrrp_down_timer_adverts', { least: 1, most: 100 }, (value) => {
      facts.downTimerAdverts = value;
    }),
    build.seconds('vrrp_garp_interval', { least: 0.000001, most: 4294.967295 }),
    build.seconds('vrrp_gna_interval', { least: 0.000001, most: 4294.967295 }),
    extraInterface(complain, 'vrrp_garp_extra_if', 1),
    build.deprecated(extraInterface(complain, 'vrrp_vmac_garp_intvl', 1), 'vrrp_garp_extra_if'),
    build.signed('vrrp_version', { least: 2, most: 3 }, (value) => {
      facts.version = value === 3 ? 3 : 2;
    }),
    build.deprecated(build.presence('vrrp_iptables'), 'nftables'),
    once(nameWithLimit(complain, 'nftables', 255)),
    build.signed('nftables_priority', anySigned),
    once(nameWithLimit(complain, 'nftables_ipvs', 255)),
    build.signed('nftables_ipvs_priority', anySigned),
    build.unsigned('nftables_ipvs_start_fwmark', { ...anyUnsigned, least: 1 }),
    build.presence('vrrp_strict', () => {
      facts.strict = 'on';
    }),
    ...['vrrp', 'checker', 'bfd'].flatMap((who) => [
      processPriority(`${who}_priority`),
      realtime(`${who}_rt_priority`),
      cpuSet(complain, `${who}_cpu_affinity`),
      ...limits(who),
    ]),
    ...['', 'vrrp_', 'lvs_'].flatMap((who) => [
      once(build.text(`${who}notify_fifo`)),
      once({
        name: `${who}notify_fifo_script`,
        take: (line: ConfigLine) => checkNotifyCommand(complain, line, 'complains'),
      }),
    ]),
    once(onlyOneWord(complain, 'snmp_socket')),
    build.text('script_user'),
    receiveBuffers(complain),
    {
      name: 'vrrp_rx_bufs_multiplier',
      take: (line) =>
        line.words.length === 2
          ? build.unsigned('vrrp_rx_bufs_multiplier', { ...anyUnsigned, least: 1 }).take?.(line)
          : void complain(line, 'objects', 'value-missing', 'vrrp_rx_bufs_multiplier takes one number'),
    },
    build.seconds('vrrp_startup_delay', { least: 0.001, most: 4294.967295 }),
    build.seconds('vrrp_delay_after_boot', { least: 0.001, most: 4294.967295 }),
    once({ ...build.presence('vmac_prefix'), needs: 1 }),
    once({ ...build.presence('vmac_addr_prefix'), needs: 1 }),
    umask(complain),
    build.unsigned('random_seed', anyUnsigned),
    onlyOneWord(complain, 'reload_time_file'),
    { ...build.presence('config_save_dir'), needs: 1 },
    build.unsigned('json_version', { least: 1, most: 2 }),
  ];
}

export function atLeastOne(complain: Complain, line: ConfigLine): void {
  complain(
    placeOfWord(line, 1),
    'objects',
    'number-out-of-range',
    `${wordAt(line, 0) ?? ''} must be above 0; keepalived uses 1`,
    '1',
  );
}

/** A number that may be missing: keepalived complains and reads on. */
function ranged(
  complain: Complain,
  name: string,
  bounds: { readonly least: number; readonly most: number },
  instead: string,
): Keyword {
  const build = makeBuilders(complain);
  return {
    name,
    take: (line) => {
      if (wordAt(line, 1) !== undefined) return build.signed(name, bounds, undefined, instead).take?.(line);
      complain(line, 'objects', 'value-missing', `${name} needs a number`);
      return undefined;
    },
  };
}

function sizeKeyword(complain: Complain, name: string): Keyword {
  return {
    name,
    take: (line) => {
      const word = wordAt(line, 1);
      if (word === undefined) complain(line, 'objects', 'value-missing', `${name} needs a size in bytes`);
      else if ('fault' in readUnsigned(word, anyUnsigned))
        complain(placeOfWord(line, 1), 'objects', 'number-invalid', `${name} takes a size in bytes`);
      return undefined;
    },
  };
}

function onlyOneWord(complain: Complain, name: string): Keyword {
  return {
    name,
    take: (line) => {
      if (line.words.length !== 2) complain(line, 'objects', 'value-missing', `${name} takes one word`);
      return undefined;
    },
  };
}

function nameWithLimit(complain: Complain, name: string, most: number): Keyword {
  return {
    name,
    take: (line) => {
      if ((wordAt(line, 1) ?? '').length > most)
        complain(
          placeOfWord(line, 1),
          'objects',
          'name-too-long',
          `${name} takes at most ${most} characters`,
        );
      return undefined;
    },
  };
}

function smtpServer(complain: Complain): Keyword {
  return {
    name: 'smtp_server',
    needs: 1,
    take: (line) => {
      const port = wordAt(line, 2);
      if (port !== undefined && 'fault' in readUnsigned(port, { least: 1, most: 65_535 }))
        complain(placeOfWord(line, 2), 'objects', 'port-invalid', 'the port is no number from 1 to 65535');
      return undefined;
    },
  };
}

function emailBlock(complain: Complain): Keyword {
  let count = 0;
  let opener: ConfigLine | undefined;
  return {
    name: 'notification_email',
    take: (line) => {
      count = 0;
      opener = line;
      return undefined;
    },
    lines: () => {
      count++;
      return undefined;
    },
    close: () => {
      if (count === 0 && opener !== undefined)
        complain(opener, 'objects', 'block-empty', 'notification_email lists no address');
    },
  };
}

function dynamicInterfaces(complain: Complain, facts: GlobalFacts): Keyword {
  return {
    name: 'dynamic_interfaces',
    take: (line) => {
      facts.dynamicInterfaces = 'on';
      if (line.words.length > 1 && wordAt(line, 1) !== 'allow_if_changes')
        complain(
          placeOfWord(line, 1),
          'objects',
          'option-unknown',
          'dynamic_interfaces takes nothing or allow_if_changes',
        );
      return undefined;
    },
  };
}

/** garp_extra_if and its older names: `all` and a time in seconds. */
export function extraInterface(complain: Complain, name: string, least: 0 | 1): Keyword {
  return {
    name,
    take: (line) => {
      let time: 'missing' | 'given' = 'missing';
      for (let index = 1; index < line.words.length; index++) {
        const word = wordAt(line, index) ?? '';
        if (word === 'all') continue;
        if ('fault' in readUnsigned(word, { least, most: 86_400 })) {
          complain(
            placeOfWord(line, index),
            'objects',
            'number-invalid',
            `${name} takes ${least} to 86400 s`,
          );
          return undefined;
        }
        time = 'given';
      }
      if (time === 'missing') complain(line, 'objects', 'value-missing', `${name} needs a time in seconds`);
      return undefined;
    },
  };
}

function cpuSet(complain: Complain, name: string): Keyword {
  return {
    name,
    take: (line) => {
      if (line.words.length < 2) complain(line, 'objects', 'value-missing', `${name} needs CPU numbers`);
      for (let index = 1; index < line.words.length; index++)
        if ('fault' in readSigned(wordAt(line, index) ?? '', { least: 0, most: 1023 })) {
          complain(placeOfWord(line, index), 'objects', 'number-invalid', `${name} takes CPU numbers`);
          break;
        }
      return undefined;
    },
  };
}

function receiveBuffers(complain: Complain): Keyword {
  const name = 'vrrp_rx_bufs_policy';
  return {
    name,
    take: (line) => {
      const kinds = new Set<string>();
      if (line.words.length < 2)
        complain(line, 'objects', 'value-missing', `${name} needs MTU, ADVERT or a size`);
      for (let index = 1; index < line.words.length; index++) {
        const word = (wordAt(line, index) ?? '').toUpperCase();
        if (word === 'MTU' || word === 'ADVERT') kinds.add(word);
        else if ('fault' in readUnsigned(wordAt(line, 1) ?? '', anyUnsigned))
          complain(
            placeOfWord(line, index),
            'objects',
            'option-unknown',
            `${name} takes MTU, ADVERT or a size`,
          );
        else kinds.add('size');
      }
      if (kinds.size > 1)
        complain(line, 'objects', 'settings-conflict', `${name}: of several policies only one is used`);
      return undefined;
    },
  };
}

const modeBits = /^I[RWX](?:USR|GRP|OTH)/;

function umask(complain: Complain): Keyword {
  const wrong = (line: ConfigLine): undefined =>
    void complain(line, 'objects', 'value-invalid', 'umask takes an octal number or IRUSR|IWUSR… bits');
  return {
    name: 'umask',
    needs: 1,
    take: (line) => {
      const first = wordAt(line, 1) ?? '';
      if (/^\d/.test(first)) {
        const value = /^0[0-7]*$/.test(first) ? Number.parseInt(first, 8) : Number(first);
        return line.words.length !== 2 || !(value <= 0o777) ? wrong(line) : undefined;
      }
      let joined = line.words
        .slice(1)
        .map(({ value }) => value)
        .join('');
      for (;;) {
        const bit = modeBits.exec(joined)?.[0];
        if (bit === undefined) return wrong(line);
        joined = joined.slice(bit.length);
        if (joined === '') return undefined;
        if (!joined.startsWith('|')) return wrong(line);
        joined = joined.slice(1);
      }
    },
  };
}
