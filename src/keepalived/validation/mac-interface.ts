/**
 * use_vmac and use_ipvlan: name, MAC or IP address, and mode of the interface an instance makes for itself
 * (vrrp_parser.c: vrrp_vmac_handler, vrrp_ipvlan_handler).
 */
import type { Complain } from './complaint.ts';
import { readPrefixed } from './inet.ts';
import type { Keyword } from './keyword.ts';
import type { InstanceFacts, VrrpFacts } from './vrrp-facts.ts';
import { type ConfigLine, placeOfWord, quoteWord, wordAt } from './words.ts';

type Now = () => InstanceFacts | undefined;

function isInterfaceName(name: string): boolean {
  return name !== '' && name.length <= 15 && name !== '.' && name !== '..' && !/[/:\s]/.test(name);
}

/** Five bytes (the last is the VRID) or six, each of one or two hexadecimal digits. */
function readMac(word: string): readonly number[] | undefined {
  const parts = word.split(':');
  if (parts.length === 6 && parts[5] === '') parts.pop();
  if (parts.length < 5 || parts.length > 6 || !parts.every((part) => /^[0-9a-f]{1,2}$/i.test(part)))
    return undefined;
  return parts.map((part) => Number.parseInt(part, 16));
}

function checkMac(complain: Complain, line: ConfigLine, index: number, instance: InstanceFacts): undefined {
  const objects = (rule: string, message: string): undefined =>
    void complain(placeOfWord(line, index), 'objects', rule, message);
  if (instance.vmacMac !== undefined) return objects('set-twice', 'a MAC address is already given');
  const mac = readMac(wordAt(line, index) ?? '');
  if (mac === undefined) return objects('address-invalid', 'this is no MAC address; keepalived ignores it');
  const [first = 0, second, third, fourth, fifth] = mac;
  if ((first & 1) === 1)
    return objects('address-invalid', 'the MAC address is multicast; keepalived ignores it');
  if (first === 0 && second === 0 && third === 0x5e && fourth === 0 && (fifth === 1 || fifth === 2))
    return objects('address-invalid', 'the VRRP MAC address itself may not be given; keepalived ignores it');
  instance.vmacMac = line;
  return undefined;
}

function takeName(
  complain: Complain,
  line: ConfigLine,
  index: number,
  names: { readonly instance: InstanceFacts; readonly facts: VrrpFacts },
): undefined {
  const { instance, facts } = names;
  const name = wordAt(line, index) ?? '';
  const objects = (rule: string, message: string): undefined =>
    void complain(placeOfWord(line, index), 'objects', rule, message);
  if (instance.vmacName !== undefined) return objects('set-twice', 'an interface name is already given');
  if (!isInterfaceName(name))
    return objects('name-too-long', 'this is no name for an interface; keepalived ignores it');
  if (facts.instances.some((other) => other.vmacName === name))
    return objects('name-twice', `another instance already uses ${quoteWord(line, name)}`);
  instance.vmacName = name;
  return undefined;
}

export function macKeyword(complain: Complain, now: Now, facts: VrrpFacts): Keyword {
  return {
    name: 'use_vmac',
    take: (line) => {
      const instance = now();
      if (instance === undefined) return undefined;
      instance.vmac = line;
      for (let index = 1; index <= 2 && index < line.words.length; index++) {
        if ((wordAt(line, index) ?? '').includes(':')) checkMac(complain, line, index, instance);
        else takeName(complain, line, index, { instance, facts });
      }
      return undefined;
    },
  };
}

export function ipvlanKeyword(complain: Complain, now: Now, facts: VrrpFacts): Keyword {
  return {
    name: 'use_ipvlan',
    take: (line) => {
      const instance = now();
      if (instance === undefined) return undefined;
      const objects = (index: number, rule: string, message: string): undefined =>
        void complain(placeOfWord(line, index), 'objects', rule, message);
      if (instance.ipvlan !== undefined) return objects(0, 'set-twice', 'use_ipvlan is already given');
      instance.ipvlan = line;
      let mode: 'unset' | 'set' = 'unset';
      for (let index = 1; index < line.words.length; index++) {
        const word = wordAt(line, index) ?? '';
        const address = readPrefixed(word);
        if (['bridge', 'private', 'vepa'].includes(word)) {
          if (mode === 'set') objects(index, 'set-twice', 'a mode is already given');
          mode = 'set';
        } else if (address === 'no-address') takeName(complain, line, index, { instance, facts });
        else if (instance.ipvlanFamily !== undefined)
          objects(index, 'set-twice', 'an address is already given');
        else if (instance.family !== undefined && instance.family !== address.address.family)
          objects(index, 'family-mismatch', 'the address is of the other family than the instance');
        else {
          instance.family = address.address.family;
          instance.ipvlanFamily = address.address.family;
          instance.source ??= { address: address.address.text, family: address.address.family };
        }
      }
      return undefined;
    },
  };
}
