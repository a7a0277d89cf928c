// The command line of check, read: what a request says, and what is refused with words that help.
import { describe, expect, it } from 'vitest';
import { type CheckRequest, readCheckRequest } from '../../src/cli/check-options.ts';
import { UsageError } from '../../src/cli/faults.ts';

const read = (parsed: Readonly<Record<string, unknown>>): CheckRequest => readCheckRequest(parsed);

describe('a request', () => {
  it('has the defaults of the contract', () => {
    expect(read({ host: ['n1', 'n2'] })).toEqual({
      target: { kind: 'live', hosts: ['n1', 'n2'] },
      identities: [],
      sudoPassword: 'none',
      transport: 'auto',
      listenMs: 30_000,
      timeoutMs: 10_000,
      format: 'text',
      display: 'screen',
      screenReader: 'not-asked-for',
      color: 'auto',
      failOn: 'high',
      incomplete: 'passes',
      talk: 'quiet',
    });
  });

  it.each([
    [{}, 'screen', 'text'],
    [{ format: 'tui' }, 'screen', 'text'],
    [{ format: 'text' }, 'document', 'text'],
    [{ format: 'json' }, 'document', 'json'],
    [{ output: 'file' }, 'document', 'text'],
    [{ verbose: true }, 'document', 'text'],
    [{ format: 'tui', output: '-' }, 'screen', 'text'],
  ])('%j is shown as %s and written as %s', (options, display, format) => {
    expect(read({ host: ['n1'], ...options })).toMatchObject({ display, format });
  });

  it('takes hosts after -- as well', () => {
    expect(read({ host: ['n1'], '--': ['-odd'] }).target).toEqual({ kind: 'live', hosts: ['n1', '-odd'] });
  });

  it('takes the last of a repeated option, and all identities', () => {
    const request = read({
      host: ['n1'],
      format: ['json', 'junit'],
      identity: ['a', 'b'],
      listen: ['5', '2.5s'],
    });
    expect(request).toMatchObject({ format: 'junit', identities: ['a', 'b'], listenMs: 2500 });
  });

  it('writes to stdout for -o -', () => {
    expect(read({ host: ['n1'], output: '-' }).outputPath).toBeUndefined();
    expect(read({ host: ['n1'], output: 'x.json' }).outputPath).toBe('x.json');
  });

  it('leaves the host key policy to ssh_config unless told', () => {
    expect(read({ host: ['n1'] }).hostKeyPolicy).toBeUndefined();
    expect(read({ host: ['n1'], 'host-key-checking': 'accept-new' }).hostKeyPolicy).toBe('accept-new');
  });

  it('knows where nodes come from', () => {
    expect(read({ from: 'dir' }).target).toEqual({ kind: 'recorded', folder: 'dir' });
    expect(read({ lab: true }).target).toEqual({ kind: 'lab' });
    expect(read({ 'lab-inventory': '/run/i.yaml', host: ['n2'] }).target).toEqual({
      kind: 'live',
      hosts: ['n2'],
      inventoryPath: '/run/i.yaml',
    });
    expect(read({ inventory: 'hosts', group: 'lb' }).target).toEqual({
      kind: 'live',
      hosts: [],
      inventoryPath: 'hosts',
      group: 'lb',
    });
  });
});

describe('refused', () => {
  it.each([
    [{}, /which nodes\?/],
    [{ host: ['n1', ''] }, /a HOST is empty/],
    [{ from: 'd', host: ['n1'] }, /leave out HOST/],
    [{ from: 'd', record: 'e', lab: true }, /leave out --lab, --record/],
    [{ lab: true, inventory: 'i' }, /leave out --inventory/],
    [{ host: ['n1'], 'lab-name': 'x' }, /add --lab/],
    [{ host: ['n1'], group: 'x' }, /add --inventory/],
    [{ host: ['n1'], listen: '0' }, /--listen takes seconds/],
    [{ host: ['n1'], listen: 'soon' }, /not "soon"/],
    [{ host: ['n1'], timeout: '-3' }, /--timeout takes seconds/],
    [{ host: ['n1'], format: 'screen' }, /--format takes tui, text, json/],
    [{ host: ['n1'], format: 'tui', output: 'file' }, /tui is a screen and no file/],
    [{ host: ['n1'], format: 'jsn' }, /Did you mean "json"/],
    [{ host: ['n1'], 'fail-on': 'always' }, /--fail-on takes/],
    [{ host: ['n1'], user: '' }, /--user is empty/],
  ] as const)('%j', (parsed, words) => {
    expect(() => read(parsed)).toThrow(UsageError);
    expect(() => read(parsed)).toThrow(words);
  });
});
