import { describe, expect, it } from 'vitest';
import { askSshConfig } from '../../src/inventory/ssh-config.ts';
import { paperMachine } from './paper-machine.ts';

const ask = (
  config: string,
  host: string,
  more: Readonly<Record<string, string>> = {},
  query: { user?: string } = {},
) => askSshConfig(paperMachine({ '/home/me/.ssh/config': config, ...more }), { host, ...query });

describe('askSshConfig', () => {
  it('answers an alias with everything it says, the first value winning', () => {
    const { settings, problems } = ask(
      `
Host lb*
  hostname %h.example.net
  User ops
  Port 2222
  IdentityFile ~/.ssh/%r@%h
  IdentityFile "%d/.ssh/second key"
  IdentitiesOnly yes
  IdentityAgent ~/agent.sock
  UserKnownHostsFile ~/.ssh/kh_%n /dev/null
  StrictHostKeyChecking accept-new
  HostKeyAlias lb-alias
Host *
  User somebody
  Port 22
  IdentityFile ~/.ssh/everywhere
`,
      'lb1',
    );
    expect(problems).toEqual([]);
    expect(settings).toEqual({
      address: 'lb1.example.net',
      sshName: 'lb1',
      user: 'ops',
      port: 2222,
      identities: [
        '/home/me/.ssh/ops@lb1.example.net',
        '/home/me/.ssh/second key',
        '/home/me/.ssh/everywhere',
      ],
      agentKeys: 'listed',
      agentSocket: '/home/me/agent.sock',
      knownHostsFiles: [
        '/home/me/.ssh/kh_lb1',
        '/dev/null',
        '/etc/ssh/ssh_known_hosts',
        '/etc/ssh/ssh_known_hosts2',
      ],
      hostKeyAlias: 'lb-alias',
      hostKeyChecking: 'accept-new',
    });
  });

  it('reads nothing from blocks of other hosts', () => {
    const { settings } = ask('Host a !b\n User x\nHost b*\n Port 23\nHost * !b\n User y\n', 'b');
    expect(settings).toEqual({ address: 'b', sshName: 'b', port: 23 });
  });

  it('includes files in place, with patterns, inside blocks too', () => {
    const { settings } = ask('Include conf.d/*.conf\nHost n1\n  Include extra\n  User late\n', 'n1', {
      '/home/me/.ssh/conf.d/10.conf': 'Host n1\n HostName 10.0.0.1\n',
      '/home/me/.ssh/conf.d/20.conf': 'Host n2\n HostName 10.0.0.2\n',
      '/home/me/.ssh/extra': 'User early\n',
      '/etc/ssh/ssh_config': 'Host *\n Port 2200\n User system\n',
    });
    expect(settings).toMatchObject({ address: '10.0.0.1', user: 'early', port: 2200 });
  });

  it.each([
    ['Match all\n Port 1', 1],
    ['Match host 10.*\n Port 2', 2],
    ['Match originalhost n1 user me\n Port 3', 3],
    ['Match !host n1\n Port 4', 4],
    ['Match host n9\n Port 5\nMatch localuser me\n Port 6', 6],
    ['Match user root\n Port 7', undefined],
    ['Match final host 10.0.0.1\n Port 8', 8],
    ['Match tagged x\n Port 10', undefined],
  ])('%s', (block, port) => {
    expect(ask(`Host n1\n HostName 10.0.0.1\n${block}\n`, 'n1').settings.port).toBe(port);
  });

  it('lets a given user win and match', () => {
    const { settings } = ask('Match user root\n Port 7\nHost *\n User other\n', 'n1', {}, { user: 'root' });
    expect(settings).toMatchObject({ user: 'root', port: 7 });
  });

  it('resolves every jump through the configuration as well', () => {
    const { settings } = ask(
      'Host far\n ProxyJump mid\nHost mid\n HostName 10.1.1.1\n ProxyJump ops@edge:2022\nHost edge\n HostName 192.0.2.1\n',
      'far',
    );
    expect(settings.jump).toEqual([
      { name: 'ops@edge:2022', address: '192.0.2.1', sshName: 'edge', user: 'ops', port: 2022 },
      { name: 'mid', address: '10.1.1.1', sshName: 'mid' },
    ]);
    expect(ask('Host far\n ProxyJump none\nHost *\n ProxyJump edge\n', 'far').settings.jump).toBeUndefined();
  });

  it('ends a ring of jumps with an error', () => {
    const { problems } = ask('Host a\n ProxyJump b\nHost b\n ProxyJump a\n', 'a');
    expect(problems[0]).toMatchObject({ severity: 'error', file: '/home/me/.ssh/config' });
    expect(problems[0]?.message).toContain('ring');
  });

  it.each([
    ['Host n1\n ProxyCommand nc %h %p', 'ProxyCommand'],
    ['Host n1\n CertificateFile ~/.ssh/c-cert.pub', 'CertificateFile'],
    ['Host n1\n PKCS11Provider /usr/lib/p11.so', 'smart card'],
    ['Match host n1 exec "test -f /tmp/x"\n Port 3', 'Match exec'],
    ['Host n1\n IdentityFile ~/.ssh/fido', 'FIDO'],
    ['Host n1\n IdentityFile ~/.ssh/signed', 'certificate'],
  ])('says when the built-in SSH cannot do it: %s', (config, words) => {
    const { settings } = ask(config, 'n1', {
      '/home/me/.ssh/fido.pub': 'sk-ssh-ed25519@openssh.com AAAA me\n',
      '/home/me/.ssh/signed-cert.pub': 'ssh-ed25519-cert-v01@openssh.com AAAA me\n',
    });
    expect(settings.needsSystemSsh).toContain(words);
    expect(ask(config, 'n2').settings.needsSystemSsh).toBeUndefined();
  });

  it('leaves a broken file out and says so', () => {
    const { settings, problems } = ask('Host "n1\n User x\n', 'n1');
    expect(settings.address).toBe('n1');
    expect(problems).toMatchObject([{ severity: 'note', file: '/home/me/.ssh/config' }]);
  });
});
