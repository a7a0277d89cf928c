/**
 * Which keywords open a block, by the block they stand in (install_keyword and install_sublevel calls in
 * keepalived's *_parser.c). Knows the VRRP side only: other blocks (virtual_server and what is in it) are not
 * judged.
 */
const tracking = ['track_interface', 'track_script', 'track_file', 'track_process', 'track_bfd'] as const;

const topLevel = new Set([
  'global_defs',
  'static_ipaddress',
  'static_routes',
  'static_rules',
  'track_group',
  'garp_group',
  'linkbeat_interfaces',
  'interface_up_down_delays',
  'vrrp_sync_group',
  'vrrp_instance',
  'vrrp_script',
  'vrrp_track_process',
  'vrrp_track_file',
  'track_file',
  'bfd_instance',
  'virtual_server_group',
  'virtual_server',
  'SSL',
]);

const inside: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['global_defs', new Set(['notification_email'])],
  [
    'vrrp_instance',
    new Set([
      ...tracking,
      'unicast_peer',
      'authentication',
      'auth_hmac',
      'virtual_ipaddress',
      'virtual_ipaddress_excluded',
      'virtual_routes',
      'virtual_rules',
    ]),
  ],
  ['vrrp_sync_group', new Set([...tracking, 'group'])],
  ['track_group', new Set(['group'])],
  ['garp_group', new Set(['interfaces'])],
  ['vrrp_script', new Set<string>()],
  ['vrrp_track_process', new Set<string>()],
  ['vrrp_track_file', new Set<string>()],
  ['authentication', new Set<string>()],
  ['auth_hmac', new Set<string>()],
]);

/** The block keywords known in the block of `owner` (undefined: at the top); undefined where none are judged. */
export function blockKeywordsIn(owner: string | undefined): ReadonlySet<string> | undefined {
  return owner === undefined ? topLevel : inside.get(owner);
}
