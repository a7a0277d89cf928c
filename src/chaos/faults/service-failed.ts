// What a track_script watches fails: a unit is stopped, or false(1) stands in for the script. Which of them the user has
// to say; that some script is tracked at all is known. Taking the script's execute bits away would not do: keepalived
// takes a script that it cannot run for one that succeeded (2.2.7, notify.c system_call_script).
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

/** Defines `vd_false`, the program that always fails. */
const findFalse = 'for vd_false in /usr/bin/false /bin/false none; do [ -x "$vd_false" ] && break; done';

/** A bind mount leaves the file itself as it is, reaches keepalived's own mount namespace, and ends with a reboot. */
const withScript = (path: string, node: string): Texts => ({
  prepare: [
    `[ -f ${quote(path)} ] && [ -x ${quote(path)} ] || { echo ${quote(`${path} on ${node} is no script that can be run`)} >&2; return 1; }`,
    findFalse,
    `[ -x "$vd_false" ] && ! [ ${quote(path)} -ef "$vd_false" ] || { echo ${quote(`false(1) cannot stand in for ${path} on ${node}`)} >&2; return 1; }`,
  ].join('\n'),
  inject: `${findFalse}\nmount --bind "$vd_false" ${quote(path)}`,
  heal: [
    findFalse,
    'vd_n=0',
    `while [ ${quote(path)} -ef "$vd_false" ] && [ "$vd_n" -lt 8 ]; do umount -l ${quote(path)}; vd_n=$((vd_n+1)); done`,
  ].join('\n'),
  healed: `${findFalse}\n[ -x ${quote(path)} ] && ! [ ${quote(path)} -ef "$vd_false" ]`,
  risks: [`false(1) stands in for ${path} on ${node} until it is healed`],
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
