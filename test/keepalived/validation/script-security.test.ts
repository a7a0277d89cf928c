// Which commands make `keepalived -t` fail over script security, as 2.2.7 was seen to do: exit 6 for any command
// without enable_script_security, exit 5 where nobody is named to run it and the user keepalived_script is absent.
import { describe, expect, it } from 'vitest';
import { configTestOf } from '../../../src/keepalived/validation/complaint.ts';
import { validateConfig } from '../../../src/keepalived/validation/validate.ts';
import { parseVersion } from '../../../src/keepalived/version.ts';

const instance = (more = ''): string =>
  `vrrp_instance A {\n interface eth0\n virtual_router_id 5\n virtual_ipaddress {\n  192.0.2.9/24\n }\n${more}\n}\n`;
const script = (more = ''): string => `vrrp_script chk {\n script "/bin/check now"\n${more}\n}\n`;
const tracked = instance(' track_script {\n  chk\n }');
const globals = (text: string): string => `global_defs {\n${text}\n}\n`;

const judge = (text: string, version = '2.2.7') => {
  const parsed = parseVersion(version);
  const { verdict, complaints } = validateConfig({
    path: '/k.conf',
    read: (path) => (path === '/k.conf' ? { text } : { problem: 'no such file', kind: 'absent' }),
    glob: () => [],
    env: {},
    configId: 'node',
    isSecret: () => false,
    ...(parsed === undefined ? {} : { version: parsed }),
  });
  return {
    verdict,
    test: configTestOf(complaints),
    rules: complaints.map(({ rule, line }) => `${rule}:${line}`),
  };
};

describe('script security', () => {
  it('lets keepalived run and -t fail while it is off', () => {
    expect(judge(script() + tracked)).toEqual({
      verdict: 'clean',
      test: 'fails',
      rules: ['script-security-off:2'],
    });
  });

  it('counts notify lines of instances and groups, and commands of global_defs', () => {
    expect(judge(instance(' notify_master "/bin/up"')).test).toBe('fails');
    expect(judge(globals('startup_script /bin/up') + instance()).test).toBe('fails');
    expect(judge(globals('vrrp_notify_fifo_script /bin/up') + instance()).test).toBe('fails');
  });

  it('counts a command only beside what runs it', () => {
    expect(judge(globals('lvs_notify_fifo_script /bin/up') + instance()).test).toBe('passes');
  });

  it('takes a file that is only opened for no command', () => {
    expect(judge(`vrrp_script chk {\n script "</var/run/ok"\n}\n${tracked}`).rules).toEqual([]);
  });

  it('says nothing where the log alone would', () => {
    expect(judge(script() + tracked, '1.4.5').test).toBe('passes');
  });

  it('wants somebody to run the command once it is on', () => {
    const on = globals('enable_script_security');
    expect(judge(on + script() + tracked)).toMatchObject({
      verdict: 'adjusted',
      test: 'fails',
      rules: ['script-user-missing:5'],
    });
    expect(judge(on + script(' user nobody') + tracked).test).toBe('passes');
    expect(judge(on + instance(' notify_master "/bin/up" nobody')).test).toBe('passes');
    expect(judge(on + instance(' notify_master "/bin/up"')).test).toBe('fails');
    expect(judge(globals('enable_script_security\nscript_user root') + script() + tracked).test).toBe(
      'passes',
    );
  });
});
