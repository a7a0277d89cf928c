// Who is master, and why it changed, as the book reads it from adverts and from what the nodes say.
import { describe, expect, it } from 'vitest';
import { readLogLine } from '../../src/keepalived/log-lines.ts';
import { addressOf, group, openScene, rosterOf, type Scene } from './scene.ts';

const log = (scene: Scene, node: string, line: string, ident = 'Keepalived_vrrp'): void =>
  scene.give({
    kind: 'log',
    atMs: scene.nowMs(),
    node,
    event: ident.startsWith('Keepalived') ? readLogLine(`${ident}[12]: ${line}`) : undefined,
    ident,
    text: line,
    age: 'fresh',
  });

const last = <T>(items: readonly T[]): T => {
  const item = items.at(-1);
  if (item === undefined) throw new Error('there is none');
  return item;
};

describe('a change of master', () => {
  it('is first heard, and that is no flap', () => {
    const scene = openScene();
    scene.reign('n1', 5000);
    expect(scene.all('transition')).toMatchObject([{ from: null, to: 'n1', reason: 'first-heard' }]);
    const [router] = scene.look().routers;
    expect(router).toMatchObject({ masters: ['n1'], transitions: 0, flapsLastHour: 0, hearing: 'heard' });
    expect(router?.ratePerSecond).toBeCloseTo(1, 2);
    expect(router?.jitterMs).toBeCloseTo(0, 2);
  });

  it('after a resignation names priority 0 and the log line that says why', () => {
    const scene = openScene();
    scene.reign('n1', 5000);
    log(scene, 'n1', 'Stopping', 'Keepalived');
    scene.send('n1', { priority: 0 });
    scene.wait(600);
    scene.reign('n2', 3000, { priority: 99 });
    const change = last(scene.all('transition'));
    expect(change).toMatchObject({ from: 'n1', to: 'n2', reason: 'priority-0' });
    expect(change.silentMs).toBeCloseTo(600, -2);
    expect(change.because[0]).toMatchObject({ node: 'n1', source: 'log', quote: 'Stopping' });
    expect(change.text).toContain('keepalived was stopped on n1');
    expect(scene.look().routers[0]).toMatchObject({ transitions: 1, flapsLastHour: 1, sinceIs: 'seen' });
  });

  it('after silence names what became of the old master', () => {
    const scene = openScene();
    scene.reign('n1', 5000);
    scene.give({ kind: 'process', atMs: scene.nowMs(), node: 'n1', state: 'frozen' });
    scene.wait(2600);
    scene.reign('n2', 3000, { priority: 99 });
    const change = last(scene.all('transition'));
    expect(change).toMatchObject({ from: 'n1', to: 'n2', reason: 'silence' });
    expect(change.text).toMatch(/n1 fell silent, n2 took over after 3\.\d s: keepalived on n1 is frozen/);
    expect(scene.look().routers[0]?.members.map((member) => member.state)).toEqual([
      'FROZEN',
      'MASTER',
      'BACKUP',
    ]);
  });

  it('by a higher priority is no overlap, and needs no silence of an election', () => {
    const scene = openScene();
    scene.reign('n2', 5000, { priority: 99 });
    log(scene, 'n1', 'Starting Keepalived v2.2.7 (01/16,2022)', 'Keepalived');
    scene.wait(3500);
    scene.send('n2', { priority: 99 });
    scene.wait(400);
    scene.reign('n1', 4000);
    const change = last(scene.all('transition'));
    expect(change).toMatchObject({ from: 'n2', to: 'n1', reason: 'outranked' });
    expect(change.text).toContain('n1 outranks n2 (100 over 99)');
    expect(scene.all('two-masters')).toEqual([]);
  });

  it('to nobody is said, and so is who comes after', () => {
    const scene = openScene();
    scene.reign('n1', 3000);
    scene.wait(6000);
    expect(last(scene.all('transition'))).toMatchObject({ from: 'n1', to: null, reason: 'silence' });
    expect(scene.look().routers[0]).toMatchObject({ masters: [], hearing: 'silent' });
    scene.reign('n3', 3000, { priority: 98 });
    expect(last(scene.all('transition'))).toMatchObject({ from: null, to: 'n3', reason: 'silence' });
  });

  it('is not made up while nobody listens', () => {
    const scene = openScene();
    scene.reign('n1', 3000);
    for (const node of ['n1', 'n2', 'n3'])
      scene.give({
        kind: 'source',
        atMs: scene.nowMs(),
        node,
        source: 'adverts',
        state: 'down',
        problem: 'tcpdump was killed',
        retryInMs: 500,
      });
    scene.wait(20_000);
    expect(scene.all('transition')).toHaveLength(1);
    expect(scene.look().routers[0]).toMatchObject({ hearing: 'unheard', masters: ['n1'] });
    for (const node of ['n1', 'n2', 'n3'])
      scene.give({ kind: 'source', atMs: scene.nowMs(), node, source: 'adverts', state: 'working' });
    scene.reign('n2', 4000, { priority: 99 });
    const change = last(scene.all('transition'));
    expect(change).toMatchObject({ from: 'n1', to: 'n2', silentMs: null });
    expect(change.text).toContain('while nobody listened');
    expect(scene.all('missed')).toEqual([]);
  });

  it('with two at once is said, and when it is over', () => {
    const scene = openScene();
    scene.reign('n1', 3000);
    for (let turn = 0; turn < 4; turn += 1) {
      scene.send('n1');
      scene.wait(500);
      scene.send('n2', { priority: 99 });
      scene.wait(500);
    }
    expect(scene.all('two-masters')).toMatchObject([{ state: 'begin', masters: ['n1', 'n2'] }]);
    expect(scene.look().routers[0]?.masters).toEqual(['n1', 'n2']);
    scene.reign('n1', 5000);
    expect(last(scene.all('two-masters'))).toMatchObject({ state: 'end' });
    expect(scene.look().routers[0]?.masters).toEqual(['n1']);
  });
});

describe('what ears hear', () => {
  it('counts a missed advert where it was missed only', () => {
    const scene = openScene();
    scene.reign('n1', 3000);
    scene.send('n1', { ears: ['n1', 'n2'] });
    scene.wait(1000);
    scene.reign('n1', 3000);
    expect(scene.all('missed')).toMatchObject([{ sender: 'n1', heardAt: 'n3', missed: 1 }]);
    expect(scene.look().routers[0]).toMatchObject({ missed: 1, missedLastHour: 1 });
  });

  it('does not count what only came late and was made good for', () => {
    const scene = openScene();
    scene.reign('n1', 3000);
    scene.wait(850);
    scene.send('n1');
    scene.wait(150);
    scene.reign('n1', 3000);
    expect(scene.all('missed')).toEqual([]);
    expect(scene.look().routers[0]).toMatchObject({ missed: 0, missedLastHour: 0 });
  });

  it('does not count what was not heard while the ear was restarted', () => {
    const scene = openScene();
    scene.reign('n1', 3000);
    const ear = { kind: 'source', node: 'n3', source: 'adverts' } as const;
    scene.give({ ...ear, atMs: scene.nowMs(), state: 'down', problem: 'killed', retryInMs: 500 });
    scene.reign('n1', 3000, { ears: ['n1', 'n2'] });
    scene.give({ ...ear, atMs: scene.nowMs(), state: 'working' });
    scene.reign('n1', 3000);
    expect(scene.all('missed')).toEqual([]);
    expect(scene.all('source').map(({ state }) => state)).toEqual(['down', 'working']);
  });
});

describe('strangers', () => {
  it('an unknown VRID is told once, and when it has gone', () => {
    const scene = openScene();
    scene.reign('n1', 2000);
    scene.reign('x', 3000, { vrid: 77, src: '10.0.0.99', ears: ['n2', 'n3'] });
    expect(scene.all('stranger')).toMatchObject([
      { what: 'vrid', vrid: 77, sender: '10.0.0.99', state: 'heard', addresses: ['10.0.0.5'] },
    ]);
    expect(scene.look().routers.map(({ vrid, origin }) => [vrid, origin])).toEqual([
      [101, 'ours'],
      [77, 'unknown'],
    ]);
    scene.wait(40_000);
    expect(scene.all('stranger').map(({ state }) => state)).toEqual(['heard', 'silent']);
    scene.wait(700_000);
    expect(scene.look().routers.map(({ vrid }) => vrid)).toEqual([101]);
  });

  it('a sender that is none of the nodes in a VRID of ours', () => {
    const scene = openScene();
    scene.reign('n1', 2000);
    scene.send('x', { src: '10.0.0.98', priority: 50, ears: ['n2'] });
    expect(scene.all('stranger')).toMatchObject([{ what: 'sender', vrid: 101, sender: '10.0.0.98' }]);
  });

  it('nobody is called a stranger while a node has not told who it is', () => {
    const scene = openScene(rosterOf([group(101)], ['n3']));
    scene.reign('x', 3000, { vrid: 77, src: '10.0.0.99', ears: ['n2'] });
    expect(scene.all('stranger')).toEqual([]);
    expect(scene.look().routers.find(({ vrid }) => vrid === 77)?.origin).toBe('unidentified');
    scene.give({ kind: 'roster', atMs: scene.nowMs(), roster: rosterOf([group(101), group(77)]) });
    scene.reign('x', 2000, { vrid: 77, src: addressOf('n3'), ears: ['n2'] });
    expect(scene.all('stranger').filter(({ sender }) => sender === addressOf('n3'))).toEqual([]);
    expect(scene.look().routers.find(({ vrid }) => vrid === 77)).toMatchObject({ origin: 'ours' });
  });
});

describe('what nodes say', () => {
  it('tells VIPs that come and go, and who holds them', () => {
    const scene = openScene();
    scene.give({
      kind: 'address',
      atMs: scene.nowMs(),
      node: 'n1',
      address: '10.0.0.5',
      interface: 'eth1',
      change: 'added',
    });
    expect(scene.all('vip')).toMatchObject([{ node: 'n1', vip: '10.0.0.5', state: 'added' }]);
    expect(scene.look().routers[0]?.holders).toEqual([{ vip: '10.0.0.5/32', nodes: ['n1'] }]);
    scene.give({ kind: 'addresses', atMs: scene.nowMs(), node: 'n1', held: new Map() });
    expect(last(scene.all('vip'))).toMatchObject({ state: 'removed' });
  });

  it('takes since when from the log when the master was there before us', () => {
    const scene = openScene();
    scene.give({
      kind: 'log',
      atMs: scene.nowMs() - 3_600_000,
      node: 'n1',
      event: { kind: 'state', instance: 'VI_1', state: 'MASTER', phase: 'later' },
      ident: 'Keepalived_vrrp',
      text: '(VI_1) Entering MASTER STATE',
      age: 'past',
    });
    scene.reign('n1', 2000);
    expect(scene.look().routers[0]).toMatchObject({ since: '2026-11-20T02:00:00.000Z', sinceIs: 'logged' });
    expect(scene.all('log')).toEqual([]);
  });

  it('repeats neither the same refusal nor the same words', () => {
    const scene = openScene();
    const lost = {
      kind: 'connection',
      node: 'n2',
      state: 'lost',
      problem: 'no answer',
      retryInMs: 500,
    } as const;
    for (let turn = 0; turn < 5; turn += 1) scene.give({ ...lost, atMs: scene.nowMs() });
    expect(scene.all('node').filter(({ state }) => state === 'lost')).toHaveLength(1);
    for (let turn = 0; turn < 5; turn += 1) log(scene, 'n1', 'Stopping', 'Keepalived');
    expect(scene.all('log')).toHaveLength(1);
    for (let turn = 0; turn < 500; turn += 1) log(scene, 'n1', `(VI_${turn}) Entering FAULT STATE`);
    expect(scene.all('log').length).toBeLessThan(40);
  });
});
