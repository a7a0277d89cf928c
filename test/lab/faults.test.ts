/** Every practice fault comes and goes: it is injected with its effect seen, and healing leaves each node as it was. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../src/lab/commands.ts';
import { faults } from '../../src/lab/faults/index.ts';
import { type Lab, lowerLab, mustExecOn, raiseLab } from '../../src/lab/lab.ts';
import { namespacesOf } from '../../src/lab/network.ts';
import { holdersOf, whatIsWrong } from '../../src/lab/readiness.ts';
import { breakLab, healLab } from '../../src/lab/trouble.ts';
import { ownerFor } from './lab-owner.ts';
import { requireLab, skipNote } from './require-lab.ts';

const availability = await requireLab();
const owner = ownerFor('faults');

/** What a fault may have touched, as one text per node. */
const lookOnNode = `
cat /etc/keepalived/keepalived.conf
ip -br addr; ip -br link; ip route
cat /proc/sys/net/ipv4/conf/*/rp_filter
nft list ruleset
find /usr /root /etc /lib/systemd/system -xdev -name '*.away'
ls / /etc/systemd/system /etc/systemd/system/keepalived.service.d 2>/dev/null
systemctl is-active ssh keepalived
systemctl is-enabled keepalived
`;

const look = async (lab: Lab): Promise<Readonly<Record<string, string>>> => {
  const nodes = await Promise.all(
    lab.topology.nodes.map(
      async (plan) => [plan.name, await mustExecOn(lab, plan.name, ['sh', '-c', lookOnNode])] as const,
    ),
  );
  const inSwitch = (...argv: readonly string[]) => run(['ip', 'netns', 'exec', lab.names.switchNs, ...argv]);
  const rules = (await inSwitch('nft', 'list', 'ruleset')).stdout;
  const ports = (await inSwitch('bridge', '-d', 'link')).stdout;
  return {
    ...Object.fromEntries(nodes),
    switch: rules + ports,
    namespaces: (await namespacesOf(lab.names)).join(),
  };
};

/** Faults whose whole point is that two nodes hold the VIP, when injected where they are by default. */
const twoMasters = new Set([
  'host-firewall-input-drop',
  'egress-firewall-drop',
  'multicast-blocked-by-fabric',
  'igmp-snooping-ageing',
  'one-way-reachability',
  'multicast-membership-lost-after-link-bounce',
  'rp-filter-drop',
  'vrid-mismatch-between-peers',
  'auth-password-mismatch',
  'auth-type-mismatch',
  'advert-interval-mismatch-v2',
  'vrrp-version-mismatch',
  'vip-list-mismatch',
  'ttl-not-255',
  'unicast-multicast-mode-mismatch',
  'unicast-peer-asymmetric',
  'unicast-wrong-source-address',
  'vip-orphaned-after-unclean-stop',
  'vrrp-process-stalled',
]);
const nobody = new Set(['no-master', 'vip-missing']);

const holderCount = (faultId: string): number => {
  if (nobody.has(faultId)) return 0;
  return twoMasters.has(faultId) ? 2 : 1;
};

/** The fast topology first; the slower ones for what it cannot show. */
const grounds = ['three-v3', 'three', 'unicast'];
const groundOf = (topologies: readonly string[] | undefined): string | undefined =>
  grounds.find((ground) => topologies?.includes(ground) ?? true);

it('every fault has a topology it is tried on here', () => {
  expect(faults.filter((fault) => groundOf(fault.topologies) === undefined).map((fault) => fault.id)).toEqual(
    [],
  );
});

for (const ground of grounds)
  describe.skipIf(!availability.available)(`faults on ${ground}${skipNote(availability)}`, () => {
    let lab: Lab;
    let clean: Readonly<Record<string, string>>;

    beforeAll(async () => {
      lab = await raiseLab(ground, { owner });
      clean = await look(lab);
    });

    afterAll(async () => {
      await lowerLab(owner);
    });

    it.each(faults.filter((fault) => groundOf(fault.topologies) === ground).map((fault) => [fault.id]))(
      '%s',
      async (id) => {
        await breakLab(lab, id);
        const holders = await holdersOf(lab.leaders, '10.77.0.5');
        // "Two" is at least two: a silent fabric makes all three of them MASTER.
        expect(Math.min(holders.length, 2)).toBe(holderCount(id));
        await healLab(lab);
        expect(await whatIsWrong(lab.names, lab.topology, lab.leaders)).toBeNull();
        expect(await look(lab)).toEqual(clean);
      },
    );
  });
