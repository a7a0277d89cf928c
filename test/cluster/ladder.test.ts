import { describe, expect, it } from 'vitest';
import { formGroups } from '../../src/cluster/groups.ts';
import { buildLadder, type LadderInput } from '../../src/cluster/ladder.ts';
import type { LadderCell } from '../../src/cluster/model.ts';
import { tellTwinsApart } from '../../src/cluster/streams.ts';
import { known } from '../../src/evidence/reading.ts';
import { anInstance, aStream, deliveries, hearing, inGroup } from './situations.ts';

const healthy = (): LadderInput => {
  const members = [anInstance('n1', 'MASTER'), anInstance('n2', 'BACKUP'), anInstance('n3', 'BACKUP')];
  const { groups, groupOf } = formGroups(members);
  return {
    groups,
    instances: members.map((member) => inGroup(member, groupOf.get(member.id))),
    streams: [
      aStream('n1', 'n1', 3),
      aStream('n1', 'n2', 3),
      aStream('n1', 'n3', 3),
      aStream('n1', 'observer', 3),
    ],
    hearings: [hearing('n1', []), hearing('n2', deliveries('n1', 3)), hearing('n3', deliveries('n1', 3))],
    observer: 'present',
    listenedMs: 3200,
    toleratesVipMismatch: () => 'no',
  };
};

const cell = (input: LadderInput, from: string, to: string): LadderCell => {
  const found = buildLadder(input).find((one) => one.from === from && one.to === to);
  if (found === undefined) throw new Error(`no cell ${from} → ${to}`);
  return found;
};

describe('the ladder', () => {
  it('climbs to the top on a healthy cluster', () => {
    expect(cell(healthy(), 'n1', 'n2')).toMatchObject({
      sent: 3,
      onWire: 3,
      arrived: 3,
      delivered: 3,
      accepted: 'yes',
      lostAt: null,
      loss: 'none',
    });
  });

  it('expects nothing of a backup', () => {
    expect(cell(healthy(), 'n2', 'n1')).toMatchObject({ due: 'no', lostAt: null });
  });

  it('ends in the kernel of a receiver that sees adverts on its interface and is delivered none', () => {
    const input = healthy();
    const deaf = {
      ...input,
      hearings: input.hearings.map((one) => (one.node === 'n2' ? hearing('n2', []) : one)),
    };
    expect(cell(deaf, 'n1', 'n2')).toMatchObject({
      lostAt: 'receiver-kernel',
      loss: 'all',
      arrived: 3,
      delivered: 0,
    });
    expect(cell(deaf, 'n1', 'n3')).toMatchObject({ lostAt: null });
  });

  it('ends in the network when adverts leave and do not arrive', () => {
    const input = healthy();
    const cut = {
      ...input,
      streams: input.streams.filter((stream) => stream.heardAt !== 'n2'),
      hearings: input.hearings.map((one) => (one.node === 'n2' ? hearing('n2', []) : one)),
    };
    expect(cell(cut, 'n1', 'n2')).toMatchObject({ lostAt: 'network', loss: 'all', sent: 3, arrived: 0 });
  });

  it('ends at a master from which nothing leaves', () => {
    const input = {
      ...healthy(),
      streams: [],
      hearings: ['n1', 'n2', 'n3'].map((node) => hearing(node, [])),
    };
    expect(cell(input, 'n1', 'n2')).toMatchObject({ lostAt: 'sender', loss: 'all' });
  });

  it('takes the silence of an ear that closed early, or opened late, for no loss', () => {
    const input = healthy();
    const closed = {
      ...input,
      streams: input.streams.filter((stream) => stream.heardAt !== 'n2'),
      hearings: [
        { ...hearing('n1', []), earMs: 3200, witnessMs: 3200 },
        { ...hearing('n2', []), earMs: 400, witnessMs: 0 },
        { ...hearing('n3', deliveries('n1', 3)), earMs: 3200, witnessMs: 3200 },
      ],
    };
    expect(cell(closed, 'n1', 'n2')).toMatchObject({ lostAt: null, loss: 'unknown', arrived: 0 });
    const open = closed.hearings.map((one) => ({ ...one, earMs: 3200, witnessMs: 3200 }));
    expect(cell({ ...closed, hearings: open }, 'n1', 'n2')).toMatchObject({ lostAt: 'network', loss: 'all' });
    const late = {
      ...input,
      hearings: [
        { ...hearing('n1', []), earMs: 3200 },
        { ...hearing('n2', []), earMs: 3200, witnessMs: 900 },
        { ...hearing('n3', deliveries('n1', 3)), earMs: 3200, witnessMs: 3200 },
      ],
    };
    expect(cell(late, 'n1', 'n2')).toMatchObject({ lostAt: null, loss: 'unknown', delivered: 0 });
  });

  it('does not call the edge of the window a loss', () => {
    const input = healthy();
    const edge = {
      ...input,
      hearings: [hearing('n1', []), hearing('n2', deliveries('n1', 2)), hearing('n3', deliveries('n1', 3))],
    };
    expect(cell(edge, 'n1', 'n2')).toMatchObject({ lostAt: null, loss: 'none' });
  });

  it('calls three of four a partial loss, and not two of four', () => {
    const input = healthy();
    const heard = (count: number) => ({
      ...input,
      streams: ['n1', 'n2', 'n3'].map((at) => aStream('n1', at, 4)),
      hearings: [
        hearing('n1', []),
        hearing('n2', deliveries('n1', count)),
        hearing('n3', deliveries('n1', 4)),
      ],
    });
    expect(cell(heard(1), 'n1', 'n2')).toMatchObject({ lostAt: 'receiver-kernel', loss: 'some' });
    expect(cell(heard(2), 'n1', 'n2')).toMatchObject({ lostAt: null, loss: 'none' });
  });

  it('calls every second advert lost a partial loss', () => {
    const input = healthy();
    const half = {
      ...input,
      streams: [aStream('n1', 'n1', 10), aStream('n1', 'n2', 5), aStream('n1', 'n3', 10)],
      hearings: [hearing('n1', []), hearing('n2', deliveries('n1', 5)), hearing('n3', deliveries('n1', 10))],
      observer: 'none' as const,
    };
    expect(cell(half, 'n1', 'n2')).toMatchObject({ lostAt: 'network', loss: 'some' });
  });

  it('ends at the daemon, with the first of its checks that fails', () => {
    const input = healthy();
    const other = {
      ...input,
      streams: input.streams.map((stream) => ({ ...stream, intervalMs: 2000, checksum: 'bad' as const })),
    };
    expect(cell(other, 'n1', 'n2')).toMatchObject({ lostAt: 'daemon', accepted: 'no' });
    expect(cell(other, 'n1', 'n2').detail).toContain('advert interval is 2000 ms');
  });

  it('takes the refusal of a better master for what it is', () => {
    const members = [anInstance('n1', 'MASTER'), anInstance('n2', 'MASTER')];
    const { groups, groupOf } = formGroups(members);
    const input: LadderInput = {
      ...healthy(),
      groups,
      instances: members.map((member) => inGroup(member, groupOf.get(member.id))),
      streams: [
        aStream('n1', 'n1', 3),
        aStream('n2', 'n2', 3),
        aStream('n1', 'n2', 3),
        aStream('n2', 'n1', 3),
      ],
      hearings: [hearing('n1', deliveries('n2', 3)), hearing('n2', deliveries('n1', 3))],
    };
    expect(cell(input, 'n2', 'n1')).toMatchObject({ accepted: 'refused-lower-priority', lostAt: null });
    expect(cell(input, 'n1', 'n2')).toMatchObject({ accepted: 'no', lostAt: 'daemon' });
  });

  it('blames nobody where keepalived does not run', () => {
    const members = [anInstance('n1', 'MASTER'), anInstance('n2', 'STOPPED')];
    const { groups, groupOf } = formGroups(members);
    const input: LadderInput = {
      ...healthy(),
      groups,
      instances: members.map((member) => inGroup(member, groupOf.get(member.id))),
      hearings: [hearing('n1', []), hearing('n2', [])],
    };
    expect(cell(input, 'n1', 'n2')).toMatchObject({ lostAt: null });
  });

  it('says unknown where nobody could listen', () => {
    const input = healthy();
    const mute: LadderInput = {
      ...input,
      streams: [],
      observer: 'none',
      hearings: input.hearings.map((one) => ({ ...one, ear: 'deaf', witness: 'absent', deliveries: [] })),
    };
    expect(cell(mute, 'n1', 'n2')).toMatchObject({ lostAt: 'unknown', loss: 'unknown' });
  });
});

describe('what the window itself explains', () => {
  it('calls nothing lost on a receiver that was restarted while listening', () => {
    const input = healthy();
    const restarted = {
      ...input,
      instances: input.instances.map((one) =>
        one.node === 'n2' ? { ...one, run: 'interrupted' as const } : one,
      ),
      hearings: [hearing('n1', []), hearing('n2', []), hearing('n3', deliveries('n1', 3))],
    };
    expect(cell(restarted, 'n1', 'n2')).toMatchObject({ lostAt: null, loss: 'unknown' });
  });

  it('keeps the adverts of two instances with one VRID apart', () => {
    const twin = (node: string) => ({
      ...anInstance(node, node === 'n1' ? 'MASTER' : 'BACKUP', { vips: ['10.88.0.5/32'] }),
      id: `${node}/OTHER`,
      interface: 'eth0',
      sourceAddress: known(node === 'n1' ? '10.88.0.11' : '10.88.0.12'),
    });
    const twins = ['n1', 'n2'].flatMap((node) => [anInstance(node, 'BACKUP'), twin(node)]);
    const other = { src: '10.88.0.11', interface: 'eth0' };
    const told = tellTwinsApart(
      [
        aStream('n1', 'n1', 3),
        aStream('n1', 'n1', 2, other),
        aStream('n1', 'n2', 3),
        aStream('n1', 'observer', 2, other),
      ],
      twins,
    );
    expect(told.map((stream) => stream.instance)).toEqual(['n1/VI_1', 'n1/OTHER', 'n1/VI_1', 'n1/OTHER']);
    expect(tellTwinsApart([aStream('n1', 'n1', 3)], [anInstance('n1', 'MASTER')])[0]).not.toHaveProperty(
      'instance',
    );
  });
});

describe('groups', () => {
  it('keeps a node with a wrong VRID in the group of its VIP', () => {
    const { groups } = formGroups([
      anInstance('n1', 'MASTER'),
      anInstance('n2', 'MASTER', { vrid: 102 }),
      anInstance('n3', 'BACKUP'),
    ]);
    expect(groups).toHaveLength(1);
    expect(groups[0]).toMatchObject({
      vrid: 101,
      masters: ['n1', 'n2'],
      members: ['n1/VI_1', 'n2/VI_1', 'n3/VI_1'],
    });
  });

  it('keeps two VRIDs with VIPs of their own apart', () => {
    const second = (node: string) => ({
      ...anInstance(node, 'BACKUP', { vrid: 102, vips: ['10.77.0.6/32'] }),
      id: `${node}/VI_2`,
      name: 'VI_2',
    });
    const { groups } = formGroups([
      anInstance('n1', 'MASTER'),
      second('n1'),
      anInstance('n2', 'BACKUP'),
      second('n2'),
    ]);
    expect(groups.map((group) => [group.vrid, group.members])).toEqual([
      [101, ['n1/VI_1', 'n2/VI_1']],
      [102, ['n1/VI_2', 'n2/VI_2']],
    ]);
  });

  it('keeps the same VRID on two segments apart', () => {
    const elsewhere = {
      ...anInstance('n2', 'MASTER', { vips: ['10.88.0.5/32'] }),
      segments: ['10.88.0.0/24'],
    };
    expect(formGroups([anInstance('n1', 'MASTER'), elsewhere]).groups).toHaveLength(2);
  });
});
