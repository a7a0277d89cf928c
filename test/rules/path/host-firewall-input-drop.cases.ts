import { unknown } from '../../../src/evidence/reading.ts';
import { hostFirewallInputDrop } from '../../../src/rules/path/host-firewall-input-drop.ts';
import {
  alsoMaster,
  changeHost,
  climbs,
  dropRule,
  filters,
  healthy,
  lostInKernel,
  lostOnNetwork,
  situation,
} from '../model-builder.ts';
import type { RuleCases } from '../rule-cases.ts';

const silentRule = (text: string) => {
  const { counter: _, ...rule } = dropRule({ text });
  return rule;
};

export const cases: RuleCases = {
  rule: hostFirewallInputDrop,
  fires: [
    {
      name: 'an nft rule on n2 drops the adverts of n1',
      model: situation(
        alsoMaster('n2'),
        lostInKernel('n1', 'n2'),
        filters('n2', 'n1', {
          outcome: 'drop',
          decidedBy: dropRule(),
          remedy: { text: 'Delete the rule.', commands: ['nft delete rule inet filter input handle 7'] },
        }),
      ),
      nodes: [['n2']],
      evidence: /inet filter input handle 7: ip protocol 112 .*\[counter 40 → 44 packets\]/,
      says: /n2's firewall drops VRRP from n1/,
      severity: 'critical',
    },
    {
      name: 'a drop policy without counter, proven by the witness alone',
      model: situation(
        alsoMaster('n2'),
        lostInKernel('n1', 'n2'),
        filters('n2', 'n1', { outcome: 'drop', decidedBy: { ...silentRule('policy drop'), kind: 'policy' } }),
      ),
      nodes: [['n2']],
      evidence: /arrived 4, delivered 0/,
      says: /policy of inet filter input/,
    },
    {
      name: 'a rule that could not be evaluated, whose counter rises with the adverts',
      model: situation(
        alsoMaster('n2'),
        lostInKernel('n1', 'n2'),
        filters('n2', 'n1', {
          outcome: 'unknown',
          candidates: [dropRule({ text: 'xt match "bpf" counter drop' })],
          uncertain: ['match bpf'],
        }),
      ),
      nodes: [['n2']],
      evidence: /xt match "bpf"/,
      says: /its counter rose by 4 while these adverts were lost/,
    },
    {
      name: 'the only rule left, without a counter',
      model: situation(
        alsoMaster('n2'),
        lostInKernel('n1', 'n2'),
        filters('n2', 'n1', {
          outcome: 'unknown',
          candidates: [silentRule('meta cgroup 5 drop')],
          uncertain: ['meta cgroup'],
        }),
      ),
      nodes: [['n2']],
      evidence: /meta cgroup 5 drop/,
      says: /only rule that may drop them/,
    },
    {
      name: 'it counted later than the ears heard, and nothing else is left',
      model: situation(
        alsoMaster('n2'),
        lostInKernel('n1', 'n2'),
        climbs('n1', 'n2', { arrived: 22 }),
        filters('n2', 'n1', {
          outcome: 'unknown',
          candidates: [
            dropRule({ text: 'tcp option 5 drop', handle: 6, counter: { before: 9, after: 9 } }),
            dropRule({ text: 'meta hour "00:00"-"23:59" counter drop', counter: { before: 13, after: 31 } }),
          ],
          uncertain: ['meta hour depends on the moment'],
        }),
      ),
      nodes: [['n2']],
      evidence: /meta hour .*\[counter 13 → 31 packets\]/,
      says: /its counter rose by 18/,
    },
    {
      name: 'a rule that drops by chance, before any was seen to be lost',
      model: situation(
        filters('n2', 'n1', {
          outcome: 'unknown',
          candidates: [silentRule('meta l4proto 112 numgen random mod 3 0 drop')],
          uncertain: ['numgen random mod 3'],
        }),
      ),
      nodes: [['n2']],
      evidence: /numgen random mod 3 0 drop/,
      says: /n2's firewall drops some of the VRRP from n1/,
      severity: 'medium',
    },
    {
      name: 'a limit that lets some adverts in, and n2 still hears enough of them',
      model: situation(
        climbs('n1', 'n2', { lostAt: 'receiver-kernel', loss: 'some', arrived: 8, delivered: 3 }),
        filters('n2', 'n1', {
          outcome: 'unknown',
          candidates: [dropRule({ counter: { before: 10, after: 15 } })],
          uncertain: ['limit'],
        }),
      ),
      nodes: [['n2']],
      evidence: /arrived 8, delivered 3/,
      says: /drops some of the VRRP/,
      severity: 'medium',
    },
    {
      name: 'the same once n2 has taken over',
      model: situation(
        alsoMaster('n2'),
        climbs('n1', 'n2', { lostAt: 'receiver-kernel', loss: 'some', arrived: 8, delivered: 3 }),
        filters('n2', 'n1', {
          outcome: 'unknown',
          candidates: [dropRule({ counter: { before: 10, after: 15 } })],
          uncertain: ['limit'],
        }),
      ),
      nodes: [['n2']],
      evidence: /arrived 8, delivered 3/,
      severity: 'critical',
    },
    {
      name: 'latent: nobody sends to the MASTER now',
      model: situation(filters('n1', 'n2', { outcome: 'drop', decidedBy: dropRule() })),
      nodes: [['n1']],
      evidence: /handle 7/,
      says: /n1 will not hear n2/,
      severity: 'high',
    },
    {
      name: 'latent behind a loss on the network',
      model: situation(
        alsoMaster('n2'),
        lostOnNetwork('n1', 'n2'),
        filters('n2', 'n1', { outcome: 'reject', decidedBy: dropRule({ text: 'reject' }) }),
      ),
      nodes: [['n2']],
      evidence: /reject/,
      severity: 'high',
    },
    {
      name: 'one rule for two peers is one finding',
      model: situation(
        alsoMaster('n2'),
        lostInKernel('n1', 'n2'),
        filters('n2', 'n1', { outcome: 'drop', decidedBy: dropRule() }),
        filters('n2', 'n3', { outcome: 'drop', decidedBy: dropRule() }),
      ),
      nodes: [['n2']],
      evidence: /n1 → n2/,
      says: /n1 and n3/,
      severity: 'critical',
    },
    {
      name: 'n2 has neither ear nor witness, and made itself MASTER',
      model: situation(
        alsoMaster('n2'),
        climbs('n1', 'n2', {
          arrived: 'unknown',
          delivered: 'unknown',
          accepted: 'unknown',
          loss: 'unknown',
        }),
        filters('n2', 'n1', { outcome: 'drop', decidedBy: dropRule() }),
      ),
      nodes: [['n2']],
      evidence: /arrived \?, delivered \?/,
      says: /n2's firewall drops VRRP from n1/,
      severity: 'critical',
    },
  ],
  silent: [
    { name: 'healthy', model: healthy() },
    {
      name: 'judged a drop, but the witness shows delivery',
      model: situation(filters('n2', 'n1', { outcome: 'drop', decidedBy: dropRule() })),
    },
    {
      name: 'lost in the kernel although the firewall accepts',
      model: situation(alsoMaster('n2'), lostInKernel('n1', 'n2')),
    },
    {
      name: 'a rule that drops by chance, and its counter rests: other packets',
      model: situation(
        filters('n2', 'n1', {
          outcome: 'unknown',
          candidates: [
            dropRule({ text: 'numgen random mod 3 0 counter drop', counter: { before: 7, after: 7 } }),
          ],
          uncertain: ['numgen'],
        }),
      ),
    },
    {
      name: 'unknown judgement while everything is delivered',
      model: situation(
        filters('n2', 'n1', { outcome: 'unknown', candidates: [dropRule()], uncertain: ['match bpf'] }),
      ),
    },
  ],
  unjudged: [
    {
      name: 'unknown judgement, the candidate counts something else',
      model: situation(
        alsoMaster('n2'),
        lostInKernel('n1', 'n2'),
        filters('n2', 'n1', {
          outcome: 'unknown',
          candidates: [dropRule({ counter: { before: 40, after: 40 } })],
          uncertain: ['match bpf'],
        }),
      ),
      reason: /n2: what its rules do with VRRP from n1 could not be told/,
    },
    {
      name: 'the rules of a host could not be read',
      model: situation(changeHost('n2', { firewall: unknown('nft needs root') })),
      reason: /n2: nft needs root/,
    },
  ],
};
