// Which version of keepalived runs: asked of the very executable, or read out of the file where that belongs to a
// container (a program from a container is never run on the node). Comparing versions is not done here.
import type { Answer } from '../evidence/bundle.ts';
import { known, type Reading, unknown } from '../evidence/reading.ts';
import { answersTo, firstLine } from './answers.ts';
import type { Probe } from './probe.ts';

export interface FoundVersion {
  /** Parent process it was asked of; absent for the one that is only installed. */
  readonly pid?: number;
  /** e.g. `Keepalived v2.2.7 (01/16,2022)`. */
  readonly text: string;
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** All that `keepalived -v` printed: build options among it. */
  readonly full: string;
}

const shell = `
vd_k=0
for vd_p in $KA_PARENTS; do
  vd_k=$((vd_k + 1))
  [ "$vd_k" -le 4 ] || break
  case "$KA_VERIFIED " in
    *" $vd_p "*)
      if [ "/proc/$vd_p/root/." -ef /. ]; then ask "$vd_p" "/proc/$vd_p/exe" -v
      else ask "$vd_p" grep -aom1 'Keepalived v[0-9][0-9.]*' "/proc/$vd_p/exe"
      fi ;;
  esac
done
[ "$vd_k" -gt 0 ] || ask '' keepalived -v
`;

export const versionProbe: Probe<readonly FoundVersion[]> = {
  id: 'version',
  asks: 'which version of keepalived is it?',
  parts: [{ part: 'text', shell, rounds: ['before'], limitBytes: 16_384, timeoutSeconds: 3 }],
  read,
};

function read(answers: readonly Answer[]): Reading<readonly FoundVersion[]> {
  const asked = answersTo(answers, 'text');
  const versions = asked.flatMap((answer): FoundVersion[] => {
    const match = /Keepalived v(\d+)\.(\d+)(?:\.(\d+))?[^\n]*/.exec(answer.text);
    if (match === null) return [];
    return [
      {
        ...(answer.about === undefined ? {} : { pid: Number(answer.about) }),
        text: match[0].trim(),
        major: Number(match[1]),
        minor: Number(match[2]),
        patch: Number(match[3] ?? 0),
        full: answer.text,
      },
    ];
  });
  if (versions.length > 0) return known(versions);
  const first = asked[0];
  if (first === undefined) return unknown('the node did not say which keepalived runs');
  if (first.exit === 'missing') return unknown('keepalived is neither running nor installed');
  return unknown(`the version could not be read: ${firstLine(first.text)}`);
}
