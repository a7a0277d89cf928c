// What a host said, put into the answers our probes would have brought: same commands, same shapes. It takes texts
// as they are and decides nothing about situations.
import type { Answer } from '../../src/evidence/bundle.ts';
import { type Host, read, vip, vm } from './host.ts';

export const say = (
  question: readonly [probe: string, part: string, about?: string],
  text: string,
  exit: Answer['exit'] = 0,
): Answer => {
  const [probe, part, about] = question;
  return {
    probe,
    part,
    ...(about === undefined ? {} : { about }),
    round: 'before',
    exit,
    text,
    truncated: 'no',
  };
};

const headed = (path: string, text: string): string =>
  text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => `${path}:${line}\n`)
    .join('');

/** `journalctl -o short` and `-o short-iso` into `-o short-unix`; the host's clock is UTC. */
export const toUnix = (text: string): string =>
  text
    .replace(
      /^[A-Z][a-z]{2} \d+ (\d\d:\d\d:\d\d) /gm,
      (_line, clock: string) => `${Date.parse(`2026-11-20T${clock}Z`) / 1000}.000000 `,
    )
    .replace(
      /^(2026-\d\d-\d\dT\d\d:\d\d:\d\d)\+0000 /gm,
      (_line, stamp: string) => `${Date.parse(`${stamp}Z`) / 1000}.000000 `,
    );

export interface Daemon {
  readonly pid: number;
  readonly vrrpPid: number;
  readonly startedAtS: number;
}

/** The last start in the journal; undefined when it ended with an error. */
export const daemonIn = (journal: string): Daemon | undefined => {
  const start = [
    ...journal.matchAll(/^(\d+)\.\d+ \S+ Keepalived\[(\d+)\]: Starting VRRP child process, pid=(\d+)/gm),
  ].at(-1);
  return start === undefined
    ? undefined
    : { startedAtS: Number(start[1]), pid: Number(start[2]), vrrpPid: Number(start[3]) };
};

/** From `dmesg` beside the audit stamps of the same records. */
const bootedAtS = 1795195044;

const describeProcesses = (daemon: Daemon, label: string): string => {
  const ticks = (daemon.startedAtS - bootedAtS) * 100;
  const family = [
    { pid: daemon.pid, parent: 1 },
    { pid: daemon.vrrpPid, parent: daemon.pid },
  ];
  return family
    .flatMap(({ pid, parent }) => [
      headed(
        `/proc/${pid}/status`,
        `Name:\tkeepalived\nState:\tS (sleeping)\nPid:\t${pid}\nPPid:\t${parent}\nCapEff:\t000001ffffffffff`,
      ),
      headed(
        `/proc/${pid}/stat`,
        `${pid} (keepalived) S ${parent} ${daemon.pid} ${daemon.pid} 0 -1 4194560 688 0 0 0 0 0 0 0 20 0 1 0 ${ticks} 29732864 2678`,
      ),
      headed(`/proc/${pid}/cgroup`, '0::/system.slice/keepalived.service'),
      headed(`/proc/${pid}/comm`, 'keepalived'),
      label === '' ? '' : headed(`/proc/${pid}/attr/current`, label),
    ])
    .concat(headed('/proc/stat', `btime ${bootedAtS}`))
    .join('');
};

interface Snapshot {
  /** Folder of fixtures/selinux with the state of the network. */
  readonly folder: string;
  readonly nft: string;
}

export interface HostStory extends Snapshot {
  readonly host: Host;
  readonly journal: string;
  readonly configuration: string;
  readonly holdsVip: 'yes' | 'no';
  /** `keepalived`: 224.0.0.18 joined and both raw sockets open; `none`: neither. */
  readonly sockets: 'keepalived' | 'none';
  readonly unit: string;
  readonly dump: string;
  readonly more: readonly Answer[];
  readonly selinux: 'enabled' | 'disabled';
}

const addressTable = (story: HostStory): string => {
  const links = JSON.parse(
    read('master', 'ip-j-addr.json')
      .replaceAll(vm.address, story.host.address)
      .replaceAll(vm.mac, story.host.mac)
      .replaceAll(vm.linkLocal, story.host.linkLocal),
  ) as { addr_info: { local: string }[] }[];
  for (const link of links)
    link.addr_info = link.addr_info.filter(({ local }) => local !== vip || story.holdsVip === 'yes');
  return JSON.stringify(links);
};

export const answersOf = (story: HostStory): readonly Answer[] => {
  const { host, folder } = story;
  const daemon = daemonIn(story.journal);
  const own = daemon === undefined ? '/proc' : `/proc/${daemon.pid}`;
  const swap = (text: string): string =>
    text.replaceAll(vm.address, host.address).replaceAll(vm.mac, host.mac);
  const raw = read(folder, 'proc-net-raw.txt').split('\n');
  const igmp = read(folder, 'proc-net-igmp.txt').split('\n');
  const rawSockets = story.sockets === 'keepalived' ? raw : raw.slice(0, 1);
  const groups =
    story.sockets === 'keepalived'
      ? igmp
      : igmp
          .filter((line) => !line.includes('120000E0'))
          .map((line) => line.replace(/(eth0\s+:\s+)2/, '$11'));
  const running =
    daemon === undefined
      ? [say(['processes', 'list'], '')]
      : [
          say(['state-dump', 'request', `${daemon.pid}`], 'json'),
          say(
            ['processes', 'list'],
            `${daemon.pid} 1 parent S host host\n${daemon.vrrpPid} ${daemon.pid} child S host host\n`,
          ),
          say(
            ['processes', 'describe'],
            describeProcesses(daemon, story.selinux === 'enabled' ? 'system_u:system_r:keepalived_t:s0' : ''),
          ),
          say(
            ['processes', 'links'],
            [
              `lrwxrwxrwx. 1 root root  0 Nov 20 18:00 /proc/${daemon.pid}/exe -> /usr/sbin/keepalived`,
              `lrwxrwxrwx. 1 root root  0 Nov 20 18:00 /proc/${daemon.vrrpPid}/exe -> /usr/sbin/keepalived`,
              '',
              `/proc/${daemon.vrrpPid}/fd/:`,
              'total 0',
              ...(story.sockets === 'keepalived' ? [read(folder, 'proc-fd.txt')] : []),
            ].join('\n'),
          ),
          say(['processes', 'command-line', `${daemon.pid}`], '/usr/sbin/keepalived\0--dont-fork\0'),
        ];
  const pid = daemon === undefined ? '-' : `${daemon.pid}`;
  const path = '/etc/keepalived/keepalived.conf';
  return [
    ...running,
    say(['sockets', 'raw'], headed(`${own}/net/raw`, rawSockets.join('\n'))),
    say(
      ['counters', 'values'],
      headed(`${own}/net/snmp`, read(folder, 'proc-net-snmp.txt')) +
        headed(`${own}/net/netstat`, read(folder, 'proc-net-netstat.txt')) +
        headed(`${own}/net/dev`, read(folder, 'proc-net-dev.txt')),
    ),
    say(['memberships', 'groups'], headed(`${own}/net/igmp`, groups.join('\n'))),
    say(
      ['host', 'files'],
      headed('/etc/os-release', read('os-release.txt')) +
        headed('/proc/sys/kernel/osrelease', '6.1.0-56-cloud-amd64') +
        headed('/proc/sys/kernel/hostname', host.name),
    ),
    say(['host', 'tools'], 'tcpdump\npython3\nperl\nnft\nip\njournalctl\nsystemctl\ntimeout\nkeepalived\n'),
    say(
      ['sysctls', 'values'],
      read('sysctl.txt').replace(
        /^(\S+) = (.*)$/gm,
        (_line, name: string, value: string) => `/proc/sys/${name.replaceAll('.', '/')}:${value}`,
      ),
    ),
    say(['addresses', 'table'], addressTable(story)),
    say(['links', 'table'], swap(read(folder, 'ip-j-d-link.json'))),
    say(['routes', 'routes4'], swap(read(folder, 'ip-j-route.json'))),
    say(
      ['routes', 'rules4'],
      '0:\tfrom all lookup local\n32766:\tfrom all lookup main\n32767:\tfrom all lookup default\n',
    ),
    say(['neighbours', 'table'], '[]'),
    say(['bridges', 'settings'], '', 2),
    say(['configuration', 'path', pid], path),
    say(['configuration', 'file', `${pid}:${path}`], story.configuration),
    say(['nft', 'ruleset'], story.nft),
    ...(daemon === undefined
      ? [say(['version', 'text'], read('keepalived-v.txt'))]
      : [say(['version', 'text', pid], read('keepalived-v.txt'))]),
    say(['unit', 'systemd'], story.unit),
    ...(daemon === undefined ? [] : [say(['state-dump', 'dump', `${pid}:json`], story.dump)]),
    say(['log', 'lines', 'journal'], story.journal),
    ...story.more,
  ];
};
