import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bundle } from '../../src/evidence/bundle.ts';
import { BundleError, readBundle, writeBundle } from '../../src/evidence/bundle-folder.ts';

const bundle: Bundle = {
  schemaVersion: 1,
  kind: 'check',
  tool: { name: 'vipdoctor', version: '0.0.0' },
  startedAt: '2026-11-20T03:00:00.000Z',
  durationMs: 4200,
  window: {
    listenedMs: 3200,
    limitMs: 30_000,
    endedBecause: 'settled',
    detail: 'every question was settled',
  },
  observer: {
    kind: 'present',
    where: 'local',
    interface: 'seg0',
    ear: { kind: 'deaf', reason: 'no tcpdump' },
    arp: [{ address: '10.77.0.5', sent: 2, replies: [{ mac: '02:00:00:00:00:01', atNs: 5n }] }],
    problems: [],
  },
  nodes: [
    {
      node: '../n1',
      address: '10.77.9.11',
      contact: { kind: 'reached', rights: 'root', connectedAfterMs: 12 },
      problems: ['the questions were not answered within 20 s'],
      answers: [
        {
          probe: 'nft',
          part: 'ruleset',
          round: 'before',
          exit: 0,
          text: '{"nftables":[]}\n',
          truncated: 'no',
        },
        {
          probe: 'x',
          part: 'y',
          about: '/odd\npath',
          round: 'after',
          exit: 'missing',
          text: '',
          truncated: 'yes',
        },
      ],
      ear: {
        kind: 'listened',
        source: 'tcpdump -p -i any',
        method: 'tcpdump',
        frames: [{ atNs: 1_700_000_000_123_456_789n, linkType: 113, bytes: Uint8Array.of(1, 2, 3, 4) }],
        dropped: 0,
        problems: ['one'],
      },
      witness: {
        kind: 'listened',
        source: 'python3',
        deliveries: [
          {
            atNs: 9_007_199_254_740_993n,
            family: 'ipv4',
            protocol: 112,
            interface: 'eth1',
            src: '10.77.0.11',
            dst: '224.0.0.18',
            ttl: 255,
            header: Uint8Array.of(0x21, 101, 100, 1, 0, 1, 0xab, 0xcd),
          },
        ],
        problems: [],
      },
    },
    {
      node: 'n2',
      address: '10.77.9.12',
      contact: { kind: 'unreachable', stage: 'connect', message: 'refused', nextStep: 'start sshd' },
      problems: [],
      answers: [],
      ear: { kind: 'deaf', reason: 'never reached' },
      witness: { kind: 'absent', reason: 'never reached' },
    },
  ],
};

let room = '';
beforeEach(async () => {
  room = await mkdtemp(join(tmpdir(), 'vipdoctor-bundle-'));
});
afterEach(async () => {
  await rm(room, { recursive: true });
});

/** As recordings of older versions are: without checksums, so that what is in them is all there is to go by. */
const unseal = async (folder: string): Promise<void> => {
  const path = join(folder, 'manifest.json');
  const { files: _files, seal: _seal, ...rest } = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(path, `${JSON.stringify(rest, null, 2)}\n`);
};

describe('a bundle on disk', () => {
  it('comes back as it was written', async () => {
    await writeBundle(join(room, 'b'), bundle);
    expect(await readBundle(join(room, 'b'))).toEqual(bundle);
  });

  it('goes into an empty folder that exists, and never into a full one', async () => {
    await mkdir(join(room, 'empty'));
    await writeBundle(join(room, 'empty'), bundle);
    await expect(writeBundle(join(room, 'empty'), bundle)).rejects.toThrow(/exists and is not empty/);
  });

  it('names file and line of what is broken', async () => {
    const folder = join(room, 'b');
    await writeBundle(folder, bundle);
    await unseal(folder);
    const answers = join(folder, 'nodes', '01-.._n1', 'answers.jsonl');
    const lines = (await readFile(answers, 'utf8')).split('\n');
    await writeFile(answers, [lines[0], '{"probe": 3}', ''].join('\n'));
    await expect(readBundle(folder)).rejects.toThrow(/answers\.jsonl:2 does not have the form/);
    await writeFile(answers, `${lines[0]}\nnot json\n`);
    await expect(readBundle(folder)).rejects.toThrow(/answers\.jsonl:2 is not JSON/);
  });

  it('says what a folder without a manifest lacks', async () => {
    await expect(readBundle(room)).rejects.toThrow(BundleError);
    await expect(readBundle(room)).rejects.toThrow(/manifest\.json cannot be read/);
  });

  it('does not leave its room through a name in the manifest', async () => {
    const folder = join(room, 'b');
    await writeBundle(folder, bundle);
    await unseal(folder);
    const path = join(folder, 'manifest.json');
    await writeFile(path, (await readFile(path, 'utf8')).replace('01-.._n1', '../../etc'));
    await expect(readBundle(folder)).rejects.toThrow(/manifest\.json does not have the form/);
  });
});
