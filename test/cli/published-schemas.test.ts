// The documents as the built program writes them, held against the JSON Schemas as they are published in docs/schema:
// what a script author downloads must describe what comes out.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { explainJsonSchema, selfCheckJsonSchema } from '../../src/cli/document-schemas.ts';
import type { FailoverPlan } from '../../src/report/failover-plan.ts';
import { failoverPlanJsonSchema } from '../../src/report/failover-plan.ts';
import { checkLineJsonSchema } from '../../src/report/schema.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'vipdoctor-schemas-'));
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(() => {
  const built = spawnSync(process.execPath, [join(root, 'scripts/build.mjs')], { encoding: 'utf8' });
  expect(built.stderr).toBe('');
}, 60_000);

const schemaFolder = join(root, 'docs/schema');
const published = (name: string): unknown =>
  JSON.parse(readFileSync(join(schemaFolder, `${name}.json`), 'utf8'));
const validator = (name: string): z.ZodType =>
  z.fromJSONSchema(published(name) as Parameters<typeof z.fromJSONSchema>[0]);

const outOf = (...argv: readonly string[]): string => {
  const ended = spawnSync(process.execPath, [join(root, 'bin/vipdoctor'), ...argv], {
    encoding: 'utf8',
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', HOME: folder },
    maxBuffer: 64 * 1024 * 1024,
  });
  expect(ended.status, ended.stderr).not.toBe(2);
  return ended.stdout;
};

const conf = (priority: number): string => `vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  priority ${priority}
  virtual_ipaddress {
    10.0.0.5/24
  }
}
`;
writeFileSync(join(folder, 'a.conf'), conf(100));
writeFileSync(join(folder, 'b.conf'), conf(90));

const split = join(root, 'fixtures/bundles/host-firewall-nft-inet');
const unreachable = join(root, 'fixtures/bundles/node-unreachable');
const capture = join(split, 'nodes/01-n1/ear.pcap');

const documents: readonly (readonly [string, readonly string[]])[] = [
  ['check', ['check', '--from', split, '--format', 'json']],
  ['check', ['check', '--from', unreachable, '--format', 'json']],
  ['explain', ['explain', '--format', 'json']],
  ['explain', ['explain', 'rp-filter-drop', '--format', 'json']],
  ['lint', ['lint', 'a.conf', 'b.conf', '--format', 'json']],
  ['replay', ['replay', capture, '--format', 'json']],
  ['self-check', ['self-check', '--format', 'json']],
  ['tabletop', ['tabletop', 'a.conf', 'b.conf', '--format', 'json']],
  ['tabletop', ['tabletop', '--from', split, '--format', 'json']],
];

describe('published schemas', () => {
  it.each(documents)('%s describes what comes out of %j', (name, argv) => {
    const document: unknown = JSON.parse(outOf(...argv));
    const result = validator(name).safeParse(document);
    expect(result.error?.issues ?? []).toEqual([]);
  });

  it('check-line describes every line of check --format ndjson', () => {
    const lines = outOf('check', '--from', split, '--format', 'ndjson').trimEnd().split('\n');
    const schema = validator('check-line');
    expect(lines.length).toBeGreaterThan(20);
    for (const line of lines)
      expect(schema.safeParse(JSON.parse(line)).error?.issues ?? [], line).toEqual([]);
  });

  it('failover-plan describes a plan', () => {
    const plan: FailoverPlan = {
      schemaVersion: 1,
      kind: 'failover-plan',
      tool: { name: 'vipdoctor', version: '0.1.0' },
      vip: '10.77.0.5',
      vrid: 101,
      master: 'n1',
      observer: { where: 'local', interface: 'eth1', note: null },
      faults: [
        {
          fault: 'graceful-stop',
          node: 'n1',
          inject: 'systemctl stop keepalived',
          heal: 'systemctl start keepalived',
          expectedClass: 'graceful',
          newMaster: 'n2',
          takeoverMs: { min: 600, max: 620 },
          masterAfter: 'n1',
          risks: [],
        },
      ],
      objections: [{ name: 'no-backup', why: 'nobody would take over', overridable: 'no' }],
    };
    const schema = validator('failover-plan');
    expect(schema.safeParse(plan).error?.issues ?? []).toEqual([]);
    expect(schema.safeParse({ ...plan, vrid: 'x' }).success).toBe(false);
  });

  it('refuse what is not such a document', () => {
    const files = readdirSync(schemaFolder).map((file) => file.replace(/\.json$/, ''));
    expect(files.length).toBeGreaterThan(7);
    for (const name of files) expect(validator(name).safeParse({ kind: 'other' }).success, name).toBe(false);
  });

  it('are published as the code says', () => {
    const plain = (value: object): unknown => JSON.parse(JSON.stringify(value));
    expect(published('explain')).toEqual(plain(explainJsonSchema()));
    expect(published('self-check')).toEqual(plain(selfCheckJsonSchema()));
    expect(published('failover-plan')).toEqual(plain(failoverPlanJsonSchema()));
    expect(published('check-line')).toEqual(plain(checkLineJsonSchema()));
  });
});
