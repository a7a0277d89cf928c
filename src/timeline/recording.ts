// A trial and its subject as files: one JSON text and one pcap for each place that captured. Pure: texts and bytes,
// no disk. What is read back is measured with the same result as live.
import { z } from 'zod';
import type { HeardFrame } from '../evidence/bundle.ts';
import { createCaptureReader, writePcapHeader, writePcapRecord } from '../wire/pcap.ts';
import type { Subject, TrialRecord } from './trial.ts';

export interface TrialFiles {
  readonly json: string;
  /** pcap by file name. */
  readonly captures: ReadonlyMap<string, Uint8Array>;
}

export type TrialReading =
  | { readonly kind: 'read'; readonly subject: Subject; readonly trial: TrialRecord }
  | { readonly kind: 'unreadable'; readonly reason: string };

const observerCapture = 'observer.pcap';
const witnessCapture = (at: number): string => `witness-${at + 1}.pcap`;

const captureOf = (frames: readonly HeardFrame[], linkType: number): Uint8Array => {
  const parts = [
    writePcapHeader(linkType),
    ...frames.map((frame) => writePcapRecord({ ...frame, originalLength: frame.bytes.length })),
  ];
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

const framesOf = (bytes: Uint8Array): readonly HeardFrame[] =>
  createCaptureReader()
    .push(bytes)
    .map(({ atNs, linkType, bytes: frame }) => ({ atNs, linkType, bytes: frame }));

const bigText = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);

export const writeTrial = (subject: Subject, trial: TrialRecord): TrialFiles => {
  const { frames, witnesses, probes, ...plain } = trial;
  const document = {
    schemaVersion: 1,
    kind: 'failover-trial',
    subject,
    trial: {
      ...plain,
      probes: probes.map(({ requests, ...probe }) => {
        const firstNs = requests[0]?.sentAtNs ?? 0n;
        return {
          ...probe,
          firstSentAtNs: firstNs,
          // id, sent and answered (ns since the first was sent), failure: short, for there are thousands.
          requests: requests.map((one) => [
            one.id,
            Number(one.sentAtNs - firstNs),
            one.answeredAtNs === undefined ? null : Number(one.answeredAtNs - firstNs),
            ...(one.failure === undefined ? [] : [one.failure]),
          ]),
        };
      }),
      witnesses: witnesses.map(({ host, events }, at) => ({ host, events, capture: witnessCapture(at) })),
      capture: observerCapture,
    },
  };
  const captures = new Map([
    [observerCapture, captureOf(frames, subject.observer.linkType)],
    ...witnesses.map(
      (witness, at) =>
        [witnessCapture(at), captureOf(witness.frames, witness.frames[0]?.linkType ?? 1)] as const,
    ),
  ]);
  return { json: `${JSON.stringify(document, bigText)}\n`, captures };
};

const ns = z
  .string()
  .regex(/^-?\d{1,20}$/)
  .transform((text) => BigInt(text));
const instant = z.object({ clock: z.string(), ns });
const interval = z.object({ from: instant, to: instant });
const count = z.number().int().min(0);

const subjectSchema = z.object({
  vrid: z.number().int().min(0).max(255),
  family: z.enum(['ipv4', 'ipv6']),
  version: z.union([z.literal(2), z.literal(3)]),
  vip: z.string(),
  advertIntervalMs: z.number().positive(),
  downTimerAdverts: z.number().int().positive(),
  members: z.array(
    z.object({
      node: z.string(),
      sourceAddress: z.string(),
      macs: z.array(z.string()),
      effectivePriority: z.number().int().min(0).max(255),
      preempt: z.enum(['on', 'off']),
      preemptDelayMs: z.number().min(0),
    }),
  ),
  observer: z.object({ where: z.string(), interface: z.string(), linkType: z.number().int() }),
});

const script = {
  scriptIntervalMs: z.number(),
  fall: z.number(),
  scriptTimeoutMs: z.number().exactOptional(),
};
const loss = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('graceful') }),
  z.object({ kind: z.literal('silent') }),
  z.object({ kind: z.literal('script-fault'), ...script }),
  z.object({ kind: z.literal('script-weight'), ...script }),
]);

const requestRow = z.union([
  z.tuple([count, z.number(), z.number().nullable()]),
  z.tuple([count, z.number(), z.number().nullable(), z.string()]),
]);

const trialSchema = z.object({
  index: count,
  fault: z.object({
    name: z.string(),
    node: z.string(),
    classAsked: z.enum(['graceful', 'crash', 'hang', 'link', 'mute', 'service']),
    loss: loss.exactOptional(),
  }),
  oldMaster: z.string(),
  injected: interval,
  healed: interval.exactOptional(),
  settledAt: instant,
  endedAt: instant,
  droppedByKernel: z.union([count, z.literal('unknown')]),
  stamps: z.object({ method: z.enum(['kernel', 'arrival']), plusMinusNs: z.number().min(0) }),
  capture: z.string(),
  probes: z.array(
    z.object({
      kind: z.enum(['icmp', 'arp', 'nd', 'tcp', 'http']),
      name: z.string(),
      periodMs: z.number().positive(),
      senderMac: z.string().exactOptional(),
      firstSentAtNs: ns,
      requests: z.array(requestRow),
    }),
  ),
  witnesses: z.array(
    z.object({
      host: z.string(),
      capture: z.string(),
      events: z.array(
        z.object({
          at: instant,
          kind: z.enum(['address-added', 'address-removed', 'neighbour-changed']),
          interface: z.string(),
          address: z.string(),
          mac: z.string().exactOptional(),
          state: z.string().exactOptional(),
          line: z.string(),
        }),
      ),
    }),
  ),
  clockReadings: z.array(z.object({ clock: z.string(), realtimeNs: ns, monotonicNs: ns })).exactOptional(),
  pingPongs: z.array(z.object({ from: instant, seen: instant, to: instant })).exactOptional(),
  target: z
    .object({
      keepalived: z.enum(['running', 'frozen', 'gone', 'respawned']).exactOptional(),
      link: z.enum(['up', 'down']).exactOptional(),
      vip: z.enum(['held', 'gone']).exactOptional(),
    })
    .exactOptional(),
  transitions: z.array(z.object({ node: z.string(), atMs: z.number().exactOptional(), text: z.string() })),
  abortedBecause: z.string().exactOptional(),
});

const fileSchema = z.object({
  schemaVersion: z.literal(1),
  kind: z.literal('failover-trial'),
  subject: subjectSchema,
  trial: trialSchema,
});

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

export const readTrial = ({ json, captures }: TrialFiles): TrialReading => {
  const parsed = fileSchema.safeParse(parseJson(json));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.join('.') ?? '';
    return {
      kind: 'unreadable',
      reason: `it is no recorded trial: ${where === '' ? '' : `${where}: `}${issue?.message}`,
    };
  }
  const { subject, trial } = parsed.data;
  const { capture, probes, witnesses, ...plain } = trial;
  const missing = [capture, ...witnesses.map((one) => one.capture)].find((name) => !captures.has(name));
  if (missing !== undefined) return { kind: 'unreadable', reason: `the capture ${missing} is missing` };
  const frames = (name: string): readonly HeardFrame[] => framesOf(captures.get(name) ?? new Uint8Array());
  return {
    kind: 'read',
    subject,
    trial: {
      ...plain,
      frames: frames(capture),
      probes: probes.map(({ firstSentAtNs, requests, ...probe }) => ({
        ...probe,
        requests: requests.map(([id, sent, answered, failure]) => ({
          id,
          sentAtNs: firstSentAtNs + BigInt(Math.round(sent)),
          ...(answered === null ? {} : { answeredAtNs: firstSentAtNs + BigInt(Math.round(answered)) }),
          ...(failure === undefined ? {} : { failure }),
        })),
      })),
      witnesses: witnesses.map(({ host, events, capture: name }) => ({ host, events, frames: frames(name) })),
    },
  };
};
