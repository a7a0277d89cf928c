// The evidence bundle: every answer a node gave and every frame that was heard, with where and when it came
// from. It knows nothing about what the answers mean; whatever judges works from this and nothing else.

/** One answer of a node: what one command of a probe printed. */
export interface Answer {
  /** Probe id, e.g. `nft`. */
  readonly probe: string;
  /** Part of the probe, e.g. `ruleset`; parts may repeat (one per process or file) and are then told apart by `about`. */
  readonly part: string;
  /** What this answer is about when a part repeats: a pid, a path, an interface. */
  readonly about?: string;
  /** Which asking this belongs to: `before` the listening window or `after` it. */
  readonly round: 'before' | 'after';
  /** Exit status of the command; `missing` when the node has no such program, `timeout` when it was cut off. */
  readonly exit: number | 'missing' | 'timeout' | 'lost';
  /** What it printed (stdout and stderr together), bounded and with secrets replaced. */
  readonly text: string;
  readonly truncated: 'no' | 'yes';
}

/** Rights the questions were asked with. */
export type Rights = 'root' | 'sudo' | 'none';

export type Contact =
  | { readonly kind: 'reached'; readonly rights: Rights; readonly connectedAfterMs: number }
  | {
      readonly kind: 'unreachable';
      readonly stage: string;
      readonly message: string;
      readonly nextStep: string;
    }
  | { readonly kind: 'lost'; readonly message: string; readonly rights: Rights };

/** One captured frame; `atNs` is on the clock of the host that captured it. */
export interface HeardFrame {
  readonly atNs: bigint;
  readonly linkType: number;
  readonly bytes: Uint8Array;
}

/** A pair of ears somewhere: on a node or on the observer. */
export type Ear =
  | {
      readonly kind: 'listened';
      /** What captured, with its interface, e.g. `tcpdump -p -i any`. */
      readonly source: string;
      readonly method: 'tcpdump' | 'packet-socket' | 'cap';
      /** From its first sign of life to its orderly end, else to the last thing it said; absent in older recordings. */
      readonly listenedMs?: number;
      readonly frames: readonly HeardFrame[];
      /** Frames the kernel dropped because the reader was slow, if it said so. */
      readonly dropped: number | 'unknown';
      readonly problems: readonly string[];
    }
  | { readonly kind: 'deaf'; readonly reason: string };

/** One VRRP packet the kernel delivered to an unjoined raw socket (protocol 112 or 51). */
export interface Delivery {
  readonly atNs: bigint;
  readonly family: 'ipv4' | 'ipv6';
  readonly protocol: 112 | 51;
  /** Name of the interface it came in on; `?` where the socket could not tell. */
  readonly interface: string;
  readonly src: string;
  /** Destination; `?` where the socket could not tell. */
  readonly dst: string;
  readonly ttl: number | 'unknown';
  /** First bytes of the VRRP header: version/type, VRID, priority, count, two bytes, checksum. No authentication data. */
  readonly header: Uint8Array;
}

export type Witness =
  | {
      readonly kind: 'listened';
      readonly source: string;
      /** As for an ear. */
      readonly listenedMs?: number;
      readonly deliveries: readonly Delivery[];
      readonly problems: readonly string[];
    }
  | { readonly kind: 'absent'; readonly reason: string };

export interface NodeEvidence {
  /** What the user called it. */
  readonly node: string;
  readonly address: string;
  readonly contact: Contact;
  /** What went wrong while it was asked, in words: a round that was not answered in time. */
  readonly problems: readonly string[];
  readonly answers: readonly Answer[];
  readonly ear: Ear;
  readonly witness: Witness;
}

/** One ARP probe (RFC 5227 §2.1.1) or, for IPv6, neighbour solicitation (RFC 4861) for a VIP and who answered. */
export interface ArpProbeAnswer {
  readonly address: string;
  readonly sent: number;
  readonly replies: readonly { readonly mac: string; readonly atNs: bigint }[];
}

export type ObserverEvidence =
  | { readonly kind: 'none'; readonly reason: string }
  | {
      readonly kind: 'present';
      /** `local`, or the host as the user named it. */
      readonly where: string;
      readonly interface: string;
      readonly ear: Ear;
      readonly arp: readonly ArpProbeAnswer[];
      readonly problems: readonly string[];
    };

export interface ListeningWindow {
  /** How long the wire was listened to, in ms. */
  readonly listenedMs: number;
  /** Upper bound that was set with `--listen`, in ms. */
  readonly limitMs: number;
  readonly endedBecause: 'settled' | 'limit' | 'proof-complete' | 'nothing-to-hear' | 'interrupted';
  readonly detail: string;
}

export interface Bundle {
  readonly schemaVersion: 1;
  readonly kind: 'check';
  readonly tool: { readonly name: string; readonly version: string };
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly window: ListeningWindow;
  readonly nodes: readonly NodeEvidence[];
  readonly observer: ObserverEvidence;
}
