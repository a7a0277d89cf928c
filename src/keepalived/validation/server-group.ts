/**
 * virtual_server_group: addresses with ranges and masks, and firewall marks (check_data.c: alloc_vsg_entry).
 */
import ipaddr from 'ipaddr.js';
import { type Address, readAddress } from '../addresses.ts';
import type { RootKeyword } from './block-walk.ts';
import type { Complain } from './complaint.ts';
import { readPort, readSocketAddress } from './inet.ts';
import type { LvsFacts, ServerGroupFacts } from './service-facts.ts';
import {
  anyUnsigned,
  type ConfigLine,
  leadingNumber,
  placeOfWord,
  quoteWord,
  readUnsigned,
  wordAt,
} from './words.ts';

export function serverGroup(complain: Complain, facts: LvsFacts): RootKeyword {
  let current: ServerGroupFacts | undefined;
  let opener: ConfigLine | undefined;
  return {
    name: 'virtual_server_group',
    reading: 'active',
    needs: 1,
    take: (line) => {
      opener = line;
      current = {
        name: wordAt(line, 1) ?? '',
        entries: [],
        hasIpv4: 'no',
        hasIpv6: 'no',
        hasPlainMark: 'no',
      };
      facts.groups.push(current);
      return undefined;
    },
    lines: (line) => (current === undefined ? undefined : readEntry(complain, line, current)),
    close: () => {
      if (current === undefined || opener === undefined) return;
      const label = quoteWord(opener, current.name);
      const mixed = current.hasIpv4 === 'yes' && current.hasIpv6 === 'yes' && current.hasPlainMark === 'yes';
      if (current.entries.length === 0)
        complain(
          opener,
          'objects',
          'block-empty',
          `virtual_server_group ${label} has no entry; keepalived drops it`,
        );
      else if (mixed)
        complain(
          opener,
          'objects',
          'family-mismatch',
          `virtual_server_group ${label} mixes IPv4, IPv6 and a fwmark without family; keepalived drops it`,
        );
      else return;
      facts.groups.splice(facts.groups.indexOf(current), 1);
    },
  };
}

function readEntry(
  complain: Complain,
  line: ConfigLine,
  group: ServerGroupFacts,
): 'missing-word' | undefined {
  const first = wordAt(line, 0) ?? '';
  const objects = (index: number, rule: string, message: string): undefined =>
    void complain(placeOfWord(line, index), 'objects', rule, `${message}; keepalived skips the entry`);
  if (first === 'fwmark') {
    const mark = wordAt(line, 1);
    if (mark === undefined) return 'missing-word';
    if ('fault' in readUnsigned(mark, anyUnsigned))
      return objects(1, 'number-invalid', 'a fwmark is a number');
    const family = wordAt(line, 2);
    if (family === undefined) group.hasPlainMark = 'yes';
    else if (family === 'inet') group.hasIpv4 = 'yes';
    else if (family === 'inet6') group.hasIpv6 = 'yes';
    else return objects(2, 'option-unknown', 'a fwmark may be followed by inet or inet6');
    group.entries.push({ kind: 'fwmark', port: 0 });
    return undefined;
  }
  const port = readPort(wordAt(line, 1));
  const address = readSocketAddress(first);
  if (port === undefined) return objects(1, 'port-invalid', 'the port is no number from 0 to 65535');
  if (address === undefined)
    return objects(0, 'address-invalid', `${quoteWord(line, first)} is no IP address`);
  const fault = rangeFault(first, address);
  if (fault !== undefined) return objects(0, 'range-invalid', fault);
  group.entries.push({ kind: 'address', port });
  if (address.family === 'ipv4') group.hasIpv4 = 'yes';
  else group.hasIpv6 = 'yes';
  return undefined;
}

function bytesOf({ text }: Address): readonly number[] {
  return ipaddr.parse(text).toByteArray();
}

function compareBytes(one: readonly number[], other: readonly number[]): number {
  for (const [index, byte] of one.entries()) {
    const apart = byte - (other[index] ?? 0);
    if (apart !== 0) return apart;
  }
  return 0;
}

function rangeFault(word: string, address: Address): string | undefined {
  const bytes = bytesOf(address);
  const slash = word.indexOf('/');
  if (slash >= 0) {
    const mask = leadingNumber(word.slice(slash + 1));
    if (mask === undefined || mask.rest !== '' || mask.value === 0 || mask.value > bytes.length * 8)
      return 'the mask is invalid';
    const hostBits = bytes.some((byte, index) => {
      const kept = Math.max(0, Math.min(8, mask.value - index * 8));
      return (byte & (0xff >> kept)) !== 0;
    });
    return hostBits ? 'the address has bits behind its mask' : undefined;
  }
  const dash = word.indexOf('-');
  if (dash < 0) return undefined;
  const end = word.slice(dash + 1);
  if (end.includes(address.family === 'ipv4' ? '.' : ':')) {
    const last = readAddress(end);
    if (last === undefined || last.family !== address.family) return 'the end of the range is invalid';
    return compareBytes(bytesOf(last), bytes) < 0 ? 'the end of the range is below its start' : undefined;
  }
  const number = leadingNumber(end, address.family === 'ipv4' ? 10 : 16);
  const most = address.family === 'ipv4' ? 255 : 0xffff;
  if (number === undefined || number.rest !== '' || number.value > most)
    return 'the end of the range is invalid';
  const start = address.family === 'ipv4' ? (bytes[3] ?? 0) : (bytes[14] ?? 0) * 256 + (bytes[15] ?? 0);
  return start >= number.value ? 'the end of the range is not above its start' : undefined;
}
