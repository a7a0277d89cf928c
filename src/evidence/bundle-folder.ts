// The evidence bundle on disk: a folder that a user can read, attach to a ticket, and judge again. It writes
// only what is already redacted and knows nothing about meaning. Layout:
//   manifest.json · nodes/NN-name/{answers.jsonl,ear.pcap,witness.jsonl} · observer/ear.pcap
import {
  access,
  constants,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rmdir,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { createCaptureReader, writePcapHeader, writePcapRecord } from '../wire/pcap.ts';
import type {
  Answer,
  Bundle,
  Delivery,
  Ear,
  HeardFrame,
  NodeEvidence,
  ObserverEvidence,
  Witness,
} from './bundle.ts';
import {
  answerSchema,
  deliverySchema,
  type earMeta,
  type Manifest,
  manifestSchema,
  type witnessMeta,
} from './bundle-manifest.ts';
import { type Checksums, checksumOf, seal, sealOf } from './checksums.ts';

/** A bundle that cannot be read or written; the message names the file and says what to do. */
export class BundleError extends Error {}

/** Folder name for a node: its place in the list and as much of its name as is safe in a path. */
const folderName = (index: number, node: string): string =>
  `${String(index + 1).padStart(2, '0')}-${node.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, 40)}`;

const heardFor = (listenedMs: number | undefined): { readonly listenedMs?: number } =>
  listenedMs === undefined ? {} : { listenedMs };

const describeEar = (ear: Ear): z.infer<typeof earMeta> =>
  ear.kind === 'deaf'
    ? ear
    : {
        kind: 'listened',
        source: ear.source,
        method: ear.method,
        ...heardFor(ear.listenedMs),
        linkType: ear.frames[0]?.linkType ?? 1,
        dropped: ear.dropped,
        problems: [...ear.problems],
      };

const capture = (ear: Ear): Uint8Array => {
  const frames = ear.kind === 'listened' ? ear.frames : [];
  const linkType = frames[0]?.linkType ?? 1;
  const records = frames
    .filter((frame) => frame.linkType === linkType)
    .map((frame) => writePcapRecord({ ...frame, originalLength: frame.bytes.length }));
  return Buffer.concat([writePcapHeader(linkType), ...records]);
};

const jsonLines = (values: readonly unknown[]): string =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('');

/** `mkdir -p`, which Node.js has too, but without an end where a folder refuses with “no such file” (/proc). */
const makeFolders = async (path: string): Promise<void> => {
  try {
    await mkdir(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolders(dirname(path));
    await mkdir(path);
  }
};

/**
 * Before work begins whose record would be lost.
 * @throws {BundleError} when the folder exists and is not empty, or its place is none to write to
 */
export const requireNewFolder = async (folder: string): Promise<void> => {
  const existing = await readdir(resolve(folder)).catch((error: NodeJS.ErrnoException) =>
    error.code === 'ENOENT' ? [] : [error.code],
  );
  if (existing.length > 0)
    throw new BundleError(`${folder} exists and is not empty: name a new folder for --record`);
  try {
    await makeFolders(dirname(resolve(folder)));
    await access(dirname(resolve(folder)), constants.W_OK);
  } catch (error) {
    throw new BundleError(
      `${folder} cannot be made (${error instanceof Error ? error.message : String(error)}): name another folder for --record`,
    );
  }
};

/**
 * Writes a bundle as a folder; all or nothing.
 * @throws {BundleError} when the folder exists and is not empty, or cannot be written
 */
export const writeBundle = async (folder: string, bundle: Bundle): Promise<void> => {
  const target = resolve(folder);
  await requireNewFolder(folder);
  const existing = await readdir(target).catch(() => undefined);
  try {
    const draft = await mkdtemp(`${target}.partial-`);
    const files: Record<string, string> = {};
    const write = async (path: string, content: string | Uint8Array): Promise<void> => {
      files[path] = checksumOf(content);
      await writeFile(join(draft, path), content);
    };
    const nodes: Manifest['nodes'] = [];
    for (const [index, node] of bundle.nodes.entries()) {
      const name = folderName(index, node.node);
      const room = `nodes/${name}`;
      await mkdir(join(draft, room), { recursive: true });
      await write(`${room}/answers.jsonl`, jsonLines(node.answers));
      if (node.ear.kind === 'listened') await write(`${room}/ear.pcap`, capture(node.ear));
      if (node.witness.kind === 'listened')
        await write(
          `${room}/witness.jsonl`,
          jsonLines(
            node.witness.deliveries.map((delivery) => ({
              ...delivery,
              atNs: String(delivery.atNs),
              header: Buffer.from(delivery.header).toString('hex'),
            })),
          ),
        );
      nodes.push({
        folder: name,
        node: node.node,
        address: node.address,
        contact: node.contact,
        problems: [...node.problems],
        ear: describeEar(node.ear),
        witness:
          node.witness.kind === 'absent'
            ? node.witness
            : {
                kind: 'listened',
                source: node.witness.source,
                ...heardFor(node.witness.listenedMs),
                problems: [...node.witness.problems],
              },
      });
    }
    if (bundle.observer.kind === 'present' && bundle.observer.ear.kind === 'listened') {
      await mkdir(join(draft, 'observer'));
      await write('observer/ear.pcap', capture(bundle.observer.ear));
    }
    const manifest: Manifest = {
      schemaVersion: 1,
      kind: 'check',
      tool: bundle.tool,
      startedAt: bundle.startedAt,
      durationMs: bundle.durationMs,
      window: bundle.window,
      observer:
        bundle.observer.kind === 'none'
          ? bundle.observer
          : {
              kind: 'present',
              where: bundle.observer.where,
              interface: bundle.observer.interface,
              ear: describeEar(bundle.observer.ear),
              arp: bundle.observer.arp.map((probe) => ({
                address: probe.address,
                sent: probe.sent,
                replies: probe.replies.map((reply) => ({ mac: reply.mac, atNs: String(reply.atNs) })),
              })),
              problems: [...bundle.observer.problems],
            },
      nodes,
      files,
      seal: '',
    };
    await writeFile(join(draft, 'manifest.json'), seal(`${JSON.stringify(manifest, null, 2)}\n`));
    if (existing !== undefined) await rmdir(target);
    await rename(draft, target);
  } catch (error) {
    if (error instanceof BundleError) throw error;
    throw new BundleError(
      `the bundle could not be written to ${folder}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
};

const damaged = (path: string): BundleError =>
  new BundleError(
    `${path} is not as it was recorded (its checksum differs): the recording was cut or changed; fetch it again from where it was made`,
  );

/** Every file that was written is there as it was. */
const requireWhole = async (folder: string, files: Checksums): Promise<void> => {
  for (const [name, sum] of Object.entries(files)) {
    const path = join(folder, name);
    const content = await readFile(path).catch((error: Error) => {
      throw new BundleError(
        `${path} is missing or cannot be read (${error.message}): the recording is damaged`,
      );
    });
    if (checksumOf(content) !== sum) throw damaged(path);
  }
};

const readText = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new BundleError(
      `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}; is this a folder made with --record?`,
    );
  }
};

const readJsonLines = async <T>(path: string, schema: z.ZodType<T>): Promise<readonly T[]> => {
  const values: T[] = [];
  for (const [index, line] of (await readText(path)).split('\n').entries()) {
    if (line === '') continue;
    let parsed: unknown;
    try {
      parsed = JSON.parse(line);
    } catch {
      throw new BundleError(`${path}:${index + 1} is not JSON`);
    }
    const checked = schema.safeParse(parsed);
    if (!checked.success)
      throw new BundleError(
        `${path}:${index + 1} does not have the form of a bundle: ${z.prettifyError(checked.error)}`,
      );
    values.push(checked.data);
  }
  return values;
};

const readCapture = async (path: string): Promise<readonly HeardFrame[]> => {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw new BundleError(
      `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const reader = createCaptureReader();
  const frames = [...reader.push(bytes)];
  const problems = reader.end();
  if (problems.length > 0)
    throw new BundleError(`${path}: ${problems.map((problem) => problem.text).join('; ')}`);
  return frames.map((frame) => ({ atNs: frame.atNs, linkType: frame.linkType, bytes: frame.bytes }));
};

const readEar = async (meta: z.infer<typeof earMeta>, path: string): Promise<Ear> =>
  meta.kind === 'deaf'
    ? meta
    : {
        kind: 'listened',
        source: meta.source,
        method: meta.method,
        ...heardFor(meta.listenedMs),
        frames: await readCapture(path),
        dropped: meta.dropped,
        problems: meta.problems,
      };

const readWitness = async (meta: z.infer<typeof witnessMeta>, path: string): Promise<Witness> => {
  if (meta.kind === 'absent') return meta;
  const lines = await readJsonLines(path, deliverySchema);
  const deliveries: Delivery[] = lines.map((line) => ({
    ...line,
    atNs: BigInt(line.atNs),
    header: Uint8Array.from(Buffer.from(line.header, 'hex')),
  }));
  const { source, problems } = meta;
  return { kind: 'listened', source, ...heardFor(meta.listenedMs), deliveries, problems };
};

/**
 * Reads a bundle folder.
 * @throws {BundleError} naming the file, and the line where there is one
 */
export const readBundle = async (folder: string): Promise<Bundle> => {
  const path = join(folder, 'manifest.json');
  const text = await readText(path);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new BundleError(
      text.trim() === ''
        ? `${path} is empty: the recording is damaged`
        : `${path} is not JSON: it is damaged, or no manifest of a recording`,
    );
  }
  if (sealOf(text) === 'broken') throw damaged(path);
  const checked = manifestSchema.safeParse(parsed);
  if (!checked.success)
    throw new BundleError(`${path} does not have the form of a bundle: ${z.prettifyError(checked.error)}`);
  const manifest = checked.data;
  if (manifest.files !== undefined) await requireWhole(folder, manifest.files);
  const nodes: NodeEvidence[] = [];
  for (const node of manifest.nodes) {
    const room = join(folder, 'nodes', node.folder);
    const answers = await readJsonLines(join(room, 'answers.jsonl'), answerSchema);
    nodes.push({
      node: node.node,
      address: node.address,
      contact: node.contact,
      problems: node.problems,
      answers: answers.map(
        ({ about, ...answer }): Answer => (about === undefined ? answer : { ...answer, about }),
      ),
      ear: await readEar(node.ear, join(room, 'ear.pcap')),
      witness: await readWitness(node.witness, join(room, 'witness.jsonl')),
    });
  }
  const observer: ObserverEvidence =
    manifest.observer.kind === 'none'
      ? manifest.observer
      : {
          kind: 'present',
          where: manifest.observer.where,
          interface: manifest.observer.interface,
          ear: await readEar(manifest.observer.ear, join(folder, 'observer', 'ear.pcap')),
          arp: manifest.observer.arp.map((probe) => ({
            ...probe,
            replies: probe.replies.map((reply) => ({ mac: reply.mac, atNs: BigInt(reply.atNs) })),
          })),
          problems: manifest.observer.problems,
        };
  return {
    schemaVersion: 1,
    kind: 'check',
    tool: manifest.tool,
    startedAt: manifest.startedAt,
    durationMs: manifest.durationMs,
    window: manifest.window,
    nodes,
    observer,
  };
};
