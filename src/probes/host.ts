// What kind of machine the node is, what time it thinks it is, and which tools it has. Facts only.
import type { Answer } from '../evidence/bundle.ts';
import { known, type Reading, unknown } from '../evidence/reading.ts';
import { answerTo, linesByPath } from './answers.ts';
import type { Probe } from './probe.ts';

export interface HostDescription {
  readonly hostname: string;
  /** `PRETTY_NAME` of os-release. */
  readonly distribution: string;
  /** `ID` of os-release: `debian`, `centos`, `alpine` … */
  readonly distributionId: string;
  readonly kernel: string;
  readonly uptimeSeconds?: number;
  /** sys_vendor and product_name of DMI, e.g. `QEMU Standard PC`. */
  readonly hardware?: string;
  /** chassis_asset_tag of DMI, by which some clouds are told. */
  readonly chassisTag?: string;
  /** What cloud-init says the cloud is: `aws`, `openstack` … */
  readonly cloudId?: string;
  /** The node's clock when it was asked, epoch ns; whole seconds where its `date` knows no better. */
  readonly clockNs?: bigint;
  readonly clockResolution: 'ns' | 's';
  /** Programs found among those the tool can make use of. */
  readonly tools: readonly string[];
}

const toolNames = [
  'tcpdump',
  'python3',
  '/usr/libexec/platform-python',
  'python2',
  'python',
  'perl',
  'nft',
  'ip',
  'iptables',
  'iptables-save',
  'firewall-cmd',
  'ufw',
  'ausearch',
  'journalctl',
  'systemctl',
  'docker',
  'podman',
  'arping',
  'nsenter',
  'timeout',
  'keepalived',
];

const files = [
  '/etc/os-release',
  '/proc/sys/kernel/osrelease',
  '/proc/sys/kernel/hostname',
  '/proc/uptime',
  '/sys/class/dmi/id/sys_vendor',
  '/sys/class/dmi/id/product_name',
  '/sys/class/dmi/id/chassis_asset_tag',
  '/run/cloud-init/cloud-id',
];

const tools = `
vd_out=
for vd_t in TOOLS; do have "$vd_t" && vd_out="$vd_out$vd_t
"; done
note '' 0 "$vd_out"
`.replace('TOOLS', toolNames.join(' '));

export const hostProbe: Probe<HostDescription> = {
  id: 'host',
  asks: 'what kind of machine is it?',
  parts: [
    {
      part: 'files',
      shell: `tell '' grep -sH '' ${files.join(' ')}`,
      rounds: ['before'],
      limitBytes: 16_384,
      timeoutSeconds: 2,
    },
    {
      part: 'clock',
      shell: `tell '' date +%s.%N`,
      rounds: ['before', 'after'],
      limitBytes: 64,
      timeoutSeconds: 2,
    },
    { part: 'tools', shell: tools, rounds: ['before'], limitBytes: 4096, timeoutSeconds: 2 },
  ],
  read,
};

function read(answers: readonly Answer[]): Reading<HostDescription> {
  const answer = answerTo(answers, 'files');
  const lines = linesByPath(answer?.text ?? '');
  const kernel = lines.get('/proc/sys/kernel/osrelease')?.[0];
  if (answer === undefined || kernel === undefined) return unknown('the node did not describe itself');
  const release = new Map<string, string>();
  for (const line of lines.get('/etc/os-release') ?? []) {
    const match = /^([A-Z_]+)=["']?([^"']*)/.exec(line);
    if (match?.[1] !== undefined) release.set(match[1], match[2] ?? '');
  }
  const uptime = Number(lines.get('/proc/uptime')?.[0]?.split(' ')[0]);
  const hardware = [
    lines.get('/sys/class/dmi/id/sys_vendor')?.[0],
    lines.get('/sys/class/dmi/id/product_name')?.[0],
  ]
    .filter((word) => word !== undefined && word !== '')
    .join(' ');
  const chassisTag = lines.get('/sys/class/dmi/id/chassis_asset_tag')?.[0]?.trim() ?? '';
  const cloudId = lines.get('/run/cloud-init/cloud-id')?.[0]?.trim() ?? '';
  const clock = readClock(answerTo(answers, 'clock', 'before')?.text ?? '');
  return known({
    hostname: lines.get('/proc/sys/kernel/hostname')?.[0] ?? '?',
    distribution: release.get('PRETTY_NAME') ?? 'unknown distribution',
    distributionId: release.get('ID') ?? 'unknown',
    kernel,
    ...(Number.isFinite(uptime) ? { uptimeSeconds: uptime } : {}),
    ...(hardware === '' ? {} : { hardware }),
    ...(chassisTag === '' ? {} : { chassisTag }),
    ...(cloudId === '' ? {} : { cloudId }),
    ...(clock === undefined ? {} : { clockNs: clock.atNs }),
    clockResolution: clock?.resolution ?? 's',
    tools: (answerTo(answers, 'tools')?.text ?? '').split('\n').filter((name) => name !== ''),
  });
}

/** busybox without nanoseconds prints `1795200551.` or leaves `%N` as it is. */
function readClock(text: string): { atNs: bigint; resolution: 'ns' | 's' } | undefined {
  const match = /^(\d{9,})(?:\.(\d{9}))?/.exec(text.trim());
  if (match?.[1] === undefined) return undefined;
  const seconds = BigInt(match[1]) * 1_000_000_000n;
  return match[2] === undefined
    ? { atNs: seconds, resolution: 's' }
    : { atNs: seconds + BigInt(match[2]), resolution: 'ns' };
}
