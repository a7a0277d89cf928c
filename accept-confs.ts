import type { Loss } from './src/cluster/election/losses.ts';
interface P { name: string; seg: string; mgmt: string }
const S = (node: string, name: 'chk_a' | 'chk_b'): Loss => ({ kind: 'script', node, name });
const N = (node: string): Loss => ({ kind: 'node', node });
const ST = (node: string): Loss => ({ kind: 'stop', node });
const IF = (node: string, name: string): Loss => ({ kind: 'interface', node, name });
const scripts = (ext = '') => ['a', 'b'].map((x) => `vrrp_script chk_${x} {\n script "/usr/bin/test -e /run/ok_${x}"\n interval 1\n fall 1\n rise 1\n${ext}}\n`).join('');
const inst = (vrid: number, priority: number, lines = '', state = 'BACKUP', iface = 'eth1') => `vrrp_instance V${vrid} {\n state ${state}\n interface ${iface}\n virtual_router_id ${vrid}\n priority ${priority}\n advert_int 1\n${lines}\n virtual_ipaddress {\n 10.77.${iface === 'eth0' ? 9 : 0}.${vrid}/32\n }\n}\n`;
const pick = <T>(i: number, ...x: T[]) => x[i] as T;
export const confs = (set: string) => {
  const track = (...x: string[]) => `track_script {\n${x.join('\n')}\n}\n`;
  if (set === 'a') return {
    vrids: [101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114],
    slow: undefined as ((v: number) => number) | undefined,
    conf: (_n: string, i: number, all: P[]) => [
      'global_defs {\n enable_script_security\n script_user root\n vrrp_skip_check_adv_addr\n}\n'.replace(' vrrp_skip_check_adv_addr\n', ''), scripts(),
      'vrrp_sync_group G {\n group {\n V104\n V105\n }\n}\n',
      inst(101, pick(i, 100, 97, 95), track('chk_a weight -2', 'chk_b weight -2')),
      inst(102, pick(i, 100, 95, 90), track('chk_a weight -10')),
      inst(103, pick(i, 90, 85, 80), track('chk_a weight 20')),
      inst(104, pick(i, 100, 99, 98)),
      inst(105, pick(i, 100, 99, 98), '', 'BACKUP', 'eth0'),
      inst(106, 100),
      inst(107, pick(i, 100, 99, 98), 'version 3\nadvert_int 0.1\ndown_timer_adverts 5\n'),
      inst(108, pick(i, 100, 99, 98), `unicast_src_ip ${all[i]?.seg}\nunicast_peer {\n${pick(i, [1], [0, 2], [1]).map((j) => all[j]?.seg).join('\n')}\n}\n`),
      inst(109, pick(i, 100, 90, 80), 'track_interface {\neth0 weight -15\n}\n'),
      inst(110, pick(i, 255, 99, 98), track('chk_a weight -200'), pick(i, 'MASTER', 'BACKUP', 'BACKUP')),
      inst(111, pick(i, 100, 99, 98), 'nopreempt\n' + track('chk_a weight -10')),
      inst(112, pick(i, 100, 95, 90), 'preempt_delay 3\n' + track('chk_a weight -10')),
      inst(113, pick(i, 100, 99, 98), track('chk_a')),
      inst(114, pick(i, 100, 99, 98), 'version 3\nadvert_int 0.5\npreempt_delay 2\n' + track('chk_b weight -5')),
    ].join(''),
    situations: [[S('n1', 'chk_a')], [S('n1', 'chk_b')], [S('n1', 'chk_a'), S('n1', 'chk_b')], [S('n1', 'chk_a'), S('n2', 'chk_a')], [S('n1', 'chk_a'), S('n2', 'chk_a'), S('n3', 'chk_a')], [IF('n1', 'eth0')], [IF('n1', 'eth1')], [N('n1')], [ST('n1')], [N('n1'), N('n2')], [N('n1'), IF('n2', 'eth1')], [IF('n1', 'eth0'), S('n2', 'chk_a')], [N('n3')]] as Loss[][],
  };
  return {
    vrids: [121, 122, 123, 124, 125, 126, 127, 128, 129, 130, 131],
    slow: (v: number) => (v === 125 ? 3500 : 1600),
    conf: (_n: string, i: number, all: P[]) => [
      'global_defs {\n enable_script_security\n script_user root\n}\n', scripts(),
      `vrrp_sync_group H {\n group {\n V121\n V122\n }\n track_script {\n chk_a\n }\n}\n`,
      `vrrp_sync_group K {\n group {\n V123\n V124\n }\n sync_group_tracking_weight\n track_script {\n chk_a weight -20\n }\n}\n`,
      inst(121, pick(i, 100, 99, 98)), inst(122, pick(i, 98, 99, 100)),
      inst(123, pick(i, 100, 90, 80)), inst(124, pick(i, 100, 90, 80), track('chk_b weight -30')),
      inst(125, pick(i, 100, 99, 98), 'version 3\nadvert_int 3\ndown_timer_adverts 2\n'),
      inst(126, pick(i, 5, 4, 3), track('chk_a weight -50')),
      inst(127, pick(i, 250, 240, 230), track('chk_a weight 50')),
      inst(128, pick(i, 100, 99, 98), `unicast_src_ip ${all[i]?.seg}\ncheck_unicast_src\nunicast_peer {\n${pick(i, [1, 2], [0, 2], [1]).map((j) => all[j]?.seg).join('\n')}\n}\n`),
      inst(129, pick(i, 100, 99, 98), 'strict_mode\ntrack_interface {\neth0\n}\n'.replace('strict_mode\n', '')),
      inst(130, pick(i, 255, 255, 100), '', pick(i, 'MASTER', 'BACKUP', 'BACKUP')),
      inst(131, pick(i, 100, 100, 99), 'nopreempt\n' + track('chk_a weight -1')),
    ].join(''),
    situations: [[S('n1', 'chk_a')], [S('n1', 'chk_b')], [S('n1', 'chk_a'), S('n2', 'chk_a')], [S('n1', 'chk_a'), S('n2', 'chk_a'), S('n3', 'chk_a')], [IF('n1', 'eth0')], [IF('n1', 'eth1')], [N('n1')], [ST('n2')], [N('n2'), N('n3')], [IF('n1', 'eth0'), IF('n2', 'eth0')], [N('n1'), S('n2', 'chk_a')]] as Loss[][],
  };
};
