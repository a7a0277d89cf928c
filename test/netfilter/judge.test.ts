import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counterDeltas } from '../../src/netfilter/counters.ts';
import { readIpsets } from '../../src/netfilter/ipset.ts';
import { readIptablesSave } from '../../src/netfilter/iptables-save.ts';
import { judgePacket } from '../../src/netfilter/judge.ts';
import { readNftJson } from '../../src/netfilter/nft-json.ts';
import {
  accept,
  advert,
  drop,
  isVrrp,
  match,
  nftInput,
  readFixture,
  sentAdvert,
  unicastAdvert,
} from './recordings.ts';

const filter = (...lines: readonly string[]): string =>
  ['*filter', ':INPUT ACCEPT [0:0]', ':OUTPUT ACCEPT [0:0]', ...lines, 'COMMIT'].join('\n');
const legacy = (...lines: readonly string[]) => readIptablesSave(filter(...lines), 'ipv4', 'iptables-legacy');

describe('a drop is named', () => {
  it('with family, table, chain, handle, text, counter and comment', () => {
    const judgement = judgePacket([readNftJson(readFixture('nft-drop.json'))], advert);
    expect(judgement.outcome).toBe('drop');
    expect(judgement.decidedBy).toEqual({
      engine: 'nft',
      family: 'inet',
      table: 'filter',
      chain: 'input',
      hook: 'input',
      priority: 0,
      handle: 3,
      position: 2,
      kind: 'rule',
      text: 'ip protocol vrrp counter drop comment "no vrrp"',
      counter: { packets: 19, bytes: 760 },
      comment: 'no vrrp',
    });
  });

  it('as a policy when no rule lets the advert in', () => {
    const judgement = judgePacket(
      [nftInput([[match({ payload: { protocol: 'tcp', field: 'dport' } }, 22), accept]], { policy: 'drop' })],
      advert,
    );
    expect(judgement.decidedBy).toMatchObject({ kind: 'policy', chain: 'in', text: 'policy drop' });
  });

  it('although an earlier base chain accepted', () => {
    const first = nftInput([[isVrrp, accept]], { prio: -10 });
    expect(judgePacket([first, legacy('-A INPUT -p 112 -j DROP')], advert).decidedBy?.engine).toBe(
      'iptables-legacy',
    );
  });

  it('but never for the other direction', () => {
    expect(judgePacket([nftInput([[isVrrp, drop]])], sentAdvert).outcome).toBe('accept');
  });
});

describe('what cannot be known', () => {
  const limited = nftInput([
    [{ limit: { rate: 5, per: 'second' } }, accept],
    [isVrrp, drop],
  ]);

  it('is unknown, with the reason and the rule that might drop', () => {
    const judgement = judgePacket([limited], advert);
    expect(judgement.outcome).toBe('unknown');
    expect(judgement.candidates.map((ref) => ref.text)).toEqual(['ip protocol vrrp drop']);
    expect(judgement.uncertain.map((doubt) => doubt.rule.text)).toEqual(['limit rate 5/second accept']);
  });

  it('does not matter when both ways lead to the same end', () => {
    expect(
      judgePacket(
        [
          nftInput([
            [{ limit: { rate: 5, per: 'second' } }, drop],
            [isVrrp, drop],
          ]),
        ],
        advert,
      ).outcome,
    ).toBe('drop');
    expect(
      judgePacket([nftInput([[{ limit: { rate: 5, per: 'minute' } }, { log: { prefix: 'x' } }]])], advert),
    ).toMatchObject({ outcome: 'accept', uncertain: [] });
  });

  it('does not matter in a rule that another match rules out', () => {
    const tcp = match({ meta: { key: 'l4proto' } }, 'tcp');
    expect(
      judgePacket([nftInput([[{ limit: { rate: 5, per: 'second' } }, tcp, drop]])], advert),
    ).toMatchObject({ outcome: 'accept', uncertain: [] });
    expect(
      judgePacket([legacy('-A INPUT -m limit --limit 5/sec -m ttl --ttl-lt 255 -j DROP')], advert),
    ).toMatchObject({ outcome: 'accept', uncertain: [] });
  });

  it('is answered alike when it is asked twice', () => {
    const question = match({ meta: { key: 'cgroup' } }, 5);
    const judgement = judgePacket(
      [
        nftInput([[question, drop]], { hook: 'output' }),
        nftInput(
          [
            [question, accept],
            [question, drop],
          ],
          { hook: 'output', prio: 5 },
        ),
      ],
      sentAdvert,
    );
    expect(judgement.candidates).toHaveLength(1);
  });

  it('covers the state of a unicast connection, unless it is told', () => {
    const rules = [
      nftInput([[match({ ct: { key: 'state' } }, ['established', 'related'], 'in'), accept], [drop]]),
    ];
    expect(judgePacket(rules, unicastAdvert).outcome).toBe('unknown');
    expect(judgePacket(rules, unicastAdvert).notes.join()).toContain('ESTABLISHED');
    expect(judgePacket(rules, unicastAdvert, { connection: 'established' }).outcome).toBe('accept');
    expect(judgePacket(rules, unicastAdvert, { connection: 'new' }).outcome).toBe('drop');
    expect(judgePacket(rules, advert).outcome).toBe('drop');
  });

  it('covers an ingress chain whose device the listing hides', () => {
    const json = JSON.stringify({
      nftables: [
        {
          chain: {
            family: 'netdev',
            table: 'd',
            name: 'i',
            handle: 1,
            type: 'filter',
            hook: 'ingress',
            prio: 0,
            policy: 'accept',
          },
        },
        { rule: { family: 'netdev', table: 'd', chain: 'i', handle: 2, expr: [isVrrp, drop] } },
      ],
    });
    const listing = (device: string): string =>
      `table netdev d {\n\tchain i {\n\t\ttype filter hook ingress device "${device}" priority filter; policy accept;\n\t}\n}`;
    expect(judgePacket([readNftJson(json)], advert).outcome).toBe('unknown');
    expect(judgePacket([readNftJson(json, listing('eth0'))], advert)).toMatchObject({
      outcome: 'drop',
      decidedBy: { device: 'eth0' },
    });
    expect(judgePacket([readNftJson(json, listing('eth1'))], advert).outcome).toBe('accept');
  });

  it('covers a table whose flag the JSON hides (nft 1.0.x)', () => {
    const json = JSON.stringify({
      nftables: [
        { table: { family: 'ip', name: 'fw', handle: 1, flags: 'fw' } },
        {
          chain: {
            family: 'ip',
            table: 'fw',
            name: 'in',
            handle: 1,
            type: 'filter',
            hook: 'input',
            prio: 0,
            policy: 'drop',
          },
        },
      ],
    });
    const listing = (flag: string): string => `table ip fw {\n\tflags ${flag}\n\n\tchain in {\n\t}\n}\n`;
    expect(judgePacket([readNftJson(json)], advert).outcome).toBe('unknown');
    expect(readNftJson(json).problems).toHaveLength(1);
    expect(judgePacket([readNftJson(json, listing('dormant'))], advert).outcome).toBe('accept');
    expect(judgePacket([readNftJson(json, listing('owner'))], advert).outcome).toBe('drop');
  });

  it('covers an unknown statement, expression and iptables extension', () => {
    expect(judgePacket([nftInput([[{ frobnicate: {} }, drop]])], advert).outcome).toBe('unknown');
    expect(judgePacket([nftInput([[match({ frobnicate: {} }, 1), drop]])], advert).outcome).toBe('unknown');
    expect(judgePacket([legacy('-A INPUT -m frobnicate --level 3 -j DROP')], advert).outcome).toBe('unknown');
    expect(judgePacket([legacy('-A INPUT -p 112 -j FROBNICATE')], advert).outcome).toBe('unknown');
    expect(judgePacket([legacy('-A INPUT -p tcp -m frobnicate --level 3 -j DROP')], advert).outcome).toBe(
      'accept',
    );
  });
});

describe('ipsets', () => {
  const ruleset = [legacy('-A INPUT -m set --match-set banned src -j DROP')];
  const saved =
    'create banned hash:net family inet hashsize 1024 maxelem 65536\nadd banned 10.78.0.0/24\ncreate other hash:ip family inet\n';

  it('are looked into when they were read, and unknown otherwise', () => {
    expect(judgePacket(ruleset, advert).outcome).toBe('unknown');
    expect(judgePacket(ruleset, advert, { ipsets: readIpsets(saved) }).outcome).toBe('drop');
    expect(judgePacket(ruleset, { ...advert, src: '10.79.0.1' }, { ipsets: readIpsets(saved) }).outcome).toBe(
      'accept',
    );
  });

  it('know protocols without ports and nested sets', () => {
    const sets = readIpsets(
      'create pairs hash:ip,port family inet\nadd pairs 10.78.0.12,vrrp:0\ncreate all list:set\nadd all pairs\n',
    );
    const rules = [legacy('-A INPUT -m set --match-set all src,dst -j DROP')];
    expect(judgePacket(rules, advert, { ipsets: sets }).outcome).toBe('drop');
  });
});

describe('effects on a packet that passes', () => {
  it('tell the TTL the peer will see', () => {
    const rule = [{ mangle: { key: { payload: { protocol: 'ip', field: 'ttl' } }, value: 1 } }];
    const judgement = judgePacket([nftInput([rule], { hook: 'output' })], sentAdvert);
    expect(judgement.outcome).toBe('accept');
    expect(judgement.effects).toMatchObject([{ kind: 'ttl-set', ttlSetTo: 1 }]);
  });

  it('make a diverted advert unknown', () => {
    const judgement = judgePacket(
      [
        nftInput([[isVrrp, { dnat: { addr: '10.0.0.9', family: 'ip' } }]], {
          type: 'nat',
          hook: 'prerouting',
          prio: -100,
        }),
      ],
      advert,
    );
    expect(judgement.outcome).toBe('unknown');
    expect(judgement.effects).toMatchObject([{ kind: 'destination-rewritten', to: '10.0.0.9' }]);
  });
});

describe('one table listed twice', () => {
  const save = '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p vrrp -m u32 --u32 "6&0xff=0x70" -j DROP\nCOMMIT\n';
  const json = JSON.stringify({
    nftables: [
      {
        chain: {
          family: 'ip',
          table: 'filter',
          name: 'INPUT',
          handle: 1,
          type: 'filter',
          hook: 'input',
          prio: 0,
          policy: 'accept',
        },
      },
      {
        rule: {
          family: 'ip',
          table: 'filter',
          chain: 'INPUT',
          handle: 2,
          expr: [isVrrp, { xt: { type: 'match', name: 'u32' } }, drop],
        },
      },
    ],
  });

  it('is judged once, by the reading that can be evaluated', () => {
    const judgement = judgePacket(
      [readNftJson(json), readIptablesSave(save, 'ipv4', 'iptables-nft')],
      advert,
    );
    expect(judgement).toMatchObject({
      outcome: 'drop',
      decidedBy: { engine: 'iptables-nft' },
      candidates: [],
    });
    expect(judgement.notes.join()).toContain('listed by nft and by iptables-nft-save');
  });
});

describe('counters', () => {
  const reading = (packets: number) => legacy(`[${packets}:${packets * 40}] -A INPUT -p 112 -j DROP`);

  it('rise, stand still or are reset', () => {
    expect(counterDeltas(reading(3), reading(8))).toMatchObject([
      { kind: 'rise', packets: 5, bytes: 200, rule: { text: '-A INPUT -p 112 -j DROP' } },
    ]);
    expect(counterDeltas(reading(3), reading(3))).toEqual([]);
    expect(counterDeltas(reading(8), reading(1))).toMatchObject([{ kind: 'reset', packets: 1 }]);
  });

  it('are followed by handle when a rule moved, and kept for policies', () => {
    const policy = (packets: number) =>
      readIptablesSave(`*filter\n:INPUT DROP [${packets}:0]\nCOMMIT`, 'ipv4', 'iptables-nft');
    expect(counterDeltas(policy(1), policy(4))).toMatchObject([
      { kind: 'rise', packets: 3, rule: { kind: 'policy', text: '-P INPUT DROP' } },
    ]);
    const nft = (packets: number) => nftInput([[isVrrp, { counter: { packets, bytes: 0 } }, drop]]);
    expect(counterDeltas(nft(1), nft(2))).toMatchObject([{ packets: 1, rule: { handle: 10 } }]);
  });
});

describe('input of any kind', () => {
  it('never makes the readers or the judge throw', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.jsonValue()), (text, expr) => {
        const rulesets = [
          readNftJson(text),
          readIptablesSave(text, 'ipv4', 'iptables-nft'),
          readIptablesSave(filter(`-A INPUT ${text} -j DROP`), 'ipv4', 'iptables-legacy'),
          nftInput([expr as object[], [match(expr[0], expr[1]), drop]]),
        ];
        readIpsets(text);
        const judgement = judgePacket(rulesets, advert);
        expect(['accept', 'drop', 'reject', 'unknown']).toContain(judgement.outcome);
      }),
    );
  });

  it('never judges differently when an unrelated tcp rule is added', () => {
    const words = fc.constantFrom(
      '-p 112',
      '-d 224.0.0.18',
      '-i eth0',
      '-m ttl --ttl-eq 255',
      '-s 10.78.0.12',
      '! -i lo',
    );
    fc.assert(
      fc.property(
        fc.array(words, { minLength: 1, maxLength: 4 }),
        fc.constantFrom('ACCEPT', 'DROP'),
        (conditions, target) => {
          const rule = `-A INPUT ${conditions.join(' ')} -j ${target}`;
          const alone = judgePacket([legacy(rule)], advert);
          const together = judgePacket([legacy('-A INPUT -p tcp -m tcp --dport 22 -j DROP', rule)], advert);
          expect(together.outcome).toBe(alone.outcome);
        },
      ),
    );
  });
});
