// How facts of the model become quotations a finding can show. It adds no judgement and never sees a password.
import type {
  AdvertStream,
  ClusterModel,
  FirewallRule,
  Instance,
  LadderCell,
  NodeFacet,
  Quote,
} from '../cluster/model.ts';

export type Evidence = readonly [Quote, ...Quote[]];

/** Keeps the first of equal quotes and at most `most` of them, so that a finding stays readable. */
export const asEvidence = (first: Quote, rest: readonly Quote[], most = 8): Evidence => {
  const seen = new Set([`${first.node}|${first.quote}`]);
  const kept = rest.filter((quote) => {
    const key = `${quote.node}|${quote.quote}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  return [first, ...kept.slice(0, most - 1)];
};

export const quoteConfig = (
  instance: Instance,
  at: { readonly file?: string; readonly line?: number } | undefined,
  text: string,
): Quote => {
  const configured = instance.configured.kind === 'known' ? instance.configured.value : undefined;
  const file = at?.file ?? configured?.file ?? 'keepalived.conf';
  const line = at?.line ?? configured?.line;
  return {
    node: instance.node,
    source: file,
    quote: line === undefined ? `${file}: ${text}` : `${file}:${line}: ${text}`,
  };
};

const stateSources = {
  json: 'keepalived JSON dump',
  data: 'keepalived data dump',
  log: 'keepalived log',
  'addresses-and-adverts': 'addresses and adverts',
} as const;

export const quoteState = (instance: Instance): Quote => {
  if (instance.running.kind === 'unknown')
    return {
      node: instance.node,
      source: 'state',
      quote: `${instance.name}: state unknown (${instance.running.reason})`,
    };
  const { state, source, effectivePriority, faults } = instance.running.value;
  const priority = effectivePriority === undefined ? '' : `, effective priority ${effectivePriority}`;
  const why = faults === undefined || faults.length === 0 ? '' : `, faults: ${faults.join(', ')}`;
  return {
    node: instance.node,
    source: stateSources[source],
    quote: `${instance.name} on ${instance.interface}: ${state}${priority}${why}`,
  };
};

const shown = (count: number | 'unknown'): string => (count === 'unknown' ? '?' : String(count));

export const quoteCell = (cell: LadderCell): Quote => ({
  node: cell.to,
  source: `adverts ${cell.from} → ${cell.to}`,
  quote: `VRID ${cell.vrid} ${cell.from} → ${cell.to}: sent ${shown(cell.sent)}, arrived ${shown(cell.arrived)}, delivered ${shown(cell.delivered)}${cell.detail === '' ? '' : ` (${cell.detail})`}`,
});

export const nameRule = (rule: FirewallRule): string => {
  const place = `${rule.engine === 'nft' ? '' : `${rule.engine} `}${rule.family} ${rule.table} ${rule.chain}`;
  return `${place}${rule.handle === undefined ? '' : ` handle ${rule.handle}`}`;
};

export const counterRise = (rule: FirewallRule): number | undefined =>
  rule.counter?.after === undefined ? undefined : rule.counter.after - rule.counter.before;

export const quoteRule = (node: string, rule: FirewallRule): Quote => {
  const rise = counterRise(rule);
  const counter =
    rule.counter === undefined
      ? ''
      : rise === undefined
        ? ` [counter ${rule.counter.before} packets]`
        : ` [counter ${rule.counter.before} → ${rule.counter.before + rise} packets]`;
  return { node, source: rule.engine, quote: `${nameRule(rule)}: ${rule.text}${counter}` };
};

export const quoteStreams = (streams: readonly AdvertStream[]): readonly Quote[] =>
  streams.map((stream) => stream.quote);

/** Newest lines of a node's log that match, oldest first. */
export const quoteLog = (node: NodeFacet | undefined, pattern: RegExp, most = 2): readonly Quote[] =>
  node === undefined || node.log.kind === 'unknown'
    ? []
    : node.log.value
        .filter((line) => pattern.test(line.text))
        .slice(-most)
        .map((line) => ({ node: node.name, source: 'keepalived log', quote: line.text }));

export const quoteCounter = (hosts: ClusterModel['hosts'], node: string, name: string): readonly Quote[] => {
  const host = hosts.find((candidate) => candidate.node === node);
  if (host === undefined || host.counterDeltas.kind === 'unknown') return [];
  const delta = host.counterDeltas.value[name];
  return delta === undefined
    ? []
    : [{ node, source: '/proc/net/netstat', quote: `${name} rose by ${delta} while listening` }];
};
