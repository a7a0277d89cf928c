/**
 * ARP for IPv4 over Ethernet (RFC 826) and what an announcement looks like (RFC 5227). Knows one message;
 * deliberately not who owns an address. Other hardware or protocol types are left to the caller as undecoded.
 */

import { ipv4Text, macText } from './address.ts';
import { u8, u16 } from './bytes.ts';
import type { Problems } from './problem.ts';

export interface ArpMessage {
  readonly kind: 'arp';
  /** 1 request, 2 reply. */
  readonly operation: number;
  readonly senderMac: string;
  readonly senderIp: string;
  /** keepalived's gratuitous requests carry ff:ff:ff:ff:ff:ff here (vrrp_arp.c), the kernel's zeros. */
  readonly targetMac: string;
  readonly targetIp: string;
  /** `request` and `reply`: sender and target IP are the same. `probe`: a request from 0.0.0.0. */
  readonly gratuitous: 'request' | 'reply' | 'probe' | 'no';
}

export function decodeArp(bytes: Uint8Array, at: number, problems: Problems): ArpMessage | undefined {
  const available = bytes.length - at;
  if (available < 8) return truncated(problems);
  const isIpv4OverEthernet =
    u16(bytes, at) === 1 &&
    u16(bytes, at + 2) === 0x0800 &&
    u8(bytes, at + 4) === 6 &&
    u8(bytes, at + 5) === 4;
  if (!isIpv4OverEthernet) {
    problems.push({
      layer: 'arp',
      code: 'unsupported-address-type',
      text: 'ARP other than IPv4 over Ethernet',
    });
    return undefined;
  }
  if (available < 28) return truncated(problems);
  const operation = u16(bytes, at + 6);
  const senderIp = ipv4Text(bytes, at + 14);
  const targetIp = ipv4Text(bytes, at + 24);
  return {
    kind: 'arp',
    operation,
    senderMac: macText(bytes, at + 8),
    senderIp,
    targetMac: macText(bytes, at + 18),
    targetIp,
    gratuitous: announcementOf(operation, senderIp, targetIp),
  };
}

function announcementOf(operation: number, senderIp: string, targetIp: string): ArpMessage['gratuitous'] {
  if (operation === 1 && senderIp === '0.0.0.0') return 'probe';
  if (senderIp !== targetIp) return 'no';
  return operation === 1 ? 'request' : operation === 2 ? 'reply' : 'no';
}

function truncated(problems: Problems): undefined {
  problems.push({ layer: 'arp', code: 'truncated', text: 'the frame ends inside the ARP message' });
  return undefined;
}
