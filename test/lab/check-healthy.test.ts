/** What is well is called healthy: every topology as it is raised, and odd but legal ways to run one. */
import { describe, expect, it } from 'vitest';
import { eventually } from '../../src/lab/commands.ts';
import { execOn, lowerLab, raiseLab } from '../../src/lab/lab.ts';
import { topologies } from '../../src/lab/topology.ts';
import { checkLab, checkOwner, runGrid, type Site } from './check-grid.ts';
import { requireLab, skipNote } from './require-lab.ts';

const availability = await requireLab();
const owner = checkOwner;
const everyone = ['n1', 'n2', 'n3'] as const;

const configureAll = async (site: Site, change: (text: string) => string): Promise<void> => {
  for (const node of everyone) await site.configure(node, change);
};

runGrid(availability, 'three-v3', [
  {
    name: 'all start as MASTER with priorities of their own',
    inject: async (site) => {
      await configureAll(site, (text) => text.replace('state BACKUP', 'state MASTER'));
      await site.heldBy('n1');
    },
    roots: [],
  },
  {
    name: 'nopreempt leaves the MASTER where it is',
    inject: async (site) => {
      await configureAll(site, (text) => text.replace(/state \w+/, 'state BACKUP\n    nopreempt'));
      await site.sh('n1', 'systemctl stop keepalived');
      await site.heldBy('n2');
      await site.sh('n1', 'systemctl start keepalived');
    },
    roots: [],
  },
  {
    name: 'a label, another prefix, and excluded VIPs of both families',
    inject: async (site) => {
      await configureAll(site, (text) =>
        text.replace(
          /virtual_ipaddress \{\s*10\.77\.0\.5/,
          'virtual_ipaddress_excluded {\n10.77.0.55\nfd77::55/64\n}\nvirtual_ipaddress {\n10.77.0.5/24 dev eth1 label eth1:v',
        ),
      );
      await site.heldBy('n1');
    },
    roots: [],
  },
  {
    name: 'the same VRID on another interface',
    inject: async (site) => {
      await configureAll(
        site,
        (text) =>
          `${text}\nvrrp_instance OTHER {\nstate BACKUP\ninterface eth0\nvirtual_router_id 101\npriority ${/priority (\d+)/.exec(text)?.[1] ?? '50'}\nadvert_int 1\nvirtual_ipaddress {\n10.77.9.5\n}\n}\n`,
      );
      await site.heldBy('n1');
    },
    roots: [],
  },
  {
    name: 'strict reverse-path filter over symmetric routes',
    inject: (site) =>
      site.inNetworkOf(
        'n2',
        'sysctl',
        '-qw',
        'net.ipv4.conf.all.rp_filter=1',
        'net.ipv4.conf.eth1.rp_filter=1',
      ),
    undo: (site) =>
      site.inNetworkOf(
        'n2',
        'sysctl',
        '-qw',
        'net.ipv4.conf.all.rp_filter=0',
        'net.ipv4.conf.eth1.rp_filter=2',
      ),
    roots: [],
  },
]);

/** Once the ear on the node is there, the first questions are answered within a second. */
const onceListening = async (site: Site, script: string): Promise<void> => {
  await eventually(
    async () => ((await execOn(site.lab, 'n1', ['pidof', 'tcpdump'])).code === 0 ? true : null),
    { withinMs: 10_000, hope: 'the check listens on n1' },
  );
  await site.sh('n1', `sleep 1; ${script}`);
};

runGrid(availability, 'three', [
  {
    name: 'keepalived restarted on the MASTER while the check listens',
    inject: async () => undefined,
    meanwhile: (site) =>
      onceListening(site, 'systemctl reset-failed keepalived; systemctl restart keepalived'),
    roots: [],
  },
  {
    name: 'keepalived stopped on the MASTER while the check listens, and started again',
    inject: async () => undefined,
    meanwhile: (site) =>
      onceListening(
        site,
        'systemctl stop keepalived; sleep 1; systemctl reset-failed keepalived; systemctl start keepalived',
      ),
    roots: [],
  },
]);

describe.skipIf(!availability.available)(`healthy topologies${skipNote(availability)}`, () => {
  it.each(topologies.map((topology) => [topology.id] as const))('%s', async (id) => {
    const lab = await raiseLab(id, { owner });
    try {
      const { report, exitCode } = await checkLab(lab);
      expect(report.findings.filter((finding) => finding.severity !== 'low')).toEqual([]);
      expect(report.verdict).toBe('healthy');
      expect(exitCode).toBe(0);
    } finally {
      await lowerLab(owner);
    }
  });
});
