// `tabletop` as a document: every loss that was tried, who is master after it and how soon, in the names scripts may
// rely on; and its schema. It knows how an outcome is worded, not how it came about.
import { z } from 'zod';
import type { Outcome, Prospect } from '../cluster/election/forecast.ts';
import { lossWords } from '../cluster/election/losses.ts';
import type { AcceptedFinding, JudgedAcceptance } from './acceptance.ts';
import type { Comparison } from './baseline.ts';
import type { Finding } from './report.ts';
import { acceptancesSchema, acceptedSchema, comparisonSchema, findingSchema } from './schema.ts';

export interface TabletopSituation {
  readonly vrid: number;
  /** Id of the virtual router, for clusters that use a VRID twice. */
  readonly cluster: string;
  readonly lost: readonly string[];
  readonly losses: readonly {
    readonly kind: 'node' | 'stop' | 'interface' | 'script' | 'process' | 'file' | 'bfd';
    readonly node: string;
    readonly name?: string;
  }[];
  readonly masters: readonly string[];
  readonly takeoverMs: { readonly min: number; readonly max: number } | null;
  readonly otherwise: readonly (readonly string[])[];
  readonly note?: string;
}

export interface TabletopReport {
  readonly schemaVersion: 1;
  readonly kind: 'tabletop';
  readonly tool: { readonly name: string; readonly version: string };
  readonly undisturbed: readonly {
    readonly vrid: number;
    readonly cluster: string;
    readonly vips: readonly string[];
    readonly masters: readonly string[];
    readonly notes: readonly string[];
  }[];
  readonly situations: readonly TabletopSituation[];
  readonly findings: readonly Finding[];
  /** Findings that do not count, because vipdoctor.yaml accepts them. */
  readonly accepted: readonly AcceptedFinding[];
  readonly acceptances?: readonly JudgedAcceptance[];
  readonly baseline?: Comparison;
}

const count = z.int().min(0);
const vrid = z.int().min(0).max(255);
const nodes = z.array(z.string());

export const tabletopSchema = z.object({
  schemaVersion: z.literal(1),
  kind: z.literal('tabletop'),
  tool: z.object({ name: z.string(), version: z.string() }),
  undisturbed: z
    .array(
      z.object({
        vrid,
        cluster: z.string(),
        vips: z.array(z.string()),
        masters: nodes,
        notes: z.array(z.string()).describe('what was assumed, could not be read, or keeps members apart'),
      }),
    )
    .describe('one for each virtual router: who is master before anything is lost'),
  situations: z.array(
    z.object({
      vrid,
      cluster: z.string(),
      lost: z.array(z.string()).min(1).describe('what is lost at the same moment, in words'),
      losses: z.array(
        z.object({
          kind: z
            .enum(['node', 'stop', 'interface', 'script', 'process', 'file', 'bfd'])
            .describe('node: crash or power cut; stop: keepalived ends in good order'),
          node: z.string(),
          name: z.string().exactOptional(),
        }),
      ),
      masters: nodes.describe('when all is quiet again; empty: no master'),
      takeoverMs: z
        .object({ min: count, max: count })
        .nullable()
        .describe(
          'from the loss to the first advert of the new master, at the best and at the worst moment; 0 when nothing changes hands, null when nobody takes over',
        ),
      otherwise: z.array(nodes).describe('other endings of the same loss, by moment or among equals by luck'),
      note: z.string().exactOptional(),
    }),
  ),
  findings: z.array(findingSchema),
  accepted: acceptedSchema,
  acceptances: acceptancesSchema.exactOptional(),
  baseline: comparisonSchema.exactOptional(),
});

/** JSON Schema (draft 2020-12) of `tabletop --format json`. */
export const tabletopJsonSchema = (): object => ({
  ...z.toJSONSchema(tabletopSchema, { io: 'input', target: 'draft-2020-12' }),
  title: 'vipdoctor tabletop',
});

const listing = (items: readonly string[], joint = 'and'): string =>
  items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} ${joint} ${items.at(-1) ?? ''}`;

const numerals = ['no', 'one', 'two', 'three', 'four', 'five'] as const;

/** `n2`, `no master`, `two masters: n1 and n2`. */
export const mastersWords = (masters: readonly string[]): string =>
  masters.length === 0
    ? 'no master'
    : masters.length === 1
      ? (masters[0] ?? '')
      : `${numerals[masters.length] ?? masters.length} masters: ${listing(masters)}`;

const noteOf = (outcome: Outcome, deaf: readonly string[]): string | undefined => {
  const parts = [
    ...(outcome.ended === 'restless' ? ['it does not come to rest: masters take turns'] : []),
    ...(outcome.masters.length === 0 ? ['no master: every member is lost or in FAULT'] : []),
    ...(outcome.masters.length > 1
      ? [
          deaf.length > 0
            ? `two masters: ${deaf[0] ?? ''}`
            : 'two masters: one of them no longer hears the other',
        ]
      : []),
    ...outcome.otherwise.map((ending) => `by moment or by luck also ${mastersWords(ending)}`),
    ...(outcome.interim.length > 0 ? [`for a moment ${listing(outcome.interim)}`] : []),
  ];
  return parts.length === 0 ? undefined : parts.join('; ');
};

const composeSituation = (outcome: Outcome, deaf: readonly string[]): TabletopSituation => {
  const note = noteOf(outcome, deaf);
  return {
    vrid: outcome.vrid,
    cluster: outcome.group,
    lost: outcome.lost.map(lossWords),
    losses: outcome.lost,
    masters: outcome.masters,
    takeoverMs:
      outcome.takeoverMs === undefined
        ? null
        : { min: outcome.takeoverMs.minMs, max: outcome.takeoverMs.maxMs },
    otherwise: outcome.otherwise,
    ...(note === undefined ? {} : { note }),
  };
};

interface Judged {
  readonly findings: readonly Finding[];
  readonly accepted: readonly AcceptedFinding[];
  readonly acceptances: readonly JudgedAcceptance[];
}

export const composeTabletop = (
  prospects: readonly Prospect[],
  { findings, accepted, acceptances }: Judged,
  tool: TabletopReport['tool'],
): TabletopReport => ({
  schemaVersion: 1,
  kind: 'tabletop',
  tool,
  undisturbed: prospects.map(({ group, masters, deaf, missing, assumed }) => ({
    vrid: group.vrid,
    cluster: group.id,
    vips: group.vips,
    masters,
    notes: [...deaf, ...missing.map((why) => `left out: ${why}`), ...assumed],
  })),
  situations: prospects.flatMap(({ outcomes, deaf }) =>
    outcomes.map((outcome) => composeSituation(outcome, deaf)),
  ),
  findings,
  accepted,
  ...(acceptances.length === 0 ? {} : { acceptances }),
});
