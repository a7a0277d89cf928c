// The interface VRRP runs on is set down. What the kernel forgets with it (IPv6 addresses, routes) is written down
// before and put back after.
import { quote } from '../../transport/quote.ts';
import type { Fault } from './fault.ts';

const prepare = (device: string): string => `
ip -6 -o addr show dev ${device} scope global permanent >"$VD/addresses6" || return 1
ip -4 route show table all dev ${device} >"$VD/routes4" || return 1
ip -6 route show table all dev ${device} >"$VD/routes6" 2>/dev/null || :
`;

const heal = (device: string, vips: readonly string[]): string => `
ip link set dev ${device} up
vd_vips=' ${vips.join(' ')} '
set -f
if [ -f "$VD/addresses6" ]; then
  while read -r vd_x vd_x vd_x vd_a vd_x; do
    case $vd_vips in *" \${vd_a%/*} "*) continue ;; esac
    ip -6 -o addr show dev ${device} | grep -qF " $vd_a " || ip -6 addr add "$vd_a" dev ${device} nodad
  done <"$VD/addresses6"
fi
for vd_v in 4 6; do
  [ -f "$VD/routes$vd_v" ] || continue
  while read -r vd_l; do
    case " $vd_l " in *' proto kernel '*|*' proto ra '*|*' proto keepalived '*|*' proto 18 '*|*' table local '*) continue ;; esac
    vd_l=$(printf '%s\\n' "$vd_l" | sed 's/ linkdown//g; s/ dead//g; s/ pref [a-z]*//; s/ expires [0-9a-z]*//')
    # The words of the line are the arguments.
    ip -$vd_v route replace $vd_l dev ${device}
  done <"$VD/routes$vd_v"
done
set +f
`;

export const linkDown: Fault = {
  name: 'link-down',
  describe: 'the interface of the VIP goes down (a cable, a switch port)',
  expectedClass: 'link',
  doneTo: 'master',
  partOfAll: 'yes',
  plan: ({ node, interface: name, controlInterfaces, vips }) => {
    const device = quote(name);
    const cuts = controlInterfaces.includes(name);
    return {
      kind: 'deed',
      deed: {
        fault: 'link-down',
        node,
        prepare: prepare(device).trim(),
        inject: `ip link set dev ${device} down`,
        heal: heal(device, vips).trim(),
        healed: `case $(ip -o link show dev ${device}) in *[\\<,]UP[,\\>]*) : ;; *) false ;; esac`,
        expectedClass: 'link',
        controlPath: cuts ? 'cut' : 'untouched',
        secondSender: 'not-expected',
        risks: [
          `everything that uses ${name} of ${node} is cut off, not only VRRP`,
          ...(cuts
            ? [`our own SSH connection goes through ${name}: only the timer on ${node} can heal it`]
            : []),
        ],
      },
    };
  },
};
