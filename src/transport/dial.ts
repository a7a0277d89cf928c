// A TCP connection, or the reason why there is none, in the words of an operator.
import { connect, type Socket } from 'node:net';
import type { ConnectFailure } from './transport.ts';

export type Dialled =
  | { readonly kind: 'dialled'; readonly socket: Socket }
  | { readonly kind: 'failed'; readonly failure: ConnectFailure };

export interface Destination {
  readonly node: string;
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
}

export function dial({ node, host, port, timeoutMs }: Destination): Promise<Dialled> {
  return new Promise((resolve) => {
    // An address in brackets is a way of writing; a scope (`%eth0`) is part of the address.
    const socket = connect({ host: host.replace(/^\[(.*)\]$/, '$1'), port, noDelay: true });
    const timer = setTimeout(() => {
      socket.destroy();
      resolve({ kind: 'failed', failure: describeDialFailure('ETIMEDOUT', node, host, port) });
    }, timeoutMs);
    const onError = (error: NodeJS.ErrnoException): void => {
      clearTimeout(timer);
      resolve({
        kind: 'failed',
        failure: describeDialFailure(error.code ?? error.message, node, host, port),
      });
    };
    socket.once('error', onError);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', onError);
      // Until the next owner listens, an early reset must not be an uncaught error.
      socket.on('error', () => {});
      resolve({ kind: 'dialled', socket });
    });
  });
}

export function describeDialFailure(code: string, node: string, host: string, port: number): ConnectFailure {
  const where = node === host ? `${host} port ${port}` : `${node} (${host} port ${port})`;
  const failed = (message: string, nextStep: string): ConnectFailure => ({
    stage: 'connect',
    message,
    nextStep,
    retryable: 'yes',
  });
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_NONAME':
      return {
        stage: 'resolve',
        message: `The name ${host} is not known here.`,
        nextStep: 'Check the spelling, or give the address itself.',
        retryable: 'no',
      };
    case 'EAI_AGAIN':
      return {
        stage: 'resolve',
        message: `The name ${host} could not be looked up: no name server answered.`,
        nextStep: 'Check DNS on this machine, or give the address itself.',
        retryable: 'yes',
      };
    case 'ECONNREFUSED':
      return failed(
        `${where} refused the connection: the host is up, but nothing listens there.`,
        'Start sshd on the node, or name its port as HOST:PORT.',
      );
    case 'EHOSTUNREACH':
    case 'EHOSTDOWN':
      return failed(
        `${where} cannot be reached: no answer to ARP or an ICMP refusal.`,
        'Is the node up, and in reach of this machine? A way through another host: -J HOST.',
      );
    case 'ENETUNREACH':
      return failed(
        `${where} cannot be reached: this machine has no route to it.`,
        'Add a route, or go through a host that has one: -J HOST.',
      );
    case 'ETIMEDOUT':
      return failed(
        `${where} did not answer in time.`,
        'Is the node up? A firewall that drops silently looks the same. Raise --timeout for slow links.',
      );
    default:
      return failed(`${where} cannot be reached (${code}).`, 'Try the same with ssh -v to see more.');
  }
}
