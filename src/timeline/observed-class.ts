// Which class of fault really happened, from what was seen: a trial in which another one happened than was asked for
// says nothing about the one asked for. It knows facts and classes, not times.
import type { FaultClass, TrialRecord } from './trial.ts';

export interface FaultFacts {
  readonly asked: FaultClass;
  /** The old master said goodbye before the new one spoke. */
  readonly priorityZero: 'seen' | 'not-seen';
  /** The old master went on with a lower priority. */
  readonly priorityLowered: 'seen' | 'not-seen';
  /** The old master's MAC answered for the VIP well after the injection. */
  readonly oldMacAnswers: 'yes' | 'no' | 'unknown';
  /** Adverts of the old master after the new one took over and before healing. */
  readonly oldAdvertsAfter: number;
  readonly takenOver: 'yes' | 'no';
  readonly target: NonNullable<TrialRecord['target']>;
}

export interface ClassObserved {
  readonly observed: FaultClass | 'none';
  /** In words: what it was told by. */
  readonly because: string;
}

/** Every class the facts allow, the likeliest first; facts that are not known exclude nothing. */
const possible = (facts: FaultFacts): readonly FaultClass[] => {
  const { keepalived, link, vip } = facts.target;
  if (facts.priorityZero === 'seen') return ['graceful', 'service'];
  if (facts.priorityLowered === 'seen') return ['service'];
  const classes: FaultClass[] = [];
  if (keepalived === 'frozen') return ['hang'];
  if (link === 'down') return ['link'];
  if (keepalived !== 'running' && keepalived !== 'respawned') {
    // A dead process leaves its VIP behind; only a host that is dead as well falls silent.
    classes.push('crash');
    if (keepalived === undefined && facts.oldMacAnswers !== 'no') classes.push('hang');
  }
  if (link === undefined && facts.oldMacAnswers !== 'yes' && keepalived !== 'gone') classes.push('link');
  if (keepalived === 'running' || keepalived === undefined) {
    classes.push('mute');
    if (vip === 'gone') classes.push('service');
  }
  return classes;
};

const wordsOf = (facts: FaultFacts): string => {
  const { keepalived, link } = facts.target;
  const said =
    facts.priorityZero === 'seen'
      ? 'the old master sent priority 0'
      : facts.priorityLowered === 'seen'
        ? 'the old master lowered its priority'
        : 'no priority 0 was seen';
  const vip =
    facts.oldMacAnswers === 'yes'
      ? ', its MAC went on answering for the VIP'
      : facts.oldMacAnswers === 'no'
        ? ', its MAC no longer answered for the VIP'
        : '';
  const process =
    keepalived === undefined
      ? ''
      : `, its keepalived was ${keepalived === 'respawned' ? 'started again' : keepalived}`;
  return `${said}${vip}${process}${link === 'down' ? ', its link was down' : ''}`;
};

export const observeClass = (facts: FaultFacts): ClassObserved => {
  const because = wordsOf(facts);
  if (facts.takenOver === 'no' && facts.priorityZero === 'not-seen' && facts.oldAdvertsAfter > 0)
    return { observed: 'none', because: 'the old master went on advertising and nobody took over' };
  const classes = possible(facts);
  const observed = classes.includes(facts.asked) ? facts.asked : classes[0];
  return { observed: observed ?? 'none', because };
};

/** Why the trial does not count; undefined when what was asked for happened. */
export const whyVoid = (facts: FaultFacts, { observed, because }: ClassObserved): string | undefined => {
  if (facts.target.keepalived === 'respawned' && facts.asked !== 'mute')
    return 'keepalived was started again on the target before healing: something there supervises it';
  if (observed === facts.asked) return undefined;
  return observed === 'none'
    ? `the fault did not take: ${because}`
    : `${facts.asked} was asked for and ${observed} happened: ${because}`;
};
