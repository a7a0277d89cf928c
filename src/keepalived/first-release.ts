/**
 * From which upstream release on a keyword of the VRRP configuration is understood, counted from the keyword
 * tables of the tags v1.2.13 … v2.4.3. Keywords not listed are older, or unknown to keepalived altogether.
 */
import { type KeepalivedVersion, parseVersion } from './version.ts';

const releases: readonly (readonly [release: string, keywords: string])[] = [
  ['1.2.14', 'garp_master_refresh_repeat garp_master_repeat'],
  ['1.2.17', 'accept version'],
  [
    '1.2.20',
    `enable_snmp_keepalived enable_snmp_rfc enable_snmp_rfcv2 enable_snmp_rfcv3 garp_lower_prio_delay
     garp_lower_prio_repeat lower_prio_no_advert lvs_sync_daemon skip_check_adv_addr smtp_helo_name snmp_socket
     static_rules strict_mode virtual_rules vrrp_check_unicast_src vrrp_garp_lower_prio_delay
     vrrp_garp_lower_prio_repeat vrrp_garp_master_delay vrrp_garp_master_refresh vrrp_garp_master_refresh_repeat
     vrrp_garp_master_repeat vrrp_ipsets vrrp_iptables vrrp_lower_prio_no_advert vrrp_no_swap vrrp_priority
     vrrp_skip_check_adv_addr vrrp_strict vrrp_version`,
  ],
  ['1.2.21', 'garp_group garp_interval gna_interval vrrp_garp_interval vrrp_gna_interval'],
  ['1.2.24', 'default_interface instance net_namespace use_pid_dir'],
  [
    '1.3.0',
    'enable_dbus enable_script_security namespace_with_ipsets no_accept promote_secondaries script_user',
  ],
  ['1.3.2', 'init_fail'],
  ['1.3.5', 'higher_prio_send_advert vrrp_higher_prio_send_advert'],
  ['1.3.6', 'notify_fifo notify_fifo_script vrrp_notify_fifo vrrp_notify_fifo_script'],
  ['1.3.7', 'dbus_service_name old_unicast_checksum'],
  [
    '2.0.0',
    `child_wait_time dynamic_interfaces enable_snmp_vrrp init_file smtp_alert_vrrp sync_group_tracking_weight
     track_bfd track_file track_src_ip vrrp_netlink_cmd_rcv_bufs vrrp_netlink_monitor_rcv_bufs
     vrrp_rlimit_rtime vrrp_rt_priority vrrp_track_file`,
  ],
  ['2.0.3', 'kernel_rx_buf_size track_group vrrp_rx_bufs_multiplier vrrp_rx_bufs_policy'],
  ['2.0.6', 'notify_master_rx_lower_pri'],
  ['2.0.9', 'umask'],
  [
    '2.0.11',
    'nftables nftables_counters nftables_ifindex nftables_priority track_process vrrp_track_process',
  ],
  ['2.0.12', 'vrrp_min_garp'],
  ['2.0.13', 'linkbeat_interfaces'],
  ['2.0.14', 'vrrp_startup_delay'],
  ['2.0.15', 'random_seed'],
  [
    '2.0.16',
    `fork_delay log_unknown_vrids notify_priority_changes param_match process_name process_names quorum_max
     terminate_delay vrrp_notify_priority_changes vrrp_process_name`,
  ],
  ['2.0.17', 'use_ipvlan vrrp_cpu_affinity'],
  [
    '2.1.0',
    `check_unicast_src max_auto_priority min_auto_priority_delay net_namespace_ipvs notify_deleted reload_repeat
     reload_time_file shutdown_script startup_script unicast_ttl vrrp_rlimit_rttime`,
  ],
  [
    '2.2.0',
    `disable_local_igmp include_check reload_check_config reload_file tmp_config_directory use_vmac_addr
     vmac_addr_prefix vmac_prefix`,
  ],
  [
    '2.2.3',
    `config_save_dir data_use_instance down_timer_adverts garp_extra_if interface_up_down_delays
     vrrp_down_timer_adverts vrrp_garp_extra_if`,
  ],
  ['2.2.5', 'fifo_write_vrrp_states_on_reload mcast_dst_ip unicast_fault_no_peer vrf'],
  ['2.2.8', 'json_version no_virtual_ipaddress timer_expired_backup v3_checksum_as_v2'],
  ['2.3.0', 'dbus_no_interface_name use_symlink_paths'],
  ['2.3.2', 'iproute_etc_dir iproute_usr_dir thread_timer_expired'],
  ['2.3.3', 'json_dump_file owner_ignore_adverts state_dump_file stats_dump_file vrrp_owner_ignore_adverts'],
  ['2.4.0', 'active_key anti_replay auth_hmac time_window vrrp_delay_after_boot'],
];

const byKeyword: ReadonlyMap<string, KeepalivedVersion> = new Map(
  releases.flatMap(([release, keywords]) => {
    const version = parseVersion(release);
    return version === undefined ? [] : keywords.split(/\s+/).map((keyword) => [keyword, version] as const);
  }),
);

/** The first release that knows `keyword`; undefined when it is older than v1.2.14 or not known at all. */
export function firstRelease(keyword: string): KeepalivedVersion | undefined {
  return byKeyword.get(keyword);
}
