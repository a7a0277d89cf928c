// Who configures the network of the node – NetworkManager, systemd-networkd, ifupdown … – and which addresses their
// files assign. Only lines that assign an address are taken; nothing else of those files leaves the node.
import type { Answer } from '../evidence/bundle.ts';
import { known, type Reading, unknown } from '../evidence/reading.ts';
import { answerTo, linesByPath } from './answers.ts';
import type { Probe } from './probe.ts';

export interface AssignedAddress {
  readonly file: string;
  readonly line: number;
  /** Without prefix. */
  readonly address: string;
  readonly text: string;
}

export interface NetworkConfig {
  /** That run now: `systemd-networkd`, `NetworkManager`, `dhcpcd`, `dhclient` … */
  readonly managers: readonly string[];
  readonly assigned: readonly AssignedAddress[];
  /** Index of the interfaces systemd-networkd manages, with the file it does so by. */
  readonly networkd: readonly { readonly index: number; readonly file: string }[];
  /** .network files that tell systemd-networkd to leave addresses it did not set alone. */
  readonly keeping: readonly string[];
}

const places = [
  '/etc/netplan',
  '/etc/network/interfaces',
  '/etc/network/interfaces.d',
  '/etc/sysconfig/network-scripts',
  '/etc/sysconfig/network',
  '/etc/NetworkManager/system-connections',
  '/etc/systemd/network',
  '/etc/cloud/cloud.cfg.d',
  '/etc/rc.local',
].join(' ');

const dot4 = '([0-9]{1,3}[.]){3}[0-9]{1,3}';
const six = '[0-9a-fA-F]{0,4}:[0-9a-fA-F:]*:[0-9a-fA-F]*';
/** Lines of ifcfg, ifupdown, keyfiles, networkd, netplan and scripts that can assign an address. */
const pattern = [
  `^[[:space:]]*(IPADDR[0-9]*|IPV6ADDR|address[0-9]*|Address)[[:space:]=:]+["'"'"']?(${dot4}|${six})`,
  `^[[:space:]]*-?[[:space:]]*(addresses:)?.*(${dot4}|${six})/[0-9]{1,3}`,
  `ip(6|[[:space:]]+-6)?[[:space:]]+a[a-z]*[[:space:]]+add[[:space:]]+(${dot4}|${six})`,
].join('|');

export const networkConfigProbe: Probe<NetworkConfig> = {
  id: 'network-config',
  asks: 'who configures the network, and which addresses do its files assign?',
  parts: [
    {
      part: 'managers',
      shell:
        "tell '' grep -shxE 'systemd-network|NetworkManager|dhcpcd|dhclient|wicked.*|connmand' /proc/[0-9]*/comm",
      rounds: ['before'],
      limitBytes: 16_384,
      timeoutSeconds: 2,
    },
    {
      part: 'assigned',
      shell: `ask '' sh -c 'grep -rsHnE "$1" ${places} | grep -viE "psk|passw|secret|private|token"' sh '${pattern}'`,
      rounds: ['before'],
      limitBytes: 131_072,
      timeoutSeconds: 2,
    },
    {
      part: 'networkd',
      shell: `[ ! -d /run/systemd/netif/links ] || tell '' grep -sHE '^(ADMIN_STATE|NETWORK_FILE)=' /run/systemd/netif/links/*
VD_PART=keeping
[ ! -d /run/systemd/netif/links ] || tell '' grep -rslE '^[[:space:]]*KeepConfiguration=(yes|static)' /etc/systemd/network /run/systemd/network /usr/lib/systemd/network`,
      rounds: ['before'],
      limitBytes: 131_072,
      timeoutSeconds: 2,
    },
  ],
  read,
};

function read(answers: readonly Answer[]): Reading<NetworkConfig> {
  const assigned = answerTo(answers, 'assigned');
  const managers = answerTo(answers, 'managers');
  if (assigned === undefined || managers === undefined)
    return unknown('the network configuration of the node was not asked for');
  if (assigned.exit === 'timeout' || assigned.exit === 'lost')
    return unknown('the network configuration of the node could not be read in time');
  return known({
    managers: [
      ...new Set(
        managers.text
          .split('\n')
          .filter((name) => name !== '' && managers.exit === 0)
          // The kernel keeps 15 characters of a name.
          .map((name) => (name === 'systemd-network' ? 'systemd-networkd' : name)),
      ),
    ],
    assigned: assigned.text.split('\n').flatMap(readAssignment),
    networkd: readLinks(answerTo(answers, 'networkd')?.text ?? ''),
    keeping: (answerTo(answers, 'keeping')?.text ?? '').split('\n').filter((path) => path.startsWith('/')),
  });
}

function readAssignment(line: string): readonly AssignedAddress[] {
  const match = /^(\/[^:]+):(\d+):(.*)$/.exec(line);
  const text = match?.[3]?.trim() ?? '';
  if (match === null || text.startsWith('#') || text.startsWith(';')) return [];
  const file = match[1] ?? '';
  return addressesIn(text, file.endsWith('.yaml') || file.endsWith('.yml')).map((address) => ({
    file,
    line: Number(match[2]),
    address,
    text,
  }));
}

/** In YAML only an address with its prefix is one of the host; name servers and gateways have none. */
function addressesIn(text: string, yaml: boolean): readonly string[] {
  const keyed = /^(?:IPADDR\d*|IPV6ADDR|address\d*|Address)[\s=:]+["']?([0-9a-fA-F.:]+)/.exec(text)?.[1];
  if (keyed !== undefined && !yaml) return [keyed];
  const added = /\bip(?:6|\s+-6)?\s+a\w*\s+add\s+([0-9a-fA-F.:]+)/.exec(text)?.[1];
  if (added !== undefined) return [added];
  if (!yaml) return [];
  if (/\b(?:to|via|gateway\d|nameservers?|from|network|subnet)\b/.test(text)) return [];
  return [...text.matchAll(/((?:\d{1,3}\.){3}\d{1,3}|[0-9a-fA-F]{0,4}:[0-9a-fA-F:]+)\/\d{1,3}/g)].flatMap(
    (found) => found[1] ?? [],
  );
}

function readLinks(text: string): NetworkConfig['networkd'] {
  return [...linesByPath(text)].flatMap(([path, lines]) => {
    const index = Number(path.slice(path.lastIndexOf('/') + 1));
    const file = lines.find((line) => line.startsWith('NETWORK_FILE='))?.slice('NETWORK_FILE='.length);
    const managed = lines.some((line) => /^ADMIN_STATE=(configured|configuring|degraded)$/.test(line));
    return managed && file !== undefined && Number.isInteger(index) ? [{ index, file }] : [];
  });
}
