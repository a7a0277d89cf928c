// What firewalld says about its zones, when it runs: the rules themselves are in nft and iptables. Zones tell which
// one a rule belongs to and what a lasting fix must name.
import type { Answer } from '../evidence/bundle.ts';
import { known, type Reading, unknown } from '../evidence/reading.ts';
import { answerTo, linesByPath } from './answers.ts';
import type { Probe } from './probe.ts';

export interface FirewalldZone {
  readonly name: string;
  readonly active: 'yes' | 'no';
  readonly target: string;
  readonly interfaces: readonly string[];
  readonly sources: readonly string[];
  readonly services: readonly string[];
  readonly protocols: readonly string[];
  readonly richRules: readonly string[];
}

export type Firewalld =
  | { readonly kind: 'not-running' }
  | {
      readonly kind: 'running';
      readonly defaultZone: string;
      readonly zones: readonly FirewalldZone[] | 'unknown';
      /** Raw text of /etc/firewalld/direct.xml, where there is one. */
      readonly directRules?: string;
    };

/** Every call of firewall-cmd starts a Python interpreter, so all is asked in one. */
const shell = `
if [ -z "$FIREWALLD_PID" ]; then
  note '' 0 'not running'
else
  ask zones firewall-cmd --list-all-zones
  tell files grep -sH '' /etc/firewalld/firewalld.conf /etc/firewalld/direct.xml
fi
`;

export const firewalldProbe: Probe<Firewalld> = {
  id: 'firewalld',
  asks: 'does firewalld run, and what do its zones allow?',
  parts: [{ part: 'zones', shell, pace: 'slow', rounds: ['before'], limitBytes: 524_288, timeoutSeconds: 5 }],
  read,
};

function read(answers: readonly Answer[]): Reading<Firewalld> {
  const first = answerTo(answers, 'zones');
  if (first === undefined) return unknown('firewalld: not asked');
  if (first.text === 'not running') return known({ kind: 'not-running' });
  const listing = answers.find((answer) => answer.about === 'zones');
  const files = linesByPath(answers.find((answer) => answer.about === 'files')?.text ?? '');
  const zones = listing?.exit === 0 ? readZones(listing.text) : undefined;
  const written = files
    .get('/etc/firewalld/firewalld.conf')
    ?.find((line) => line.startsWith('DefaultZone='))
    ?.slice('DefaultZone='.length);
  const direct = files.get('/etc/firewalld/direct.xml');
  return known({
    kind: 'running',
    defaultZone: zones?.marked ?? written ?? 'public',
    zones: zones?.zones ?? 'unknown',
    ...(direct === undefined ? {} : { directRules: direct.join('\n') }),
  });
}

/** `firewall-cmd --list-all-zones`: a zone's name with marks at column 0, then indented `key: values`. */
function readZones(text: string): { zones: FirewalldZone[]; marked: string | undefined } {
  const zones: FirewalldZone[] = [];
  let marked: string | undefined;
  for (const block of text.split(/\n(?=\S)/)) {
    const [head, ...body] = block.split('\n');
    const title = /^(\S+)(?: \(([^)]*)\))?\s*$/.exec(head ?? '');
    const name = title?.[1];
    if (name === undefined || body.length === 0) continue;
    const marks = title?.[2]?.split(/,\s*/) ?? [];
    if (marks.includes('default')) marked = name;
    const value = (key: string) =>
      body
        .find((line) => line.trim().startsWith(`${key}:`))
        ?.trim()
        .slice(key.length + 1)
        .trim() ?? '';
    const words = (key: string) =>
      value(key)
        .split(/\s+/)
        .filter((word) => word !== '');
    zones.push({
      name,
      active: marks.includes('active') ? 'yes' : 'no',
      target: value('target'),
      interfaces: words('interfaces'),
      sources: words('sources'),
      services: words('services'),
      protocols: words('protocols'),
      richRules: body.map((line) => line.trim()).filter((line) => /^rule\s/.test(line)),
    });
  }
  return { zones, marked };
}
