// What may stand in vipdoctor.yaml, as one strict schema: the nodes and how to reach them, and what is accepted.
// Unknown keys are errors, as a misspelt key would silently do nothing.
import { z } from 'zod';

const text = z.string().min(1);
const oneOrMore = z.union([text, z.array(text)]);
const port = z.int().min(1).max(65535);

const howToReach = {
  user: text.optional(),
  port: port.optional(),
  identity: oneOrMore.optional(),
  jump: oneOrMore.optional(),
  knownHosts: oneOrMore.optional(),
};

const node = z.strictObject({ address: text.optional(), ...howToReach });

const acceptance = z.strictObject({
  rule: text,
  nodes: oneOrMore.optional(),
  vrid: z.int().min(0).max(255).optional(),
  vip: text.optional(),
  reason: z.string().trim().min(1),
  expires: text,
});

const others = {
  defaults: z.strictObject(howToReach).optional(),
  knownHosts: oneOrMore.optional(),
  observer: z.union([text, z.strictObject({ where: text, interface: text.optional() })]).optional(),
  netns: text.optional(),
  accept: z.array(acceptance).nullable().optional(),
};

const nodes = z.union([z.record(text, z.union([node, text, z.null()])), z.array(text)]);

/** As an inventory it must say who the nodes are. */
export const vipdoctorInventorySchema = z.strictObject({ nodes, ...others });

/** For what it accepts it need not. */
export const vipdoctorFileSchema = z.strictObject({ nodes: nodes.optional(), ...others });

const keys: Readonly<Record<'top' | 'node' | 'defaults' | 'observer' | 'accept', readonly string[]>> = {
  top: ['nodes', 'defaults', 'knownHosts', 'observer', 'netns', 'accept'],
  node: ['address', ...Object.keys(howToReach)],
  defaults: Object.keys(howToReach),
  observer: ['where', 'interface'],
  accept: Object.keys(acceptance.shape),
};

export const keysAt = (path: readonly PropertyKey[]): readonly string[] => {
  const [room] = path;
  if (room === 'nodes') return keys.node;
  if (room === 'defaults' || room === 'observer' || room === 'accept') return keys[room];
  return keys.top;
};

/** What other tools call the same. */
export const synonyms: Readonly<Record<string, string>> = {
  id: 'rule',
  node: 'nodes',
  host: 'nodes',
  hosts: 'nodes',
  subject: 'nodes',
  why: 'reason',
  statement: 'reason',
  comment: 'reason',
  justification: 'reason',
  until: 'expires',
  expiry: 'expires',
  expire: 'expires',
  expires_at: 'expires',
  expired_at: 'expires',
  expiration: 'expires',
  suppress: 'accept',
  suppressions: 'accept',
  ignore: 'accept',
  accepted: 'accept',
  acceptances: 'accept',
};

const mandatory: Readonly<Record<string, string>> = {
  rule: 'no rule: name the rule it accepts, as "vipdoctor explain" lists them',
  reason: 'no reason: say why it is accepted',
  expires: 'no expires: say until which day it holds, e.g. 2027-03-31',
};

/** What is missing of an acceptance, in words; the schema only knows that it is no string. */
export const wordsFor = (issue: z.core.$ZodIssue, path: readonly PropertyKey[]): string | undefined => {
  const [room, index, key] = path;
  if (room === undefined && issue.code === 'invalid_type')
    return 'the file must be a map with nodes or accept';
  if (room === 'nodes' && path.length === 1)
    return 'nodes is missing or empty: list the hosts under it (nodes: [n1, n2]), or write each with how it is reached (nodes: {n1: {address: 10.0.0.1}})';
  if (room === 'nodes' && path.length === 2 && issue.code === 'invalid_type' && typeof index === 'number')
    return 'an entry of the list of nodes is a host name; nodes with settings are a map: n1: {address: 10.0.0.1}';
  if (path.at(-1) === 'port') return `${path.join('.')} is a number from 1 to 65535`;
  if (room !== 'accept') return undefined;
  if (path.length === 1) return 'accept is a list: each entry begins with "- rule:"';
  // The schema tells a missing value from a wrong one only in its words.
  const absent = issue.code === 'too_small' || /received (undefined|null)$/.test(issue.message);
  const words = typeof key === 'string' ? mandatory[key] : undefined;
  if (absent && words !== undefined) return `acceptance ${Number(index) + 1} has ${words}`;
  if (key === 'vrid') return `acceptance ${Number(index) + 1}: vrid is a number from 1 to 255`;
  return undefined;
};
