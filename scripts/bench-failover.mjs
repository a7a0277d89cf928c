// How right failover measurements are: trials of every fault class on practice clusters, each beside a tcpdump of its
// own on the observer that is read as text by tcpdump, with none of vipdoctor's decoders. Compares takeover (± 2 ms),
// outage (± 2 probe periods) and ARP convergence (± 5 ms), and asks whether the predicted intervals hold the measured
// values. Needs root, tcpdump and a built dist/. A run that was broken off goes on where it ended with the same --keep.
// Usage: node scripts/bench-failover.mjs [--trials 20] [--versions v2,v3] [--faults a,b] [--lab NAME] [--keep DIR]
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    trials: { type: 'string', default: '20' },
    versions: { type: 'string', default: 'v3,v2' },
    faults: {
      type: 'string',
      default:
        'daemon-stopped,daemon-killed,daemon-frozen,link-down,adverts-blocked-out,adverts-blocked-in,service-failed',
    },
    lab: { type: 'string', default: 'bench_failover' },
    keep: { type: 'string' },
  },
});
const program = join(fileURLToPath(new URL('..', import.meta.url)), 'bin/vipdoctor');
const wanted = Number(options.trials);
const lab = options.lab;
const folder = options.keep ?? mkdtempSync(join(tmpdir(), 'vipdoctor-bench-failover-'));
mkdirSync(folder, { recursive: true });
const resultsFile = join(folder, 'trials.jsonl');

const vip = '10.77.0.5';
const periodMs = 5;
const bounds = { takeoverMs: 2, outageMs: 2 * periodMs, arpMs: 5 };
/** Trials in one run of the program: what is lost when this is broken off. */
const atOnce = 5;
const versions = {
  v2: { topology: 'three', secondsEach: 21 },
  v3: { topology: 'three-v3', secondsEach: 14 },
};
const checkScript = '/usr/local/bin/bench-check';

const say = (line) => process.stdout.write(`${line}\n`);
const must = (argv) => {
  const { status, stdout, stderr } = spawnSync(argv[0], argv.slice(1), {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (status !== 0) throw new Error(`${argv.join(' ')}: ${stderr || stdout}`);
  return stdout;
};
const labCommand = (...words) => must([process.execPath, program, 'lab', ...words, '--name', lab]);
const onNode = (node, script) =>
  must([process.execPath, program, 'lab', 'exec', node, '--name', lab, '--', 'sh', '-c', script]);

/** A tracked script that can be made to fail, on every node. */
const trackScript = () => {
  const block = `vrrp_script bench {\\n    script "${checkScript}"\\n    interval 1\\n    fall 2\\n    rise 2\\n}\\n`;
  for (const node of ['n1', 'n2', 'n3'])
    onNode(
      node,
      [
        `printf '#!/bin/sh\\nexit 0\\n' >${checkScript}; chmod 755 ${checkScript}`,
        `sed -i -e '1i ${block}' -e 's/^vrrp_instance.*/&\\n    track_script {\\n        bench\\n    }/' /etc/keepalived/keepalived.conf`,
        'systemctl restart keepalived',
      ].join('; '),
    );
};

const waitForMaster = async () => {
  for (let left = 60; left > 0; left -= 1) {
    if (onNode('n1', 'ip -o addr show').includes(` ${vip}/`)) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error('n1 did not become master');
};

const seconds = (text) => Number(text) * 1000;

/** The capture as tcpdump says it: adverts, echo requests and replies, times in ms since the epoch. */
const readCapture = (file) => {
  const adverts = [];
  const requests = new Map();
  const replies = new Map();
  const text = must(['tcpdump', '-r', file, '-nn', '-e', '-tt', 'icmp or proto 112']);
  for (const line of text.split('\n')) {
    const frame = /^(\d+\.\d+) (\S+) > ([^,]+), .*?: (\S+) > ([^:]+): (.*)$/.exec(line);
    if (frame === null) continue;
    const [, at, from, to, src, , rest] = frame;
    const prio = /^VRRPv[23], Advertisement, vrid \d+, prio (\d+)/.exec(rest);
    if (prio !== null) adverts.push({ at: seconds(at), from, src, priority: Number(prio[1]) });
    const echo = /^ICMP echo (request|reply), id (\d+), seq (\d+)/.exec(rest);
    if (echo === null) continue;
    const key = Number(echo[2]) * 65536 + Number(echo[3]);
    (echo[1] === 'request' ? requests : replies).set(key, {
      at: seconds(at),
      mac: echo[1] === 'request' ? to : from,
    });
  }
  return { adverts, requests, replies };
};

const answered = ({ requests, replies }, key) => {
  const [asked, reply] = [requests.get(key), replies.get(key)];
  return asked !== undefined && reply !== undefined && reply.at - asked.at <= 500;
};

/** The longest run of numbers that were not answered; what was never sent on the wire leaves a hole in the row. */
const outageIn = (capture, from, to) => {
  const keys = [...capture.requests.keys()]
    .filter((key) => capture.requests.get(key).at >= from && capture.requests.get(key).at <= to)
    .sort((a, b) => capture.requests.get(a).at - capture.requests.get(b).at);
  let longest = 0;
  let last;
  let firstLost;
  for (const key of keys) {
    const { at } = capture.requests.get(key);
    if (!answered(capture, key)) {
      firstLost ??= last !== undefined && key - last.key > 1 ? last.at + periodMs : at;
      continue;
    }
    if (last !== undefined && firstLost === undefined && key - last.key > 1 && at - last.at > 2 * periodMs)
      firstLost = last.at + periodMs;
    if (firstLost !== undefined) longest = Math.max(longest, at - firstLost);
    firstLost = undefined;
    last = { key, at };
  }
  return firstLost === undefined ? { ms: longest } : { atLeastMs: Math.max(longest, to - firstLost) };
};

/** The first answer of the new master after which nobody else answers, and nothing goes to anybody else in vain. */
const convergenceIn = (capture, originAt, to, newMacs) => {
  const events = [...capture.requests].flatMap(([key, asked]) => {
    const reply = capture.replies.get(key);
    if (answered(capture, key)) return [{ at: reply.at, mac: reply.mac, reply: true }];
    return [{ at: asked.at, mac: asked.mac, reply: false }];
  });
  const inside = events.filter(({ at }) => at > originAt && at <= to).sort((a, b) => a.at - b.at);
  const other = inside.findLastIndex(({ mac }) => !newMacs.has(mac));
  const settled = inside.find(({ reply }, place) => place > other && reply);
  return settled === undefined ? { atLeastMs: to - originAt } : { ms: settled.at - originAt };
};

/** What the capture says about one trial. The clocks of the nodes are this machine's. */
const measureAlone = (capture, trial) => {
  const injectedAt = trial.fault.injectedFromNs / 1e6;
  const old = capture.adverts.findLast(({ at, priority }) => at <= injectedAt && priority > 0)?.src;
  const first = capture.adverts.find(
    ({ at, src, priority }) => at > injectedAt && priority > 0 && src !== old,
  );
  if (old === undefined || first === undefined) return undefined;
  const origin = capture.adverts.findLast(({ at, src }) => src === old && at <= first.at);
  // vipdoctor waits 5.4 s from the new master's first advert before it heals.
  const to = first.at + 5300;
  const heir = capture.adverts.findLast(
    ({ at, src, priority }) => at <= to && priority > 0 && src !== old,
  ).src;
  const newMacs = new Set(capture.adverts.filter(({ src }) => src === heir).map(({ from }) => from));
  return {
    takeoverMs: first.at - origin.at,
    outage: outageIn(capture, Math.min(injectedAt, origin.at), to),
    arp: convergenceIn(capture, origin.at, to, newMacs),
  };
};

/** Difference of two numbers; open ends agree with open ends. */
const off = (ours, alone) => {
  if (ours === undefined || alone === undefined || ours.value === null) return Number.POSITIVE_INFINITY;
  if (alone.ms === undefined) return ours.bound === 'at-least' ? 0 : Number.POSITIVE_INFINITY;
  return ours.bound === 'at-least' ? Number.POSITIVE_INFINITY : Math.abs(ours.value - alone.ms);
};

const within = ({ value, plusMinus, predicted }) =>
  predicted === null || value === null
    ? 'none'
    : value + plusMinus >= predicted.min && value - plusMinus <= predicted.max
      ? 'yes'
      : 'no';

const judge = (capture, trial) => {
  const alone = measureAlone(capture, trial);
  const traffic = trial.arpConvergenceMs.find(({ how }) => how === 'icmp-replies');
  const icmp = trial.outageMs.find(({ probe }) => probe === 'icmp');
  return {
    void: trial.void,
    asked: trial.fault.classAsked,
    observed: trial.fault.classObserved,
    takeoverMs: trial.takeoverMs.value,
    offTakeoverMs: off(trial.takeoverMs, alone && { ms: alone.takeoverMs }),
    offOutageMs: off(icmp, alone?.outage),
    offArpMs: off(traffic, alone?.arp),
    predicted: within(trial.takeoverMs),
    fromEvent: within(trial.fromEventMs),
    residualMs: trial.takeoverMs.residual,
    alone,
  };
};

const runTrials = async (version, fault, count) => {
  const scratch = mkdtempSync(join(tmpdir(), 'vipdoctor-bench-'));
  const pcap = join(scratch, 'own.pcap');
  const netns = ['netns', 'exec', `vd-${lab}-obs`];
  const ear = spawn(
    'ip',
    [...netns, 'tcpdump', '-i', 'seg0', '-U', '-Z', 'root', '-B', '16384', '-w', pcap, 'icmp or proto 112'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let heard = '';
  const gone = new Promise((resolve) => ear.once('close', resolve));
  await new Promise((resolve) => {
    ear.stderr.on('data', (chunk) => {
      heard += chunk;
      if (heard.includes('listening on')) resolve();
    });
  });
  const startedMs = performance.now();
  const run = spawnSync(
    process.execPath,
    [
      ...[
        program,
        'failover',
        '--lab',
        '--lab-name',
        lab,
        '--measure',
        '--yes',
        '--vip',
        vip,
        '--format',
        'json',
      ],
      ...['--fault', fault, '--trials', String(count), '--probe-period', String(periodMs)],
      ...(fault === 'service-failed' ? ['--service', checkScript] : []),
    ],
    { encoding: 'utf8', maxBuffer: 1 << 30 },
  );
  const tookMs = performance.now() - startedMs;
  ear.kill('SIGINT');
  await gone;
  try {
    if (run.status !== 0)
      say(`  ${version} ${fault}: exit ${run.status}: ${run.stderr.trim().split('\n').at(-1)}`);
    const report = run.stdout === '' ? undefined : JSON.parse(run.stdout);
    if (report === undefined) return;
    const capture = readCapture(pcap);
    const dropped = /(\d+) packets dropped by kernel/.exec(heard)?.[1];
    for (const trial of report.trials)
      appendFileSync(
        resultsFile,
        `${JSON.stringify({ version, fault, ...judge(capture, trial), restored: report.restored, exit: run.status, dropped: Number(dropped ?? 0), eachMs: tookMs / report.trials.length, load: loadavg()[0] })}\n`,
      );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
};

const results = () =>
  existsSync(resultsFile)
    ? readFileSync(resultsFile, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
    : [];
const resultsOf = (version, fault) =>
  results().filter((one) => one.version === version && one.fault === fault);

const worst = (values) =>
  values.length === 0 ? 0 : Math.max(...values.map((value) => value ?? Number.POSITIVE_INFINITY));
const share = (list, is) => `${list.filter(is).length}/${list.length}`;

const table = (plans) => {
  const head = [
    '',
    '',
    'trials',
    'void',
    'class',
    'takeover',
    'outage',
    'ARP',
    'predicted',
    'from fault',
    's each',
    '',
  ];
  const rows = plans.map(({ version, fault }) => {
    const all = resultsOf(version, fault);
    const counted = all.filter((one) => one.void === null);
    const [take, out, arp] = ['offTakeoverMs', 'offOutageMs', 'offArpMs'].map((name) =>
      worst(counted.map((one) => one[name])),
    );
    const good =
      counted.length > 0 &&
      take <= bounds.takeoverMs &&
      out <= bounds.outageMs &&
      arp <= bounds.arpMs &&
      counted.every((one) => one.predicted !== 'no' && one.fromEvent !== 'no') &&
      all.every((one) => one.restored);
    return [
      version,
      fault,
      String(all.length),
      String(all.length - counted.length),
      share(all, (one) => one.asked === one.observed),
      `${take.toFixed(2)} ms`,
      `${out.toFixed(1)} ms`,
      `${arp.toFixed(2)} ms`,
      share(counted, (one) => one.predicted === 'yes'),
      share(
        counted.filter((one) => one.fromEvent !== 'none'),
        (one) => one.fromEvent === 'yes',
      ),
      (all.reduce((sum, one) => sum + one.eachMs, 0) / Math.max(1, all.length) / 1000).toFixed(1),
      good ? 'good' : 'NOT GOOD',
    ];
  });
  const widths = head.map((_, at) => Math.max(...[head, ...rows].map((row) => row[at].length)));
  for (const row of [head, ...rows])
    say(
      row
        .map((cell, at) => cell.padEnd(widths[at]))
        .join('  ')
        .trimEnd(),
    );
  return rows.every((row) => row.at(-1) === 'good');
};

const plans = options.versions
  .split(',')
  .flatMap((version) => options.faults.split(',').map((fault) => ({ version, fault })));
const missing = ({ version, fault }) => Math.max(0, wanted - resultsOf(version, fault).length);
const estimate = plans.reduce((sum, plan) => sum + missing(plan) * versions[plan.version].secondsEach, 0);
say(
  `${plans.length} kinds of trials, ${wanted} each; about ${Math.ceil(estimate / 60)} min to go; results in ${folder}`,
);

try {
  for (const version of options.versions.split(',')) {
    const mine = plans.filter((plan) => plan.version === version && missing(plan) > 0);
    if (mine.length === 0) continue;
    labCommand('up', '--topology', versions[version].topology);
    // Last, for it changes the configuration.
    for (const plan of mine.toSorted(
      (a, b) => Number(a.fault === 'service-failed') - Number(b.fault === 'service-failed'),
    )) {
      if (plan.fault === 'service-failed') {
        trackScript();
        await waitForMaster();
      }
      // One that yields nothing twice is given up, and shows as missing.
      let fruitless = 0;
      while (missing(plan) > 0 && fruitless < 2) {
        const before = missing(plan);
        await runTrials(version, plan.fault, Math.min(atOnce, before));
        fruitless = missing(plan) < before ? 0 : fruitless + 1;
      }
      say(`${version} ${plan.fault}: ${resultsOf(version, plan.fault).length} of ${wanted}`);
    }
  }
} finally {
  labCommand('down');
}
say(
  '\ngreatest difference to an independent tcpdump, and how often the predicted interval held the measured value',
);
process.exitCode = table(plans) ? 0 : 1;
