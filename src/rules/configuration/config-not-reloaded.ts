// Configuration fault: keepalived runs with other values than its file has.
import type { Instance } from '../../cluster/model.ts';
import { quoteConfig } from '../quoting.ts';
import { defineRule, type FindingDraft, foundOrClear, notEvaluated } from '../rule.ts';

interface Difference {
  readonly what: string;
  readonly file: number;
  readonly running: number;
  readonly at: { readonly file: string; readonly line: number } | undefined;
}

/** A dump that lacks a value, or an address owner whose priority is settled elsewhere, says nothing. */
const differencesOf = ({ configured, running }: Instance): readonly Difference[] => {
  if (configured.kind === 'unknown' || running.kind === 'unknown') return [];
  const { priority, priorityAt, advertIntervalMs, advertIntervalAt } = configured.value;
  const { basePriority, advertIntervalMs: runningMs } = running.value;
  return [
    ...(basePriority !== undefined && basePriority !== priority && priorityAt !== undefined
      ? [{ what: 'priority', file: priority, running: basePriority, at: priorityAt }]
      : []),
    ...(runningMs !== undefined && runningMs !== advertIntervalMs && advertIntervalAt !== undefined
      ? [{ what: 'advert_int (ms)', file: advertIntervalMs, running: runningMs, at: advertIntervalAt }]
      : []),
  ];
};

export const configNotReloaded = defineRule({
  id: 'config-not-reloaded',
  severity: 'high',
  needs: ['instances'],
  title: 'keepalived runs with other values than its configuration says',
  why: 'A file that was changed and not loaded changes nothing: every check of the file is clean while the nodes still disagree. At the next restart the node behaves differently, mostly at the worst moment.',
  proof:
    'Base priority and advert interval in keepalived’s own dump against the configuration file, for the same instance.',
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
