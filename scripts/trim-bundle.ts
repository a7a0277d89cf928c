/**
 * Makes a recording of `check --record` small enough to keep under fixtures/bundles: leaves out what no reader of an
 * answer looks at, and the recording machine's own kernel build. Refuses when the report would change by it.
 * Usage: tsx scripts/trim-bundle.ts RECORDING FOLDER
 */
import { isDeepStrictEqual } from 'node:util';
import type { Answer, Bundle } from '../src/evidence/bundle.ts';
import { readBundle, writeBundle } from '../src/evidence/bundle-folder.ts';
import { judgeBundle } from '../src/session.ts';

const mapLines = (text: string, change: (line: string) => string | undefined): string =>
  text
    .split('\n')
    .map(change)
    .filter((line) => line !== undefined)
    .join('\n');

const keepLines = (text: string, keep: RegExp): string =>
  mapLines(text, (line) => (line === '' || keep.test(line) ? line : undefined));

/** Of the long TcpExt pair only the columns about reverse paths; the other pairs whole. */
const trimCounters = (text: string): string => {
  let columns: readonly number[] = [];
  return mapLines(text, (line) => {
    if (/:(MPTcpExt|Tcp|UdpLite|IcmpMsg): /.test(line)) return undefined;
    if (/snmp6:(?!Ip6In\w*(?:Receives|Errors|Protos|Discards|Delivers|McastPkts))/.test(line))
      return undefined;
    if (!/netstat:TcpExt: /.test(line)) return line;
    const [head = '', ...words] = line.split(' ');
    if (!/^\d/.test(words[0] ?? ''))
      columns = words.flatMap((word, index) => (/ReversePath|ArpFilter/.test(word) ? [index] : []));
    return [head, ...columns.map((index) => words[index] ?? '0')].join(' ');
  });
};

/** The fields of `ip -j` that readers take, of the devices adverts may use. */
const linkFields = [
  'ifname',
  'ifindex',
  'flags',
  'mtu',
  'operstate',
  'address',
  'link',
  'master',
  'linkinfo',
  'addr_info',
];

const trimLinks = (text: string): string => {
  if (!text.startsWith('[')) return text;
  const links: unknown = JSON.parse(text);
  if (!Array.isArray(links)) return text;
  const kept = links
    .filter((link: unknown) => !/^ifb/.test(String(Reflect.get(Object(link), 'ifname'))))
    .map((link: unknown) =>
      Object.fromEntries(Object.entries(Object(link)).filter(([name]) => linkFields.includes(name))),
    );
  return JSON.stringify(kept);
};

const trims: Readonly<Record<string, (text: string) => string>> = {
  'processes/describe': (text) =>
    keepLines(
      text,
      /status:(Name|State|Pid|PPid|CapEff|CapBnd):|\/\d+\/(stat|cgroup|comm|attr\/current):|^\/proc\/stat:btime/,
    ),
  'counters/values': trimCounters,
  'addresses/table': trimLinks,
  'links/table': trimLinks,
  'links/carrier': (text) => mapLines(text, (line) => (/\/ifb\d/.test(line) ? undefined : line)),
  'version/text': (text) => text.replace(/\n(configure|Config|System) options:.*/g, ''),
  'processes/links': (text) => keepLines(text, /\/exe -> |^\/proc\/|socket:/),
  // Devices that carry no adverts, some of which every network namespace is born with.
  'sysctls/values': (text) =>
    mapLines(text, (line) =>
      /\/conf\/(default|lo|ifb|gre|gretap|erspan|sit|tunl|ip6tnl|ip6gre|ip_vti|ip6_vti|teql)\d*\//.test(line)
        ? undefined
        : line,
    ),
};

/** `6.18.44-custom-3` says who built it; the numbers say enough. */
const withoutBuild = (text: string, release: string | undefined): string =>
  release === undefined ? text : text.replaceAll(release, release.replace(/^(\d+\.\d+\.\d+).*$/, '$1'));

const releaseOf = (answers: readonly Answer[]): string | undefined =>
  answers
    .map((answer) => /^\/proc\/sys\/kernel\/osrelease:(\S+)$/m.exec(answer.text)?.[1])
    .find((release) => release !== undefined);

interface Measure {
  /** How many of the last log lines are kept; a node practised on for long has hundreds. */
  readonly logLines: number;
  /** Whether firewall rules asked for again after listening are kept: only their counters can differ. */
  readonly rulesAfter: 'kept' | 'dropped';
}

/** From small to large; the first that leaves the report as it is wins. */
const measures: readonly Measure[] = [
  { logLines: 24, rulesAfter: 'dropped' },
  { logLines: 24, rulesAfter: 'kept' },
  { logLines: 120, rulesAfter: 'kept' },
  { logLines: Number.POSITIVE_INFINITY, rulesAfter: 'kept' },
];

const trimAnswers = (answers: readonly Answer[], measure: Measure): readonly Answer[] => {
  const release = releaseOf(answers);
  const logged = new Set<string>();
  return answers.flatMap((answer) => {
    if (
      measure.rulesAfter === 'dropped' &&
      answer.round === 'after' &&
      ['nft', 'iptables'].includes(answer.probe)
    )
      return [];
    const trim = trims[`${answer.probe}/${answer.part}`] ?? ((text: string) => text);
    const text = withoutBuild(trim(answer.text), release);
    if (answer.probe !== 'log') return [{ ...answer, text }];
    // The second asking repeats the first, and a reader counts each line once.
    const fresh =
      answer.round === 'before'
        ? text.split('\n').slice(-measure.logLines).join('\n')
        : mapLines(text, (line) => (line !== '' && logged.has(`${answer.about}${line}`) ? undefined : line));
    for (const line of text.split('\n')) logged.add(`${answer.about}${line}`);
    return [{ ...answer, text: fresh }];
  });
};

const trimBundle = (bundle: Bundle, measure: Measure): Bundle => ({
  ...bundle,
  nodes: bundle.nodes.map((node) => ({ ...node, answers: trimAnswers(node.answers, measure) })),
});

const renamed = (bundle: Bundle): Bundle => ({
  ...bundle,
  nodes: bundle.nodes.map((node) => ({
    ...node,
    answers: node.answers.map((answer) => ({
      ...answer,
      text: withoutBuild(answer.text, releaseOf(node.answers)),
    })),
  })),
});

const [recording, folder] = process.argv.slice(2);
if (recording === undefined || folder === undefined) {
  process.stderr.write('usage: tsx scripts/trim-bundle.ts RECORDING FOLDER\n');
  process.exitCode = 2;
} else {
  const whole = await readBundle(recording);
  const report = judgeBundle(renamed(whole));
  const trimmed = measures
    .map((measure) => trimBundle(whole, measure))
    .find((bundle) => isDeepStrictEqual(report, judgeBundle(bundle)));
  if (trimmed !== undefined) await writeBundle(folder, trimmed);
  else {
    process.stderr.write(`${recording}: the report changes when it is trimmed\n`);
    process.exitCode = 1;
  }
}
