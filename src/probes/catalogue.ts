// Every question a node is asked, in the order of asking: what the others need first, what starts interpreters or
// reads logs last (see `pace` of each part).
import { addressesProbe } from './addresses.ts';
import { bridgesProbe } from './bridges.ts';
import { configurationProbe } from './configuration.ts';
import { countersProbe } from './counters.ts';
import { firewalldProbe } from './firewalld.ts';
import { hostProbe } from './host.ts';
import { iptablesProbe } from './iptables.ts';
import { ipvsProbe } from './ipvs.ts';
import { linksProbe } from './links.ts';
import { listenersProbe } from './listeners.ts';
import { logProbe } from './log.ts';
import { membershipsProbe } from './memberships.ts';
import { neighboursProbe } from './neighbours.ts';
import { networkConfigProbe } from './network-config.ts';
import { nftProbe } from './nft.ts';
import { processesProbe } from './processes.ts';
import { routesProbe } from './routes.ts';
import { selinuxProbe } from './selinux.ts';
import { socketsProbe } from './sockets.ts';
import { stateDumpProbe } from './state-dump.ts';
import { sysctlsProbe } from './sysctls.ts';
import { ufwProbe } from './ufw.ts';
import { unitProbe } from './unit.ts';
import { versionProbe } from './version.ts';

/** By probe id, so that an answer finds its reader. */
export const probes = {
  processes: processesProbe,
  'state-dump': stateDumpProbe,
  sockets: socketsProbe,
  counters: countersProbe,
  memberships: membershipsProbe,
  host: hostProbe,
  sysctls: sysctlsProbe,
  addresses: addressesProbe,
  links: linksProbe,
  routes: routesProbe,
  neighbours: neighboursProbe,
  bridges: bridgesProbe,
  ipvs: ipvsProbe,
  listeners: listenersProbe,
  configuration: configurationProbe,
  // nft tells iptables which of its tables live in nf_tables.
  nft: nftProbe,
  iptables: iptablesProbe,
  ufw: ufwProbe,
  version: versionProbe,
  'network-config': networkConfigProbe,
  unit: unitProbe,
  selinux: selinuxProbe,
  log: logProbe,
  firewalld: firewalldProbe,
} as const;

export const allProbes = Object.values(probes);
