// Configuration fault: keepalived runs with other values than its file has.
import type { ConfiguredInstance, Instance, RunningSettings } from '../../cluster/model.ts';
import { quoteConfig } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear, notEvaluated } from '../rule.ts';

interface Difference {
  readonly what: string;
  readonly file: string;
  readonly running: string;
  readonly at: { readonly file: string; readonly line: number };
}

const listed = (addresses: readonly string[]): string => [...new Set(addresses)].sort().join(' ') || 'none';

/** Settings only a dump tells. An auth_hmac is no type of its own there. */
const settingsOf = (configured: ConfiguredInstance, running: RunningSettings): readonly Difference[] => {
  const block = { file: configured.file, line: configured.line };
  const { auth, unicastPeers } = configured;
  const rows: readonly (Difference | undefined)[] = [
    {
      what: 'virtual_router_id',
      file: String(configured.vrid ?? running.vrid),
      running: String(running.vrid),
      at: configured.vridAt ?? block,
    },
    { what: 'version', file: String(configured.version), running: String(running.version), at: block },
    {
      what: 'VIPs',
      file: listed([...configured.vips, ...configured.excludedVips]),
      running: listed(running.addresses),
      at: configured.vipsAt ?? block,
    },
    running.unicastPeers === undefined
      ? undefined
      : {
          what: 'unicast_peer',
          file: listed(unicastPeers),
          running: listed(running.unicastPeers),
          at: configured.unicastPeersAt ?? block,
        },
    running.authType === undefined || auth.type === 'hmac'
      ? undefined
      : {
          what: 'auth_type',
          file: auth.type,
          running: running.authType,
          at:
            auth.file === undefined || auth.line === undefined ? block : { file: auth.file, line: auth.line },
        },
    running.preempt === undefined
      ? undefined
      : { what: 'preempt', file: configured.nopreempt ? 'off' : 'on', running: running.preempt, at: block },
  ];
  return rows.flatMap((row) => (row === undefined || row.file === row.running ? [] : [row]));
};

/** A dump that lacks a value, or an address owner whose priority is settled elsewhere, says nothing. */
const differencesOf = ({ configured, running }: Instance): readonly Difference[] => {
  if (configured.kind === 'unknown' || running.kind === 'unknown') return [];
  const { priority, priorityAt, advertIntervalMs, advertIntervalAt } = configured.value;
  const { basePriority, advertIntervalMs: runningMs, settings } = running.value;
  const numbers = [
    { what: 'priority', file: priority, running: basePriority, at: priorityAt },
    { what: 'advert_int (ms)', file: advertIntervalMs, running: runningMs, at: advertIntervalAt },
  ].flatMap(({ what, file, running: runs, at }): readonly Difference[] =>
    runs === undefined || runs === file || at === undefined
      ? []
      : [{ what, file: String(file), running: String(runs), at }],
  );
  return settings === undefined ? numbers : [...numbers, ...settingsOf(configured.value, settings)];
};

export const configNotReloaded = defineRule({
  id: 'config-not-reloaded',
  severity: 'high',
  needs: ['instances'],
  title: 'keepalived runs with other values than its configuration says',
  why: 'A file that was changed and not loaded changes nothing: every check of the file is clean while the nodes still disagree. At the next restart the node behaves differently, mostly at the worst moment.',
  proof:
    'VRID, version, base priority, advert interval, VIPs, peers, authentication type and preemption in keepalived’s own dump against the configuration file, for the same instance. Passwords are not compared.',
  remedy: 'Reload keepalived; what a reload cannot change needs a restart.',
  sources: ['keepalived(8) SIGHUP', 'keepalived vrrp_data.c'],
  explains: [],
  check: ({ instances }) => {
    const drafts = instances.flatMap((instance): readonly FindingDraft[] => {
      const [first, ...rest] = differencesOf(instance);
      if (first === undefined) return [];
      const quote = ({ what, file, at }: Difference) => quoteConfig(instance, at, `${what} ${file}`);
      const { node } = instance;
      return [
        {
          subject: { nodes: [node], vrid: instance.vrid },
          group: instance.group,
          title: `keepalived on ${node} runs with ${first.what} ${first.running}; its configuration says ${first.file}`,
          summary: 'The file was changed after keepalived read it.',
          evidence: [
            quote(first),
            {
              node,
              source: 'keepalived dump',
              quote: [first, ...rest]
                .map(({ what, running }) => `${instance.name}: ${what} ${running}`)
                .join(', '),
            },
            ...rest.map(quote),
          ],
          remedy: {
            text: 'Make sure the file says what is wanted, then reload.',
            commands: [
              { node, command: 'keepalived -t' },
              { node, command: 'systemctl reload keepalived' },
            ],
          },
        },
      ];
    });
    const unread = instances.flatMap(({ node, configured }) =>
      configured.kind === 'unknown' ? [`${node}: ${configured.reason}`] : [],
    );
    return drafts.length === 0 && unread.length > 0 ? notEvaluated(unread.join('; ')) : foundOrClear(drafts);
  },
});
