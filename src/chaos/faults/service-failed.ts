// What a track_script watches fails: a unit is stopped, or the script itself can no longer be run. Which of them the
// user has to say; that some script is tracked at all is known.
import { quote } from '../../transport/quote.ts';
import { type Fault, type FaultDeed, refused } from './fault.ts';

type Texts = Pick<FaultDeed, 'prepare' | 'inject' | 'heal' | 'healed' | 'risks'>;

const withUnit = (unit: string, node: string): Texts => ({
  prepare: `systemctl is-active --quiet -- ${quote(unit)} || { echo ${quote(`${unit} does not run on ${node}`)} >&2; return 1; }`,
  inject: `systemctl stop -- ${quote(unit)}`,
  heal: `systemctl is-active --quiet -- ${quote(unit)} || systemctl start -- ${quote(unit)}`,
  healed: `systemctl is-active --quiet -- ${quote(unit)}`,
  risks: [`${unit} is down on ${node} until it is healed`],
});

const withScript = (path: string, node: string): Texts => ({
  prepare: [
    `[ -f ${quote(path)} ] && [ -x ${quote(path)} ] || { echo ${quote(`${path} on ${node} is no script that can be run`)} >&2; return 1; }`,
    `stat -c %a ${quote(path)} >"$VD/mode" && [ -s "$VD/mode" ]`,
  ].join('\n'),
  inject: `chmod a-x ${quote(path)}`,
  heal: `if [ -s "$VD/mode" ]; then chmod "$(cat "$VD/mode")" ${quote(path)}; fi`,
  healed: `[ -x ${quote(path)} ] && { [ ! -s "$VD/mode" ] || [ "$(stat -c %a ${quote(path)})" = "$(cat "$VD/mode")" ]; }`,
  risks: [`${path} cannot be run on ${node} until it is healed`],
});

export const serviceFailed: Fault = {
  name: 'service-failed',
  describe: 'what a track_script watches fails (--service UNIT or --service /path/of/script)',
  expectedClass: 'service',
  doneTo: 'master',
  partOfAll: 'no',
  plan: ({ node, trackedScripts, systemd }, { service }) => {
    if (trackedScripts.length === 0) return refused(`the instance on ${node} tracks no script`);
    if (service === undefined)
      return refused(
        `say with --service what makes ${trackedScripts.join(' or ')} fail: a unit to stop, or the path of the script`,
      );
    if (!service.startsWith('/') && systemd === 'absent')
      return refused(`${node} has no systemd: name the path of the script instead of a unit`);
    return {
      kind: 'deed',
      deed: {
        fault: 'service-failed',
        node,
        ...(service.startsWith('/') ? withScript(service, node) : withUnit(service, node)),
        expectedClass: 'service',
        controlPath: 'untouched',
        secondSender: 'not-expected',
      },
    };
  },
};
