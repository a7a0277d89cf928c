import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCommandLine } from '../../src/keepalived/process.ts';

describe('readCommandLine', () => {
  it('reads what distributions start', () => {
    expect(readCommandLine(['/usr/sbin/keepalived', '--dont-fork'])).toMatchObject({
      program: '/usr/sbin/keepalived',
      forks: 'no',
      logDetail: 'off',
      subsystems: 'all',
      unknown: [],
    });
    expect(readCommandLine(['keepalived', '-D'])).toMatchObject({ forks: 'yes', logDetail: 'on' });
    expect(
      readCommandLine([
        'keepalived',
        '--dont-fork',
        '--log-console',
        '--log-detail',
        '--dump-conf',
        '--use-file',
        '/etc/k.conf',
      ]),
    ).toMatchObject({
      configFile: '/etc/k.conf',
      logConsole: 'on',
      dumpConfig: 'on',
    });
  });

  it('reads clusters and glued values', () => {
    expect(
      readCommandLine(['k', '-nlDPf', '/a.conf', '-ilb1', '-p/run/k.pid', '-r', '/run/v.pid']),
    ).toMatchObject({
      forks: 'no',
      logConsole: 'on',
      logDetail: 'on',
      subsystems: 'vrrp',
      configFile: '/a.conf',
      configId: 'lb1',
      pidFile: '/run/k.pid',
      vrrpPidFile: '/run/v.pid',
    });
  });

  it('reads long options with =, shortened ones and optional values', () => {
    expect(
      readCommandLine(['k', '--use-file=/b.conf', '--names', 'ns1', '-g', '-G', '--log-fac=2']),
    ).toMatchObject({
      configFile: '/b.conf',
      namespace: 'ns1',
      logFile: '',
      syslog: 'off',
      logFacility: '2',
    });
    expect(readCommandLine(['k', '-g/var/log/k.log', '-t'])).toMatchObject({
      logFile: '/var/log/k.log',
      configTest: 'on',
    });
  });

  it('lets the last of two hold, and both subsystems mean all', () => {
    expect(readCommandLine(['k', '-f', '/a', '-f', '/b', '-P', '-C'])).toMatchObject({
      configFile: '/b',
      subsystems: 'all',
    });
  });

  it('keeps what it does not know', () => {
    expect(readCommandLine(['k', '--odd', '-Z', 'word']).unknown).toEqual(['--odd', '-Z', 'word']);
    expect(readCommandLine(['k', '-f']).configFile).toBeUndefined();
    expect(readCommandLine([]).program).toBe('');
  });

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string(),
            fc.string().map((word) => `-${word}`),
          ),
        ),
        (argv) => readCommandLine(argv).options.length >= 0,
      ),
    );
  });
});
