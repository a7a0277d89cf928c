/**
 * The addresses of a vrrp_instance: unicast peers, source, multicast destination and the VIPs themselves, and how they
 * settle the address family together (vrrp_data.c: alloc_vrrp_unicast_peer, alloc_vrrp_vip).
 */
import { readAddressLine } from './address-line.ts';
import type { Complain } from './complaint.ts';
import { isLinkLocalMulticast, isMulticast, readSocketAddress } from './inet.ts';
import type { Keyword } from './keyword.ts';
import type { InstanceFacts } from './vrrp-facts.ts';
import { placeOfWord, quoteWord, readUnsigned, wordAt } from './words.ts';

export function unicastPeers(complain: Complain, now: () => InstanceFacts | undefined): Keyword {
  return {
    name: 'unicast_peer',
    take: (line) => {
      const instance = now();
      if (instance !== undefined) instance.unicastKeyword ??= line;
      return undefined;
    },
    lines: (line) => {
      const instance = now();
      const word = wordAt(line, 0) ?? '';
      const objects = (index: number, rule: string, message: string): undefined =>
        void complain(placeOfWord(line, index), 'objects', rule, message);
      const peer = readSocketAddress(word);
      if (peer === undefined)
        return objects(
          0,
          'address-invalid',
          `${quoteWord(line, word)} is no IP address; keepalived drops the peer`,
        );
      if (instance === undefined) return undefined;
      if (instance.family !== undefined && instance.family !== peer.family)
        return objects(0, 'family-mismatch', 'the peer is of the other address family; keepalived drops it');
      instance.family = peer.family;
      let least = 0;
      let most = 255;
      for (let index = 1; index < line.words.length; index += 2) {
        const option = wordAt(line, index) ?? '';
        const value = wordAt(line, index + 1);
        if (value === undefined) {
          objects(index, 'value-missing', `${quoteWord(line, option)} needs a value`);
          break;
        }
        const reading = readUnsigned(value, { least: 0, most: 255 });
        if ('fault' in reading) objects(index + 1, 'number-invalid', 'a TTL is a number from 0 to 255');
        else if (option === 'min_ttl') least = reading.value;
        else if (option === 'max_ttl') most = reading.value;
        else {
          objects(
            index,
            'option-unknown',
            `${quoteWord(line, option)} is no option of a peer (min_ttl, max_ttl)`,
          );
          break;
        }
      }
      if (least > most)
        objects(0, 'settings-conflict', 'min_ttl is above max_ttl; every advert of this peer is dropped');
      instance.peers.push({ address: peer.text, line });
      return undefined;
    },
  };
}

export function sourceAddress(
  complain: Complain,
  name: string,
  now: () => InstanceFacts | undefined,
): Keyword {
  return {
    name,
    needs: 1,
    take: (line) => {
      const instance = now();
      if (instance === undefined) return undefined;
      if (name === 'unicast_src_ip') instance.unicastKeyword ??= line;
      const address = readSocketAddress(wordAt(line, 1) ?? '');
      if (address === undefined)
        complain(
          placeOfWord(line, 1),
          'objects',
          'address-invalid',
          `${name}: ${quoteWord(line, wordAt(line, 1))} is no IP address; keepalived ignores it`,
        );
      else if (instance.family !== undefined && instance.family !== address.family)
        complain(
          placeOfWord(line, 1),
          'objects',
          'family-mismatch',
          `${name} is of the other address family; keepalived ignores it`,
        );
      else {
        instance.family = address.family;
        instance.source = { address: address.text, family: address.family };
      }
      return undefined;
    },
  };
}

export function groupAddress(complain: Complain, now: () => InstanceFacts | undefined): Keyword {
  return {
    name: 'mcast_dst_ip',
    needs: 1,
    take: (line) => {
      const instance = now();
      const address = readSocketAddress(wordAt(line, 1) ?? '');
      const objects = (rule: string, message: string): undefined =>
        void complain(placeOfWord(line, 1), 'objects', rule, message);
      if (address === undefined)
        return objects('address-invalid', 'mcast_dst_ip takes a multicast address; keepalived ignores it');
      if (instance === undefined) return undefined;
      if (instance.family !== undefined && instance.family !== address.family)
        return objects(
          'family-mismatch',
          'mcast_dst_ip is of the other address family; keepalived ignores it',
        );
      instance.family = address.family;
      if (address.family === 'ipv4' ? !isMulticast(address) : !isLinkLocalMulticast(address))
        return objects(
          'address-invalid',
          'mcast_dst_ip is not multicast (for IPv6: not link-local multicast); keepalived ignores it',
        );
      instance.group = { address: address.text, line };
      return undefined;
    },
  };
}

export function addressBlock(
  complain: Complain,
  name: 'virtual_ipaddress' | 'virtual_ipaddress_excluded',
  now: () => InstanceFacts | undefined,
): Keyword {
  return {
    name,
    lines: (line) => {
      const reading = readAddressLine(line, { complain, kind: 'virtual', trackGroups: new Set() });
      const instance = now();
      if (typeof reading === 'string') return reading;
      if (reading === undefined || instance === undefined) return undefined;
      if (name === 'virtual_ipaddress_excluded') {
        instance.excludedVips.push(reading);
        return undefined;
      }
      if (instance.family !== undefined && instance.family !== reading.address.family) {
        complain(
          line,
          'objects',
          'family-mismatch',
          'the address is of the other family than the instance; put it into virtual_ipaddress_excluded',
        );
        return undefined;
      }
      instance.family = reading.address.family;
      instance.vips.push(reading);
      return undefined;
    },
  };
}
