/** keepalived itself or the interface under it: stopped, frozen, killed, without rights, without its interface. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { eventually, mustRun } from '../commands.ts';
import { keepalivedDropIn } from '../furnish.ts';
import { execOn } from '../lab.ts';
import { nodeNs, nodeRoot } from '../names.ts';
import { segmentPort } from '../network.ts';
import { findKeepalived, holdersOf } from '../readiness.ts';
import {
  firstVip,
  ipOnNode,
  keepalivedOf,
  onNode,
  restartKeepalived,
  restoreIpv6,
  segmentInterfaceOf,
  untilHolders,
  untilOtherIsMaster,
  untilTakenOver,
} from './effects.ts';
import type { Fault, InjectPlace, Place } from './fault.ts';
import { socketSurgery } from './socket-surgery.ts';

export const vrrpProcessStalled: Fault = {
  id: 'vrrp-process-stalled',
  describe: 'the VRRP process of the node is frozen: alive, and deaf and mute',
  variants: ['stopped-by-signal'],
  at: 'master',
  inject: async (place) => {
    process.kill((await keepalivedOf(place)).vrrp, 'SIGSTOP');
    await untilOtherIsMaster(place);
  },
  heal: async (place) => {
    const found = await findKeepalived(place.lab.names, place.node);
    if (found?.vrrp) process.kill(found.vrrp, 'SIGCONT');
  },
};

export const keepalivedStopped: Fault = {
  id: 'keepalived-disabled-or-stopped',
  describe: 'keepalived does not run on the node, so there is one node less to take over',
  variants: ['stopped', 'disabled', 'masked'],
  at: 'backup',
  inject: async (place) => {
    await onNode(place, 'systemctl', 'stop', 'keepalived');
    if (place.variant !== 'stopped') await onNode(place, 'systemctl', 'disable', '--quiet', 'keepalived');
    if (place.variant === 'masked') await onNode(place, 'systemctl', 'mask', '--quiet', 'keepalived');
    await untilTakenOver(place);
  },
  heal: async (place) => {
    await onNode(place, 'systemctl', 'unmask', '--quiet', 'keepalived');
    await onNode(place, 'systemctl', 'enable', '--quiet', 'keepalived');
    await restartKeepalived(place.lab, place.node);
  },
};

export const vipOrphaned: Fault = {
  id: 'vip-orphaned-after-unclean-stop',
  describe: 'all keepalived processes of the master were killed at once: its VIP stays behind',
  variants: ['killed'],
  at: 'master',
  inject: async (place) => {
    const { parent, vrrp } = await keepalivedOf(place);
    // Frozen first: neither may notice that the other is gone and clean up.
    for (const pid of [parent, vrrp]) process.kill(pid, 'SIGSTOP');
    for (const pid of [vrrp, parent]) process.kill(pid, 'SIGKILL');
    await untilOtherIsMaster(place);
  },
  heal: (place) => restartKeepalived(place.lab, place.node),
};

export const vipMissing: Fault = {
  id: 'vip-missing',
  describe: 'the master lost its VIP without noticing: adverts go out, nobody has the address',
  variants: ['deleted-unnoticed'],
  at: 'master',
  inject: async (place) => {
    // keepalived 2.2.7 hears of a deleted VIP over netlink and holds a new election; one that missed the message
    // (a full netlink buffer, or a release before 2.0.1) goes on as if nothing had happened.
    await socketSurgery((await keepalivedOf(place)).vrrp, 'ignore-address-changes');
    const vip = firstVip(place.lab);
    const listed = await onNode(place, 'ip', '-o', 'addr', 'show', 'to', vip);
    const [, address = vip] = / inet6? (\S+)/.exec(listed) ?? [];
    await ipOnNode(place, 'addr', 'del', address, 'dev', segmentInterfaceOf(place));
    await untilHolders(place.lab, 'no node has the VIP', (holders) => holders.length === 0);
  },
  heal: (place) => restartKeepalived(place.lab, place.node),
};

export const interfaceDown: Fault = {
  id: 'interface-down-fault',
  describe: 'the interface VRRP runs on is down: the node is in FAULT',
  variants: ['admin-down', 'no-carrier'],
  at: 'backup',
  inject: async (place) => {
    if (place.variant === 'admin-down')
      await ipOnNode(place, 'link', 'set', segmentInterfaceOf(place), 'down');
    else
      await mustRun(['ip', '-n', place.lab.names.switchNs, 'link', 'set', segmentPort(place.node), 'down']);
    await untilTakenOver(place);
  },
  heal: async (place) => {
    await mustRun(['ip', '-n', place.lab.names.switchNs, 'link', 'set', segmentPort(place.node), 'up']);
    await ipOnNode(place, 'link', 'set', segmentInterfaceOf(place), 'up');
    await restoreIpv6(place);
  },
};

const newName = 'ens19';

const rename = async (place: Place, from: string, to: string): Promise<void> => {
  await ipOnNode(place, 'link', 'set', from, 'down');
  await ipOnNode(place, 'link', 'set', from, 'name', to);
  await ipOnNode(place, 'link', 'set', to, 'up');
};

export const interfaceRenamed: Fault = {
  id: 'interface-missing-or-renamed',
  describe: `after a reboot the interface is called ${newName}; keepalived.conf names the old one`,
  variants: ['renamed'],
  at: 'backup',
  inject: async (place) => {
    await onNode(place, 'systemctl', 'stop', 'keepalived');
    await rename(place, segmentInterfaceOf(place), newName);
    await execOn(place.lab, place.node, ['systemctl', 'start', 'keepalived']);
    await untilTakenOver(place);
  },
  heal: async (place) => {
    const links = await mustRun(['ip', '-n', nodeNs(place.lab.names, place.node), '-br', 'link']);
    if (links.includes(`${newName}@`)) await rename(place, newName, segmentInterfaceOf(place));
    await restoreIpv6(place);
    await restartKeepalived(place.lab, place.node);
  },
};

const capabilities = { 'no-net-raw': 'CAP_NET_RAW', 'no-net-admin': 'CAP_NET_ADMIN' } as const;

const untilCapabilityShows = async (place: InjectPlace): Promise<void> => {
  const others = place.lab.topology.nodes.map((plan) => plan.name).filter((name) => name !== place.node);
  await eventually(
    async () => {
      const holders = await holdersOf(place.lab.leaders, firstVip(place.lab));
      return place.masterBefore !== place.node || others.some((name) => holders.includes(name)) ? true : null;
    },
    { withinMs: 15_000, hope: 'another node has taken over' },
  );
};

export const containerMissingCapability: Fault = {
  id: 'container-missing-capability',
  describe: 'keepalived runs without a capability it needs, as in a container started without --cap-add',
  variants: ['no-net-raw', 'no-net-admin'],
  at: 'backup',
  inject: async (place) => {
    const missing =
      place.variant === 'no-net-admin' ? capabilities['no-net-admin'] : capabilities['no-net-raw'];
    const path = `${nodeRoot(place.lab.names, place.node)}${keepalivedDropIn}`;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `[Service]\nCapabilityBoundingSet=~${missing}\n`);
    await onNode(place, 'systemctl', 'daemon-reload');
    await execOn(place.lab, place.node, ['systemctl', 'restart', 'keepalived']);
    if (place.variant === 'no-net-raw') await untilCapabilityShows(place);
    // It takes the mastership back by its adverts and cannot add the address: then nobody has it.
    else if (place.masterBefore === place.node)
      await untilHolders(place.lab, 'no node has the VIP', (holders) => holders.length === 0);
  },
  heal: async (place) => {
    const dropIn = `${nodeRoot(place.lab.names, place.node)}${keepalivedDropIn}`;
    await rm(dirname(dropIn), { recursive: true, force: true });
    await onNode(place, 'systemctl', 'daemon-reload');
    await restartKeepalived(place.lab, place.node);
  },
};

export const noMaster: Fault = {
  id: 'no-master',
  describe: 'no node is MASTER: keepalived stopped on all, or all in FAULT',
  variants: ['all-stopped', 'all-fault'],
  at: 'backup',
  inject: async ({ lab, variant }) => {
    for (const plan of lab.topology.nodes) {
      const place = { lab, node: plan.name, variant };
      if (variant === 'all-stopped') await onNode(place, 'systemctl', 'stop', 'keepalived');
      else await ipOnNode(place, 'link', 'set', plan.segmentInterface, 'down');
    }
    await untilHolders(lab, 'no node has the VIP', (holders) => holders.length === 0);
  },
  heal: async ({ lab, variant }) => {
    for (const plan of lab.topology.nodes) {
      const place = { lab, node: plan.name, variant };
      await ipOnNode(place, 'link', 'set', plan.segmentInterface, 'up');
      await restoreIpv6(place);
      if (variant === 'all-stopped') await restartKeepalived(lab, plan.name);
    }
  },
};
