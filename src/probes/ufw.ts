// Whether ufw is switched on and what it does by default. Its rules are seen in iptables.
import type { Answer } from '../evidence/bundle.ts';
import { known, type Reading, unknown } from '../evidence/reading.ts';
import { answerTo, linesByPath } from './answers.ts';
import type { Probe } from './probe.ts';

export type Ufw =
  | { readonly kind: 'absent' | 'off' }
  | {
      readonly kind: 'on';
      /** DEFAULT_INPUT_POLICY and DEFAULT_OUTPUT_POLICY of /etc/default/ufw. */
      readonly inputPolicy: string;
      readonly outputPolicy: string;
      /** Output of `ufw status verbose`, where it answered. */
      readonly status?: string;
    };

/** ufw itself is only called when it is switched on: its status command would load iptables modules otherwise. */
const status = String.raw`
if grep -qs '^ENABLED=["'\'']*yes' /etc/ufw/ufw.conf; then ask '' ufw status verbose; fi
`;

export const ufwProbe: Probe<Ufw> = {
  id: 'ufw',
  asks: 'is ufw switched on?',
  parts: [
    {
      part: 'files',
      shell: `tell '' grep -sH '^[A-Z]' /etc/ufw/ufw.conf /etc/default/ufw`,
      rounds: ['before'],
      limitBytes: 16_384,
      timeoutSeconds: 2,
    },
    {
      part: 'status',
      shell: status,
      pace: 'slow',
      rounds: ['before'],
      limitBytes: 65_536,
      timeoutSeconds: 5,
    },
  ],
  read,
};

function read(answers: readonly Answer[]): Reading<Ufw> {
  const answer = answerTo(answers, 'files');
  if (answer === undefined || answer.exit === 'lost') return unknown('ufw: not asked');
  const settings = new Map<string, string>();
  for (const line of [...linesByPath(answer.text).values()].flat()) {
    const match = /^([A-Z_]+)=["']?([^"']*)/.exec(line);
    if (match?.[1] !== undefined) settings.set(match[1], (match[2] ?? '').trim());
  }
  const enabled = settings.get('ENABLED');
  if (enabled === undefined) return known({ kind: 'absent' });
  if (enabled !== 'yes') return known({ kind: 'off' });
  const said = answerTo(answers, 'status');
  return known({
    kind: 'on',
    inputPolicy: settings.get('DEFAULT_INPUT_POLICY') ?? 'DROP',
    outputPolicy: settings.get('DEFAULT_OUTPUT_POLICY') ?? 'ACCEPT',
    ...(said?.exit === 0 ? { status: said.text } : {}),
  });
}
