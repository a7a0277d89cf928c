/**
 * Names iproute2 and the kernel give to tables, scopes, protocols and kinds of routes, as far as keepalived knows
 * them without reading the node's /etc/iproute2 (lib/rttables.c). A name not listed may be known on the node.
 */

/** Kinds of routes; in rules only blackhole, unreachable and prohibit. */
export const routeTypes: ReadonlySet<string> = new Set([
  'local',
  'nat',
  'broadcast',
  'brd',
  'anycast',
  'multicast',
  'prohibit',
  'unreachable',
  'blackhole',
  'xresolve',
  'unicast',
  'throw',
]);

export const knownScopes: ReadonlySet<string> = new Set(['global', 'nowhere', 'host', 'link', 'site']);
