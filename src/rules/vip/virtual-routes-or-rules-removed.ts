// Root cause: the MASTER lacks routes or policy rules it should have set with its VIP.
import type { HostFacet, InstanceConfig } from '../../cluster/model.ts';
import { hostOf, listing, stateOf } from '../members.ts';
import { asEvidence, quoteState } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear, notEvaluated } from '../rule.ts';

type Words = readonly string[];

const after = (words: Words, ...names: readonly string[]): string | undefined => {
  const at = words.findIndex((word) => names.includes(word));
  return at < 0 ? undefined : words[at + 1];
};

/** Words that take a value, so that the value is not taken for the destination (vrrp_iproute.c alloc_route). */
const valued = [
  'src',
  'via',
  'gw',
  'dev',
  'oif',
  'table',
  'metric',
  'priority',
  'preference',
  'scope',
  'tos',
  'dsfield',
  'protocol',
  'realms',
  'mtu',
  'advmss',
  'from',
  'encap',
  'features',
  'vrf',
];
const types = [
  'unicast',
  'local',
  'broadcast',
  'multicast',
  'throw',
  'unreachable',
  'prohibit',
  'blackhole',
  'nat',
];

const destinationOf = (words: Words): string | undefined =>
  after(words, 'to') ??
  words.find(
    (word, index) =>
      !types.includes(word) && !valued.includes(word) && !valued.includes(words[index - 1] ?? ''),
  );

const plain = (prefix: string): string => {
  const text = prefix.toLowerCase().replace(/\/(32|128)$/, '');
  return ['any', 'all', 'default6', '0.0.0.0/0', '::/0', '::'].includes(text) ? 'default' : text;
};

/** Names of tables are the node’s own; only two numbers or two names can be told apart. */
const sameTable = (written: string | undefined, found: string): boolean => {
  const wanted = written ?? 'main';
  const known: Readonly<Record<string, string>> = { '254': 'main', '253': 'default', '255': 'local' };
  const a = known[wanted] ?? wanted;
  return a === found || /^\d+$/.test(a) !== /^\d+$/.test(found);
};

const hasRoute = (words: Words, routes: HostFacet['routes']): boolean => {
  const destination = destinationOf(words);
  if (routes.kind === 'unknown' || destination === undefined) return true;
  const gateway = after(words, 'via', 'gw');
  const family = /:/.test(`${destination}${gateway ?? ''}`) || words.includes('inet6') ? 'ipv6' : 'ipv4';
  return routes.value.routes.some(
    (route) =>
      route.family === family &&
      plain(route.destination) === plain(destination) &&
      sameTable(after(words, 'table'), route.table) &&
      (gateway === undefined ||
        route.gateway === undefined ||
        /inet/.test(gateway) ||
        route.gateway === gateway),
  );
};

const hasRule = (words: Words, routes: HostFacet['routes']): boolean => {
  // Rules of IPv6 are not asked for.
  if (routes.kind === 'unknown' || words.some((word) => word.includes(':')) || words.includes('inet6'))
    return true;
  const source = after(words, 'from');
  const target = after(words, 'to');
  const table = after(words, 'table', 'lookup');
  return routes.value.rules.some((rule) => {
    const said = rule.split(/\s+/);
    const fits = (wanted: string | undefined, found: string | undefined): boolean =>
      wanted === undefined || plain(wanted) === plain(found ?? 'all');
    return (
      fits(source, after(said, 'from')) &&
      fits(target, after(said, 'to')) &&
      (table === undefined || sameTable(table, after(said, 'lookup') ?? 'main'))
    );
  });
};

const missingOf = (settings: InstanceConfig, routes: HostFacet['routes']) => [
  ...settings.virtualRoutes
    .filter((words) => !hasRoute(words, routes))
    .map((words) => ({ kind: 'route', words })),
  ...settings.virtualRules
    .filter((words) => !hasRule(words, routes))
    .map((words) => ({ kind: 'rule', words })),
];

export const virtualRoutesOrRulesRemoved = defineRule({
  id: 'virtual-routes-or-rules-removed',
  severity: 'high',
  needs: ['instances', 'configurations', 'hosts'],
  title: 'The MASTER lacks virtual routes or rules',
  why: 'keepalived sets virtual_routes and virtual_rules when it becomes MASTER. A network manager that is restarted removes what it did not set itself, and keepalived does not put every one of them back: the VIP answers, and its traffic goes nowhere.',
  proof:
    'An instance that is MASTER and holds its VIP, and a route or IPv4 rule of its configuration that is in no table of the kernel.',
  remedy:
    'Make the network manager leave foreign routes and rules alone (`ManageForeignRoutes=no`, `ManageForeignRoutingPolicyRules=no`), then reload keepalived.',
  sources: ['keepalived issue 2479', 'networkd.conf(5) ManageForeignRoutes', 'keepalived vrrp_iproute.c'],
  explains: [],
  check: ({ instances, configurations, hosts }) => {
    const unread: string[] = [];
    const drafts = instances.flatMap((instance): readonly FindingDraft[] => {
      const { node, name, family } = instance;
      const settings = configurations
        .flatMap(({ node: owner, config }) =>
          owner === node && config.kind === 'known' ? config.value.instances : [],
        )
        .find((one) => one.name === name && one.family === family);
      if (settings === undefined || settings.virtualRoutes.length + settings.virtualRules.length === 0)
        return [];
      // Without its VIP the instance was not MASTER all the time, or has another fault.
      if (stateOf(instance) !== 'MASTER' || instance.holdsVips !== 'yes') return [];
      const host = hostOf(hosts, node);
      if (host === undefined || host.routes.kind === 'unknown') {
        unread.push(
          `${node}: ${host?.routes.kind === 'unknown' ? host.routes.reason : 'its routes are not known'}`,
        );
        return [];
      }
      const machine = host.machine.kind === 'known' ? host.machine.value : undefined;
      const since = instance.running.kind === 'known' ? instance.running.value.lastTransitionAtMs : undefined;
      // Routes are read once, when the check begins.
      if (since !== undefined && machine?.nowMs !== undefined && since + 1000 > machine.nowMs) return [];
      const missing = missingOf(settings, host.routes);
      const [first, ...others] = missing;
      if (first === undefined) return [];
      const quote = ({ kind, words }: (typeof missing)[number]) => ({
        node,
        source: settings.source.file,
        quote: `${settings.source.file}: virtual ${kind} ${words.join(' ')}: not in the kernel`,
      });
      return [
        {
          subject: { nodes: [node], vrid: instance.vrid },
          group: instance.group,
          title: `${node} is MASTER without ${listing(missing.slice(0, 3).map(({ kind, words }) => `its ${kind} ${words.join(' ')}`))}`,
          summary: `${missing.length} of ${settings.virtualRoutes.length + settings.virtualRules.length} virtual routes and rules of ${name} are missing on ${node}.`,
          evidence: asEvidence(quote(first), [...others.map(quote), quoteState(instance)]),
          remedy: {
            text: 'Reload keepalived to have them set again, and keep the network manager from removing what is not its own.',
            commands: [
              { node, command: 'systemctl reload keepalived' },
              { node, command: 'ip route show table all; ip rule show' },
            ],
          },
        },
      ];
    });
    return drafts.length === 0 && unread.length > 0 ? notEvaluated(unread.join('; ')) : foundOrClear(drafts);
  },
});
