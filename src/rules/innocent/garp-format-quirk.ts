// Innocent: the form of keepalived’s gratuitous ARP. Never a finding.
import { clear, defineRule } from '../rule.ts';

export const garpFormatQuirk = defineRule({
  id: 'garp-format-quirk',
  severity: 'low',
  needs: ['adverts'],
  title: 'A gratuitous ARP that looks like a request is right',
  why: 'keepalived announces a VIP by an ARP request for its own address, which captures show as `who-has VIP tell VIP`. That is the form RFC 5227 asks for; devices that want a reply are few.',
  proof: 'Nothing of it is judged; the remark stands beside what was heard.',
  remedy: 'Nothing to mend; a device that ignores requests needs its ARP entry cleared.',
  sources: ['RFC 5227 §3', 'keepalived vrrp_arp.c', 'keepalived issue 223'],
  explains: [],
  check: ({ adverts }) =>
    clear(
      `keepalived announces VIPs by ARP requests (who-has VIP tell VIP), not replies; ${adverts.ears.filter(({ heard }) => heard === 'yes').length} places listened`,
    ),
});
