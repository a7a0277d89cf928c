/**
 * Configurations to hold against the installed keepalived: every keyword with good and bad values, put one at a time
 * into a sound file, and small files with faults of structure. Interfaces eth0 and eth1 are taken to exist. Made
 * from the keyword tables and the man page; contains no file of anybody else.
 */

export interface Variant {
  readonly name: string;
  readonly text: string;
}

interface Slots {
  readonly top?: string;
  readonly globals?: string;
  readonly instance?: string;
  readonly vips?: string;
  readonly state?: string;
  readonly script?: string;
  readonly after?: string;
}

const indent = (text: string, depth: number): string =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `${' '.repeat(depth)}${line}\n`)
    .join('');

export const vrrpFile = ({
  top = '',
  globals = '',
  instance = '',
  vips,
  state,
  script = '',
  after = '',
}: Slots): string =>
  `${indent(top, 0)}global_defs {
    router_id n1
    script_user root
    enable_script_security
${indent(globals, 4)}}

vrrp_script chk {
    script "/usr/bin/true"
    interval 2
${indent(script, 4)}}

track_file tf {
    file /tmp/vipdoctor-track
}

vrrp_instance VI_1 {
    ${state ?? 'state BACKUP'}
    interface eth0
    virtual_router_id 51
    priority 150
    advert_int 1
    virtual_ipaddress {
        ${vips ?? '192.0.2.10/24'}
    }
${indent(instance, 4)}}
${indent(after, 0)}`;

interface LvsSlots {
  readonly head?: string;
  readonly service?: string;
  readonly server?: string;
  readonly after?: string;
  readonly plain?: 'without-defaults';
}

const lvsFile = ({
  head = 'virtual_server 192.0.2.20 80',
  service = '',
  server = '',
  after = '',
  plain,
}: LvsSlots): string =>
  `global_defs {
    script_user root
    enable_script_security
}
${head} {
${plain === undefined ? '    delay_loop 6\n    lb_algo rr\n    lb_kind NAT\n    protocol TCP\n' : ''}${indent(service, 4)}
    real_server 10.0.0.1 80 {
        weight 1
${indent(server, 8)}    }
}
${indent(after, 0)}`;

const spread = (list: string): readonly string[] =>
  list
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

const globalLines = spread(`
  router_id
  router_id a b
  notification_email { a@b.example }
  notification_email { }
  notification_email_from a@b.example
  notification_email_from
  smtp_server 127.0.0.1
  smtp_server 127.0.0.1 25
  smtp_server 127.0.0.1 0
  smtp_server 127.0.0.1 x
  smtp_server
  smtp_connect_timeout 30
  smtp_connect_timeout 0
  smtp_connect_timeout -1
  smtp_connect_timeout 99999
  smtp_connect_timeout 30s
  stmp_connect_timeout 30
  smtp_helo_name h
  smtp_alert
  smtp_alert yes
  smtp_alert maybe
  smtp_alert_vrrp off
  smtp_alert_checker 1
  enable_script_security
  script_user root
  script_user
  vrrp_version 3
  vrrp_version 4
  vrrp_version
  vrrp_version x
  vrrp_strict
  vrrp_skip_check_adv_addr
  vrrp_check_unicast_src
  vrrp_mcast_group4 224.0.0.200
  vrrp_mcast_group4 10.0.0.1
  vrrp_mcast_group4 ff02::12
  vrrp_mcast_group4 224.0.0.200/4
  vrrp_mcast_group6 ff02::200
  vrrp_mcast_group6 ff05::200
  vrrp_mcast_group6 fe80::1
  vrrp_garp_master_delay 5
  vrrp_garp_master_delay 5000
  vrrp_garp_master_repeat 0
  vrrp_garp_master_repeat 2
  vrrp_garp_master_refresh 60
  vrrp_garp_master_refresh -60
  vrrp_garp_master_refresh_repeat 0
  vrrp_garp_lower_prio_delay 10
  vrrp_garp_lower_prio_repeat 0
  vrrp_garp_interval 0.001
  vrrp_garp_interval 0
  vrrp_garp_interval 0.0000001
  vrrp_gna_interval 0.000001
  vrrp_gna_interval 0
  vrrp_min_garp
  vrrp_min_garp true
  vrrp_min_garp x
  vrrp_down_timer_adverts 3
  vrrp_down_timer_adverts 0
  vrrp_down_timer_adverts 101
  vrrp_garp_extra_if 10
  vrrp_garp_extra_if all 10
  vrrp_garp_extra_if all
  vrrp_garp_extra_if 0
  vrrp_vmac_garp_intvl 10
  vrrp_lower_prio_no_advert
  vrrp_lower_prio_no_advert x
  vrrp_higher_prio_send_advert true
  vrrp_iptables
  vrrp_iptables keepalived_in keepalived_out
  vrrp_ipsets
  nftables
  nftables keepalived
  nftables abcdefghijklmnopqrstuvwxyzabcdefghij
  nftables_priority -5
  nftables_priority x
  nftables_ifindex
  nftables_counters
  nftables_ipvs
  nftables_ipvs_start_fwmark 0
  nftables_ipvs_start_fwmark 5000
  vrrp_priority -10
  vrrp_priority -21
  vrrp_priority
  vrrp_no_swap
  vrrp_rt_priority 50
  vrrp_rt_priority 0
  vrrp_rt_priority 100
  vrrp_cpu_affinity 0
  vrrp_cpu_affinity x
  vrrp_rlimit_rttime 10000
  vrrp_rlimit_rtime 10000
  vrrp_rlimit_rttime 0
  checker_priority 5
  checker_no_swap
  bfd_priority 5
  bfd_rt_priority 20
  vrrp_notify_fifo /tmp/fifo
  vrrp_notify_fifo
  notify_fifo /tmp/f
  vrrp_notify_fifo_script /usr/bin/true
  lvs_notify_fifo_script
  vrrp_notify_priority_changes yes
  fifo_write_vrrp_states_on_reload
  snmp_socket unix:/a
  snmp_socket
  snmp_socket a b
  enable_traps
  enable_snmp_vrrp
  enable_snmp_keepalived
  enable_snmp_rfc
  enable_snmp_rfcv2
  enable_snmp_rfcv3
  enable_snmp_checker
  enable_dbus
  dbus_service_name
  dbus_service_name org.a.b
  default_interface eth0
  default_interface
  dynamic_interfaces
  dynamic_interfaces allow_if_changes
  dynamic_interfaces foo
  no_email_faults
  lvs_timeouts tcp 100 tcpfin 10 udp 10
  lvs_timeouts tcp
  lvs_timeouts sctp 5
  lvs_timeouts tcp x
  lvs_flush
  lvs_flush_on_stop
  lvs_flush_on_stop VS
  lvs_flush_on_stop RS
  lvs_flush_onstop
  lvs_sync_daemon eth0
  lvs_sync_daemon eth0 VI_1
  lvs_sync_daemon eth0 VI_1 id 5
  lvs_sync_daemon eth0 VI_1 5
  lvs_sync_daemon eth0 VI_1 id 256
  lvs_sync_daemon eth0 VI_1 maxlen 1000 port 8848 ttl 1 group 224.0.0.81
  lvs_sync_daemon eth0 VI_1 group 10.0.0.1
  lvs_sync_daemon eth0 VI_1 foo
  lvs_sync_daemon eth0 inst VI_1
  lvs_sync_daemon
  process_names
  process_name foo
  process_name averylongprocessname
  process_name
  vrrp_process_name x
  lvs_process_name x
  checker_process_name x
  max_auto_priority
  max_auto_priority 5
  max_auto_priority 100
  max_auto_priority -1
  min_auto_priority_delay 5
  min_auto_priority_delay
  min_auto_priority_delay 0
  vrrp_netlink_cmd_rcv_bufs 100000
  vrrp_netlink_cmd_rcv_bufs
  vrrp_netlink_cmd_rcv_bufs x
  vrrp_netlink_cmd_rcv_bufs_force true
  vrrp_netlink_monitor_rcv_bufs_force x
  process_monitor_rcv_bufs 5
  lvs_netlink_monitor_rcv_bufs 5
  rs_init_notifies
  no_checker_emails
  no_checker_emails 5
  vrrp_rx_bufs_policy MTU
  vrrp_rx_bufs_policy advert
  vrrp_rx_bufs_policy MTU ADVERT
  vrrp_rx_bufs_policy 5000
  vrrp_rx_bufs_policy foo
  vrrp_rx_bufs_policy
  vrrp_rx_bufs_multiplier 3
  vrrp_rx_bufs_multiplier 0
  vrrp_rx_bufs_multiplier
  vrrp_startup_delay 5.5
  vrrp_startup_delay 0
  log_unknown_vrids
  vmac_prefix v
  vmac_prefix
  vmac_addr_prefix v
  umask 022
  umask 0888
  umask IRUSR|IWUSR
  umask IFOO
  umask 022 5
  umask 1777
  random_seed 5
  random_seed x
  reload_check_config
  reload_time_file /tmp/x
  reload_time_file
  reload_repeat
  reload_file
  include_check
  data_use_instance
  data_use_instance x
  tmp_config_directory /tmp
  tmp_config_directory
  checker_log_all_failures
  checker_log_all_failures 3
  startup_script
  startup_script_timeout 10
  startup_script_timeout 0
  startup_script_timeout
  state_dump_file /tmp/x
  json_version 2
  v3_checksum_as_v2
  vrrp_owner_ignore_adverts
  vrrp_delay_after_boot 5
  foo
  foo { bar }
  net_namespace x
  router-id x
`);

const instanceLines = spread(`
  state MASTER
  state master
  state FAULT
  state
  interface eth1
  interface
  interface lo
  interface averyveryverylongname
  interface eth0 eth1
  virtual_router_id 0
  virtual_router_id 256
  virtual_router_id abc
  virtual_router_id 5a
  virtual_router_id
  virtual_router_id 60
  priority 0
  priority 255
  priority 256
  priority 100.5
  priority -5
  priority
  priority "100"
  advert_int 0.5
  advert_int 2
  advert_int 0
  advert_int 256
  advert_int 255
  advert_int 1.0
  advert_int 1s
  advert_int -1
  advert_int 1.0000001
  advert_int
  version 2
  version 3
  version 1
  version
  nopreempt
  nopreemt
  no_preempt
  preempt
  preempt_delay 10
  preempt_delay 1001
  preempt_delay -1
  preempt_delay 1.5
  preempt_delay
  nopreempt\\n preempt_delay 10
  debug
  debug 0
  debug 5
  authentication { auth_type PASS auth_pass x }
  authentication {\\n auth_type PASS\\n auth_pass secret\\n}
  authentication {\\n auth_type PASS\\n auth_pass secretsecret\\n}
  authentication {\\n auth_type PASS\\n}
  authentication {\\n auth_type AH\\n auth_pass secret\\n}
  authentication {\\n auth_type pass\\n auth_pass secret\\n}
  authentication {\\n auth_type\\n auth_pass secret\\n}
  authentication {\\n auth_pass\\n}
  authentication {\\n auth_pass ""\\n auth_type PASS\\n}
  authentication {\\n auth_typ PASS\\n}
  authentication\\n{\\n auth_type PASS\\n auth_pass a#b\\n}
  authentication {\\n auth_type PASS\\n auth_pass "a#b"\\n}
  authentication {\\n auth_type PASS\\n auth_pass a{b\\n}
  auth_type PASS
  track_interface { eth1 }
  track_interface {\\n eth1\\n}
  track_interface {\\n eth1 weight 10\\n}
  track_interface {\\n eth1 weight 254\\n}
  track_interface {\\n eth1 weight 255\\n}
  track_interface {\\n eth1 weight\\n}
  track_interface {\\n eth1 wait 10\\n}
  track_interface {\\n eth1 weight 10 reverse\\n}
  track_interface {\\n eth1 weight 10 noreverse\\n}
  track_interface {\\n eth0\\n}
  track_interface {\\n eth1\\n eth1\\n}
  track_interface eth1
  track_interface eth1 {\\n}
  track_script {\\n chk\\n}
  track_script {\\n chk weight 10\\n}
  track_script {\\n chk weight -254\\n}
  track_script {\\n chk weight=-5\\n}
  track_script {\\n chk weight abc\\n}
  track_script {\\n chk weight 5 noreverse\\n}
  track_script {\\n chk 5\\n}
  track_script {\\n nothere\\n}
  track_script {\\n chk\\n chk\\n}
  track_script {\\n}
  track_script { chk }
  track_file {\\n tf\\n}
  track_file {\\n tf weight 5\\n}
  track_file {\\n tf weight 5 foo\\n}
  track_file {\\n none\\n}
  track_bfd {\\n none\\n}
  track_src_ip
  dont_track_primary
  mcast_src_ip 192.0.2.1
  mcast_src_ip 2001:db8::1
  mcast_src_ip foo
  mcast_src_ip
  mcast_dst_ip 224.0.0.100
  mcast_dst_ip 10.0.0.1
  mcast_dst_ip ff02::5
  unicast_src_ip 192.0.2.1
  unicast_src_ip 192.0.2.1\\nunicast_peer {\\n 192.0.2.2\\n}
  unicast_peer {\\n 192.0.2.2\\n 192.0.2.2\\n}
  unicast_peer {\\n 192.0.2.2 min_ttl 255 max_ttl 255\\n}
  unicast_peer {\\n 192.0.2.2 min_ttl\\n}
  unicast_peer {\\n 192.0.2.2 min_ttl 300\\n}
  unicast_peer {\\n 192.0.2.2 foo 3\\n}
  unicast_peer {\\n 192.0.2.2 min_ttl 5 max_ttl 3\\n}
  unicast_peer {\\n host.example\\n}
  unicast_peer {\\n 2001:db8::2\\n}
  unicast_peer {\\n 192.0.2.2/24\\n}
  unicast_peer {\\n}
  unicast_peer 192.0.2.2
  unicast_peer { 192.0.2.2 }
  unicast_ttl 5
  unicast_ttl 5\\nunicast_peer {\\n 192.0.2.2\\n}
  unicast_ttl 300
  unicast_fault_no_peer
  check_unicast_src
  check_unicast_src\\nunicast_peer {\\n 192.0.2.2\\n}
  old_unicast_checksum
  old_unicast_checksum never\\nunicast_peer {\\n 192.0.2.2\\n}
  old_unicast_checksum foo\\nunicast_peer {\\n 192.0.2.2\\n}
  native_ipv6
  use_vmac
  use_vmac vrrp.51
  use_vmac averyveryverylongname
  use_vmac a/b
  use_vmac 02:00:00:00:00:01
  use_vmac 01:00:00:00:00:01
  use_vmac 00:00:5e:00:01:33
  use_vmac v 02:00:00:00:00:01
  use_vmac 02:00:00:00:00
  use_vmac 02:00:00:00
  use_vmac 02:00:00:00:00:zz
  use_vmac v1 v2
  use_vmac\\nvmac_xmit_base
  use_vmac\\nunicast_peer {\\n 192.0.2.2\\n}
  use_vmac\\nvmac_xmit_base\\nunicast_peer {\\n 192.0.2.2\\n}
  vmac_xmit_base
  use_vmac_addr
  use_ipvlan
  use_ipvlan 192.0.2.5
  use_ipvlan ipv1 bridge 192.0.2.5
  use_ipvlan bridge private
  use_ipvlan 2001:db8::5
  promote_secondaries
  use_vmac\\npromote_secondaries
  linkbeat_use_polling
  virtual_ipaddress_excluded {\\n 192.0.2.11\\n 2001:db8::11\\n}
  virtual_ipaddress_excluded {\\n foo\\n}
  virtual_routes {\\n 10.1.0.0/16 via 192.0.2.254 dev eth0\\n}
  virtual_routes {\\n 10.1.0.0/16 via 192.0.2.254\\n}
  virtual_routes {\\n 10.1.0.0/16 via 192.0.2.254 no_track\\n}
  virtual_routes {\\n src 192.0.2.10 to 10.1.0.0/16 via 192.0.2.254 dev eth0\\n}
  virtual_routes {\\n default via 192.0.2.254 dev eth0\\n}
  virtual_routes {\\n via 192.0.2.254 default dev eth0\\n}
  virtual_routes {\\n 0.0.0.0/0 via 192.0.2.254 dev eth0 metric 100 table 100 scope link\\n}
  virtual_routes {\\n 10.1.0.0/16 gw 192.0.2.254 dev eth0\\n}
  virtual_routes {\\n 10.1.0.0/16 via foo dev eth0\\n}
  virtual_routes {\\n 10.1.0.0/16 dev\\n}
  virtual_routes {\\n 10.1.0.0/16 dev eth0 foo\\n}
  virtual_routes {\\n 10.1.0.0/16 dev eth0 metric x\\n}
  virtual_routes {\\n blackhole 10.1.0.0/16\\n}
  virtual_routes {\\n blackhole 10.1.0.0/16 no_track\\n}
  virtual_routes {\\n 10.1.0.0/16 via 2001:db8::1 dev eth0\\n}
  virtual_routes {\\n 10.1.0.0/16 dev eth0 via inet6 2001:db8::1\\n}
  virtual_routes {\\n dev eth0\\n}
  virtual_routes {\\n 10.1.0.0/16 dev eth0 protocol static\\n}
  virtual_routes {\\n 10.1.0.0/16 dev eth0 protocol 18 mtu lock 1400 rto_min 200ms\\n}
  virtual_routes {\\n 10.1.0.0/16 dev eth0 rtt 5s quickack 1 hoplimit 64\\n}
  virtual_routes {\\n 10.1.0.0/16 dev eth0 quickack 2\\n}
  virtual_routes {\\n 10.1.0.0/33 dev eth0\\n}
  virtual_routes {\\n 10.1.0.0/16 nexthop via 192.0.2.1 dev eth0 weight 1 nexthop via 192.0.2.2 dev eth1 weight 2\\n}
  virtual_routes {\\n 10.1.0.0/16 no_track nexthop via 192.0.2.1 weight 257\\n}
  virtual_routes {\\n 10.1.0.0/16 no_track nexthop via 192.0.2.1 foo\\n}
  virtual_routes {\\n 10.1.0.0/16 via 192.0.2.1 or 192.0.2.2 dev eth0\\n}
  virtual_routes {\\n 2001:db8:1::/64 via fe80::1 dev eth0 pref high expires 10\\n}
  virtual_routes {\\n 10.1.0.0/16 dev eth0 pref high\\n}
  virtual_routes {\\n inet 10.1.0.0/16 10.2.0.0/16 dev eth0\\n}
  virtual_routes {\\n 10.1.0.0/16 dev eth0 realms 5\\n}
  virtual_routes {\\n 10.1.0.0/16 dev eth0 features ecn congctl lock cubic initcwnd 10\\n}
  virtual_routes {\\n 10.1.0.0/16 dev eth0 features foo\\n}
  virtual_routes {\\n unicast 10.1.0.0/16 dev eth0 onlink append\\n}
  virtual_rules {\\n from 10.0.0.0/8 table 100 priority 100\\n}
  virtual_rules {\\n from 10.0.0.0/8 lookup 100\\n}
  virtual_rules {\\n from 10.0.0.0/8 priority 100\\n}
  virtual_rules {\\n from any table 100 priority 100\\n}
  virtual_rules {\\n to 10.0.0.0/8 iif eth0 fwmark 0x10/0xff table main preference 5\\n}
  virtual_rules {\\n fwmark x table 5 preference 5\\n}
  virtual_rules {\\n from 10.0.0.0/8 table 0 priority 5\\n}
  virtual_rules {\\n from 10.0.0.0/8 blackhole table 5 priority 5\\n}
  virtual_rules {\\n from 10.0.0.0/8 goto 10 priority 5\\n}
  virtual_rules {\\n from 10.0.0.0/8 goto 5 priority 10\\n}
  virtual_rules {\\n from 10.0.0.0/8 to 2001:db8::/64 table 5 priority 5\\n}
  virtual_rules {\\n from 10.0.0.0/8 foo priority 5 table 5\\n}
  virtual_rules {\\n from 10.0.0.0/8 sport 80 priority 5 table 5\\n}
  virtual_rules {\\n from 10.0.0.0/8 sport 80-90 uidrange 1-2 priority 5 table 5 no_track\\n}
  virtual_rules {\\n from 10.0.0.0/8 protocol 4 priority 5 table 5\\n}
  virtual_rules {\\n not from 10.0.0.0/8 suppress_prefixlength 0 priority 5 table 5\\n}
  virtual_rules {\\n not from 10.0.0.0/8 suppress_prefixlength 0 priority 5 prohibit\\n}
  virtual_rules {\\n l3mdev priority 5\\n}
  accept
  no_accept
  skip_check_adv_addr
  skip_check_adv_addr off
  skip_check_adv_addr foo
  strict_mode
  strict_mode off
  strict_mode foo
  strict_mode on\\nnopreempt
  strict_mode\\nauthentication {\\n auth_type PASS\\n auth_pass a\\n}
  strict_mode\\nunicast_peer {\\n 192.0.2.2\\n}
  strict_mode\\ngarp_lower_prio_repeat 1
  strict_mode\\ngarp_lower_prio_delay 1
  strict_mode\\nlower_prio_no_advert false
  strict_mode\\nhigher_prio_send_advert
  strict_mode\\npreempt_delay 5
  strict_mode\\ndown_timer_adverts 4
  strict_mode\\naccept
  strict_mode\\naccept\\nversion 3
  strict_mode\\nuse_vmac\\nvmac_xmit_base
  strict_mode\\nuse_vmac 02:00:00:00:00:01
  version 3\\nauthentication {\\n auth_type PASS\\n auth_pass a\\n}
  version 3\\nadvert_int 0.1
  version 3\\nadvert_int 0.105
  version 3\\nadvert_int 41
  version 3\\nadvert_int 0.01
  version 2\\nversion 3
  notify /usr/bin/true
  notify_master /usr/bin/true
  notify_master "/usr/bin/true a b"
  notify_master "/usr/bin/true a b" root
  notify_master "/usr/bin/true a b" root root
  notify_master
  notify_master /usr/bin/true\\nnotify_master /usr/bin/true
  notify_master "unclosed
  notify_master 'unclosed
  notify_backup "/usr/bin/true 'a b'"
  notify_backup "/usr/bin/true 'a b"
  notify_fault /usr/bin/true
  notify_stop /usr/bin/true
  notify_deleted
  notify_deleted /usr/bin/true
  notify_deleted\\nnotify_deleted
  notify_master_rx_lower_pri /usr/bin/true
  smtp_alert
  smtp_alert true
  smtp_alert foo
  notify_priority_changes foo
  lvs_sync_daemon_interface eth0
  garp_master_delay 5
  garp_master_delay x
  garp_master_delay
  garp_master_repeat 0
  garp_master_refresh 10
  garp_master_refresh_repeat 0
  garp_lower_prio_delay 5
  garp_lower_prio_repeat 5
  down_timer_adverts 1
  down_timer_adverts 0
  garp_extra_if 0
  garp_extra_if all 10
  garp_extra_if all
  garp_extra_if x
  vmac_garp_intvl 10
  lower_prio_no_advert
  lower_prio_no_advert foo
  higher_prio_send_advert on
  kernel_rx_buf_size 1000
  kernel_rx_buf_size
  kernel_rx_buf_size x
  vrf foo
  no_virtual_ipaddress
  v3_checksum_as_v2
  owner_ignore_adverts
  timer_expired_backup
  auth_hmac {\\n mode\\n}
  foo
  foo {\\n bar\\n}
  track_scripts {\\n chk\\n}
  vrrp_version 3
  advert_interval 1
  virtual_ip { 10.0.0.1 }
  garp_delay 5
  mcast_src 192.0.2.1
  }
  {
  lb_algo rr
  "state" BACKUP
  nopreempt # comment
  nopreempt ! comment
  garp_master_delay 5 garp_master_repeat 2
  include /nonexistent/*.conf
  include /nonexistent.conf
  includer /nonexistent.conf
  includew /nonexistent/*.conf
  @other state MASTER
  @^other priority 90
  $P=100\\npriority $P
  priority $UNDEFINED
  priority \${UNDEFINED}
  $N=nopreempt\\n$N
  ~SEQ(X,1,3) garp_master_delay $X
  ~SEQ(X,1) garp_master_delay $X
  ~SEQ(X
  ~LST(X,1,2) garp_master_delay $X
`);

const vipLines = spread(`
  192.0.2.10
  192.0.2.10/24 dev eth0
  192.0.2.10/24 dev eth0 label eth0:1
  192.0.2.10/24 dev eth0 label eth0:averylonglabelindeed
  192.0.2.10/24 brd 192.0.2.255 dev eth0
  192.0.2.10/24 brd + dev eth0
  192.0.2.10/32 brd + dev eth0
  192.0.2.10 brd -
  192.0.2.10/24 brd foo
  192.0.2.10/24 broadcast 192.0.2.255 scope global
  192.0.2.10/24 scope foo
  192.0.2.10/24 scope 253
  192.0.2.10/24 scope
  192.0.2.10/33
  192.0.2.10/x
  192.0.2.10/
  192.0.2.10/24/24
  192.0.2
  192.0.2.256
  192.0.2.010
  2001:db8::10
  2001:db8::10/64
  2001:db8::10/129
  fe80::10\\n 2001:db8::10/64
  fe80::10%eth0
  ::ffff:192.0.2.1
  2001:db8::10/64 brd +
  2001:db8::10/64 label x
  2001:db8::10/64 scope link
  2001:db8::10/64 home -nodad mngtmpaddr noprefixroute autojoin
  2001:db8::10/64 preferred_lft 10
  2001:db8::10/64 preferred_lft forever
  2001:db8::10/64 preferred_lft x
  2001:db8::10/64 nodad
  192.0.2.10/24 nodad
  192.0.2.10/24 no_track
  192.0.2.10/24 peer 192.0.2.11
  192.0.2.10 peer 192.0.2.11
  192.0.2.10 peer 192.0.2.11/32
  192.0.2.10 peer foo
  192.0.2.10 peer 2001:db8::1
  192.0.2.10 peer 192.0.2.11 brd 192.0.2.255
  192.0.2.10 dev eth0 dev eth1
  192.0.2.10 track_group foo
  192.0.2.10 use_vmac
  192.0.2.10 netmask 255.255.255.0
  192.0.2.10 255.255.255.0
  192.0.2.10 eth0
  192.0.2.10 dev
  192.0.2.10,192.0.2.11
  192.0.2.10 192.0.2.11
  192.0.2.10\\n 192.0.2.10
  192.0.2.10\\n 2001:db8::10
  host.example
  "192.0.2.10/24 dev eth0"
  "192.0.2.10/24" dev eth0
  # nothing
  !192.0.2.10
  192.0.2.10/24; 192.0.2.11/24
  192.0.2.10/24 set
`);

const scriptLines = spread(`
  interval 0
  interval 2.5
  interval -1
  interval 5000
  interval
  timeout 0
  timeout 5
  weight 5
  weight 5 reverse
  weight 5 foo
  weight 254
  weight -254
  weight x
  weight
  rise 0
  rise 2
  fall 0
  fall x
  user root
  user
  init_fail
  script
  script ""
  script "unclosed
  script /usr/bin/true arg
  script "/usr/bin/true 'a"
  fail 3
  raise 3
  enabled
`);

const topLines = spread(`
  foo
  foo {\\n bar\\n}
  }
  {
  net_namespace
  net_namespace_ipvs a\\nnet_namespace_ipvs b
  instance
  instance a\\ninstance b
  use_pid_dir
  linkbeat_use_polling
  child_wait_time 5
  child_wait_time x
  child_wait_time
  namespace_with_ipsets
  linkbeat_interfaces {\\n eth0\\n eth1 MII\\n}
  linkbeat_interfaces {\\n eth0 FOO\\n}
  interface_up_down_delays {\\n eth0 2.0 3.0\\n}
  interface_up_down_delays {\\n eth1 x\\n}
  interface_up_down_delays {\\n eth1\\n}
  garp_group {\\n garp_interval 0.1\\n interface eth1\\n}
  garp_group {\\n interface eth1\\n}
  garp_group {\\n gna_interval 0.1\\n interfaces {\\n eth1\\n eth1\\n }\\n}
  garp_group {\\n gna_interval 0.1\\n interfaces {\\n }\\n}
  garp_group {\\n gna_interval x\\n}
  static_ipaddress {\\n 192.0.2.30/24 dev eth0\\n}
  static_ipaddress {\\n 192.0.2.30/24\\n}
  static_ipaddress {\\n 192.0.2.30/24 dev eth0 track_group x\\n}
  static_ipaddress {\\n foo\\n}
  static_routes {\\n 10.0.0.0/8 via 192.0.2.254 dev eth0\\n}
  static_routes {\\n 10.0.0.0/8 via 192.0.2.254\\n}
  static_rules {\\n from 10.0.0.0/8 table 1 priority 5\\n}
  static_rules {\\n from 10.0.0.0/8 table 1 priority 5 track_group x\\n}
  track_group g {\\n group { VI_1 }\\n}
  track_group g {\\n group {\\n VI_1\\n }\\n}\\nstatic_ipaddress {\\n 192.0.2.30/24 dev eth0 track_group g\\n}
  track_group {\\n group {\\n VI_1\\n }\\n}
  track_group g {\\n group {\\n }\\n}
  vrrp_script {\\n script /usr/bin/true\\n}
  vrrp_script x {\\n}
  vrrp_script x y {\\n script /usr/bin/true\\n}
  vrrp_track_process {\\n process foo\\n}
  vrrp_track_process p {\\n}
  vrrp_track_process p {\\n process foo a b\\n weight 10\\n quorum 2\\n quorum_max 3\\n delay 0.5\\n full_command\\n}
  vrrp_track_process p {\\n process foo\\n quorum 5\\n quorum_max 3\\n}
  vrrp_track_process p {\\n process foo\\n quorum_max 3\\n quorum 5\\n}
  vrrp_track_process p {\\n process foo\\n process bar\\n}
  vrrp_track_process p {\\n process foo\\n param_match initial\\n}
  vrrp_track_process p {\\n process foo\\n param_match foo\\n}
  vrrp_track_process p {\\n process foo\\n weight 255\\n}
  vrrp_track_process p {\\n process foo\\n weight 5\\n weight 6\\n}
  vrrp_track_process p {\\n process foo\\n weight 5 rev\\n}
  vrrp_track_process p {\\n process foo\\n delay 3601\\n}
  vrrp_track_process p {\\n process foo\\n terminate_delay 0\\n}
  vrrp_track_file f {\\n file /tmp/x\\n}
  track_file f {\\n}
  track_file f {\\n file\\n}
  track_file f {\\n file /tmp/x\\n file /tmp/y\\n}
  track_file f {\\n file /tmp/x\\n weight 5\\n weight 6\\n}
  track_file f {\\n file /tmp/x\\n weight 255\\n}
  track_file f {\\n file /tmp/x\\n weight 5 foo\\n}
  track_file f {\\n file /tmp/x\\n init_file 5 overwrite\\n}
  track_file f {\\n file /tmp/x\\n init_file 500\\n}
  track_file f {\\n file /tmp/x\\n init_file foo\\n}
  bfd_instance b {\\n neighbor_ip 192.0.2.40\\n}
  bfd_instance b {\\n neighbour_ip 192.0.2.40\\n source_ip 192.0.2.41\\n min_rx 100\\n min_tx 50\\n idle_tx 1000\\n multiplier 3\\n passive\\n ttl 10\\n max_hops 5\\n weight 5\\n}
  bfd_instance b {\\n}
  bfd_instance b {\\n neighbor_ip foo\\n}
  bfd_instance b {\\n neighbor_ip 192.0.2.40\\n source_ip 2001:db8::1\\n}
  bfd_instance b {\\n neighbor_ip 192.0.2.40\\n min_rx 0\\n}
  bfd_instance b {\\n neighbor_ip 192.0.2.40\\n idle_tx 10\\n}
  bfd_instance b {\\n neighbor_ip 192.0.2.40\\n multiplier 256\\n}
  bfd_instance b {\\n neighbor_ip 192.0.2.40\\n ttl 0\\n}
  bfd_instance b {\\n neighbor_ip 192.0.2.40\\n hoplimit 5\\n max_hops 10\\n}
  bfd_instance b {\\n neighbor_ip 192.0.2.40\\n max_hops -2\\n}
  bfd_instance b {\\n neighbor_ip 192.0.2.40\\n weight 254\\n}
  bfd_instance b {\\n neighbor_ip 192.0.2.40\\n weight 5 reverse\\n vrrp\\n checker\\n}
  bfd_instance b {\\n neighbor_ip 192.0.2.40\\n}\\nbfd_instance b {\\n neighbor_ip 192.0.2.41\\n}
  bfd_instance b {\\n neighbor_ip 192.0.2.40\\n}\\nbfd_instance c {\\n neighbor_ip 192.0.2.40\\n}
  bfd_instance averyveryveryveryverylongnameforbfd {\\n neighbor_ip 192.0.2.40\\n}
  SSL {\\n password x\\n ca x\\n certificate x\\n key x\\n}
  SSL {\\n password\\n}
  SSL {\\n password x\\n password y\\n}
  vrrp_sync_group G {\\n group {\\n VI_1\\n VI_2\\n }\\n}
  vrrp_sync_group G {\\n group {\\n VI_1\\n }\\n}
  vrrp_sync_group {\\n group {\\n VI_1\\n }\\n}
  vrrp_sync_group G {\\n}
  vrrp_sync_group G {\\n group {\\n }\\n}
  vrrp_sync_group G {\\n group {\\n NOPE\\n }\\n}
  vrrp_instance VI_1 {\\n}
  vrrp_instance {\\n}
  vrrp_instance A B {\\n}
  vrrp_instance VI_9 {\\n state BACKUP\\n}
  vrrp_instance VI_9 {\\n interface eth1\\n virtual_router_id 52\\n}
  vrrp_instance VI_9 {\\n interface eth1\\n virtual_router_id 52\\n version 3\\n}
  vrrp_instance VI_9 {\\n interface eth0\\n virtual_router_id 51\\n virtual_ipaddress {\\n 192.0.2.90\\n }\\n}
  vrrp_instance VI_9 {\\n interface eth1\\n virtual_router_id 51\\n virtual_ipaddress {\\n 192.0.2.90\\n }\\n}
  vrrp_instance VI_9 {\\n interface eth0\\n virtual_router_id 51\\n virtual_ipaddress {\\n 2001:db8::90\\n }\\n}
  vrrp_instance VI_9 {\\n interface eth0\\n virtual_router_id 51\\n mcast_dst_ip 224.0.0.99\\n virtual_ipaddress {\\n 192.0.2.90\\n }\\n}
  vrrp_instance VI_9 {\\n virtual_router_id 52\\n unicast_src_ip 192.0.2.1\\n unicast_peer {\\n 192.0.2.2\\n }\\n virtual_ipaddress {\\n 192.0.2.90\\n }\\n}
  virtual_server_group g {\\n 192.0.2.50 80\\n 192.0.2.51-60 80\\n fwmark 5\\n}
  virtual_server_group g {\\n}
  virtual_server_group g {\\n 192.0.2.50-40 80\\n}
  virtual_server_group g {\\n 192.0.2.50-300 80\\n}
  virtual_server_group g {\\n 192.0.2.50-192.0.2.60 80\\n}
  virtual_server_group g {\\n 192.0.2.50-192.0.2.40 80\\n}
  virtual_server_group g {\\n 192.0.2.0/24 80\\n}
  virtual_server_group g {\\n 192.0.2.1/24 80\\n}
  virtual_server_group g {\\n 192.0.2.1/33 80\\n}
  virtual_server_group g {\\n 2001:db8::1-ff 80\\n 2001:db8::/64 80\\n}
  virtual_server_group g {\\n 192.0.2.1 99999\\n}
  virtual_server_group g {\\n foo 80\\n}
  virtual_server_group g {\\n fwmark\\n}
  virtual_server_group g {\\n fwmark 5 inet6\\n}
  virtual_server_group g {\\n fwmark 5 foo\\n}
  virtual_server_group g h {\\n 192.0.2.50 80\\n}
  virtual_server_group {\\n 192.0.2.50 80\\n}
  global_defs {\\n router_id b\\n}
  global_defs\\n{\\n}
  global_defs
  # only a comment
`);

const serviceLines = spread(`
  lb_algo foo
  lvs_sched wlc
  lb_kind DR
  lb_kind TUN
  lb_kind nat
  lb_kind
  lvs_method TUN type gue port 6080
  lvs_method TUN type gue
  lvs_method TUN type gre csum
  lvs_method TUN type foo
  lvs_method TUN csum
  lvs_method NAT foo
  protocol UDP
  protocol udp
  protocol FOO
  protocol
  persistence_timeout 50
  persistence_timeout
  persistence_timeout 0
  persistence_timeout 9999999
  persistence_granularity 255.255.255.0
  persistence_granularity foo
  persistence_granularity 64
  persistence_engine sip
  persistence_engine averyverylongenginename
  delay_loop 0
  delay_loop 5.5
  delay_loop x
  delay_before_retry 3
  retry 0
  retry 3
  warmup 5
  connect_timeout 3
  connect_timeout 0
  ops
  hashed
  flag-1
  sh-port
  lb_algo sh\\nsh-port
  lb_algo mh\\nmh-fallback
  inhibit_on_failure
  ha_suspend
  smtp_alert
  smtp_alert foo
  virtualhost
  virtualhost www.example
  snmp_name
  snmp_name a
  alpha
  omega
  quorum 1
  quorum 0
  quorum 5
  quorum 5\\nalpha\\nomega
  hysteresis 0
  hysteresis 1
  hysteresis x
  weight 0
  weight 10
  quorum_up /usr/bin/true
  quorum_up
  quorum_up /usr/bin/true\\nquorum_up /usr/bin/true
  quorum_down "/usr/bin/true a"
  sorry_server 10.0.0.9 80
  sorry_server 10.0.0.9
  sorry_server 127.0.0.1 99999
  sorry_server foo 80
  sorry_server 2001:db8::1 80
  sorry_server
  sorry_server 10.0.0.1 80
  sorry_server 10.0.0.1 80\\nsorry_server_inhibit
  sorry_server_inhibit
  sorry_server_lvs_method DR
  sorry_server 10.0.0.9 81\\nsorry_server_lvs_method DR
  ip_family inet
  ip_family inet6
  ip_family foo
  nat_mask 255.255.255.0
  foo
  real_server 10.0.0.1 80 {\\n}
  real_server 10.0.0.2 80 {\\n weight 2\\n}
  real_server 10.0.0.2 {\\n}
  real_server 10.0.0.2 0 {\\n}
  real_server 10.0.0.2 http {\\n}
  real_server foo 80 {\\n}
  real_server {\\n}
  real_server 2001:db8::2 80 {\\n}
  real_server 10.0.0.2 8080 {\\n lvs_method DR\\n}
`);

const serverLines = spread(`
  weight 0
  weight 65535
  weight 65536
  weight x
  lvs_method DR
  lvs_method foo
  uthreshold 5
  lthreshold x
  inhibit_on_failure
  inhibit_on_failure foo
  notify_up /usr/bin/true
  notify_down
  notify_down /usr/bin/true\\nnotify_down /usr/bin/true
  alpha foo
  retry 3
  delay_loop 5
  delay_before_retry x
  warmup 0
  connect_timeout 3
  smtp_alert foo
  virtualhost
  snmp_name a b
  foo
  TCP_CHECK {\\n}
  TCP_CHECK {\\n connect_timeout 3\\n connect_port 80\\n}
  TCP_CHECK {\\n connect_timeout 3\\n nb_get_retry 3\\n}
  TCP_CHECK {\\n connect_ip 10.0.0.5\\n bindto 10.0.0.6\\n bind_port 5\\n bind_if eth0\\n fwmark 5\\n}
  TCP_CHECK {\\n connect_ip foo\\n}
  TCP_CHECK {\\n connect_ip 2001:db8::1\\n bindto 10.0.0.6\\n}
  TCP_CHECK {\\n bindto 2001:db8::1\\n}
  TCP_CHECK {\\n connect_ip fe80::1\\n}
  TCP_CHECK {\\n connect_ip fe80::1\\n bind_if eth0\\n}
  TCP_CHECK {\\n connect_port 0\\n}
  TCP_CHECK {\\n connect_port 99999\\n}
  TCP_CHECK {\\n bind_if averyveryverylongname\\n}
  TCP_CHECK {\\n retry 0\\n delay_before_retry 0\\n warmup 0\\n alpha\\n log_all_failures yes\\n}
  TCP_CHECK {\\n delay_loop 0\\n}
  TCP_CHECK {\\n alpha foo\\n}
  TCP_CHECK {\\n foo\\n}
  TCP_CHECK
  tcp_check {\\n}
  HTTP_GET {\\n}
  HTTP_GET {\\n url {\\n path /\\n status_code 200\\n }\\n}
  HTTP_GET {\\n url {\\n path /\\n digest 9b3a0c85a887a256d6939da88aabd8cd\\n }\\n connect_timeout 3\\n nb_get_retry 3\\n delay_before_retry 3\\n}
  HTTP_GET {\\n url {\\n path /\\n digest abc\\n }\\n}
  HTTP_GET {\\n url {\\n path /\\n digest zz3a0c85a887a256d6939da88aabd8cd\\n }\\n}
  HTTP_GET {\\n url {\\n path /\\n digest 9b3a0c85a887a256d6939da88aabd8cd\\n digest 9b3a0c85a887a256d6939da88aabd8cd\\n }\\n}
  HTTP_GET {\\n url {\\n digest 9b3a0c85a887a256d6939da88aabd8cd\\n }\\n}
  HTTP_GET {\\n url {\\n path /\\n status_code 200-299 404\\n }\\n}
  HTTP_GET {\\n url {\\n path /\\n status_code 99\\n }\\n}
  HTTP_GET {\\n url {\\n path /\\n status_code 2xx\\n }\\n}
  HTTP_GET {\\n url {\\n path /\\n status_code 300-200\\n }\\n}
  HTTP_GET {\\n url {\\n path\\n }\\n}
  HTTP_GET {\\n url {\\n path /\\n virtualhost\\n }\\n}
  HTTP_GET {\\n url {\\n path /\\n regex ok\\n regex_options caseless\\n regex_no_match\\n regex_min_offset 1\\n regex_max_offset 10\\n regex_stack 10 20\\n }\\n}
  HTTP_GET {\\n url {\\n path /\\n foo\\n }\\n}
  HTTP_GET {\\n url { path / }\\n}
  HTTP_GET {\\n http_protocol 1.1\\n enable_sni\\n fast_recovery\\n virtualhost a\\n url {\\n path /\\n }\\n}
  HTTP_GET {\\n http_protocol 2\\n url {\\n path /\\n }\\n}
  HTTP_GET {\\n http_protocol\\n url {\\n path /\\n }\\n}
  HTTP_GET {\\n enable_sni foo\\n url {\\n path /\\n }\\n}
  HTTP_GET {\\n tls_compliant\\n url {\\n path /\\n }\\n}
  SSL_GET {\\n url {\\n path /\\n }\\n}
  SMTP_CHECK {\\n}
  SMTP_CHECK {\\n helo_name a\\n connect_timeout 3\\n retry 2\\n}
  SMTP_CHECK {\\n helo_name\\n}
  SMTP_CHECK {\\n host {\\n connect_ip 10.0.0.5\\n }\\n}
  SMTP_CHECK {\\n connect_ip fe80::1\\n}
  DNS_CHECK {\\n}
  DNS_CHECK {\\n type A\\n name example.com\\n}
  DNS_CHECK {\\n type a\\n name .\\n}
  DNS_CHECK {\\n type FOO\\n}
  DNS_CHECK {\\n name a..b\\n}
  DNS_CHECK {\\n name .a\\n}
  DNS_CHECK {\\n name a\\n name b\\n}
  DNS_CHECK {\\n name\\n}
  MISC_CHECK {\\n}
  MISC_CHECK {\\n misc_path /usr/bin/true\\n misc_timeout 5\\n misc_dynamic\\n}
  MISC_CHECK {\\n misc_path "/usr/bin/true a b"\\n user root\\n}
  MISC_CHECK {\\n misc_path /usr/bin/true\\n user\\n}
  MISC_CHECK {\\n misc_path /usr/bin/true\\n misc_timeout x\\n}
  MISC_CHECK {\\n misc_path /usr/bin/true\\n warmup 5\\n connect_timeout 5\\n}
  PING_CHECK {\\n}
  PING_CHECK {\\n retry 2\\n}
  UDP_CHECK {\\n}
  UDP_CHECK {\\n payload 01 02 ff\\n require_reply 0x\\n}
  UDP_CHECK {\\n payload\\n}
  UDP_CHECK {\\n payload zz\\n}
  UDP_CHECK {\\n require_reply XX 01\\n min_reply_length 5\\n max_reply_length 3\\n}
  UDP_CHECK {\\n min_reply_length 99999\\n}
  FILE_CHECK {\\n}
  FILE_CHECK {\\n track_file tf\\n}
  BFD_CHECK {\\n}
  BFD_CHECK {\\n name b\\n}
`);

const restore = (line: string): string => line.replaceAll('\\n', '\n');

const structural: readonly Variant[] = [
  { name: 'empty file', text: '' },
  { name: 'only comments', text: '# a\n! b\n' },
  { name: 'crlf', text: vrrpFile({}).replaceAll('\n', '\r\n') },
  { name: 'no final newline', text: vrrpFile({}).trimEnd() },
  { name: 'tabs', text: vrrpFile({}).replaceAll('    ', '\t') },
  { name: 'byte order mark', text: `\uFEFF${vrrpFile({})}` },
  { name: 'braces on own lines', text: vrrpFile({}).replaceAll(' {\n', '\n{\n') },
  { name: 'all braces glued', text: vrrpFile({}).replaceAll(' {', '{') },
  { name: 'missing last brace', text: vrrpFile({}).replace(/\}\s*$/, '') },
  { name: 'missing inner brace', text: vrrpFile({}).replace('    }\n', '') },
  { name: 'brace too many', text: `${vrrpFile({})}}\n` },
  { name: 'brace too many inside', text: vrrpFile({}).replace('    }\n', '    }\n    }\n') },
  {
    name: 'missing opening brace of instance',
    text: vrrpFile({}).replace('vrrp_instance VI_1 {', 'vrrp_instance VI_1'),
  },
  {
    name: 'missing opening brace of addresses',
    text: vrrpFile({}).replace('virtual_ipaddress {', 'virtual_ipaddress'),
  },
  { name: 'instance on one line', text: 'vrrp_instance A { state BACKUP }\n' },
  { name: 'two files in one', text: vrrpFile({}) + vrrpFile({}) },
  { name: 'unterminated quote', text: vrrpFile({ globals: 'router_id "n1' }) },
  { name: 'html', text: '<html>\n<body>404: Not Found</body>\n</html>\n' },
  { name: 'jinja', text: vrrpFile({ instance: 'priority {{ prio }}' }) },
  { name: 'jinja loop', text: `{% for x in y %}\n${vrrpFile({})}{% endfor %}\n` },
  { name: 'shell variables', text: vrrpFile({ instance: `priority $\{PRIORITY}` }) },
  { name: 'diff markers', text: `<<<<<<< HEAD\n${vrrpFile({})}=======\n>>>>>>> b\n` },
  { name: 'semicolons', text: vrrpFile({}).replaceAll('\n', ';\n') },
  { name: 'equals signs', text: vrrpFile({ instance: 'priority = 100' }) },
  { name: 'long line', text: vrrpFile({ instance: `# ${'x'.repeat(3000)}` }) },
  {
    name: 'very long word',
    text: vrrpFile({ instance: `notify_master "/usr/bin/true ${'x'.repeat(900)}"` }),
  },
  { name: 'v2 without address', text: vrrpFile({ vips: '' }) },
  { name: 'v3 without address', text: vrrpFile({ vips: '', globals: 'vrrp_version 3' }) },
  { name: 'strict without address', text: vrrpFile({ vips: '', globals: 'vrrp_strict' }) },
  { name: 'strict master', text: vrrpFile({ globals: 'vrrp_strict', state: 'state MASTER' }) },
  { name: 'master nopreempt', text: vrrpFile({ state: 'state MASTER', instance: 'nopreempt' }) },
  { name: 'master preempt_delay', text: vrrpFile({ state: 'state MASTER', instance: 'preempt_delay 5' }) },
  { name: 'master preempt_delay 0', text: vrrpFile({ state: 'state MASTER', instance: 'preempt_delay 0' }) },
  { name: 'owner nopreempt', text: vrrpFile({ state: '', instance: 'priority 255\nnopreempt' }) },
  {
    name: 'owner with weighted script',
    text: vrrpFile({ state: '', instance: 'priority 255\ntrack_script {\n chk weight 5\n}' }),
  },
  {
    name: 'owner with weighted interface',
    text: vrrpFile({ state: '', instance: 'priority 255\ntrack_interface {\n eth1 weight 5\n}' }),
  },
  { name: 'owner with file', text: vrrpFile({ state: '', instance: 'priority 255\ntrack_file {\n tf\n}' }) },
  { name: 'no state', text: vrrpFile({ state: '' }) },
  {
    name: 'ah master',
    text: vrrpFile({ state: 'state MASTER', instance: 'authentication {\n auth_type AH\n auth_pass x\n}' }),
  },
  { name: 'master then backup', text: vrrpFile({ state: 'state MASTER\n    state BACKUP' }) },
  {
    name: '255 addresses',
    text: vrrpFile({ vips: Array.from({ length: 255 }, (_, i) => `198.51.100.${i}`).join('\n        ') }),
  },
  {
    name: '256 addresses',
    text: vrrpFile({ vips: Array.from({ length: 256 }, (_, i) => `198.51.100.${i}`).join('\n        ') }),
  },
  {
    name: '89 IPv6 addresses',
    text: vrrpFile({ vips: Array.from({ length: 89 }, (_, i) => `fe80::${i + 1}`).join('\n        ') }),
  },
  {
    name: '90 IPv6 addresses',
    text: vrrpFile({ vips: Array.from({ length: 90 }, (_, i) => `fe80::${i + 1}`).join('\n        ') }),
  },
  ...[
    '',
    'sync_group_tracking_weight',
    'global_tracking',
    'notify_master /usr/bin/true',
    'notify "/usr/bin/true"\nsmtp_alert',
    'track_script {\n chk weight 3\n}',
    'track_interface {\n eth1\n}',
    'foo',
  ].map(
    (lines, index): Variant => ({
      name: `sync group ${index}`,
      text: vrrpFile({
        instance: 'track_script {\n chk weight 5\n}',
        after: `vrrp_instance VI_2 {\n interface eth1\n virtual_router_id 52\n virtual_ipaddress {\n 192.0.2.91\n }\n}\nvrrp_sync_group G {\n group {\n VI_1 VI_2\n }\n${lines}\n}\nvrrp_sync_group H {\n group {\n VI_1\n }\n}`,
      }),
    }),
  ),
  {
    name: 'sync group of two',
    text: vrrpFile({
      after:
        'vrrp_instance VI_2 {\n interface eth1\n virtual_router_id 52\n virtual_ipaddress {\n 192.0.2.91\n }\n}\nvrrp_sync_group G {\n group {\n VI_1\n VI_2\n }\n}',
    }),
  },
  {
    name: 'script defined after its use',
    text: vrrpFile({
      instance: 'track_script {\n late\n}',
      after: 'vrrp_script late {\n script "/usr/bin/true"\n}',
    }),
  },
  {
    name: 'definitions',
    text: `$IF=eth0\n$VIPS=\\\nvirtual_ipaddress { \\\n192.0.2.10/24 \\\n}\nvrrp_instance A {\n interface $IF\n virtual_router_id 5\n $VIPS\n}\n`,
  },
  {
    name: 'lvs without defaults',
    text: lvsFile({ plain: 'without-defaults' }),
  },
  {
    name: 'lvs without protocol',
    text: lvsFile({ plain: 'without-defaults', service: 'lb_algo rr\nlb_kind NAT' }),
  },
  {
    name: 'lvs without scheduler',
    text: lvsFile({ plain: 'without-defaults', service: 'lb_kind NAT\nprotocol TCP' }),
  },
  {
    name: 'lvs without method',
    text: lvsFile({ plain: 'without-defaults', service: 'lb_algo rr\nprotocol TCP' }),
  },
  {
    name: 'lvs without real server',
    text: 'virtual_server 192.0.2.20 80 {\n lb_algo rr\n lb_kind NAT\n protocol TCP\n}\n',
  },
  {
    name: 'lvs direct with another port',
    text: lvsFile({ service: 'lb_kind DR\nreal_server 10.0.0.2 8080 {\n}' }),
  },
  {
    name: 'lvs direct with the same port',
    text: lvsFile({ service: 'lb_kind DR\nreal_server 10.0.0.2 80 {\n}' }),
  },
  {
    name: 'lvs fwmark',
    text: lvsFile({
      head: 'virtual_server fwmark 5',
      plain: 'without-defaults',
      service: 'lb_algo rr\nlb_kind NAT',
    }),
  },
  { name: 'lvs fwmark with protocol', text: lvsFile({ head: 'virtual_server fwmark 5' }) },
  {
    name: 'lvs fwmark direct',
    text: lvsFile({
      head: 'virtual_server fwmark 5',
      plain: 'without-defaults',
      service: 'lb_algo rr\nlb_kind DR',
    }),
  },
  {
    name: 'lvs fwmark ha_suspend',
    text: lvsFile({
      head: 'virtual_server fwmark 5',
      plain: 'without-defaults',
      service: 'lb_algo rr\nlb_kind NAT\nha_suspend',
    }),
  },
  { name: 'lvs fwmark bad', text: lvsFile({ head: 'virtual_server fwmark x' }) },
  { name: 'lvs fwmark missing', text: lvsFile({ head: 'virtual_server fwmark' }) },
  {
    name: 'lvs group',
    text: `virtual_server_group g {\n 192.0.2.20 80\n}\n${lvsFile({ head: 'virtual_server group g' })}`,
  },
  {
    name: 'lvs group of marks',
    text: `virtual_server_group g {\n fwmark 5\n}\n${lvsFile({ head: 'virtual_server group g', plain: 'without-defaults', service: 'lb_algo rr\nlb_kind NAT' })}`,
  },
  {
    name: 'lvs group without port',
    text: `virtual_server_group g {\n 192.0.2.20\n}\n${lvsFile({ head: 'virtual_server group g' })}`,
  },
  {
    name: 'lvs group direct other port',
    text: `virtual_server_group g {\n 192.0.2.20 81\n}\n${lvsFile({ head: 'virtual_server group g', service: 'lb_kind DR' })}`,
  },
  { name: 'lvs group unknown', text: lvsFile({ head: 'virtual_server group g' }) },
  {
    name: 'lvs group defined after',
    text: `${lvsFile({ head: 'virtual_server group g' })}virtual_server_group g {\n 192.0.2.20 80\n}\n`,
  },
  { name: 'lvs bad address', text: lvsFile({ head: 'virtual_server foo 80' }) },
  { name: 'lvs bad port', text: lvsFile({ head: 'virtual_server 192.0.2.20 99999' }) },
  { name: 'lvs no port', text: lvsFile({ head: 'virtual_server 192.0.2.20' }) },
  {
    name: 'lvs no port persistent',
    text: lvsFile({ head: 'virtual_server 192.0.2.20', service: 'persistence_timeout 5' }),
  },
  { name: 'lvs no address', text: lvsFile({ head: 'virtual_server' }) },
  { name: 'lvs IPv6', text: lvsFile({ head: 'virtual_server 2001:db8::20 80', service: 'lb_kind TUN' }) },
  { name: 'lvs IPv6 with IPv4 server', text: lvsFile({ head: 'virtual_server 2001:db8::20 80' }) },
  { name: 'lvs name instead of address', text: lvsFile({ head: 'virtual_server www.example 80' }) },
  {
    name: 'lvs with file and bfd checks',
    text: `track_file tf {\n file /tmp/x\n}\nbfd_instance b {\n neighbor_ip 192.0.2.40\n}\n${lvsFile({ server: 'FILE_CHECK {\n track_file tf\n weight 5 reverse\n}\nBFD_CHECK {\n name b\n}' })}`,
  },
  {
    name: 'lvs with bfd check twice',
    text: `bfd_instance b {\n neighbor_ip 192.0.2.40\n}\n${lvsFile({ server: 'BFD_CHECK {\n name b\n}\nBFD_CHECK {\n name b\n}' })}`,
  },
];

export const variants: readonly Variant[] = [
  { name: 'sound', text: vrrpFile({}) },
  { name: 'sound lvs', text: lvsFile({}) },
  ...globalLines.map(
    (line): Variant => ({ name: `global: ${line}`, text: vrrpFile({ globals: restore(line) }) }),
  ),
  ...instanceLines.map(
    (line): Variant => ({ name: `instance: ${line}`, text: vrrpFile({ instance: restore(line) }) }),
  ),
  ...vipLines.map((line): Variant => ({ name: `vip: ${line}`, text: vrrpFile({ vips: restore(line) }) })),
  ...scriptLines.map(
    (line): Variant => ({
      name: `script: ${line}`,
      text: vrrpFile({ script: restore(line), instance: 'track_script {\n chk\n}' }),
    }),
  ),
  ...topLines.map((line): Variant => ({ name: `top: ${line}`, text: vrrpFile({ after: restore(line) }) })),
  ...serviceLines.map(
    (line): Variant => ({ name: `service: ${line}`, text: lvsFile({ service: restore(line) }) }),
  ),
  ...serverLines.map(
    (line): Variant => ({ name: `server: ${line}`, text: lvsFile({ server: restore(line) }) }),
  ),
  ...structural,
];
