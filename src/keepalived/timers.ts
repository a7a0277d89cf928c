/**
 * VRRP arithmetic: how long a backup waits, and what a takeover should therefore cost. Knows RFC 3768 (v2),
 * RFC 5798 and 9568 (v3) and where keepalived differs. All times in ms, fractions kept; nothing is measured here.
 */

export interface TimerInput {
  readonly version: 2 | 3;
  /**
   * Effective priority of the backup, 1 … 255 (keepalived ≥ 2.0; 1.x counts with the base priority). An
   * address owner (255) has the shortest skew.
   */
  readonly priority: number;
  /** The backup's own advert_int. */
  readonly advertIntervalMs: number;
  /** v3: the interval the master advertises (Master_Adver_Interval); default: the backup's own. */
  readonly masterAdvertIntervalMs?: number;
  /** keepalived's down_timer_adverts (≥ 2.2.3); the RFCs fix it at 3. */
  readonly downTimerAdverts?: number;
}

export interface TimeRange {
  readonly minMs: number;
  readonly maxMs: number;
}

/** The interval that counts: a v2 backup uses its own, a v3 backup what the master advertises. */
function countedIntervalMs(input: TimerInput): number {
  return input.version === 3
    ? (input.masterAdvertIntervalMs ?? input.advertIntervalMs)
    : input.advertIntervalMs;
}

/**
 * Skew_Time. v2: (256 − Priority) / 256 seconds, whatever the interval (RFC 3768 6.1). v3: that share of
 * Master_Adver_Interval (RFC 5798 6.1, RFC 9568 6.1). keepalived: VRRP_TIMER_SKEW_CALC in vrrp.h, whole µs.
 */
export function skewTimeMs(input: TimerInput): number {
  const share = 256 - input.priority;
  if (input.version === 2) return Math.floor((share * 1_000_000) / 256) / 1000;
  const intervalCs = Math.floor(countedIntervalMs(input) / 10);
  return Math.floor((share * intervalCs * 625) / 16) / 1000;
}

/**
 * Master_Down_Interval: 3 × interval + Skew_Time (RFC 3768 6.1, RFC 5798 6.1, RFC 9568 6.1). keepalived:
 * VRRP_MS_DOWN_TIMER, with down_timer_adverts in place of 3.
 */
export function masterDownIntervalMs(input: TimerInput): number {
  return (input.downTimerAdverts ?? 3) * countedIntervalMs(input) + skewTimeMs(input);
}

/** After a priority-0 advert a backup waits Skew_Time only (RFC 3768 6.4.2, RFC 5798 6.4.2, RFC 9568 6.4.2). */
export function gracefulTakeoverMs(input: TimerInput): number {
  return skewTimeMs(input);
}

/** How the master goes away. */
export type Loss =
  /** Stopped: sends priority 0 before it removes the VIPs (vrrp.c vrrp_restore_interface). */
  | { readonly kind: 'graceful' }
  /** Crash, power cut, or a path that goes dark: no word. */
  | { readonly kind: 'silent' }
  /** A tracked script fails with weight 0: FAULT, priority 0 is sent. */
  | {
      readonly kind: 'script-fault';
      readonly scriptIntervalMs: number;
      readonly fall: number;
      readonly scriptTimeoutMs?: number;
    }
  /** A weighted script lowers the priority: the backup ignores lower adverts until its timer runs out. */
  | {
      readonly kind: 'script-weight';
      readonly scriptIntervalMs: number;
      readonly fall: number;
      readonly scriptTimeoutMs?: number;
    };

/**
 * Time from the master's last advert (a priority-0 one included) to the first advert of the new master, for a
 * graceful or silent loss. For scripts: from the moment the checked thing fails to the new master's first advert;
 * the check may just have run, and a hanging one ends only at its timeout.
 */
export function predictTakeover(input: TimerInput, loss: Loss): TimeRange {
  switch (loss.kind) {
    case 'graceful': {
      const waitMs = gracefulTakeoverMs(input);
      return { minMs: waitMs, maxMs: waitMs };
    }
    case 'silent': {
      const waitMs = masterDownIntervalMs(input);
      return { minMs: waitMs, maxMs: waitMs };
    }
    case 'script-fault': {
      const check = detectionMs(loss);
      const waitMs = gracefulTakeoverMs(input);
      return { minMs: check.minMs + waitMs, maxMs: check.maxMs + waitMs };
    }
    case 'script-weight': {
      // The timer was last set by an advert up to one interval old when the priority fell.
      const check = detectionMs(loss);
      const waitMs = masterDownIntervalMs(input);
      return { minMs: check.minMs + waitMs - countedIntervalMs(input), maxMs: check.maxMs + waitMs };
    }
  }
}

function detectionMs(loss: {
  readonly scriptIntervalMs: number;
  readonly fall: number;
  readonly scriptTimeoutMs?: number;
}): TimeRange {
  return {
    minMs: (loss.fall - 1) * loss.scriptIntervalMs,
    maxMs: loss.fall * loss.scriptIntervalMs + (loss.scriptTimeoutMs ?? 0),
  };
}

/**
 * Time from the event itself, rather than from the last advert: after a silent loss the last advert is up to one
 * interval old, so the wait is shorter by that phase.
 */
export function predictTakeoverFromEvent(input: TimerInput, loss: Loss): TimeRange {
  const range = predictTakeover(input, loss);
  return loss.kind === 'silent'
    ? { minMs: range.minMs - countedIntervalMs(input), maxMs: range.maxMs }
    : range;
}

/** The first backup to give up wins: the one with the least wait; equal waits are a race. */
export function rankBackups<T extends TimerInput>(backups: readonly T[], loss: Loss): readonly T[] {
  return [...backups].sort(
    (one, other) => predictTakeover(one, loss).minMs - predictTakeover(other, loss).minMs,
  );
}

/** At its start an instance is BACKUP for a whole Master_Down_Interval; an address owner that starts as MASTER does not wait. */
export function startDelayMs(input: TimerInput, state: 'MASTER' | 'BACKUP'): number {
  return state === 'MASTER' && input.priority === 255 ? 0 : masterDownIntervalMs(input);
}
