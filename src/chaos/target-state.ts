// How the target looks after the injection and before healing: whether keepalived runs, its link is up, the VIP still
// there. It tells afterwards which class of fault it really was.
import type { TrialRecord } from '../timeline/trial.ts';
import { quote } from '../transport/quote.ts';
import { treeFunction } from './faults/process-tree.ts';
import type { FaultSite } from './site.ts';

export const targetCommand = (site: FaultSite): string => {
  const pid = site.parentPid.kind === 'known' ? site.parentPid.value : 0;
  return [
    'PATH=$PATH:/usr/sbin:/sbin',
    treeFunction,
    `if vd_is_keepalived ${pid}; then echo "keepalived $(vd_state ${pid})"`,
    'else',
    '  vd_k=gone',
    '  for vd_q in /proc/[0-9]*; do vd_is_keepalived "$(basename "$vd_q")" && vd_k=other && break; done',
    '  echo "keepalived $vd_k"',
    'fi',
    `ip -o link show dev ${quote(site.interface)}`,
    'echo @addresses',
    'ip -o addr show',
    'echo @end',
  ].join('\n');
};

export const readTarget = (site: FaultSite, text: string): TrialRecord['target'] => {
  if (!text.includes('@end')) return undefined;
  const word = /^keepalived (\S+)/m.exec(text)?.[1];
  const flags = /<([^>]*)>/.exec(text)?.[1]?.split(',');
  const held = site.vips.some((vip) => text.slice(text.indexOf('@addresses')).includes(` ${vip}/`));
  return {
    ...(word === undefined
      ? {}
      : {
          keepalived:
            word === 'gone'
              ? 'gone'
              : word === 'other'
                ? 'respawned'
                : word === 'T' || word === 't'
                  ? 'frozen'
                  : 'running',
        }),
    ...(flags === undefined ? {} : { link: flags.includes('UP') ? 'up' : 'down' }),
    vip: held ? 'held' : 'gone',
  };
};
