import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLogLine } from '../../src/keepalived/log-lines.ts';
import { stateFromLog } from '../../src/keepalived/log-state.ts';
import { fixtures } from './config-files.ts';

const journal = readFileSync(join(fixtures, 'keepalived/journal-2.2.7.txt'), 'utf8').trimEnd().split('\n');

describe('prefixes', () => {
  it.each([
    [
      '2026-11-20T17:52:22+0000 sel1 Keepalived_vrrp[5590]: (VI_1) Entering MASTER STATE',
      { process: 'vrrp', pid: 5590 },
    ],
    [
      'Nov 20 17:52:22 lb1 Keepalived_vrrp_ns1[12]: (VI_1) Entering MASTER STATE',
      { process: 'vrrp', pid: 12 },
    ],
    ['Keepalived_vrrp[1]: VRRP_Instance(VI_1) Entering MASTER STATE', { process: 'vrrp', pid: 1 }],
  ])('reads %s', (line, loggedBy) => {
    expect(readLogLine(line)).toEqual({
      kind: 'state',
      instance: 'VI_1',
      state: 'MASTER',
      phase: 'later',
      loggedBy,
    });
  });

  it('reads the console form and a bare message', () => {
    const event = { kind: 'state', instance: 'VI_1', state: 'BACKUP', phase: 'start' };
    expect(readLogLine('Fri Nov 20 18:47:10 2026: (VI_1) Entering BACKUP STATE (init)')).toEqual(event);
    expect(readLogLine('(VI_1) Entering BACKUP STATE (init)')).toEqual(event);
  });

  it('leaves the lines of others alone', () => {
    expect(readLogLine('2026-11-20T17:53:14+0000 sel1 systemd[1]: Reloading')).toBeUndefined();
    expect(readLogLine('Nov 20 18:10:20 sel1 audit[12041]: AVC avc:  denied  { execute }')).toBeUndefined();
    expect(readLogLine('something else')).toBeUndefined();
    expect(readLogLine('')).toBeUndefined();
  });
});

describe('instances, over the releases', () => {
  it.each([
    ['VRRP_Instance(VI_1) Transition to MASTER STATE', { kind: 'becoming-master' }],
    ['VRRP_Instance(VI_1) Now in FAULT state', { kind: 'state', state: 'FAULT' }],
    ['(VI_1) Receive advertisement timeout', { kind: 'advert-timeout' }],
    [
      '(VI_1): entering FAULT state due to script chk',
      { kind: 'fault', reason: { kind: 'script', name: 'chk' } },
    ],
    [
      '(VI_1): entering FAULT state (interface eth0 down)',
      { kind: 'fault', reason: { kind: 'interface-down', name: 'eth0' } },
    ],
    [
      '(VI_1) entering FAULT state (no IPv4 address for interface)',
      { kind: 'fault', reason: { kind: 'no-address' } },
    ],
    [
      '(VI_1): entering FAULT state (src address not configured)',
      { kind: 'fault', reason: { kind: 'source-address-missing' } },
    ],
    [
      '(VI_1): entering FAULT state (tracked file F has status -254)',
      { kind: 'fault', reason: { kind: 'tracked-file', name: 'F' } },
    ],
    [
      '(VI_1) entering FAULT state (tracked process P quorum not achieved)',
      { kind: 'fault', reason: { kind: 'tracked-process', name: 'P' } },
    ],
    ['(VI_1) entering FAULT state', { kind: 'fault', reason: { kind: 'not-told' } }],
    [
      'VRRP_Instance(VI_1) Received advert with higher priority 150, ours 100',
      { kind: 'yielded', peerPriority: 150, ownPriority: 100 },
    ],
    [
      '(VI_1) Master received advert from 10.0.0.2 with higher priority 100, ours 50',
      { kind: 'yielded', to: 'higher-priority', peer: '10.0.0.2' },
    ],
    [
      '(VI_1) Master received advert from 10.0.0.2 with same priority 100 but higher IP address than ours',
      { kind: 'yielded', to: 'higher-address' },
    ],
    [
      '(VI_1) Received advert from 10.0.0.2 with lower priority 90, ours 100, forcing new election',
      { kind: 'lower-advert', as: 'master', peerPriority: 90 },
    ],
    [
      '(VI_1) received lower priority (100) advert from 10.0.0.2 - discarding',
      { kind: 'lower-advert', as: 'backup', peer: '10.0.0.2' },
    ],
    ['(VI_1) sent 0 priority', { kind: 'priority-zero', direction: 'sent' }],
    ['(VI_1) Backup received priority 0 advertisement', { kind: 'priority-zero', direction: 'received' }],
    ['(VI_1) Changing effective priority from 100 to 80', { kind: 'priority-changed', from: 100, to: 80 }],
    [
      '(VI_1): send advert error 1 (Operation not permitted)',
      { kind: 'send-error', errno: 1, errorText: 'Operation not permitted' },
    ],
    [
      '(VI_1) Cant send advert to 10.0.0.2 (Network is unreachable)',
      { kind: 'send-error', peer: '10.0.0.2', errorText: 'Network is unreachable' },
    ],
    [
      '(VI_1) WARNING - equal priority advert received from remote host with our IP address.',
      { kind: 'own-address-elsewhere' },
    ],
    [
      '(VI_1) CONFIGURATION ERROR: local instance and 10.0.0.2 are both configured as address owner, please resolve',
      { kind: 'two-owners', peer: '10.0.0.2' },
    ],
    [
      '(VI_1) - warning, VRID 51 for IPv4 is currently duplicated on VI_2',
      { kind: 'duplicate-vrid', vrid: 51, other: 'VI_2' },
    ],
    [
      '(VI_1) advertisement interval updated from 1000ms to 100ms by master',
      { kind: 'interval-changed', toMs: 100 },
    ],
    ['(VI_1) master changed from 10.0.0.2 to 10.0.0.3', { kind: 'master-changed', master: '10.0.0.3' }],
  ])('%s', (line, expected) => {
    expect(readLogLine(line)).toMatchObject({ instance: 'VI_1', ...expected });
  });

  it.each([
    ['(VI_1): invalid ttl. 64 and expect 255', 'ttl-not-255', undefined],
    ['(VI_1) invalid TTL/HL. Received 64 and expect 255', 'ttl-not-255', undefined],
    ['(VI_1) invalid TTL/HL from 10.0.0.2. Received 64 and expect 255', 'ttl-not-255', '10.0.0.2'],
    ['(VI_1): invalid version. 3 and expect 2', 'wrong-version', undefined],
    ['(VI_1) wrong version. Received 3 and expect 2', 'wrong-version', undefined],
    ['(VI_1) wrong VRRP version from fe80::2. Received 3 and expect 2', 'wrong-version', 'fe80::2'],
    ['(VI_1) received a 0 auth, expecting 1!', 'wrong-auth-type', undefined],
    ['(VI_1) received a 0 auth from 10.0.0.2, expecting 1!', 'wrong-auth-type', '10.0.0.2'],
    ['(VI_1): received an invalid passwd!', 'wrong-password', undefined],
    ['(VI_1) received an invalid passwd from 10.0.0.2!', 'wrong-password', '10.0.0.2'],
    ['(VI_1): advertisement interval mismatch mine=1 sec rcved=2 sec', 'advert-interval', undefined],
    [
      "(VI_1) advertisement interval mismatch with 10.0.0.2 mine=1 sec rcv'd=2 sec",
      'advert-interval',
      '10.0.0.2',
    ],
    [
      "(VI_1) advertisement interval mismatch ours = 100 centi-sec rcv'd=10 centi-sec",
      'advert-interval',
      undefined,
    ],
    ['(VI_1) Invalid VRRPv3 checksum from 10.0.0.2', 'bad-checksum', '10.0.0.2'],
    ['(VI_1) Expected multicast packet but received unicast packet', 'unicast-multicast', undefined],
    ['(VI_1) unicast source address 10.0.0.2 not a unicast peer', 'unknown-unicast-source', '10.0.0.2'],
    ['(VI_1): received an invalid ip number count 2, expected 1!', 'vip-count', undefined],
    ['(VI_1) expected 1 VIPs but received 2', 'vip-count', undefined],
    [
      '(VI_1) ip address associated with VRID 51 not present in MASTER advert : 10.0.0.9',
      'vip-list',
      undefined,
    ],
    [
      '(VI_1) ip address associated with VRID 51 not present in advert from 10.0.0.2: 10.0.0.9',
      'vip-list',
      '10.0.0.2',
    ],
    ['(VI_1) No AH header but auth type is AH', 'bad-ah-header', undefined],
    [
      '(VI_1) stale authentication trailer from 10.0.0.2, clock skew 9 sec exceeds window 5 sec',
      'hmac-stale',
      '10.0.0.2',
    ],
    ['(VI_1) TTL/HL 3 from 10.0.0.2 not in range [254, 255]', 'ttl-not-in-range', '10.0.0.2'],
  ])('%s', (line, check, peer) => {
    const event = readLogLine(line);
    expect(event).toMatchObject({ kind: 'receive-error', check });
    expect(event !== undefined && 'peer' in event ? event.peer : undefined).toBe(peer);
  });

  it('does not guess which check failed', () => {
    const event = readLogLine('VRRP_Instance(VI_1) Dropping received VRRP packet...');
    expect(event).toMatchObject({ kind: 'receive-error' });
    expect(event).not.toHaveProperty('check');
  });
});

describe('the node', () => {
  it.each([
    ['VRRP_Script(chk_ok) succeeded', { kind: 'script-result', script: 'chk_ok', result: 'succeeded' }],
    [
      'VRRP_Script(chk_ok) failed (exited with status 2)',
      { kind: 'script-result', result: 'failed', reason: 'exited with status', code: 2 },
    ],
    ['VRRP_Script(chk_ok) timed_out', { kind: 'script-result', result: 'timed-out' }],
    [
      "Error exec-ing command '/etc/k/chk.sh', error 13: Permission denied",
      { kind: 'script-exec-error', command: '/etc/k/chk.sh', errno: 13 },
    ],
    [
      'Disabling track script chk since not found/accessible',
      { kind: 'script-disabled', script: 'chk', reason: 'not found/accessible' },
    ],
    [
      "WARNING - script '/bin/x' is not executable for uid:gid 99:99 - disabling.",
      { kind: 'script-disabled', script: '/bin/x' },
    ],
    [
      'SECURITY VIOLATION - scripts are being executed but script_security not enabled.',
      { kind: 'script-security' },
    ],
    ['bogus VRRP packet received on eth0 !!!', { kind: 'bogus-packet', interface: 'eth0' }],
    [
      'Unknown VRID(7) received on interface(eth0) from 10.0.0.9. ignoring...',
      { kind: 'unknown-vrid', vrid: 7, peer: '10.0.0.9' },
    ],
    [
      'Netlink reflector reports IP 10.0.0.1 removed from eth0',
      { kind: 'address-change', address: '10.0.0.1', change: 'removed', interface: 'eth0' },
    ],
    ['Netlink reports eth0 down', { kind: 'interface-state', interface: 'eth0', state: 'down' }],
    ['Interface eth0 deleted', { kind: 'interface-state', state: 'deleted' }],
    ['A thread timer expired 2.500000 seconds ago', { kind: 'timer-late', lateMs: 2500 }],
    ['VRRP child process(123) died: Respawning', { kind: 'process-died', pid: 123, outcome: 'respawned' }],
    [
      'pid 16 exited with permanent error CONFIG. Terminating',
      { kind: 'process-exit', permanentError: 'CONFIG' },
    ],
    [
      'Keepalived_vrrp exited due to signal 9 (Killed) - has rlimit_rttime been exceeded?',
      { kind: 'process-exit', signal: 9 },
    ],
    ['cant open raw socket. errno=13', { kind: 'socket-error', what: 'open', errno: 13 }],
    [
      'bind unicast_src 10.0.0.1 failed 99 - Cannot assign requested address',
      { kind: 'socket-error', what: 'bind', errno: 99, address: '10.0.0.1' },
    ],
    ['Starting Keepalived v2.2.7 (01/16,2022)', { kind: 'started', version: '2.2.7' }],
    [
      "Command line: '/usr/sbin/keepalived' '--dont-fork' '-f' '/a b'",
      { kind: 'command-line', argv: ['/usr/sbin/keepalived', '--dont-fork', '-f', '/a b'] },
    ],
    [
      'Configuration file /etc/keepalived/keepalived.conf',
      { kind: 'config-file', path: '/etc/keepalived/keepalived.conf' },
    ],
    [
      "Configuration file '/etc/k.conf' is not a regular non-executable file - skipping",
      { kind: 'config-error' },
    ],
    [
      "(/mnt/a.conf: Line 12) Unknown keyword 'fooblock'",
      { kind: 'config-error', file: '/mnt/a.conf', line: 12, message: "Unknown keyword 'fooblock'" },
    ],
    ["(Line 8) Unexpected '{' - ignoring", { kind: 'config-error', line: 8 }],
    ['Reloading ...', { kind: 'reloading' }],
    ['VRRP_Group(G1) Syncing instances to FAULT state', { kind: 'sync-group', group: 'G1', state: 'FAULT' }],
    ['daemon is already running', { kind: 'already-running' }],
  ])('%s', (line, expected) => {
    expect(readLogLine(line)).toMatchObject(expected);
  });

  it('reads a real journal', () => {
    const kinds = new Set(journal.flatMap((line) => readLogLine(line)?.kind ?? []));
    for (const kind of [
      'started',
      'stopping',
      'stopped',
      'state',
      'yielded',
      'lower-advert',
      'script-result',
      'command-line',
      'child-started',
      'startup-complete',
    ])
      expect(kinds).toContain(kind);
  });

  it('never throws', () => {
    const beginnings = [
      '(VI_1) ',
      'VRRP_Instance(',
      'Keepalived_vrrp[1]: ',
      '(',
      'Command line: ',
      'Configuration file ',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom('', ...beginnings),
        fc.string(),
        (beginning, rest) => typeof readLogLine(beginning + rest) !== 'string',
      ),
    );
  });
});

describe('stateFromLog', () => {
  it('keeps the last word of each instance since the last start', () => {
    const history = stateFromLog(journal);
    expect(history.reach).toBe('since-start');
    expect([...history.states.values()]).toMatchObject([
      { instance: 'VI_1', state: 'MASTER', certainty: 'told' },
    ]);
  });

  it('knows that a stopped daemon holds no state', () => {
    const history = stateFromLog([
      '(A) Entering MASTER STATE',
      'Keepalived_healthcheckers[2]: Stopped',
      'Keepalived_vrrp[1]: Stopped',
    ]);
    expect(history).toMatchObject({ reach: 'partial' });
    expect(history.states.get('A')).toMatchObject({ state: 'STOPPED', certainty: 'implied', lineIndex: 2 });
  });

  it('says nothing after a start until an instance speaks', () => {
    expect(
      stateFromLog(['(A) Entering MASTER STATE', 'Starting Keepalived v2.2.7 (01/16,2022)']).states.size,
    ).toBe(0);
    expect(stateFromLog(['(A): entering FAULT state (interface eth0 down)']).states.get('A')?.state).toBe(
      'FAULT',
    );
  });
});
