// The nodes facet: who answered, which keepalived runs there and under what conditions, what it logged. And each
// node's daemons, from which instances are described.
import type { NodeEvidence } from '../evidence/bundle.ts';
import { known, type Reading, unknown } from '../evidence/reading.ts';
import { readDataDump } from '../keepalived/data-dump.ts';
import { readJsonDump } from '../keepalived/json-dump.ts';
import { stateFromLog } from '../keepalived/log-state.ts';
import { readCommandLine } from '../keepalived/process.ts';
import type { RunningInstance } from '../keepalived/running-instance.ts';
import { parseVersion } from '../keepalived/version.ts';
import type { AddressTable } from '../probes/addresses.ts';
import type { FoundConfiguration } from '../probes/configuration.ts';
import type { FoundProcess } from '../probes/processes.ts';
import { findVrrpProcess, socketsOf } from '../probes/sockets.ts';
import { readConfiguration } from './configuration.ts';
import { linksOf } from './hosts.ts';
import type { Daemon, NodeView } from './instances.ts';
import type { KeepalivedProcess, NodeFacet, RawSocket } from './model.ts';
import { type Readings, valueOr } from './readings.ts';

const contactOf = (evidence: NodeEvidence): NodeFacet['contact'] => {
  switch (evidence.contact.kind) {
    case 'reached':
      // A login that runs no commands lets us in and tells nothing: that is not a node without keepalived.
      return evidence.answers.length === 0
        ? {
            kind: 'lost',
            why: `${evidence.node} let us in, but answered none of our questions`,
            nextStep: `see what "ssh ${evidence.address} id" prints: the login needs a shell that runs commands (sh, bash, zsh, fish; not nologin, rbash, csh or a menu)`,
          }
        : { kind: 'reached', rights: evidence.contact.rights };
    case 'unreachable':
      return { kind: 'unreachable', why: evidence.contact.message, nextStep: evidence.contact.nextStep };
    case 'lost':
      return {
        kind: 'lost',
        why: evidence.contact.message,
        nextStep: 'see whether the node is alive, then run the check again',
      };
  }
};

const rawSocketsOf = (vrrp: FoundProcess, readings: Readings): KeepalivedProcess['rawSockets'] => {
  if (readings.sockets.kind === 'unknown') return 'unknown';
  const { before, after } = readings.sockets.value;
  const later = after === 'not-asked' ? [] : socketsOf(vrrp, after);
  return socketsOf(vrrp, before)
    .filter((socket) => socket.protocol === 112 || socket.protocol === 51)
    .map((socket): RawSocket => {
      const again = later.find((one) => one.inode === socket.inode);
      return {
        protocol: socket.protocol,
        localAddress: socket.localAddress,
        receiveQueueBytes: {
          before: socket.receiveQueueBytes,
          ...(again === undefined ? {} : { after: again.receiveQueueBytes }),
        },
        drops: { before: socket.drops, ...(again === undefined ? {} : { after: again.drops }) },
      };
    });
};

const optional = <K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } =>
  value === undefined ? {} : ({ [key]: value } as { [P in K]: V });

/** Boot time is told in whole seconds, so that a process seems up to one second older than it is, ms. */
const BOOT_TIME_ERROR_MS = 1000;

const startedWhileHearing = (parent: FoundProcess, { ear }: NodeEvidence): boolean => {
  const first = ear.kind === 'listened' ? ear.frames[0] : undefined;
  return (
    first !== undefined &&
    parent.startedAtMs !== undefined &&
    parent.startedAtMs + BOOT_TIME_ERROR_MS > Number(first.atNs / 1_000_000n)
  );
};

/**
 * Inodes of the sockets keepalived receives adverts on; those it sends with, and our witness, are bound to nothing.
 * Releases that bind none of theirs show none.
 */
const receivingSockets = (
  sockets: readonly { readonly protocol: number; readonly localAddress: string; readonly inode: number }[],
): readonly number[] =>
  sockets
    .filter(
      ({ protocol, localAddress }) =>
        (protocol === 112 || protocol === 51) && localAddress !== '0.0.0.0' && localAddress !== '::',
    )
    .map((socket) => socket.inode);

/** By its start and its sockets: a keepalived that is stopped, started or reloaded gets new ones. */
const runOf = (parent: FoundProcess, evidence: NodeEvidence, readings: Readings): Daemon['run'] => {
  if (startedWhileHearing(parent, evidence)) return 'interrupted';
  if (readings.sockets.kind === 'unknown' || readings.sockets.value.after === 'not-asked') return undefined;
  const before = receivingSockets(readings.sockets.value.before);
  const after = receivingSockets(readings.sockets.value.after);
  if (before.length === 0 && after.length === 0) return undefined;
  return before.some((inode) => after.includes(inode)) ? 'whole-window' : 'interrupted';
};

/** No process when it was looked for, and its sockets are there at the end: it was being restarted just then. */
const wasBetweenRuns = ({ sockets }: Readings): boolean =>
  sockets.kind === 'known' &&
  sockets.value.after !== 'not-asked' &&
  receivingSockets(sockets.value.after).length > 0;

const configPathOf = (pid: number, readings: Readings): string =>
  valueOr(readings.configuration, []).find((one) => one.pid === pid)?.mainPath ??
  '/etc/keepalived/keepalived.conf';

const processesOf = (readings: Readings): Reading<readonly KeepalivedProcess[]> => {
  if (readings.processes.kind === 'unknown') return readings.processes;
  const all = readings.processes.value;
  if (all.length === 0 && wasBetweenRuns(readings))
    return unknown('keepalived was being restarted while it was looked for');
  const tables = readings.sockets.kind === 'known' ? readings.sockets.value.before : [];
  return known(
    all
      .filter((one) => one.role === 'parent')
      .map((parent): KeepalivedProcess => {
        const vrrp = findVrrpProcess(parent, all, tables);
        return {
          pid: parent.pid,
          ...optional('vrrpPid', vrrp?.pid),
          ...optional('vrrpRunState', vrrp?.runState),
          commandLine: parent.commandLine,
          configPath: configPathOf(parent.pid, readings),
          managedBy: parent.managedBy,
          ...optional('effectiveCapabilities', vrrp?.effectiveCapabilities ?? parent.effectiveCapabilities),
          ...optional('selinuxContext', vrrp?.selinuxContext ?? parent.selinuxContext),
          networkNamespace: parent.networkNamespace,
          rawSockets: vrrp === undefined ? 'unknown' : rawSocketsOf(vrrp, readings),
          ...optional('startedAtMs', parent.startedAtMs),
        };
      }),
  );
};

const versionOf = (readings: Readings): NodeFacet['version'] => {
  if (readings.version.kind === 'unknown') return readings.version;
  const [first] = readings.version.value;
  if (first === undefined) return unknown('keepalived did not say its version');
  const { major, minor, patch } = first;
  return known({ text: `${major}.${minor}.${patch}`, major, minor, patch });
};

const daemonOf = (found: FoundConfiguration, evidence: NodeEvidence, readings: Readings): Daemon => {
  const processes = readings.processes.kind === 'known' ? readings.processes.value : undefined;
  const parent = processes?.find((one) => one.pid === found.pid);
  const tables = readings.sockets.kind === 'known' ? readings.sockets.value.before : [];
  const vrrp = parent === undefined ? undefined : findVrrpProcess(parent, processes ?? [], tables);
  const main = found.files.find((file) => file.path === found.mainPath);
  const hostname = valueOr(readings.host, undefined)?.hostname.split('.')[0];
  const configId =
    (parent === undefined ? undefined : readCommandLine(parent.commandLine).configId) ?? hostname;
  const full =
    valueOr(readings.version, []).find((one) => one.pid === found.pid) ?? valueOr(readings.version, [])[0];
  const version = full === undefined ? undefined : parseVersion(full.full);
  const config =
    main === undefined || main.content.kind === 'unreadable'
      ? unknown<ReturnType<typeof readConfiguration>>(
          `${found.mainPath}: ${main?.content.kind === 'unreadable' ? main.content.why : 'it was not shown'}`,
        )
      : known(
          readConfiguration({
            path: found.mainPath,
            files: new Map(
              found.files.flatMap((file) =>
                file.content.kind === 'text' ? [[file.path, file.content.text] as const] : [],
              ),
            ),
            ...optional('configId', configId),
            ...optional('version', version),
          }),
        );
  return {
    pid: found.pid ?? (processes === undefined ? 'unknown' : 'not-running'),
    config,
    ...(/^[Tt]/.test(vrrp?.runState ?? '') ? { frozen: 'yes' as const } : {}),
    ...(parent === undefined ? {} : optional('run', runOf(parent, evidence, readings))),
    dump: found.pid === undefined ? unknown('keepalived is not running') : dumpOf(found.pid, readings),
  };
};

const dumpOf = (pid: number, readings: Readings): Reading<readonly RunningInstance[]> => {
  if (readings['state-dump'].kind === 'unknown') return readings['state-dump'];
  const dump = readings['state-dump'].value.find((one) => one.pid === pid);
  if (dump === undefined) return unknown('keepalived gave no dump of its state');
  const read = dump.form === 'json' ? readJsonDump(dump.text) : readDataDump(dump.text);
  const [problem] = read.problems;
  if (read.instances.length === 0 && problem !== undefined) return unknown(problem.message);
  return known(read.instances);
};

/** Loopback and the like hold VIPs for load balancing by direct routing, and answer to nobody. */
const isSilent = (name: string): boolean => /^(lo|dummy\d*|kube-ipvs0|nodelocaldns)$/.test(name);

const heldAddresses = (readings: Readings): NodeView['held'] => {
  if (readings.addresses.kind === 'unknown') return readings.addresses;
  const { before, after } = readings.addresses.value;
  const answering = (table: AddressTable): ReadonlySet<string> =>
    new Set(table.addresses.filter((held) => !isSilent(held.interface)).map((held) => held.address));
  return known({
    before: answering(before),
    after: after === 'not-asked' ? after : answering(after),
  });
};

export const viewNode = (evidence: NodeEvidence, readings: Readings): NodeView => {
  const configurations = valueOr(readings.configuration, []);
  const running = (valueOr(readings.processes, []) as readonly FoundProcess[]).filter(
    (one) => one.role === 'parent' && !configurations.some((found) => found.pid === one.pid),
  );
  const lines = valueOr(readings.log, undefined)?.lines ?? [];
  const history = stateFromLog(lines.map((line) => line.message));
  return {
    node: evidence.node,
    daemons: [
      ...configurations.map((found) => daemonOf(found, evidence, readings)),
      ...running.map(
        (one): Daemon => ({
          pid: one.pid,
          config: unknown('its configuration could not be read'),
          dump: dumpOf(one.pid, readings),
        }),
      ),
    ],
    links: linksOf(readings),
    held: heldAddresses(readings),
    loggedStates: new Map(
      [...history.states].flatMap(([instance, logged]) => {
        if (logged.state === 'STOPPED') return [];
        const atMs = lines[logged.lineIndex]?.atMs;
        return [[instance, { state: logged.state, ...optional('atMs', atMs) }] as const];
      }),
    ),
  };
};

export const describeNode = (evidence: NodeEvidence, readings: Readings, view: NodeView): NodeFacet => {
  const [daemon] = view.daemons;
  const units = valueOr(readings.unit, []);
  const unit = units.find((one) => one.activeState === 'active') ?? units[0];
  return {
    name: evidence.node,
    address: evidence.address,
    contact: contactOf(evidence),
    processes: processesOf(readings),
    unit:
      readings.unit.kind === 'unknown'
        ? readings.unit
        : unit === undefined
          ? unknown('no service manager knows keepalived')
          : known(unit),
    version: versionOf(readings),
    configuration:
      daemon === undefined
        ? unknown('no configuration was shown')
        : daemon.config.kind === 'unknown'
          ? daemon.config
          : known({
              path: daemon.config.value.path,
              files: daemon.config.value.files,
              problems: daemon.config.value.problems.map(({ file, line, message }) => ({
                file,
                line,
                message,
              })),
            }),
    log:
      readings.log.kind === 'unknown'
        ? readings.log
        : known(
            readings.log.value.lines.map((line) => ({
              text: line.text,
              ...optional('atMs', line.atMs),
            })),
          ),
  };
};
