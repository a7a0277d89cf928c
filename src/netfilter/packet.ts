/**
 * The packet a firewall is asked about, as it looks at the interface of the node in question.
 * Knows addresses, header fields and where the packet enters or leaves; does not know any ruleset, and does not
 * guess what it was not told (a missing field is "unknown", never a default).
 */

export interface PacketUnderTest {
  readonly family: 'ipv4' | 'ipv6';
  /** `in`: from the wire to a socket of this host. `out`: from a socket of this host to the wire. */
  readonly direction: 'in' | 'out';
  /** Interface the packet comes in by (in) or leaves by (out): the bridge port when `bridgeMaster` is set. */
  readonly interface: string;
  /** The bridge above `interface`. Equal to `interface` when the bridge is known but the port is not. */
  readonly bridgeMaster?: string;
  /** Devices underneath `interface`, nearest first: parent of a VLAN or macvlan, members of a bond. */
  readonly lowerDevices?: readonly string[];
  readonly src: string;
  readonly dst: string;
  /** IP protocol number: 112 VRRP, 51 AH (VRRPv2 authentication type 2), 2 IGMP. */
  readonly protocol: number;
  /** IPv4 TTL or IPv6 hop limit; VRRP sends 255 (RFC 9568 section 5.1.1.3). */
  readonly ttl: number;
  readonly srcMac?: string;
  readonly dstMac?: string;
  readonly delivery: 'multicast' | 'unicast';
  /** Total length of the IP packet, header included. */
  readonly lengthBytes?: number;
  /** DSCP, 0…63; keepalived sends 48 (CS6). */
  readonly dscp?: number;
  /** The first bytes after the IP header, as far as they are known. */
  readonly transport?: readonly number[];
  /** Addresses of this host, without prefix length. */
  readonly localAddresses?: readonly string[];
  /** Owner of the sending socket (out only). */
  readonly socketUid?: number;
  readonly socketGid?: number;
}
