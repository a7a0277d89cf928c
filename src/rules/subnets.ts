// In which IPv4 networks a host stands by its own addresses, and whether an address lies in one. It judges nothing.
import type { HeldAddressFacts, HostFacet } from '../cluster/model.ts';
import { bareAddress } from './members.ts';

export interface Network {
  readonly base: number;
  readonly prefixLength: number;
  /** As `10.0.0.0/24`. */
  readonly text: string;
  readonly interface: string;
}

const numberOf = (address: string): number =>
  address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

const baseOf = (number: number, prefixLength: number): number => {
  const size = 2 ** (32 - prefixLength);
  return Math.floor(number / size) * size;
};

const networkOf = ({
  address,
  prefixLength,
  interface: name,
}: Pick<HeldAddressFacts, 'address' | 'prefixLength' | 'interface'>): Network => {
  const base = baseOf(numberOf(address), prefixLength);
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256);
  return { base, prefixLength, text: `${octets.join('.')}/${prefixLength}`, interface: name };
};

/** By the addresses that are its own: VIPs come and go. A /32 is no network. */
export const networksOf = (host: HostFacet, vips: ReadonlySet<string>): readonly Network[] =>
  host.heldAddresses.kind === 'unknown'
    ? []
    : host.heldAddresses.value
        .filter(
          ({ family, address, prefixLength, interface: name }) =>
            family === 'ipv4' && prefixLength < 32 && name !== 'lo' && !vips.has(bareAddress(address)),
        )
        .map(networkOf);

/** Networks the host has a route to, other than by its default. */
export const routedNetworks = (host: HostFacet): readonly Network[] =>
  host.routes.kind === 'unknown'
    ? []
    : host.routes.value.routes
        .filter(
          ({ family, type, destination, table }) =>
            family === 'ipv4' && type === 'unicast' && table !== 'local' && /^[\d.]+\/\d+$/.test(destination),
        )
        .map(({ destination, interface: name = '?' }) => {
          const [address = '', length = ''] = destination.split('/');
          return networkOf({ address, prefixLength: Number(length), interface: name });
        })
        .filter(({ prefixLength }) => prefixLength > 0);

export const liesIn = (address: string, { base, prefixLength }: Network): boolean =>
  baseOf(numberOf(bareAddress(address)), prefixLength) === base;
