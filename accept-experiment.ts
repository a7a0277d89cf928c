import { type ChildProcess, spawn } from 'node:child_process';
import { forecast, type Outcome } from './src/cluster/election/forecast.ts';
import { type Loss, lossWords } from './src/cluster/election/losses.ts';
import { buildPaperCluster } from './src/cluster/paper.ts';
import { known } from './src/evidence/reading.ts';
import { execOn, openLab, type Lab, mustExecOn, raiseLab } from './src/lab/lab.ts';
import { findKeepalived } from './src/lab/readiness.ts';
import { modelOf, parseText } from './test/keepalived/config-files.ts';
import { confs } from './accept-confs.ts';
const owner = 'accept';
const sleep = (ms: number) => new Promise((r) => setTimeout(r, ms));
const nowMs = () => performance.timeOrigin + performance.now();
interface Heard { atMs: number; node: string; vrid: number; priority: number }
const heard: Heard[] = [];
const lab: Lab = (await openLab(owner)) ?? (await raiseLab('three', { owner }));
const nodes = lab.topology.nodes;
const kids: ChildProcess[] = [];
for (const { name } of nodes) {
  const child = spawn('ip', ['netns','exec',`vd-${owner}-${name}`,'tcpdump','-p','-n','-tt','-l','--immediate-mode','-Q','out','-i','any','ip proto 112'],{ stdio: ['ignore','pipe','ignore'] });
  kids.push(child);
  let rest = '';
  child.stdout!.setEncoding('utf8');
  child.stdout!.on('data', (text: string) => {
    const lines = (rest + text).split('\n'); rest = lines.pop() ?? '';
    for (const line of lines) {
      const m = /^(\d+\.\d+) .*vrid (\d+), prio (\d+)/.exec(line);
      if (m) heard.push({ atMs: Number(m[1]) * 1000, node: name, vrid: Number(m[2]), priority: Number(m[3]) });
    }
  });
}
const set = process.argv[2] ?? 'a';
const { conf, vrids, situations, slow } = confs(set);
const mastersOf = (vrid: number) => {
  const since = nowMs() - (slow?.(vrid) ?? 1600);
  const last = new Map(heard.filter((a) => a.vrid === vrid && a.atMs > since).map((o) => [o.node, o]));
  return [...last.values()].filter((o) => o.priority > 0).map((o) => o.node).sort();
};
const texts = new Map(nodes.map((n, i) => [n.name, conf(n.name, i, nodes.map((m) => ({ name: m.name, seg: m.segmentIp, mgmt: m.managementIp })))]));
const afresh = async () => {
  await Promise.all(nodes.map(({ name }) => execOn(lab, name, ['systemctl', 'stop', 'keepalived'])));
  await Promise.all(nodes.map(async ({ name }) => {
    await mustExecOn(lab, name, ['sh','-c','ip link set eth1 up; ip link set eth0 up; touch /run/ok_a /run/ok_b; cat > /etc/keepalived/keepalived.conf'], { input: texts.get(name) ?? '' } as never);
    await execOn(lab, name, ['systemctl','reset-failed','keepalived']);
  }));
  heard.length = 0;
  await mustExecOn(lab, 'n1', ['systemctl','start','keepalived']);
  await sleep(5500);
  await mustExecOn(lab, 'n2', ['systemctl','start','keepalived']);
  await mustExecOn(lab, 'n3', ['systemctl','start','keepalived']);
  await sleep(9000);
};
const crash = async (node: string) => {
  const p = await findKeepalived(lab.names, node);
  if (p?.vrrp == null) throw new Error('no keepalived on ' + node);
  process.kill(p.vrrp, 'SIGKILL'); process.kill(p.parent, 'SIGKILL');
};
const bring = async (loss: Loss) => {
  if (loss.kind === 'node') return crash(loss.node);
  if (loss.kind === 'stop') return void (await mustExecOn(lab, loss.node, ['systemctl','stop','keepalived']));
  if (loss.kind === 'interface') return void (await mustExecOn(lab, loss.node, ['ip','link','set',loss.name ?? '','down']));
  await mustExecOn(lab, loss.node, ['rm','-f', loss.name === 'chk_a' ? '/run/ok_a' : '/run/ok_b']);
};
const cluster = () => {
  const paper = buildPaperCluster(nodes.map((n) => ({ node: n.name, config: modelOf(parseText(texts.get(n.name) ?? '')) })));
  return { ...paper, instances: paper.instances.map((i) => {
    const plan = nodes.find((n) => n.name === i.node);
    return { ...i, running: known({ state: mastersOf(i.vrid).includes(i.node) ? 'MASTER' as const : 'BACKUP' as const, source: 'json' as const }), sourceAddress: known((i.interface === 'eth0' ? plan?.managementIp : plan?.segmentIp) ?? '') };
  }) };
};
const same = (o: Outcome, lost: readonly Loss[]) => o.lost.length === lost.length && lost.every((l) => o.lost.some((x) => lossWords(x) === lossWords(l)));
const only = process.argv[3];
let bad = 0, good = 0;
for (const lost of situations) {
  const title = lost.map(lossWords).join(' + ');
  if (only && !title.includes(only)) continue;
  await afresh();
  const before = new Map(vrids.map((v) => [v, mastersOf(v)]));
  const prospects = forecast(cluster());
  const fromMs = nowMs();
  await Promise.all(lost.map(bring));
  const toMs = nowMs();
  const foretold = new Map(prospects.map((p) => [p.group.vrid, p]));
  const longest = Math.max(6000, ...vrids.map((v) => foretold.get(v)?.outcomes.find((o) => same(o, lost))?.takeoverMs?.maxMs ?? 0));
  await sleep(longest + 3500);
  console.log(`== ${title} (injection ${(toMs - fromMs).toFixed(0)} ms)`);
  for (const v of vrids) {
    const outs = foretold.get(v)?.outcomes ?? []; const o = outs.find((x) => same(x, lost)) ?? lost.map((l) => outs.find((x) => same(x, [l]))).find((x) => x !== undefined);
    const now = mastersOf(v), was = before.get(v) ?? [];
    const undisturbed = foretold.get(v)?.masters ?? [];
    const expected = [...(o?.masters ?? undisturbed)].sort();
    const ways = [expected, ...(o?.otherwise ?? []).map((x) => [...x].sort())].map((x) => x.join());
    const fresh = now.filter((n) => !was.includes(n));
    const firsts = fresh.map((n) => heard.find((h) => h.vrid === v && h.node === n && h.priority > 0 && h.atMs > fromMs)).map((h) => h ? h.atMs : NaN);
    const t = o?.takeoverMs;
    let timing = '';
    let ok = ways.includes(now.join());
    if (firsts.length && t) {
      const lo = Math.min(...firsts) - toMs, hi = Math.min(...firsts) - fromMs;
      timing = `${lo.toFixed(0)}..${hi.toFixed(0)} in ${t.minMs}..${t.maxMs}`;
      if (hi < t.minMs - 150 || lo > t.maxMs + 250) { ok = false; timing += ' TIME'; }
    } else if (firsts.length && !t) { timing = 'no time foretold'; ok = false; }
    else if (!firsts.length && t && t.maxMs > 0 && ways[0] === now.join()) { timing = `nobody new, foretold ${t.minMs}..${t.maxMs}`; }
    if (ok) good++; else bad++;
    console.log(`${ok ? 'ok ' : 'BAD'} ${v} before ${was.join('+') || '-'}${JSON.stringify([...undisturbed].sort()) !== JSON.stringify(was) ? ` (paper ${undisturbed.join('+')})` : ''} foretold ${ways.join(' or ') || '-'} seen ${now.join('+') || '-'} ${timing}${o ? '' : ' (unconcerned)'}`);
  }
}
console.log({ good, bad });
for (const k of kids) k.kill('SIGTERM');
