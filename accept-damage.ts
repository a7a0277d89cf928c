import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BundleError, readBundle } from './src/evidence/bundle-folder.ts';
import { judgeBundle } from './src/session.ts';
const names = process.argv.slice(2);
const walk = (d: string): string[] => readdirSync(d, { withFileTypes: true, recursive: true }).filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name));
let seed = 1; const rnd = () => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff;
const ways: Record<string, (b: Buffer) => Buffer | null> = {
  removed: () => null,
  empty: () => Buffer.alloc(0),
  half: (b) => b.subarray(0, b.length >> 1),
  most: (b) => b.subarray(0, Math.max(0, b.length - 7)),
  garbled: (b) => { const c = Buffer.from(b); for (let i = 0; i < Math.max(3, c.length / 50); i++) c[Math.floor(rnd() * c.length)] = Math.floor(rnd() * 256); return c; },
  binary: (b) => Buffer.from(Array.from({ length: Math.min(b.length, 2000) }, () => Math.floor(rnd() * 256))),
};
for (const name of names) {
  const src = join('fixtures/bundles', name);
  const base = judgeBundle(await readBundle(src));
  const tally: Record<string, number> = {};
  for (const path of walk(src)) for (const [way, f] of Object.entries(ways)) {
    const d = mkdtempSync(join(tmpdir(), 'accdmg-'));
    cpSync(src, d, { recursive: true });
    const target = join(d, path.slice(src.length + 1));
    const out = f(readFileSync(target));
    if (out === null) rmSync(target); else writeFileSync(target, out);
    let res: string;
    try {
      const r = judgeBundle(await readBundle(d));
      res = r.verdict;
      if (r.verdict === 'healthy' && JSON.stringify(r) !== JSON.stringify(base)) res = 'HEALTHY-DIFFERENT';
      if (r.verdict === 'healthy' && JSON.stringify(r) === JSON.stringify(base)) res = 'healthy-same';
      if (r.verdicts.some((v) => v.reason?.startsWith('the rule failed'))) res += ' RULEFAILED ' + r.verdicts.filter((v) => v.reason?.startsWith('the rule failed')).map((v) => v.rule + v.reason).join();
    } catch (e) {
      res = e instanceof BundleError ? 'error' : 'CRASH ' + (e instanceof Error ? e.stack?.split('\n').slice(0, 3).join(' ') : e);
      if (e instanceof BundleError && process.env.SHOW) res = 'error ' + e.message.replace(d, 'D');
    }
    tally[res.split(' ')[0] ?? res] = (tally[res.split(' ')[0] ?? res] ?? 0) + 1;
    if (/CRASH|HEALTHY-DIFF|RULEFAILED|healthy-same/.test(res) || process.env.SHOW) console.log(name, way, path.slice(src.length + 1), res.slice(0, 300));
    rmSync(d, { recursive: true });
  }
  console.log(name, base.verdict, tally);
}
