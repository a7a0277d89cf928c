// Whether the kernel has IPVS, and which services with which real servers it balances now, in keepalived's network
// namespace. The table as net/netfilter/ipvs/ip_vs_ctl.c prints it (addresses and ports in hexadecimal).
import type { Answer } from '../evidence/bundle.ts';
import { known, type Reading, unknown } from '../evidence/reading.ts';
import { answerTo, whyUseless } from './answers.ts';
import type { Probe } from './probe.ts';
import { ipv6FromBytes } from './sockets.ts';

export interface IpvsServer {
  readonly address: string;
  readonly port: number;
  /** `Masq`, `Route`, `Tunnel` or `Local`. */
  readonly forward: string;
  readonly weight: number;
  readonly activeConnections: number;
}

export interface IpvsService {
  readonly protocol: 'TCP' | 'UDP' | 'SCTP' | 'FWM';
  /** Empty for a firewall mark. */
  readonly address: string;
  readonly port: number;
  /** For FWM. */
  readonly mark?: number;
  readonly scheduler: string;
  readonly servers: readonly IpvsServer[];
  /** The line as the kernel printed it. */
  readonly text: string;
}

export interface IpvsTable {
  /** `no`: the kernel has no such table, so ip_vs is not loaded. */
  readonly loaded: 'yes' | 'no';
  readonly services: readonly IpvsService[];
}

export const ipvsProbe: Probe<IpvsTable> = {
  id: 'ipvs',
  asks: 'which virtual servers does the kernel balance?',
  parts: [
    {
      part: 'table',
      shell: `if [ -e "$KA_NET/ip_vs" ]; then tell '' cat "$KA_NET/ip_vs"; else note '' 0 absent; fi`,
      rounds: ['before'],
      limitBytes: 1_048_576,
      timeoutSeconds: 2,
    },
  ],
  read,
};

function read(answers: readonly Answer[]): Reading<IpvsTable> {
  const answer = answerTo(answers, 'table');
  const useless = whyUseless(answer, 'IPVS');
  if (answer === undefined || useless !== undefined) return unknown(useless ?? 'IPVS: not asked');
  if (answer.text.trim() === 'absent') return known({ loaded: 'no', services: [] });
  if (!answer.text.startsWith('IP Virtual Server')) return unknown('IPVS: the table has another form');
  return known({ loaded: 'yes', services: readServices(answer.text) });
}

interface OpenService extends IpvsService {
  readonly servers: IpvsServer[];
}

function readServices(text: string): readonly IpvsService[] {
  const services: OpenService[] = [];
  for (const line of text.split('\n')) {
    const server = /^ {2}-> (\S+):([0-9A-F]{4})\s+(\w+)\s+(-?\d+)\s+(\d+)\s+\d+/.exec(line);
    const address = readHexAddress(server?.[1] ?? '');
    if (server !== null && address !== undefined) {
      services.at(-1)?.servers.push({
        address,
        port: Number.parseInt(server[2] ?? '', 16),
        forward: server[3] ?? '',
        weight: Number(server[4]),
        activeConnections: Number(server[5]),
      });
      continue;
    }
    const service = readService(line);
    if (service !== undefined) services.push(service);
  }
  return services;
}

function readService(line: string): OpenService | undefined {
  const marked = /^FWM {2}([0-9A-F]{8}) (\S+)/.exec(line);
  if (marked !== null)
    return {
      protocol: 'FWM',
      address: '',
      port: 0,
      mark: Number.parseInt(marked[1] ?? '', 16),
      scheduler: marked[2] ?? '',
      servers: [],
      text: line.trimEnd(),
    };
  const match = /^(TCP|UDP|SCTP)\s+(\S+):([0-9A-F]{4}) (\S+)/.exec(line);
  const address = readHexAddress(match?.[2] ?? '');
  const protocol = match?.[1];
  if (match === null || address === undefined) return undefined;
  return {
    protocol: protocol === 'UDP' || protocol === 'SCTP' ? protocol : 'TCP',
    address,
    port: Number.parseInt(match[3] ?? '', 16),
    scheduler: match[4] ?? '',
    servers: [],
    text: line.trimEnd(),
  };
}

/** `0A4D0005`, or `[fd00:0000:…:0005]` with all its zeros. */
function readHexAddress(text: string): string | undefined {
  if (/^[0-9A-F]{8}$/.test(text))
    return (text.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)).join('.');
  const six = /^\[((?:[0-9a-f]{4}:){7}[0-9a-f]{4})\]$/.exec(text)?.[1];
  return six === undefined
    ? undefined
    : ipv6FromBytes((six.replaceAll(':', '').match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)));
}
