import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstRelease } from '../../src/keepalived/first-release.ts';
import { compareVersions, isAtLeast, parseBuild, parseVersion } from '../../src/keepalived/version.ts';
import { fixtures } from './config-files.ts';

function version(text: string) {
  const parsed = parseVersion(text);
  if (parsed === undefined) throw new Error(`no version in ${text}`);
  return parsed;
}

describe('versions', () => {
  it('reads the banner, a bare number and nothing else', () => {
    expect(parseVersion('Keepalived v2.2.7 (01/16,2022)')).toEqual({
      major: 2,
      minor: 2,
      patch: 7,
      text: '2.2.7',
    });
    expect(parseVersion('Starting Keepalived v1.3.5 (03/19,2017), git commit v1.3.5-6')).toMatchObject({
      major: 1,
      minor: 3,
      patch: 5,
    });
    expect(parseVersion('v2.4.3+30')).toMatchObject({ patch: 3, text: '2.4.3+30' });
    expect(parseVersion('bash: keepalived: not found')).toBeUndefined();
  });

  it('compares by number', () => {
    expect(compareVersions(version('2.0.20'), version('2.0.9'))).toBeGreaterThan(0);
    expect(isAtLeast(version('2.2.7'), '2.2.8')).toBe(false);
    expect(isAtLeast(version('2.3.0'), '2.2.8')).toBe(true);
  });

  it('reads what was built in', () => {
    expect(parseBuild(readFileSync(join(fixtures, 'keepalived/version-2.2.7.txt'), 'utf8'))).toMatchObject({
      version: { text: '2.2.7' },
      json: 'yes',
      nftables: 'yes',
      iptables: 'no',
      snmpVrrp: 'yes',
      snmpRfc: 'yes',
      dbus: 'yes',
      oldChecksumFallback: 'yes',
    });
    expect(parseBuild('Keepalived v1.3.5 (03/19,2017)')).toMatchObject({ json: 'unknown', options: [] });
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => parseBuild(text) === undefined || parseVersion(text) !== undefined),
    );
  });
});

describe('firstRelease', () => {
  it.each([
    ['unicast_fault_no_peer', '2.2.5'],
    ['down_timer_adverts', '2.2.3'],
    ['auth_hmac', '2.4.0'],
    ['v3_checksum_as_v2', '2.2.8'],
    ['track_file', '2.0.0'],
  ])('%s came with %s', (keyword, release) => {
    expect(firstRelease(keyword)?.text).toBe(release);
  });

  it('is silent about keywords that were always there', () => {
    expect(firstRelease('virtual_router_id')).toBeUndefined();
  });
});
