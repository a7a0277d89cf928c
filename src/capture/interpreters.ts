// Runs a small program in whichever interpreter a node has: python3, RHEL's platform-python, python 2, perl. It
// builds shell text only; the programs themselves are with whoever needs them.
import { quote, quoteArgv } from '../transport/quote.ts';

export interface Programs {
  readonly python: string;
  readonly perl: string;
  /** argv of the program, after its name. */
  readonly args: readonly string[];
}

/** Status with which a program says that its interpreter lacks something, so that the next one is tried. */
const interpreterLacks = 97;
/** Status of the whole when no interpreter served. */
export const noInterpreter = 96;

export const searchPath = 'PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; LC_ALL=C; export PATH LC_ALL';

/** Which interpreters may be tried; `perl` is for nodes, and tests, where python is not to be used. */
export type Interpreters = 'any' | 'perl';

/**
 * Tries the interpreters in turn. `exec` would be the last of them, so each is waited for; the caller's lifeline
 * ends them all. 126 and 127 are what wrappers (pyenv, alternatives) give when nothing is behind them.
 */
export function runInterpreted({ python, perl, args }: Programs, interpreters: Interpreters): string {
  const rest = quoteArgv(args);
  const pythons = [
    'for vd_i in python3 /usr/libexec/platform-python python2 python; do',
    '  command -v "$vd_i" >/dev/null 2>&1 || continue',
    `  "$vd_i" -u -E -s -S -c ${quote(python)} ${rest}`,
    '  vd_r=$?',
    `  case $vd_r in ${interpreterLacks} | 126 | 127) ;; *) exit "$vd_r" ;; esac`,
    'done',
  ];
  return [
    ...(interpreters === 'any' ? pythons : []),
    'if command -v perl >/dev/null 2>&1; then',
    `  exec perl -e ${quote(perl)} -- ${rest}`,
    'fi',
    `exit ${noInterpreter}`,
  ].join('\n');
}
