// On which addresses and ports the node accepts TCP connections, in keepalived's network namespace. Which service a
// listener belongs to is not asked.
import type { Answer } from '../evidence/bundle.ts';
import { known, type Reading, unknown } from '../evidence/reading.ts';
import { answerTo, whyUseless } from './answers.ts';
import type { Probe } from './probe.ts';
import { ipv4FromHex } from './sockets.ts';

export interface Listener {
  /** `any` for all addresses of the host. */
  readonly address: string | 'any';
  readonly port: number;
}

export const listenersProbe: Probe<readonly Listener[]> = {
  id: 'listeners',
  asks: 'on which addresses does the node accept connections?',
  parts: [
    {
      part: 'tcp',
      // Without ss the whole table of connections is looked through, IPv4 only.
      shell: `if have ss; then ask '' $KA_NS ss -ltn; else ask '' grep -s ' 0A ' "$KA_NET/tcp"; fi`,
      rounds: ['before'],
      limitBytes: 262_144,
      timeoutSeconds: 2,
    },
  ],
  read,
};

function read(answers: readonly Answer[]): Reading<readonly Listener[]> {
  const answer = answerTo(answers, 'tcp');
  const useless = whyUseless(answer, 'listening sockets');
  if (answer === undefined || useless !== undefined)
    return unknown(useless ?? 'listening sockets: not asked');
  return known(answer.text.split('\n').flatMap((line) => fromSs(line) ?? fromProc(line) ?? []));
}

function fromSs(line: string): Listener | undefined {
  const words = line.trim().split(/\s+/);
  const local = words[0] === 'LISTEN' ? words[3] : undefined;
  const match = /^(.*):(\d+)$/.exec(local ?? '');
  if (match === null) return undefined;
  const address = (match[1] ?? '').replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '');
  return { address: ['*', '0.0.0.0', '::', ''].includes(address) ? 'any' : address, port: Number(match[2]) };
}

/** `   0: 0500000A:0050 00000000:0000 0A …`, the address in the byte order of the host. */
function fromProc(line: string): Listener | undefined {
  const match = /^\s*\d+: ([0-9A-F]{8}):([0-9A-F]{4}) [0-9A-F]{8}:[0-9A-F]{4} 0A /.exec(line);
  if (match === null) return undefined;
  const address = ipv4FromHex(match[1] ?? '');
  return { address: address === '0.0.0.0' ? 'any' : address, port: Number.parseInt(match[2] ?? '', 16) };
}
