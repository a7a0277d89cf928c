/**
 * What a decoder noticed while reading bytes. Knows the layers and the stable codes; deliberately not
 * how bad a problem is, because the same odd byte is harmless in one cluster and the root cause in another.
 */

export type ProblemLayer =
  | 'link'
  | 'ip'
  | 'ah'
  | 'vrrp'
  | 'carp'
  | 'arp'
  | 'nd'
  | 'igmp'
  | 'mld'
  | 'icmp'
  | 'tcp'
  | 'udp'
  | 'capture';

/** Stable: scripts read these in `replay --format ndjson`. New ones may be added, none is renamed. */
export type ProblemCode =
  | 'truncated'
  | 'trailing-bytes'
  | 'bad-length'
  | 'unknown-link-type'
  | 'too-many-vlan-tags'
  | 'bad-version'
  | 'bad-header-checksum'
  | 'fragment'
  | 'too-many-extension-headers'
  | 'unknown-version'
  | 'unknown-type'
  | 'count-does-not-fit'
  | 'auth-data-missing'
  | 'ah-header-missing'
  | 'unknown-auth-extension'
  | 'unsupported-address-type'
  | 'empty'
  | 'unknown-format'
  | 'frame-too-long'
  | 'unknown-interface'
  | 'too-many-interfaces'
  | 'no-timestamp';

export interface Problem {
  readonly layer: ProblemLayer;
  readonly code: ProblemCode;
  /** One plain sentence for a person; never contains bytes of the packet. */
  readonly text: string;
}

/** Decoders append here, so that a packet without problems costs one empty array. */
export type Problems = Problem[];
