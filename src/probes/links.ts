// The network interfaces with their kind (bond, vlan, macvlan, bridge …), master and carrier. Whether an interface
// should be up is not judged here.
import type { Answer } from '../evidence/bundle.ts';
import { known, type Reading, unknown } from '../evidence/reading.ts';
import {
  answersTo,
  answerTo,
  isObject,
  linesByPath,
  numberField,
  objectsIn,
  parseJson,
  textField,
  textList,
  whyUseless,
} from './answers.ts';
import type { Probe } from './probe.ts';

export interface FoundLink {
  readonly name: string;
  readonly index: number;
  readonly mac: string;
  readonly mtuBytes?: number;
  readonly flags: readonly string[];
  readonly operState: string;
  readonly carrier: 'yes' | 'no' | 'unknown';
  /** `bond`, `vlan`, `bridge`, `macvlan`, `veth` …; absent for plain devices. */
  readonly kind?: string;
  /** Device it is enslaved to. */
  readonly master?: string;
  /** Lower device (vlan, macvlan). */
  readonly parent?: string;
  readonly vlanId?: number;
  readonly macvlanMode?: string;
  /** Times the carrier changed since the device exists, /sys/class/net/NAME/carrier_changes. */
  readonly carrierChanges?: number;
}

const shell = `
ask '' $KA_NS ip $VD_IPJ -d link show
[ "$vd_code" = 0 ] || ask '' $KA_NS ip link show
VD_PART=carrier
[ "$KA_NETNS" = other ] || tell '' grep -sH '' /sys/class/net/*/carrier_changes
`;

export const linksProbe: Probe<readonly FoundLink[]> = {
  id: 'links',
  asks: 'which interfaces are there, and are they up?',
  parts: [{ part: 'table', shell, rounds: ['before'], limitBytes: 2_097_152, timeoutSeconds: 3 }],
  read,
};

function read(answers: readonly Answer[]): Reading<readonly FoundLink[]> {
  // busybox has no `-d` and is asked again without.
  const answer = answersTo(answers, 'table').find((one) => one.exit === 0) ?? answerTo(answers, 'table');
  const useless = whyUseless(answer, 'interfaces');
  if (answer === undefined || useless !== undefined) return unknown(useless ?? 'interfaces: not asked');
  const changes = readChanges(answersTo(answers, 'carrier')[0]?.text ?? '');
  const json = parseJson(answer.text);
  const links = json === undefined ? fromText(answer.text) : fromJson(json);
  if (links.length === 0) return unknown('interfaces: the answer could not be understood');
  return known(
    links.map((link) => {
      const count = changes.get(link.name);
      return count === undefined ? link : { ...link, carrierChanges: count };
    }),
  );
}

function readChanges(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [path, [value]] of linesByPath(text)) {
    const name = path.split('/')[4];
    if (name !== undefined && /^\d+$/.test(value ?? '')) counts.set(name, Number(value));
  }
  return counts;
}

function fromJson(json: unknown): FoundLink[] {
  return objectsIn(json).flatMap((link): FoundLink[] => {
    const name = textField(link, 'ifname');
    if (name === undefined) return [];
    const info = isObject(link.linkinfo) ? link.linkinfo : {};
    const data = isObject(info.info_data) ? info.info_data : {};
    const flags = textList(link.flags);
    const mtu = numberField(link, 'mtu');
    const kind = textField(info, 'info_kind');
    const master = textField(link, 'master');
    const parent = textField(link, 'link');
    const vlanId = kind === 'vlan' ? numberField(data, 'id') : undefined;
    const mode = kind === 'macvlan' ? textField(data, 'mode') : undefined;
    return [
      {
        name,
        index: numberField(link, 'ifindex') ?? 0,
        mac: textField(link, 'address') ?? '',
        flags,
        operState: textField(link, 'operstate') ?? 'UNKNOWN',
        carrier: carrierOf(flags),
        ...(mtu === undefined ? {} : { mtuBytes: mtu }),
        ...(kind === undefined ? {} : { kind }),
        ...(master === undefined ? {} : { master }),
        ...(parent === undefined ? {} : { parent }),
        ...(vlanId === undefined ? {} : { vlanId }),
        ...(mode === undefined ? {} : { macvlanMode: mode }),
      },
    ];
  });
}

/** A device that is down shows no carrier either way. */
function carrierOf(flags: readonly string[]): FoundLink['carrier'] {
  if (flags.includes('LOWER_UP')) return 'yes';
  if (flags.includes('NO-CARRIER')) return 'no';
  return flags.includes('UP') ? 'no' : 'unknown';
}

const kinds =
  /^\s+(bond|vlan|bridge|macvlan|macvtap|ipvlan|veth|dummy|vxlan|vrf|team|tun|gre|bridge_slave|bond_slave)\b/;

function fromText(text: string): FoundLink[] {
  const links: FoundLink[] = [];
  for (const block of text.split(/\n(?=\d+: )/)) {
    const head = /^(\d+): ([^:@\s]+)(?:@([^:\s]+))?: <([^>]*)>(.*)/.exec(block);
    if (head === null) continue;
    const flags = (head[4] ?? '').split(',');
    const rest = head[5] ?? '';
    const mtu = / mtu (\d+)/.exec(rest)?.[1];
    const master = / master (\S+)/.exec(rest)?.[1];
    const kind = block
      .split('\n')
      .map((line) => kinds.exec(line)?.[1])
      .find((word) => word !== undefined && !word.endsWith('_slave'));
    links.push({
      name: head[2] ?? '',
      index: Number(head[1]),
      mac: /\n\s+link\/\S+ ([0-9a-f:]+)/.exec(block)?.[1] ?? '',
      flags,
      operState: / state (\S+)/.exec(rest)?.[1] ?? 'UNKNOWN',
      carrier: carrierOf(flags),
      ...(mtu === undefined ? {} : { mtuBytes: Number(mtu) }),
      ...(kind === undefined ? {} : { kind }),
      ...(master === undefined ? {} : { master }),
      ...(head[3] === undefined ? {} : { parent: head[3] }),
    });
  }
  return links;
}
