// The VRRP instances of a node: configured and running values side by side. A node that answered only half is
// described by that half; what is missing says why.
import { known, type Reading, unknown } from '../evidence/reading.ts';
import type { KeepalivedConfig } from '../keepalived/config-model.ts';
import type { InstanceConfig } from '../keepalived/instance-config.ts';
import type { RunningInstance } from '../keepalived/running-instance.ts';
import { summarizeInstance } from './configuration.ts';
import type { UngroupedInstance } from './groups.ts';
import type {
  AdvertStream,
  ConfiguredInstance,
  Family,
  Instance,
  Link,
  RunningInstanceFacts,
  VrrpState,
} from './model.ts';

/** One keepalived of a node: a parent process, or the configuration that would run if it were started. */
export interface Daemon {
  readonly pid: number | 'not-running' | 'unknown';
  readonly config: Reading<KeepalivedConfig>;
  readonly dump: Reading<readonly RunningInstance[]>;
  /** Its VRRP process was stopped by a signal or a debugger when it was looked at. */
  readonly frozen?: 'yes';
  /** As `Instance.run`. */
  readonly run?: 'whole-window' | 'interrupted';
}

/** What a node tells about its instances. */
export interface NodeView {
  readonly node: string;
  readonly daemons: readonly Daemon[];
  readonly links: Reading<readonly Link[]>;
  /** Addresses that answer on a segment, without prefix, when listening began and when it ended. */
  readonly held: Reading<{
    readonly before: ReadonlySet<string>;
    readonly after: ReadonlySet<string> | 'not-asked';
  }>;
  /** Last known state by instance name, from the log. */
  readonly loggedStates: ReadonlyMap<string, { readonly state: VrrpState; readonly atMs?: number }>;
}

export interface Heard {
  /** Adverts that left the node itself. */
  readonly outgoing: readonly AdvertStream[];
  /** Adverts that came to the node from others. */
  readonly incoming: readonly AdvertStream[];
  /** Adverts this node's peers or the observer heard from it. */
  readonly elsewhere: readonly AdvertStream[];
  /** Whether the node's own capture worked, so that silence means something. */
  readonly ear: 'listened' | 'deaf';
}

const withoutPrefix = (address: string): string => address.replace(/\/\d+$/, '');

const familyOfAddress = (address: string): Family => (address.includes(':') ? 'ipv6' : 'ipv4');

const isLinkLocal = (address: string): boolean => /^fe[89ab]/i.test(address);

const networkOf = (cidr: string): string | undefined => {
  const [address = '', prefixText = ''] = cidr.split('/');
  const prefix = Number(prefixText);
  if (address.includes(':'))
    return prefix < 128 && !isLinkLocal(address)
      ? `${address.split(':').slice(0, 4).join(':')}/${prefix}`
      : undefined;
  if (!(prefix < 32)) return undefined;
  const number = address.split('.').reduce((total, part) => total * 256 + Number(part), 0);
  const size = 2 ** (32 - prefix);
  const base = Math.floor(number / size) * size;
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256);
  return `${octets.join('.')}/${prefix}`;
};

const linkOf = (links: NodeView['links'], name: string): Link | undefined =>
  links.kind === 'known' ? links.value.find((link) => link.name === name) : undefined;

/** Address keepalived takes as source: the first of the interface that is no VIP (IPv6: the link-local one). */
const primaryOf = (link: Link | undefined, family: Family, vips: ReadonlySet<string>): string | undefined =>
  link?.addresses
    .map(withoutPrefix)
    .find(
      (address) =>
        familyOfAddress(address) === family &&
        !vips.has(address) &&
        (family === 'ipv4' || isLinkLocal(address)),
    );

const factsOfDump = (dump: RunningInstance): RunningInstanceFacts | undefined => {
  if (dump.state === undefined) return undefined;
  return {
    state: dump.state,
    source: dump.source,
    basePriority: dump.basePriority,
    effectivePriority: dump.effectivePriority,
    advertIntervalMs: dump.advertIntervalMs,
    settings: {
      vrid: dump.vrid,
      version: dump.version,
      addresses: [...dump.vips, ...dump.excludedVips].map(({ cidr }) => cidr),
      ...(dump.unicast === undefined ? {} : { unicastPeers: dump.unicast }),
      ...(dump.authType === undefined ? {} : { authType: dump.authType }),
      ...(dump.preempt === undefined ? {} : { preempt: dump.preempt }),
    },
    ...(dump.masterRouter === undefined ? {} : { masterRouter: dump.masterRouter }),
    ...(dump.faults === undefined ? {} : { faults: dump.faults }),
    ...(dump.rateLimitFlags === undefined ? {} : { rateLimitFlags: dump.rateLimitFlags }),
    ...(dump.lastTransitionAtMs === undefined ? {} : { lastTransitionAtMs: dump.lastTransitionAtMs }),
    ...(dump.stats === undefined ? {} : { stats: dump.stats }),
  };
};

interface Sketch {
  readonly name: string;
  readonly config: InstanceConfig | undefined;
  readonly dump: RunningInstance | undefined;
  readonly daemon: Daemon;
  readonly defaultInterface: string | undefined;
}

const sketchesOf = (daemon: Daemon): readonly Sketch[] => {
  const configs = daemon.config.kind === 'known' ? daemon.config.value.instances : [];
  const dumps = daemon.dump.kind === 'known' ? daemon.dump.value : [];
  const defaultInterface =
    daemon.config.kind === 'known' ? daemon.config.value.globals.defaultInterface.value : undefined;
  const names = [...new Set([...configs.map((one) => one.name), ...dumps.map((one) => one.name)])];
  return names.map((name) => ({
    name,
    config: configs.find((one) => one.name === name),
    dump: dumps.find((one) => one.name === name),
    daemon,
    defaultInterface,
  }));
};

interface Facts {
  readonly vrid: number;
  readonly family: Family;
  /** With prefix; excluded ones as well. */
  readonly vips: readonly string[];
  readonly link: Link | undefined;
}

const standsOn = (held: ReadonlySet<string>, vips: readonly string[]): boolean =>
  vips.some((vip) => held.has(withoutPrefix(vip)));

const holdsVips = (view: NodeView, vips: readonly string[]): Instance['holdsVips'] => {
  if (view.held.kind === 'unknown' || vips.length === 0) return undefined;
  const { before, after } = view.held.value;
  return standsOn(after === 'not-asked' ? before : after, vips) ? 'yes' : 'no';
};

/** A VIP that was not there when listening began and is when it ended. */
const gotVips = (view: NodeView, vips: readonly string[]): boolean =>
  view.held.kind === 'known' &&
  view.held.value.after !== 'not-asked' &&
  !standsOn(view.held.value.before, vips) &&
  standsOn(view.held.value.after, vips);

/**
 * Whether it sends as a master does. One advert may be the last of a master that stepped back; with the VIP in
 * hand when the window closed it is the first of a new one.
 */
const sendsNow = (heard: Heard, { vrid, family }: Facts, holds: boolean): boolean =>
  [...heard.outgoing, ...heard.elsewhere].some(
    (stream) =>
      stream.vrid === vrid && stream.family === family && stream.priority > 0 && (stream.count >= 2 || holds),
  );

const newestOf = (streams: readonly AdvertStream[]): AdvertStream | undefined =>
  streams.reduce<AdvertStream | undefined>(
    (newest, stream) => (newest === undefined || stream.lastAtNs > newest.lastAtNs ? stream : newest),
    undefined,
  );

/**
 * It said goodbye, or fell silent while others went on; with the VIP gone, that is a master that stepped back. Its only
 * advert may have been sent before anybody listened. One that is halted is silent without having stepped back.
 */
const steppedBack = (heard: Heard, { vrid, family }: Facts, frozen: 'yes' | undefined): boolean => {
  const ours = (stream: AdvertStream): boolean => stream.vrid === vrid && stream.family === family;
  const last = newestOf(heard.outgoing.filter(ours));
  if (last === undefined && (frozen === 'yes' || heard.ear !== 'listened')) return false;
  if (last?.priority === 0) return true;
  return heard.incoming.some((stream) => {
    const silentNs = BigInt(Math.round((last ?? stream).intervalMs * 1.5 * 1_000_000));
    const sinceNs = last?.lastAtNs ?? stream.firstAtNs;
    return ours(stream) && stream.priority > 0 && stream.lastAtNs - sinceNs > silentNs;
  });
};

/**
 * Its state when listening ended: what it says of itself, else what it logged last, else what can be inferred from
 * adverts and addresses. A dump is from the beginning of the window; adverts and addresses tell what came after.
 */
const stateOf = (
  sketch: Sketch,
  view: NodeView,
  heard: Heard,
  facts: Facts,
): Reading<RunningInstanceFacts> => {
  if (sketch.daemon.pid === 'not-running') return unknown('keepalived is not running');
  const holds = holdsVips(view, facts.vips);
  const sends = sendsNow(heard, facts, holds === 'yes');
  const gone = holds === 'no' && steppedBack(heard, facts, sketch.daemon.frozen);
  const dumped = sketch.dump === undefined ? undefined : factsOfDump(sketch.dump);
  if (dumped !== undefined) {
    const tookOver = sends || gotVips(view, facts.vips);
    if (dumped.state === 'MASTER') return known(gone ? { ...dumped, state: 'BACKUP' } : dumped);
    return known(tookOver && !gone ? { ...dumped, state: 'MASTER' } : dumped);
  }
  if (sends && !gone) return known({ state: 'MASTER', source: 'addresses-and-adverts' });
  const logged = view.loggedStates.get(sketch.name);
  if (logged !== undefined && sketch.daemon.pid !== 'unknown')
    return known({
      state: logged.state,
      source: 'log',
      ...(logged.atMs === undefined ? {} : { lastTransitionAtMs: logged.atMs }),
    });
  if (sketch.daemon.pid === 'unknown') return unknown('whether keepalived runs could not be found out');
  if (holds !== 'yes' && heard.ear === 'listened' && facts.link !== undefined)
    return known({ state: 'BACKUP', source: 'addresses-and-adverts' });
  // Stopped in its tracks it can say nothing; keepalived sets a VIP when it becomes MASTER and at no other time.
  if (holds === 'yes' && sketch.daemon.frozen === 'yes')
    return known({ state: 'MASTER', source: 'addresses-and-adverts' });
  return unknown('keepalived told nothing about its state');
};

const vridOf = (sketch: Sketch): number | undefined => sketch.dump?.vrid ?? sketch.config?.vrid?.value;
const familyOf = (sketch: Sketch): Family => sketch.config?.family ?? sketch.dump?.family ?? 'ipv4';

/** What concerns one of several instances with the same VRID; whose adverts others heard cannot be told from here. */
const onlyOn = (name: string, heard: Heard): Heard => ({
  ...heard,
  outgoing: heard.outgoing.filter((stream) => stream.interface === name),
  incoming: heard.incoming.filter((stream) => stream.interface === name),
  elsewhere: [],
});

export const describeInstances = (view: NodeView, heard: Heard): readonly UngroupedInstance[] => {
  const described: UngroupedInstance[] = [];
  const vipsOfNode = new Set(
    view.daemons.flatMap((daemon) =>
      daemon.config.kind === 'known'
        ? daemon.config.value.instances.flatMap((one) =>
            [...one.vips, ...one.excludedVips].map((vip) => vip.address),
          )
        : [],
    ),
  );
  for (const daemon of view.daemons) {
    const sketches = sketchesOf(daemon);
    const twinCounts = new Map<string, number>();
    for (const one of sketches) {
      const key = `${vridOf(one)} ${familyOf(one)}`;
      twinCounts.set(key, (twinCounts.get(key) ?? 0) + 1);
    }
    for (const sketch of sketches) {
      const vrid = vridOf(sketch);
      if (vrid === undefined) continue;
      const name =
        sketch.config?.interface?.value ?? sketch.dump?.interface ?? sketch.defaultInterface ?? '?';
      const family = familyOf(sketch);
      const link = linkOf(view.links, name);
      const twins = twinCounts.get(`${vrid} ${family}`) ?? 1;
      const configured: Reading<ConfiguredInstance> =
        sketch.config !== undefined
          ? known(summarizeInstance(sketch.config))
          : unknown(
              daemon.config.kind === 'unknown'
                ? daemon.config.reason
                : `${sketch.name} runs but is not in the configuration on disk`,
            );
      const vips =
        configured.kind === 'known' ? [...configured.value.vips, ...configured.value.excludedVips] : [];
      const ears = twins > 1 ? onlyOn(name, heard) : heard;
      const seen = ears.outgoing.find((stream) => stream.vrid === vrid && stream.family === family)?.src;
      const holds = holdsVips(view, vips);
      const source =
        seen ??
        sketch.dump?.sourceAddress ??
        sketch.config?.sourceAddress?.value ??
        primaryOf(link, family, vipsOfNode);
      described.push({
        id: `${view.node}/${sketch.name}`,
        node: view.node,
        name: sketch.name,
        interface: name,
        vrid,
        family,
        configured,
        running: stateOf(sketch, view, ears, { vrid, family, vips, link }),
        ...(holds === undefined ? {} : { holdsVips: holds }),
        ...(daemon.run === undefined ? {} : { run: daemon.run }),
        sourceAddress:
          source === undefined
            ? unknown(
                link === undefined
                  ? `${name} does not exist or could not be read`
                  : `${name} has no address to send from`,
              )
            : known(source),
        process: daemon.pid === 'not-running' ? 'stopped' : daemon.pid === 'unknown' ? 'unknown' : 'running',
        segments: (link?.addresses ?? [])
          .filter((cidr) => !vipsOfNode.has(withoutPrefix(cidr)))
          .flatMap((cidr) => networkOf(cidr) ?? []),
      });
    }
  }
  return described;
};
