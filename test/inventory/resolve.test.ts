import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recogniseNotation } from '../../src/inventory/inventory-file.ts';
import { type InventoryOptions, resolveInventory } from '../../src/inventory/resolve.ts';
import { paperMachine } from './paper-machine.ts';

const resolve = (files: Readonly<Record<string, string>>, options: Partial<InventoryOptions> = {}) =>
  resolveInventory({ hosts: [], surroundings: paperMachine(files), ...options });
const fromFile = (path: string, text: string, options: Partial<InventoryOptions> = {}) =>
  resolve({ [path]: text }, { file: path, ...options });

describe('hosts on the command line', () => {
  it('are nodes under the name they were given', async () => {
    const { nodes, problems } = await resolve({}, { hosts: ['ops@n1:2222', '[::1]:22', 'local'] });
    expect(problems).toEqual([]);
    expect(nodes).toMatchObject([
      { name: 'n1', address: 'n1', user: 'ops', port: 2222 },
      { name: '::1', address: '::1', port: 22 },
      { name: 'local', address: 'local' },
    ]);
  });

  it('are completed by ssh_config and by the options', async () => {
    const files = { '/home/me/.ssh/config': 'Host n1\n HostName 10.0.0.1\n User ops\n IdentityFile ~/k\n' };
    const { nodes } = await resolve(files, {
      hosts: ['n1', 'admin@n2'],
      user: 'root',
      identities: ['/keys/a'],
      jump: ['bastion:2022'],
      knownHostsFiles: ['/kh'],
    });
    expect(nodes[0]).toMatchObject({
      name: 'n1',
      address: '10.0.0.1',
      user: 'root',
      identities: ['/keys/a', '/home/me/k'],
      knownHostsFiles: ['/kh'],
      jump: [
        {
          name: 'bastion:2022',
          address: 'bastion',
          port: 2022,
          identities: ['/keys/a'],
          knownHostsFiles: ['/kh'],
        },
      ],
    });
    expect(nodes[1]).toMatchObject({ name: 'n2', user: 'admin' });
  });

  it('need the system’s ssh when a host on the way does, unless another way was given', async () => {
    const config =
      'Host n1\n ProxyJump edge\nHost edge\n ProxyCommand nc %h %p\nHost n2\n ProxyCommand nc %h %p\n';
    const files = { '/home/me/.ssh/config': config };
    const { nodes } = await resolve(files, { hosts: ['n1', 'n2'] });
    expect(nodes.map((node) => node.needsSystemSsh ?? '')).toEqual([
      expect.stringContaining('ProxyCommand'),
      expect.stringContaining('ProxyCommand'),
    ]);
    const other = await resolve(files, { hosts: ['n1', 'n2'], jump: ['bastion'] });
    expect(other.nodes.map((node) => node.needsSystemSsh)).toEqual([undefined, undefined]);
  });

  it('given twice are one node', async () => {
    const files = { '/home/me/.ssh/config': 'Host one\n HostName 10.0.0.1\n' };
    const { nodes, problems } = await resolve(files, { hosts: ['one', '10.0.0.1', 'one'] });
    expect(nodes).toMatchObject([{ name: 'one', address: '10.0.0.1', aliases: ['10.0.0.1'] }]);
    expect(problems).toMatchObject([{ severity: 'note' }]);
  });

  it('of one name on two ports stay apart', async () => {
    const { nodes } = await resolve({}, { hosts: ['h:2201', 'h:2202'] });
    expect(nodes.map((node) => node.name)).toEqual(['h:2201', 'h:2202']);
  });

  it('that cannot be are errors, and none at all is one too', async () => {
    expect((await resolve({}, { hosts: ['-oX', 'n1'] })).problems).toMatchObject([
      { severity: 'error', file: 'command line' },
    ]);
    expect((await resolve({})).problems).toMatchObject([
      { severity: 'error', message: 'no hosts were given' },
    ]);
  });
});

describe('vipdoctor YAML', () => {
  const lab = `nodes:
  n1: { address: 10.77.9.11, user: root, identity: keys/id }
  n2: 10.77.9.12
  n3:
    address: ops@10.77.9.13:2222
    jump: [edge]
defaults: { user: admin }
knownHosts: ~/kh
observer: { where: local, interface: seg0 }
netns: vd-obs
`;
  it('is read whole', async () => {
    const inventory = await fromFile('/inv/lab.yaml', lab);
    expect(inventory.problems).toEqual([]);
    expect(inventory).toMatchObject({ observer: { where: 'local', interface: 'seg0' }, netns: 'vd-obs' });
    expect(inventory.nodes).toMatchObject([
      {
        name: 'n1',
        address: '10.77.9.11',
        user: 'root',
        identities: ['/inv/keys/id'],
        knownHostsFiles: ['/home/me/kh'],
      },
      { name: 'n2', address: '10.77.9.12', user: 'admin' },
      {
        name: 'n3',
        address: '10.77.9.13',
        port: 2222,
        jump: [{ name: 'edge', knownHostsFiles: ['/home/me/kh'] }],
      },
    ]);
  });

  it('hosts beside it choose from it', async () => {
    const { nodes } = await fromFile('/inv/lab.yaml', lab, { hosts: ['n2', 'stranger'] });
    expect(nodes).toMatchObject([{ name: 'n2', address: '10.77.9.12' }, { name: 'stranger' }]);
  });

  it.each([
    ['nodes:\n  n1:\n    adress: 10.0.0.1\n', 3, 'did you mean address?'],
    ['nodes:\n  n1: { address: a, port: 70000 }\n', 2, 'nodes.n1.port'],
    ['nodes: [n1]\nobservr: local\n', 2, 'did you mean observer?'],
    ['nodes: [n1]\nobserver:\n  where: local\n  interfce: x\n', 4, 'did you mean interface?'],
    ['nodes: [n1]\ndefaults:\n  usr: x\n', 3, 'did you mean user?'],
    ['nodes:\n  n1: {\n', 3, ''],
    ['nodes:\n  n1: a\n  n1: b\n', 3, 'for a second time'],
    ['nodes:\n  n1: "a b"\n', 2, 'is not a host'],
    ['observer: local\nnodes: 3\n', 2, 'nodes'],
    ['other: 3\n', 1, 'unknown key "other"'],
  ])('%j is an error at line %i', async (text, line, words) => {
    const { nodes, problems } = await fromFile('/inv/x.yaml', text);
    expect(nodes).toEqual([]);
    const at = problems.find((problem) => problem.line === line && problem.message.includes(words));
    expect(at, JSON.stringify(problems)).toMatchObject({ severity: 'error', file: '/inv/x.yaml' });
  });
});

describe('Ansible INI', () => {
  const ini = `# all of them
[lb]
lb[01:03].example.net ansible_user=ops ansible_ssh_private_key_file=~/.ssh/lb
[lb:vars]
ansible_port=2222
ansible_user=nobody   
[db]
db-[a:b] ansible_host=10.1.0.9 ansible_become_password=fake-not-a-secret # note
edge:2022
[site:children]
lb
db
[all:vars]
ansible_ssh_common_args='-o ProxyJump=ops@jump -o Compression=yes'
`;
  it('is read with ranges, inherited variables and children', async () => {
    const { nodes, problems } = await fromFile('/inv/hosts', ini, { group: 'lb' });
    expect(problems).toEqual([]);
    expect(nodes.map((node) => node.name)).toEqual([
      'lb01.example.net',
      'lb02.example.net',
      'lb03.example.net',
    ]);
    expect(nodes[2]).toMatchObject({
      user: 'ops',
      port: 2222,
      identities: ['/home/me/.ssh/lb'],
      jump: [{ address: 'jump', user: 'ops' }],
    });
    const site = await fromFile('/inv/hosts', ini, { group: 'site' });
    expect(site.nodes.map((node) => node.name)).toEqual([...nodes.map((node) => node.name), 'db-a', 'edge']);
    expect(site.nodes.at(-1)).toMatchObject({ address: 'edge', port: 2022 });
  });

  it('never reads a password, and says so', async () => {
    const { problems, nodes } = await fromFile('/inv/hosts', ini, { group: 'db' });
    expect(problems.find((problem) => problem.message.includes('ansible_become_password'))).toMatchObject({
      severity: 'note',
      line: 8,
    });
    expect(JSON.stringify({ problems, nodes })).not.toContain('fake-not-a-secret');
  });

  it.each([
    ['[lb\nn1\n', 1, 'is not a section'],
    ['[lb:kids]\nn1\n', 1, ':kids'],
    ['[lb]\nn1 ansible_user\n', 2, 'key=value'],
    ['[lb]\nn1 ansible_host="10.0\n', 2, 'quote'],
    ['[lb]\nn[3:1]\n', 2, 'range'],
    ['[lb]\nn1 ansible_host={{ ip }}\n', 2, ''],
    ['[lb]\nn1 ansible_port=ssh\n', 2, 'not a port'],
    ['[lb]\nn1\n[all:vars]\nansible_user={{ who }}\n', 4, 'template'],
    ['$ANSIBLE_VAULT;1.1;AES256\n6162\n', 1, 'vault'],
  ])('%j is an error at line %i', async (text, line, words) => {
    const { problems } = await fromFile('/inv/hosts', text);
    const at = problems.find((problem) => problem.line === line && problem.message.includes(words));
    expect(at, JSON.stringify(problems)).toMatchObject({ severity: 'error' });
  });

  it('names the group that was meant', async () => {
    const { problems } = await fromFile('/inv/hosts', ini, { group: 'sites' });
    expect(problems).toMatchObject([
      { severity: 'error', message: 'there is no group "sites": did you mean site?' },
    ]);
  });
});

describe('Ansible YAML', () => {
  const yaml = `all:
  vars: { ansible_user: ops }
  children:
    lb:
      hosts:
        n[1:2]:
        n3: { ansible_host: 10.0.0.3, ansible_connection: ssh }
    other:
      children:
        deep:
          hosts:
            me: { ansible_connection: local }
            secret:
              ansible_user: !vault |
                $ANSIBLE_VAULT;1.1;AES256
                6162
`;
  it('is read with groups that nest', async () => {
    const { nodes, problems } = await fromFile('/inv/site.yml', yaml, { group: 'lb' });
    expect(problems).toEqual([]);
    expect(nodes).toMatchObject([
      { name: 'n1', user: 'ops' },
      { name: 'n2', user: 'ops' },
      { name: 'n3', address: '10.0.0.3' },
    ]);
  });

  it('says what it cannot open', async () => {
    const { nodes, problems } = await fromFile('/inv/site.yml', yaml, { group: 'other' });
    expect(nodes[0]).toMatchObject({ name: 'me', address: 'local' });
    expect(problems).toMatchObject([{ severity: 'error', line: 14 }]);
    expect(problems[0]?.message).toContain('vault');
  });

  it('names a misspelt key with its line', async () => {
    const { problems } = await fromFile('/inv/site.yml', 'all:\n  children: { lb: { hosst: {n1: } } }\n');
    expect(problems).toMatchObject([{ severity: 'error', line: 2 }]);
    expect(problems[0]?.message).toContain('did you mean hosts?');
  });

  it('tells that variables beside it are not read', async () => {
    const { problems } = await resolve(
      { '/inv/site.yml': 'all: { hosts: { n1: } }', '/inv/group_vars/all.yml': 'ansible_user: x' },
      { file: '/inv/site.yml' },
    );
    expect(problems).toMatchObject([{ severity: 'note', file: '/inv/site.yml' }]);
  });
});

describe('any file', () => {
  it('is recognised by what is in it', () => {
    expect(recogniseNotation('hosts', '[lb]\nn1\n')).toBe('ini');
    expect(recogniseNotation('hosts', 'n1\nn2\n')).toBe('ini');
    expect(recogniseNotation('hosts', '---\nall:\n  hosts: {n1: }\n')).toBe('ansible-yaml');
    expect(recogniseNotation('x.yaml', '# c\nnodes: [n1]\n')).toBe('vipdoctor');
    expect(recogniseNotation('x.json', '{"lb": {"hosts": {"n1": null}}}')).toBe('ansible-yaml');
  });

  it('that does not exist is an error', async () => {
    expect((await resolve({}, { file: '/nowhere' })).problems).toMatchObject([
      { severity: 'error', file: '/nowhere' },
    ]);
  });

  it('never makes it throw', async () => {
    const word = fc.constantFrom(
      'nodes:',
      '\n',
      '  ',
      '[lb]',
      '[',
      ']',
      ':',
      '- ',
      '{',
      '}',
      'n[1:',
      '3]',
      '=',
      '"',
      '!vault',
      '*a',
      '&a',
      'all:',
      'hosts:',
      '#',
      '\t',
      'x',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(word, { maxLength: 25 }),
        fc.constantFrom('/h', '/h.yml', '/h.ini'),
        async (words, path) => {
          const text = words.join('');
          const { nodes, problems } = await fromFile(path, text);
          expect(nodes.length + problems.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 300 },
    );
  });
});
