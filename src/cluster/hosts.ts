// What each host does to packets besides its firewall: links, reverse-path filter, memberships, counters, SELinux,
// sysctls. Facts side by side, no judgement.
import { known, type Reading, unknown } from '../evidence/reading.ts';
import { cloudOf } from './cloud.ts';
import { judgeFirewall } from './firewall.ts';
import { latestTable } from './holders.ts';
import type { HostFacet, Instance, Link, ReversePathFacts, SelinuxFacts } from './model.ts';
import type { Readings } from './readings.ts';

export const linksOf = (readings: Readings): Reading<readonly Link[]> => {
  if (readings.links.kind === 'unknown') return readings.links;
  const table = readings.addresses.kind === 'known' ? latestTable(readings.addresses.value) : undefined;
  return known(
    readings.links.value.map((link) => ({
      name: link.name,
      index: link.index,
      mac: link.mac,
      up: link.flags.includes('UP') ? 'yes' : 'no',
      operState: link.operState,
      carrier: link.carrier,
      ...(link.kind === undefined ? {} : { kind: link.kind }),
      addresses: (table?.addresses ?? [])
        .filter((held) => held.interface === link.name)
        .map((held) => `${held.address}/${held.prefixLength}`),
    })),
  );
};

const settingOf = (values: Readonly<Record<string, string>>, path: string): number | undefined => {
  const text = values[path];
  return text === undefined || !/^\d+$/.test(text) ? undefined : Number(text);
};

/** rp_filter as the kernel applies it: the larger of `all` and the interface's own (net/ipv4/fib_frontend.c). */
const reversePathOf = (
  readings: Readings,
  own: readonly Instance[],
  peers: readonly Instance[],
): Reading<readonly ReversePathFacts[]> => {
  if (readings.sysctls.kind === 'unknown') return readings.sysctls;
  if (readings.routes.kind === 'unknown') return readings.routes;
  const { value: sysctls } = readings.sysctls;
  const { value: routes } = readings.routes;
  const all = settingOf(sysctls, 'net/ipv4/conf/all/rp_filter');
  if (all === undefined) return unknown('rp_filter could not be read');
  const facts: ReversePathFacts[] = [];
  for (const instance of own.filter((one) => one.family === 'ipv4')) {
    const ownSetting = settingOf(sysctls, `net/ipv4/conf/${instance.interface}/rp_filter`);
    if (ownSetting === undefined) continue;
    for (const peer of peers) {
      if (peer.group !== instance.group || peer.sourceAddress.kind === 'unknown') continue;
      const source = peer.sourceAddress.value;
      const way = routes.peers.find((one) => one.peer === source);
      facts.push({
        interface: instance.interface,
        peer: peer.node,
        source,
        all,
        own: ownSetting,
        effective: Math.max(all, ownSetting),
        answersVia: way?.via ?? 'unknown',
        route: {
          node: instance.node,
          source: `ip route get ${source}`,
          quote: way?.text.trim() ?? 'not asked',
        },
      });
    }
  }
  return known(facts);
};

const selinuxOf = (readings: Readings, node: string): Reading<SelinuxFacts> => {
  if (readings.selinux.kind === 'unknown') return readings.selinux;
  const { mode, denials, read, unread } = readings.selinux.value;
  return known({
    mode,
    denials: denials.map(({ text, source, ...denial }) => ({
      ...denial,
      quote: { node, source, quote: text },
    })),
    read: [...read, ...unread.map((what) => `could not be read: ${what}`)],
  });
};

const multicastRouteOf = (readings: Readings): HostFacet['multicastRoute'] => {
  if (readings.routes.kind === 'unknown') return readings.routes;
  const covers = readings.routes.value.routes.some(
    ({ family, destination }) =>
      family === 'ipv4' && (destination === '224.0.0.0' || destination.startsWith('224.0.0.0/')),
  );
  return known(covers ? 'present' : 'absent');
};

/** A group joined at either reading counts: what lacks at one only left or came with keepalived meanwhile. */
const membershipsOf = (readings: Readings): HostFacet['memberships'] => {
  if (readings.memberships.kind === 'unknown') return readings.memberships;
  const { before, after } = readings.memberships.value;
  const later = after === 'not-asked' ? {} : after;
  return known(
    Object.fromEntries(
      [...new Set([...Object.keys(before), ...Object.keys(later)])].map((name) => [
        name,
        [...new Set([...(before[name] ?? []), ...(later[name] ?? [])])],
      ]),
    ),
  );
};

const machineOf = (readings: Readings, node: string): HostFacet['machine'] => {
  if (readings.host.kind === 'unknown') return readings.host;
  const { clockNs, uptimeSeconds, hardware, distributionId, chassisTag, cloudId } = readings.host.value;
  const cloud = cloudOf({
    hardware: hardware ?? '',
    chassisTag: chassisTag ?? '',
    cloudId: cloudId ?? '',
  });
  return known({
    distribution: distributionId,
    ...(clockNs === undefined ? {} : { nowMs: Number(clockNs / 1_000_000n) }),
    ...(uptimeSeconds === undefined ? {} : { uptimeMs: uptimeSeconds * 1000 }),
    ...(hardware === undefined ? {} : { hardware }),
    ...(cloud === undefined
      ? {}
      : {
          cloud: {
            name: cloud,
            quote: {
              node,
              source: cloudId === undefined ? '/sys/class/dmi/id' : '/run/cloud-init/cloud-id',
              quote: cloudId ?? `${hardware ?? ''} ${chassisTag ?? ''}`.trim(),
            },
          },
        }),
  });
};

const heldAddressesOf = (readings: Readings): HostFacet['heldAddresses'] => {
  if (readings.addresses.kind === 'unknown') return readings.addresses;
  return known(
    latestTable(readings.addresses.value).addresses.map(
      ({ interface: name, family, address, prefixLength, flags, setBy }) => ({
        interface: name,
        family,
        address,
        prefixLength,
        flags,
        ...(setBy === undefined ? {} : { setBy }),
      }),
    ),
  );
};

export const describeHost = (input: {
  readonly node: string;
  readonly readings: Readings;
  readonly instances: readonly Instance[];
  readonly macOf: (node: string) => string | undefined;
}): HostFacet => {
  const { node, readings, instances } = input;
  const own = instances.filter((instance) => instance.node === node);
  const peers = instances.filter((instance) => instance.node !== node);
  const table = readings.addresses.kind === 'known' ? latestTable(readings.addresses.value) : undefined;
  return {
    node,
    links: linksOf(readings),
    firewall: judgeFirewall({
      nft: readings.nft,
      iptables: readings.iptables,
      links: readings.links,
      localAddresses: (table?.addresses ?? []).map((held) => held.address),
      own,
      all: instances,
      macOf: input.macOf,
    }),
    reversePath: reversePathOf(readings, own, peers),
    memberships: membershipsOf(readings),
    counterDeltas:
      readings.counters.kind === 'unknown'
        ? readings.counters
        : readings.counters.value.after === 'not-asked'
          ? unknown('counters were read only once')
          : known(readings.counters.value.deltas),
    selinux: selinuxOf(readings, node),
    sysctls: readings.sysctls,
    multicastRoute: multicastRouteOf(readings),
    machine: machineOf(readings, node),
    heldAddresses: heldAddressesOf(readings),
    routes: readings.routes,
    networkConfig: readings['network-config'],
    ipvs: readings.ipvs,
    listeners: readings.listeners,
  };
};
