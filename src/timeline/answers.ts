// Probes matched with their answers: ICMP by identifier and sequence, ARP and neighbour discovery by the MAC apart
// they were asked from, in order; TCP and HTTP as the sender saw it. What was asked, when, and who answered.
import type { Sightings } from './sightings.ts';
import type { ProbeRun } from './trial.ts';

/** An answer that comes later is one no client waited for, ns. */
export const latestAnswerNs = 500_000_000;

export interface Reply {
  readonly atNs: number;
  /** Whose MAC it came from; undefined for TCP and HTTP. */
  readonly mac: string | undefined;
}

export interface Asked {
  readonly sentNs: number;
  /** The MAC it went to, where the capture shows it: whom the observer believed then. */
  readonly to?: string;
  /** In time, first to last; several when several hosts answered one ARP request. */
  readonly replies: readonly Reply[];
}

export interface Questions {
  readonly run: Pick<ProbeRun, 'kind' | 'name' | 'periodMs'>;
  readonly asked: readonly Asked[];
}

const inTime = (sentNs: number, replies: readonly Reply[]): readonly Reply[] =>
  replies.filter((reply) => reply.atNs - sentNs <= latestAnswerNs);

const requestsByTime = (run: ProbeRun, nsOf: (atNs: bigint) => number) =>
  run.requests
    .map((request) => ({ ...request, sentNs: nsOf(request.sentAtNs) }))
    .sort((a, b) => a.sentNs - b.sentNs);

/** Stamps of sender and capture are taken at different places of the same host: a reply is not earlier than this. */
const stampSlackNs = 1_000_000;

const withTo = (to: string | undefined): { readonly to?: string } => (to === undefined ? {} : { to });

const matchEchoes = (
  run: ProbeRun,
  sightings: Sightings,
  nsOf: (atNs: bigint) => number,
): readonly Asked[] => {
  const byId = new Map<number, Reply[]>();
  for (const { id, atNs, mac } of sightings.echoes) byId.set(id, [...(byId.get(id) ?? []), { atNs, mac }]);
  const toById = new Map(sightings.requests.map(({ id, to }) => [id, to]));
  return requestsByTime(run, nsOf).map(({ id, sentNs }) => ({
    sentNs,
    ...withTo(toById.get(id)),
    replies: inTime(
      sentNs,
      (byId.get(id) ?? []).filter((echo) => echo.atNs >= sentNs - stampSlackNs),
    ),
  }));
};

const matchInOrder = (
  run: ProbeRun,
  sightings: Sightings,
  nsOf: (atNs: bigint) => number,
): readonly Asked[] => {
  const replies = sightings.answers.filter((answer) => answer.to === run.senderMac);
  const requests = requestsByTime(run, nsOf);
  let at = 0;
  return requests.map(({ sentNs }, place) => {
    const nextNs = requests[place + 1]?.sentNs ?? Number.POSITIVE_INFINITY;
    const mine: Reply[] = [];
    for (;;) {
      const reply = replies[at];
      if (reply === undefined || reply.atNs >= nextNs) break;
      if (reply.atNs >= sentNs) mine.push(reply);
      at += 1;
    }
    return { sentNs, replies: inTime(sentNs, mine) };
  });
};

const asTold = (run: ProbeRun, nsOf: (atNs: bigint) => number): readonly Asked[] =>
  requestsByTime(run, nsOf).map(({ sentNs, answeredAtNs, failure }) => ({
    sentNs,
    replies:
      answeredAtNs === undefined || failure !== undefined
        ? []
        : inTime(sentNs, [{ atNs: nsOf(answeredAtNs), mac: undefined }]),
  }));

export const matchAnswers = (
  run: ProbeRun,
  sightings: Sightings,
  nsOf: (atNs: bigint) => number,
): Questions => {
  const { kind, name, periodMs } = run;
  const asked =
    kind === 'icmp'
      ? matchEchoes(run, sightings, nsOf)
      : kind === 'arp' || kind === 'nd'
        ? matchInOrder(run, sightings, nsOf)
        : asTold(run, nsOf);
  return { run: { kind, name, periodMs }, asked };
};
