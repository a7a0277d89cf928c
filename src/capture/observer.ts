// The observer: ears on the segment that are none of the nodes', and probes from there for who holds a
// VIP (ARP, neighbour solicitation). On the machine vipdoctor runs on, if it has a leg in the segment, or on another host over a transport. What it hears is redacted as it comes.
import { networkInterfaces } from 'node:os';
import type { ArpProbeAnswer, Ear, HeardFrame, ObserverEvidence } from '../evidence/bundle.ts';
import { withLifeline } from '../transport/lifeline.ts';
import { connectLocal } from '../transport/local.ts';
import type { Connected, Stream, Transport } from '../transport/transport.ts';
import { arpProbeCommand, readArpProbe } from './arp-probe.ts';
import { neighbourProbeCommand } from './neighbour-probe.ts';
import { type CapEarStart, startCapEar } from './observer-cap.ts';
import { addressesCommand, chooseLocalInterface, readAddresses } from './observer-local.ts';
import { type OpenEar, openEar, type RedactFrame } from './open-ear.ts';

export type ObserverChoice =
  | { readonly kind: 'none'; readonly reason: string }
  /** This machine; without an interface, the one with a leg in the segment. */
  | { readonly kind: 'local'; readonly interface?: string }
  | {
      readonly kind: 'host';
      readonly name: string;
      readonly connect: () => Promise<Connected>;
      readonly interface?: string;
    };

export interface ObserverVisit {
  /** Tells which addresses the segment has, so that an interface can be chosen; starts listening. */
  locate(addresses: readonly string[]): void;
  /** Asks who holds these VIPs, by ARP or neighbour solicitation; ends by itself within a second. */
  probeHolders(vips: readonly string[]): void;
  /** `yes` while a probe waits for answers. */
  probing(): 'yes' | 'no';
  evidence(): ObserverEvidence;
  stop(): Promise<void>;
}

/** Should vipdoctor vanish, what it left on the observer ends after this, s. */
const LIFELINE_LIMIT_SECONDS = 600;

const ADDRESSES_LIMIT_MS = 5000;

interface Post {
  readonly where: string;
  readonly transport: Transport;
}

/** Of this machine, loopback apart. */
export const localAddresses = () =>
  Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
    (addresses ?? []).flatMap((one) =>
      one.internal || one.cidr === null ? [] : [{ interface: name, cidr: one.cidr }],
    ),
  );

export const openObserver = (choice: ObserverChoice, redact: RedactFrame): ObserverVisit => {
  let none = choice.kind === 'none' ? choice.reason : undefined;
  let device: string | undefined = choice.kind === 'none' ? undefined : choice.interface;
  let started: Promise<void> | undefined;
  let post: Post | undefined;
  let ear: OpenEar | undefined;
  let cap: CapEarStart | undefined;
  let stopped = false;
  let capSinceMs = 0;
  let capUntilMs: number | undefined;
  const capFrames: HeardFrame[] = [];
  const problems: string[] = [];
  const arp: ArpProbeAnswer[] = [];
  let asking = 0;
  const probes: Stream[] = [];

  const reachPost = async (): Promise<Post | undefined> => {
    if (choice.kind === 'none') return undefined;
    const connected =
      choice.kind === 'local' ? await connectLocal({ node: 'observer' }) : await choice.connect();
    if (connected.kind === 'failed') {
      none = `the observer could not be reached: ${connected.failure.message}`;
      return undefined;
    }
    return { where: choice.kind === 'local' ? 'local' : choice.name, transport: connected.transport };
  };

  const listen = async (name: string): Promise<void> => {
    post ??= await reachPost();
    if (post === undefined || stopped) return;
    if (choice.kind === 'local') {
      cap = await startCapEar({
        interface: name,
        onFrame: (frame) => capFrames.push({ ...frame, bytes: redact(frame.linkType, frame.bytes) }),
        onProblem: (text) => problems.push(text),
      });
      capSinceMs = Date.now();
      if (cap.kind === 'started') return;
      problems.push(`cap was not used: ${cap.reason}`);
    }
    ear = await openEar(post.transport, { interface: name, redact, limitSeconds: LIFELINE_LIMIT_SECONDS });
  };

  /** Another host is asked which of its interfaces has a leg in the segment. */
  const findLeg = async (name: string, addresses: readonly string[]): Promise<void> => {
    post = await reachPost();
    if (post === undefined || stopped) return;
    const { stdout } = await post.transport.run(addressesCommand, { timeoutMs: ADDRESSES_LIMIT_MS });
    const local = readAddresses(new TextDecoder().decode(stdout));
    const chosen = chooseLocalInterface({ local, addresses });
    if (chosen.kind === 'chosen') {
      device = chosen.interface;
      await listen(device);
    } else
      none = `no interface of ${name} is seen to be on the network of the nodes: say which with --interface`;
  };

  const begin = (): void => {
    if (started !== undefined || device === undefined || none !== undefined) return;
    started = listen(device);
  };
  begin();

  const heard = (): Ear => {
    if (cap?.kind === 'started')
      return {
        kind: 'listened',
        source: `cap on ${device ?? '?'}`,
        method: 'cap',
        listenedMs: (capUntilMs ?? Date.now()) - capSinceMs,
        frames: capFrames,
        dropped: 'unknown',
        problems,
      };
    return ear?.ear() ?? { kind: 'deaf', reason: 'it was still being started when the check ended' };
  };

  const ask = async (command: (device: string) => string, kind: string): Promise<void> => {
    await started;
    if (post === undefined || device === undefined || stopped) return;
    const opened = await post.transport.stream(withLifeline(command(device), { limitSeconds: 10 }));
    if (opened.kind === 'failed') {
      problems.push(`${kind} could not be sent: ${opened.failed.message}`);
      return;
    }
    probes.push(opened.stream);
    let text = '';
    for await (const chunk of opened.stream.stdout) text += new TextDecoder().decode(chunk);
    const result = readArpProbe(text);
    arp.push(...result.answers);
    problems.push(...result.problems);
    if (result.end === 'cut-off' && result.problems.length === 0 && !stopped)
      problems.push(`${kind} need python3 or perl, and raw sockets, on the observer`);
  };

  return {
    locate: (addresses) => {
      if (choice.kind === 'none' || started !== undefined || none !== undefined) return;
      if (choice.kind === 'host') {
        started = findLeg(choice.name, addresses);
        return;
      }
      const chosen = chooseLocalInterface({ local: localAddresses(), addresses });
      if (chosen.kind === 'none') none = chosen.reason;
      else device = chosen.interface;
      begin();
    },
    probeHolders: (vips) => {
      if (none !== undefined || started === undefined) return;
      const six = vips.filter((vip) => vip.includes(':'));
      const four = vips.filter((vip) => !vip.includes(':'));
      const begun = [
        ...(four.length === 0
          ? []
          : [ask((device) => arpProbeCommand({ interface: device, addresses: four }), 'ARP probes')]),
        ...(six.length === 0
          ? []
          : [
              ask(
                (device) => neighbourProbeCommand({ interface: device, addresses: six }),
                'neighbour solicitations',
              ),
            ]),
      ];
      asking += begun.length;
      for (const one of begun)
        void one.finally(() => {
          asking -= 1;
        });
    },
    probing: () => (asking > 0 ? 'yes' : 'no'),
    evidence: () =>
      none !== undefined || choice.kind === 'none' || device === undefined
        ? { kind: 'none', reason: none ?? 'it was not needed' }
        : {
            kind: 'present',
            where: choice.kind === 'local' ? 'local' : choice.name,
            interface: device,
            ear: heard(),
            arp,
            problems,
          },
    stop: async () => {
      stopped = true;
      capUntilMs ??= Date.now();
      await started;
      for (const probe of probes) probe.end();
      await Promise.all([cap?.kind === 'started' ? cap.stop() : undefined, ear?.stop()]);
      await post?.transport.close();
    },
  };
};
