/**
 * What a node's disk gets before it boots: keys, keepalived.conf, host name, and the host firewall its plan asks
 * for (each one lets VRRP through, as its own documentation advises). Also the lab's keys, known_hosts and inventory.
 */
import { chmod, copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { mustRun } from './commands.ts';
import { labUsers } from './image.ts';
import { renderConf } from './keepalived-conf.ts';
import { machineId } from './machine.ts';
import { type LabNames, nodeRoot } from './names.ts';
import { type NodePlan, observerPlan, type Topology } from './topology.ts';

export const confPath = '/etc/keepalived/keepalived.conf';
export const keepalivedDropIn = '/etc/systemd/system/keepalived.service.d/lab.conf';

const makeKey = (path: string, comment: string): Promise<string> =>
  mustRun(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', path]);

const keysDir = (names: LabNames): string => `${names.stateDir}/hostkeys`;

/** The lab's own key, a host key per node, known_hosts and the inventory. */
export const writeAccess = async (names: LabNames, topology: Topology): Promise<void> => {
  await mkdir(keysDir(names), { recursive: true, mode: 0o700 });
  await Promise.all([
    makeKey(names.identityPath, `lab ${names.owner}`),
    ...topology.nodes.map((plan) => makeKey(`${keysDir(names)}/${plan.name}`, plan.name)),
  ]);
  const known = await Promise.all(
    topology.nodes.map(async (plan) => {
      const [type = '', key = ''] = (await readFile(`${keysDir(names)}/${plan.name}.pub`, 'utf8')).split(' ');
      return `${plan.managementIp},${plan.segmentIp} ${type} ${key}\n`;
    }),
  );
  await writeFile(names.knownHostsPath, known.join(''));
  const inventory = {
    nodes: Object.fromEntries(
      topology.nodes.map((plan) => [
        plan.name,
        { address: plan.managementIp, user: 'root', identity: names.identityPath },
      ]),
    ),
    knownHosts: names.knownHostsPath,
    observer: { where: 'local', interface: observerPlan.segmentInterface },
    netns: names.observerNs,
  };
  await writeFile(names.inventoryPath, stringify(inventory));
};

const enableUnit = async (root: string, unit: string, target = 'multi-user.target'): Promise<void> => {
  const wants = `${root}/etc/systemd/system/${target}.wants`;
  await mkdir(wants, { recursive: true });
  await symlink(`/lib/systemd/system/${unit}`, `${wants}/${unit}`);
};

const nftRules = `#!/usr/sbin/nft -f
flush ruleset
table inet filter {
	chain input {
		type filter hook input priority filter; policy drop;
		ct state established,related accept
		iif "lo" accept
		ip protocol icmp accept
		meta l4proto ipv6-icmp accept
		tcp dport 22 accept
		ip protocol vrrp ip daddr 224.0.0.18 counter accept
	}
}
`;

const firewalldZone = `<?xml version="1.0" encoding="utf-8"?>
<zone>
  <short>Public</short>
  <service name="ssh"/>
  <rule>
    <protocol value="vrrp"/>
    <accept/>
  </rule>
</zone>
`;

const furnishFirewall = async (root: string, plan: NodePlan): Promise<void> => {
  if (plan.firewall === 'nft') {
    await writeFile(`${root}/etc/nftables.conf`, nftRules);
    await enableUnit(root, 'nftables.service', 'sysinit.target');
  }
  if (plan.firewall === 'firewalld') {
    await writeFile(`${root}/etc/firewalld/zones/public.xml`, firewalldZone);
    await enableUnit(root, 'firewalld.service');
  }
  if (plan.firewall === 'ufw') {
    await writeUfwRules(root, 'with VRRP');
    await enableUnit(root, 'ufw.service');
  }
};

/** ufw switched on with SSH let in; VRRP as before.rules would carry it, or not. */
export const writeUfwRules = async (root: string, vrrp: 'with VRRP' | 'without VRRP'): Promise<void> => {
  const edit = async (path: string, change: (text: string) => string): Promise<void> =>
    writeFile(`${root}${path}`, change(await readFile(`${root}${path}`, 'utf8')));
  await edit('/etc/ufw/ufw.conf', (text) => text.replace('ENABLED=no', 'ENABLED=yes'));
  await edit('/etc/ufw/user.rules', (text) =>
    text.includes('--dport 22')
      ? text
      : text.replace('### RULES ###', '### RULES ###\n-A ufw-user-input -p tcp --dport 22 -j ACCEPT'),
  );
  await edit('/etc/ufw/before.rules', (text) => {
    const clean = text.replace(/^-A ufw-before-input -p (vrrp|112) .*\n/gm, '');
    return vrrp === 'without VRRP'
      ? clean
      : clean.replace(/\nCOMMIT/, '\n-A ufw-before-input -p vrrp -d 224.0.0.18 -j ACCEPT\nCOMMIT');
  });
};

export const writeConf = (names: LabNames, plan: NodePlan, text: string): Promise<void> =>
  writeFile(`${nodeRoot(names, plan.name)}${confPath}`, text);

export const furnishNode = async (names: LabNames, plan: NodePlan): Promise<void> => {
  const root = nodeRoot(names, plan.name);
  await writeFile(`${root}/etc/machine-id`, `${machineId(names, plan.name)}\n`);
  await writeFile(`${root}/etc/hostname`, `${plan.name}\n`);
  await writeFile(`${root}/etc/hosts`, `127.0.0.1 localhost\n127.0.1.1 ${plan.name}\n`);
  await writeConf(names, plan, renderConf(plan.conf));
  await chmod(`${root}${confPath}`, 0o644);
  const hostKey = `${root}/etc/ssh/ssh_host_ed25519_key`;
  await copyFile(`${keysDir(names)}/${plan.name}`, hostKey);
  await chmod(hostKey, 0o600);
  await copyFile(`${keysDir(names)}/${plan.name}.pub`, `${hostKey}.pub`);
  const homes = ['/root', ...labUsers.map((user) => `/home/${user.name}`)];
  const key = await readFile(`${names.identityPath}.pub`, 'utf8');
  for (const home of homes) await writeFile(`${root}${home}/.ssh/authorized_keys`, key, { mode: 0o644 });
  await furnishFirewall(root, plan);
};
