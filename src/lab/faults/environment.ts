/**
 * Nodes that make looking hard while their VRRP is fine: tools missing or hanging, floods of output, escape codes,
 * a full disk, no SSH. They try check's robustness; no rule has their names.
 */
import { mustRun } from '../commands.ts';
import { execOn } from '../lab.ts';
import { managementPort } from '../network.ts';
import { nftOnNode, onNode, segmentInterfaceOf } from './effects.ts';
import type { Fault, Place } from './fault.ts';

const away = (path: string): string => `${path}.away`;

const shell = (place: Place, script: string, ...args: readonly string[]): Promise<string> =>
  onNode(place, 'sh', '-c', script, 'sh', ...args);

// A link whose target was moved away just before is no file to -e.
const hide = (place: Place, paths: readonly string[]): Promise<string> =>
  shell(
    place,
    'for path; do if [ -e "$path" ] || [ -L "$path" ]; then mv "$path" "$path.away"; fi; done',
    ...paths,
  );

const unhide = (place: Place, paths: readonly string[]): Promise<string> =>
  shell(
    place,
    'for path; do if [ -e "$path.away" ] || [ -L "$path.away" ]; then mv "$path.away" "$path"; fi; done',
    ...paths,
  );

const hiding = (id: string, describe: string, sets: Readonly<Record<string, readonly string[]>>): Fault => {
  const [first = '', ...rest] = Object.keys(sets);
  return {
    id,
    describe,
    variants: [first, ...rest],
    at: 'backup',
    inject: async (place) => {
      await hide(place, sets[place.variant] ?? []);
    },
    heal: async (place) => {
      await unhide(place, sets[place.variant] ?? []);
    },
  };
};

const pythons = ['/usr/bin/python3', '/usr/bin/python3.11'];

export const tcpdumpMissing = hiding('tcpdump-missing', 'the node has no tcpdump', {
  tcpdump: ['/usr/bin/tcpdump'],
  'tcpdump-python-and-perl': ['/usr/bin/tcpdump', ...pythons, '/usr/bin/perl'],
});

export const pythonMissing = hiding('python-missing', 'the node has no python3, or no perl either', {
  python: pythons,
  'python-and-perl': [...pythons, '/usr/bin/perl'],
});

export const firewallToolsMissing = hiding(
  'firewall-tools-missing',
  'the node has neither nft nor iptables',
  {
    nft: ['/usr/sbin/nft'],
    all: [
      '/usr/sbin/nft',
      '/usr/sbin/iptables-save',
      '/usr/sbin/iptables-nft-save',
      '/usr/sbin/iptables-legacy-save',
    ],
  },
);

export const diskFull: Fault = {
  id: 'disk-full',
  describe: 'no byte is left on the node’s disk, in /tmp or in /var/tmp',
  variants: ['full'],
  at: 'backup',
  inject: async (place) => {
    // dd ends with an error when the disk is full: that is what it is for. /tmp is made as small as the disk first.
    await onNode(place, 'mount', '-o', 'remount,size=1m', '/tmp');
    await execOn(place.lab, place.node, ['dd', 'if=/dev/zero', 'of=/filler', 'bs=1M']);
    await execOn(place.lab, place.node, ['dd', 'if=/dev/zero', 'of=/tmp/filler', 'bs=64k']);
  },
  heal: async (place) => {
    await onNode(place, 'rm', '-f', '/filler', '/tmp/filler');
    await onNode(place, 'mount', '-o', 'remount,size=512m', '/tmp');
  },
};

export const sshDead: Fault = {
  id: 'ssh-dead',
  describe: 'SSH to the node is refused, or never answers, or hangs after the connection',
  variants: ['refused', 'unreachable', 'hung'],
  at: 'backup',
  inject: async (place) => {
    if (place.variant === 'refused') await onNode(place, 'systemctl', 'stop', 'ssh');
    if (place.variant === 'hung')
      await onNode(place, 'systemctl', 'kill', '--kill-who=main', '--signal=STOP', 'ssh');
    if (place.variant === 'unreachable')
      await mustRun([
        'ip',
        '-n',
        place.lab.names.switchNs,
        'link',
        'set',
        managementPort(place.node),
        'down',
      ]);
  },
  heal: async (place) => {
    if (place.variant === 'refused') await onNode(place, 'systemctl', 'start', 'ssh');
    if (place.variant === 'hung')
      await onNode(place, 'systemctl', 'kill', '--kill-who=main', '--signal=CONT', 'ssh');
    if (place.variant === 'unreachable')
      await mustRun(['ip', '-n', place.lab.names.switchNs, 'link', 'set', managementPort(place.node), 'up']);
  },
};

/** A program of the node replaced by a shell script. */
const replacing = (
  id: string,
  describe: string,
  programs: Readonly<Record<string, string>>,
  script: string,
): Fault => {
  const [first = '', ...rest] = Object.keys(programs);
  return {
    id,
    describe,
    variants: [first, ...rest],
    at: 'backup',
    inject: async (place) => {
      const path = programs[place.variant] ?? '';
      await hide(place, [path]);
      await shell(place, 'printf "%s\\n" "$2" >"$1"; chmod 755 "$1"', path, script);
    },
    heal: async (place) => {
      const path = programs[place.variant] ?? '';
      await shell(place, 'if [ -e "$2" ]; then rm -f "$1"; fi', path, away(path));
      await unhide(place, [path]);
    },
  };
};

export const hungCommand = replacing(
  'hung-command',
  'a program that check asks on the node never returns',
  { nft: '/usr/sbin/nft', journalctl: '/usr/bin/journalctl', ip: '/usr/bin/ip', tcpdump: '/usr/bin/tcpdump' },
  '#!/bin/sh\nexec sleep 1000000',
);

export const gigabytes = replacing(
  'gigabytes',
  'a program that check asks on the node prints without end',
  { nft: '/usr/sbin/nft', journalctl: '/usr/bin/journalctl' },
  '#!/bin/sh\nexec yes "table inet filter { chain input { counter packets 0 bytes 0 } }"',
);

const noisyLines = '# lab: noisy login\nyes "Welcome, this is a login banner" | head -c 300000000\n';

export const noisyLogin: Fault = {
  id: 'noisy-login',
  describe: 'root’s shell start-up file prints before every command: a few lines, or 300 MB',
  variants: ['few-lines', 'megabytes'],
  at: 'backup',
  inject: async (place) => {
    const few = '# lab: noisy login\necho "*** authorised use only ***"; echo "{ \\"not\\": \\"yours\\" }"\n';
    await shell(
      place,
      'cp -p /root/.bashrc /root/.bashrc.away; { printf "%s" "$1"; cat /root/.bashrc.away; } >/root/.bashrc',
      place.variant === 'megabytes' ? noisyLines : few,
    );
  },
  heal: async (place) => {
    await unhide(place, ['/root/.bashrc']);
  },
};

const clearScreen = '\u001b[2J\u001b[31mowned\u001b]0;title\u0007';

export const escapeCodes: Fault = {
  id: 'escape-codes',
  describe: 'names on the node carry terminal escape codes: an interface alias, a log line, a process name',
  variants: ['alias-and-log', 'instance-name'],
  at: 'backup',
  conf: (conf, { role, variant }) =>
    role === 'other' || variant !== 'instance-name'
      ? conf
      : {
          ...conf,
          instances: conf.instances.map((instance) => ({
            ...instance,
            name: `VI_\u001b[31m${instance.name}`,
          })),
        },
  inject: async (place) => {
    if (place.variant === 'instance-name') return;
    await onNode(place, 'ip', 'link', 'set', segmentInterfaceOf(place), 'alias', clearScreen);
    await nftOnNode(place, 'table inet odd {\nchain c {\ncounter comment "\u001b[31mred\u001b[0m"\n}\n}');
    await shell(place, 'printf "%s" "$1" | systemd-cat -t Keepalived_vrrp', clearScreen);
  },
  heal: async (place) => {
    if (place.variant === 'instance-name') return;
    await onNode(place, 'ip', 'link', 'set', segmentInterfaceOf(place), 'alias', '');
    await nftOnNode(place, 'table inet odd {}\ndelete table inet odd');
  },
};

export const keepalivedMissing: Fault = {
  id: 'keepalived-missing',
  describe: 'keepalived is not installed on the node',
  variants: ['removed'],
  at: 'backup',
  inject: async (place) => {
    await onNode(place, 'systemctl', 'stop', 'keepalived');
    await hide(place, ['/usr/sbin/keepalived', '/etc/keepalived', '/lib/systemd/system/keepalived.service']);
    await onNode(place, 'systemctl', 'daemon-reload');
  },
  heal: async (place) => {
    await unhide(place, [
      '/usr/sbin/keepalived',
      '/etc/keepalived',
      '/lib/systemd/system/keepalived.service',
    ]);
    await onNode(place, 'systemctl', 'daemon-reload');
    await onNode(place, 'systemctl', 'restart', 'keepalived');
  },
};
