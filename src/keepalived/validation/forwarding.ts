import type { Complain } from './complaint.ts';
import type { Forwarding } from './service-facts.ts';
import { type ConfigLine, placeOfWord, quoteWord, readUnsigned, wordAt } from './words.ts';

const tunnelOptions = ['nocsum', 'csum', 'remcsum'];

export function readForwarding(complain: Complain, line: ConfigLine): Forwarding | undefined {
  const word = wordAt(line, 1);
  const objects = (index: number, rule: string, message: string): undefined =>
    void complain(placeOfWord(line, index), 'objects', rule, message);
  if (word !== 'NAT' && word !== 'DR' && word !== 'TUN')
    return objects(
      1,
      'forwarding-unknown',
      `${wordAt(line, 0) ?? ''} is NAT, DR or TUN, not ${quoteWord(line, word)}; keepalived ignores it`,
    );
  let type = 'ipip';
  let port = 0;
  let checksum = 'nocsum';
  for (let index = 2; index < line.words.length; index++) {
    const option = wordAt(line, index) ?? '';
    const value = wordAt(line, index + 1);
    if (option === 'type') {
      if (value === undefined || !['ipip', 'gue', 'gre'].includes(value)) {
        objects(index, 'option-unknown', 'the tunnel type is ipip, gue or gre');
        return word;
      }
      type = value;
      index++;
    } else if (option === 'port') {
      const reading = value === undefined ? undefined : readUnsigned(value, { least: 1, most: 65_535 });
      if (reading === undefined || 'fault' in reading) {
        objects(index, 'port-invalid', 'the tunnel port is no number from 1 to 65535');
        return word;
      }
      port = reading.value;
      index++;
    } else if (tunnelOptions.includes(option)) checksum = option;
    else {
      objects(index, 'option-unknown', `${quoteWord(line, option)} is no option of a tunnel`);
      return word;
    }
  }
  if ((type === 'gue') !== (port !== 0))
    objects(1, 'settings-conflict', 'a gue tunnel needs a port, others take none');
  else if (type === 'ipip' && checksum !== 'nocsum')
    objects(1, 'settings-conflict', 'an ipip tunnel has no checksum');
  else if (type === 'gre' && checksum === 'remcsum')
    objects(1, 'settings-conflict', 'a gre tunnel has no remote checksum');
  return word;
}
