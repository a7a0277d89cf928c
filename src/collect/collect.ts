// Collecting evidence: visits every node at once, listens until the open questions are settled, asks again, and
// leaves. It measures time and moves bytes; what they mean is asked of the cluster model, as a pure question.
import { setTimeout as delay } from 'node:timers/promises';
import { type ObserverChoice, openObserver } from '../capture/observer.ts';
import { buildCluster } from '../cluster/build.ts';
import type { ClusterModel } from '../cluster/model.ts';
import { openQuestions } from '../cluster/open-questions.ts';
import type { Bundle, ListeningWindow } from '../evidence/bundle.ts';
import { createRedactor } from '../evidence/redaction.ts';
import { createEventQueue } from '../transport/event-queue.ts';
import type { Connected } from '../transport/transport.ts';
import { type NodeVisit, type VisitPhase, visitNode } from './node-visit.ts';

export interface LiveNode {
  /** What the user called it. */
  readonly name: string;
  readonly address: string;
  readonly connect: () => Promise<Connected>;
}

export interface LiveSource {
  readonly kind: 'live';
  readonly nodes: readonly LiveNode[];
  readonly observer: ObserverChoice;
  /** `--listen`, ms. */
  readonly listenLimitMs: number;
  /** `--timeout`: longest time for one round of questions to one node, ms. */
  readonly askLimitMs: number;
}

export type CollectEvent =
  | { readonly kind: 'node'; readonly node: string; readonly phase: VisitPhase; readonly detail: string }
  | {
      readonly kind: 'listening';
      readonly elapsedMs: number;
      readonly limitMs: number;
      /** Why the window is still open, in words. */
      readonly openQuestions: readonly string[];
      /** Adverts heard so far, on all vantages together. */
      readonly adverts: number;
      /** Who sends, as heard so far, by VRID and sender. */
      readonly senders: readonly SenderHeard[];
    };

export interface SenderHeard {
  readonly vrid: number;
  /** Name of the node, or the source address of a sender that is none of them. */
  readonly from: string;
  /** Of the last advert. */
  readonly priority: number;
  /** On the vantage that heard most of them. */
  readonly adverts: number;
}

/** How often the open questions are asked again, ms; a large cluster is looked at less often, */
const LOOK_EVERY_MS = 150;
/** so that looking takes no more than this share of the time, and leaves as little garbage behind. */
const LOOKING_SHARE = 1 / 8;
const LOOK_AT_LEAST_EVERY_MS = 500;

/** Source addresses of a node's peers: their way back is asked for, to see what rp_filter sees. */
const peersOf = (model: ClusterModel, node: string): readonly string[] => {
  const groups = new Set(
    model.instances.filter((instance) => instance.node === node).map((instance) => instance.group),
  );
  const sources = model.instances
    .filter((peer) => peer.node !== node && groups.has(peer.group))
    .flatMap((peer) => (peer.sourceAddress.kind === 'known' ? [peer.sourceAddress.value] : []));
  return [...new Set(sources)];
};

const vipsToProbe = (model: ClusterModel): readonly string[] => [
  ...new Set(model.holders.map((holding) => holding.vip)),
];

const sendersOf = (model: ClusterModel): readonly SenderHeard[] => {
  const heard = new Map<string, { latestNs: bigint; sender: SenderHeard; counts: Map<string, number> }>();
  for (const stream of model.adverts.streams) {
    const from = stream.sender === 'foreign' || stream.sender === 'unidentified' ? stream.src : stream.sender;
    const key = `${stream.vrid} ${stream.family} ${from}`;
    const known = heard.get(key);
    const counts = known?.counts ?? new Map<string, number>();
    counts.set(stream.heardAt, (counts.get(stream.heardAt) ?? 0) + stream.count);
    const latest = known === undefined || stream.lastAtNs >= known.latestNs;
    heard.set(key, {
      counts,
      latestNs: latest ? stream.lastAtNs : known.latestNs,
      sender: {
        vrid: stream.vrid,
        from,
        priority: latest ? stream.priority : known.sender.priority,
        adverts: Math.max(...counts.values()),
      },
    });
  }
  return [...heard.values()]
    .map(({ sender }) => sender)
    .sort((a, b) => a.vrid - b.vrid || (a.from < b.from ? -1 : 1));
};

interface Course {
  readonly source: LiveSource;
  readonly tool: Bundle['tool'];
  readonly signal: AbortSignal;
  readonly say: (event: CollectEvent) => void;
}

const runCourse = async ({ source, tool, signal, say }: Course): Promise<Bundle | undefined> => {
  const startedAtMs = Date.now();
  const redactor = createRedactor();
  const visits: readonly NodeVisit[] = source.nodes.map((node) =>
    visitNode({
      node: node.name,
      address: node.address,
      connect: node.connect,
      redactor,
      askLimitMs: source.askLimitMs,
      listenLimitSeconds: Math.ceil((source.listenLimitMs + 2 * source.askLimitMs) / 1000) + 10,
      onPhase: (phase, detail) => say({ kind: 'node', node: node.name, phase, detail }),
    }),
  );
  const observer = openObserver(source.observer, redactor.frame);
  let window: ListeningWindow = {
    listenedMs: 0,
    limitMs: source.listenLimitMs,
    endedBecause: 'nothing-to-hear',
    detail: '',
  };
  const snapshot = (): Bundle => ({
    schemaVersion: 1,
    kind: 'check',
    tool,
    startedAt: new Date(startedAtMs).toISOString(),
    durationMs: Date.now() - startedAtMs,
    window,
    nodes: visits.map((visit) => visit.evidence()),
    observer: observer.evidence(),
  });

  let answeredAtMs: number | undefined;
  /**
   * Since the first ear opened, and since all did that ever will: only then are they worth comparing. Where no node
   * can listen, the window is counted from the answers on: it must end for the deaf as well.
   */
  const elapsed = (): { readonly ofFirst: number; readonly ofAll: number } => {
    const now = Date.now();
    const open = visits.map((visit) => visit.listeningSinceMs()).filter((time) => time !== undefined);
    const since = open.length > 0 ? open : [answeredAtMs ?? now];
    return { ofFirst: now - Math.min(...since), ofAll: now - Math.max(...since) };
  };

  const untilSettled = async (): Promise<void> => {
    let answered = false;
    let answers = 0;
    const count = (): void => {
      answers += 1;
    };
    const everyoneAnswered = Promise.all(visits.map((visit) => visit.answered.then(count))).then(() => {
      answered = true;
      answeredAtMs = Date.now();
    });
    let toldAfter = 0;
    let lookedMs = 0;
    const asked = new Set<string>();
    // The observer need not wait for a node that does not answer.
    const tellObserver = (model: ClusterModel): void => {
      const vips = vipsToProbe(model);
      const addresses = model.instances.flatMap((instance) =>
        instance.sourceAddress.kind === 'known' ? [instance.sourceAddress.value] : [],
      );
      if (addresses.length === 0 && !answered) return;
      observer.locate([...addresses, ...vips]);
      observer.probeHolders(vips.filter((vip) => !asked.has(vip)));
      for (const vip of vips) asked.add(vip);
    };
    for (;;) {
      if (signal.aborted) return;
      const pauseMs = Math.min(Math.max(LOOK_EVERY_MS, lookedMs / LOOKING_SHARE), LOOK_AT_LEAST_EVERY_MS);
      await Promise.race([delay(pauseMs), ...(answered ? [] : [everyoneAnswered])]);
      const { ofFirst, ofAll: elapsedMs } = elapsed();
      const end = (endedBecause: ListeningWindow['endedBecause'], detail: string): void => {
        window = { ...window, listenedMs: elapsedMs, endedBecause, detail };
      };
      window = { ...window, listenedMs: elapsedMs };
      const overdue = ofFirst >= source.listenLimitMs;
      if (!answered && !overdue && toldAfter === answers) continue;
      const lookedAt = performance.now();
      const bundle = snapshot();
      const model = buildCluster(bundle);
      lookedMs = performance.now() - lookedAt;
      if (toldAfter !== answers) {
        toldAfter = answers;
        tellObserver(model);
      }
      if (!answered && !overdue) continue;
      if (bundle.nodes.every((node) => node.contact.kind === 'unreachable'))
        return end('nothing-to-hear', 'no node could be reached');
      const questions = [
        ...openQuestions(model, elapsedMs),
        ...(observer.probing() === 'yes' ? ['does anyone else answer for the VIP?'] : []),
      ];
      say({
        kind: 'listening',
        elapsedMs,
        limitMs: source.listenLimitMs,
        openQuestions: questions,
        adverts: model.adverts.streams.reduce((total, stream) => total + stream.count, 0),
        senders: sendersOf(model),
      });
      if (questions.length === 0) return end('settled', 'every question was settled');
      if (overdue) return end('limit', `still open at --listen: ${questions.join('; ')}`);
    }
  };

  const aborted = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  try {
    await untilSettled();
    if (signal.aborted) return undefined;
    const model = buildCluster(snapshot());
    const finished = Promise.all([
      ...visits.map((visit, index) =>
        visit.finish({ peers: peersOf(model, source.nodes[index]?.name ?? '') }),
      ),
      observer.stop(),
    ]);
    await Promise.race([finished, aborted]);
    return signal.aborted ? undefined : snapshot();
  } finally {
    await Promise.all([...visits.map((visit) => visit.abort()), observer.stop()]);
  }
};

/** Yields progress and, as its last event, what was collected; nothing after an interruption. */
export async function* collectEvidence(
  source: LiveSource,
  tool: Bundle['tool'],
  signal: AbortSignal,
): AsyncGenerator<CollectEvent | { readonly kind: 'collected'; readonly bundle: Bundle }> {
  const queue = createEventQueue<CollectEvent | { readonly kind: 'collected'; readonly bundle: Bundle }>();
  const course = runCourse({ source, tool, signal, say: queue.push })
    .then((bundle) => {
      if (bundle !== undefined) queue.push({ kind: 'collected', bundle });
    })
    .finally(queue.close);
  yield* queue;
  await course;
}
