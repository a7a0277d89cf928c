// Root cause to be: kernel settings that a VMAC needs, and that keepalived made, were changed by somebody else.
import type { HostFacet } from '../../cluster/model.ts';
import { hostOf } from '../members.ts';
import { asEvidence } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear, notEvaluated } from '../rule.ts';

interface Wrong {
  readonly path: string;
  readonly is: string;
  readonly should: string;
  readonly does: string;
}

const numberAt = (sysctls: Readonly<Record<string, string>>, name: string, setting: string) => {
  const text = sysctls[`net/ipv4/conf/${name}/${setting}`];
  return text === undefined ? undefined : Number(text);
};

/** What keepalived sets for an IPv4 VMAC, the same from 1.3.5 to 2.4 (vrrp_if_config.c). */
const wrongOf = (
  sysctls: Readonly<Record<string, string>>,
  vmac: string,
  parent: string,
): readonly Wrong[] => {
  const both = (name: string, setting: string): number | undefined => {
    const own = numberAt(sysctls, name, setting);
    return own === undefined ? undefined : Math.max(own, numberAt(sysctls, 'all', setting) ?? 0);
  };
  const wrong: Wrong[] = [];
  const reverse = both(vmac, 'rp_filter');
  if (reverse === 1)
    wrong.push({
      path: `net.ipv4.conf.${numberAt(sysctls, vmac, 'rp_filter') === 1 ? vmac : 'all'}.rp_filter`,
      is: '1',
      should: '0',
      does: `a strict reverse-path filter drops the adverts that arrive on ${vmac}`,
    });
  if (numberAt(sysctls, vmac, 'accept_local') === 0 && numberAt(sysctls, 'all', 'accept_local') !== 1)
    wrong.push({
      path: `net.ipv4.conf.${vmac}.accept_local`,
      is: '0',
      should: '1',
      does: 'adverts of another instance of this host are dropped',
    });
  if (both(parent, 'arp_ignore') === 0)
    wrong.push({
      path: `net.ipv4.conf.${parent}.arp_ignore`,
      is: '0',
      should: '1',
      does: `${parent} answers ARP for the VIP with its own MAC`,
    });
  return wrong;
};

const vmacOf = (host: HostFacet, name: string): string | undefined =>
  host.links.kind === 'known' ? host.links.value.find((link) => link.name === name)?.name : undefined;

export const vmacSysctlWrong = defineRule({
  id: 'vmac-sysctl-wrong',
  severity: 'high',
  needs: ['instances', 'configurations', 'hosts'],
  title: 'Kernel settings that the VMAC needs were changed',
  why: 'keepalived sets rp_filter, accept_local and arp_ignore for its virtual MAC interface and the one below it. A sysctl file that is applied again afterwards undoes that: adverts are dropped, or the VIP is answered for with the wrong MAC.',
  proof:
    'An IPv4 instance with `use_vmac` whose interface exists, and a setting of it or of its parent that is not as keepalived sets it when it starts.',
  remedy: 'Take the setting out of /etc/sysctl.d for these interfaces, and restart keepalived.',
  sources: [
    'keepalived vrrp_if_config.c (1.3.5 to 2.4)',
    'keepalived doc/NOTE_vrrp_vmac.txt',
    'keepalived issues 364, 511, 2512',
  ],
  explains: ['multiple-masters', 'vip-held-twice', 'adverts-lost-unexplained'],
  check: ({ instances, configurations, hosts }) => {
    const unread: string[] = [];
    const drafts = instances.flatMap((instance): readonly FindingDraft[] => {
      const { node, name, family, vrid, interface: parent } = instance;
      const settings = configurations
        .flatMap(({ node: owner, config }) =>
          owner === node && config.kind === 'known' ? config.value.instances : [],
        )
        .find((one) => one.name === name && one.family === family);
      if (family !== 'ipv4' || settings?.macInterface?.kind !== 'vmac' || instance.process !== 'running')
        return [];
      const host = hostOf(hosts, node);
      if (host === undefined || host.sysctls.kind === 'unknown' || host.links.kind === 'unknown') {
        unread.push(`${node}: its kernel settings are not known`);
        return [];
      }
      const vmac = vmacOf(host, settings.macInterface.name ?? `vrrp.${vrid}`);
      const wrong = vmac === undefined ? [] : wrongOf(host.sysctls.value, vmac, parent);
      const [first, ...others] = wrong;
      if (vmac === undefined || first === undefined) return [];
      const quote = ({ path, is, should }: Wrong) => ({
        node,
        source: '/proc/sys',
        quote: `${path} = ${is}, and keepalived sets ${should}`,
      });
      return [
        {
          subject: { nodes: [node], vrid },
          group: instance.group,
          title: `${first.path} on ${node} is ${first.is}, and the VMAC ${vmac} needs ${first.should}`,
          summary: `With it, ${wrong.map(({ does }) => does).join('; ')}. keepalived set it when it started; something has changed it since.`,
          evidence: asEvidence(quote(first), others.map(quote)),
          remedy: {
            text: 'Set it back, and find the file that changes it.',
            commands: [
              ...wrong.map(({ path, should }) => ({ node, command: `sysctl -w ${path}=${should}` })),
              {
                node,
                command: 'grep -rn -e rp_filter -e arp_ignore -e accept_local /etc/sysctl.conf /etc/sysctl.d',
              },
            ],
          },
        },
      ];
    });
    return drafts.length === 0 && unread.length > 0 ? notEvaluated(unread.join('; ')) : foundOrClear(drafts);
  },
});
