// Which rule keeps ARP about an address inside: nft's arp family and egress, as `nft -j` prints them.
import { describe, expect, it } from 'vitest';
import { findArpDrop } from '../../src/netfilter/arp-out.ts';
import { readNftJson } from '../../src/netfilter/nft-json.ts';

const about = { interface: 'eth1', address: '10.77.0.5' };

const match = (left: object, right: unknown, op = '==') => ({ match: { op, left, right } });
const arp = (field: string) => ({ payload: { protocol: 'arp', field } });

const ruleset = (
  chain: { readonly family: string; readonly hook: string; readonly policy?: string; readonly dev?: string },
  ...rules: readonly (readonly object[])[]
) =>
  readNftJson(
    JSON.stringify({
      nftables: [
        { metainfo: { version: '1.0.6', json_schema_version: 1 } },
        { table: { family: chain.family, name: 't', handle: 1 } },
        {
          chain: {
            family: chain.family,
            table: 't',
            name: 'c',
            handle: 1,
            type: 'filter',
            hook: chain.hook,
            prio: 0,
            policy: chain.policy ?? 'accept',
            ...(chain.dev === undefined ? {} : { dev: chain.dev }),
          },
        },
        ...rules.map((expr, at) => ({
          rule: { family: chain.family, table: 't', chain: 'c', handle: at + 2, expr },
        })),
      ],
    }),
    '',
  ).tables;

const drop = { drop: null };
const output = { family: 'arp', hook: 'output' };
const egress = { family: 'netdev', hook: 'egress', dev: 'eth1' };

describe('ARP about a VIP on its way out', () => {
  it('is dropped by a rule about its sender, on output and on egress', () => {
    expect(findArpDrop(ruleset(output, [match(arp('saddr ip'), '10.77.0.5'), drop]), about)).toMatchObject({
      family: 'arp',
      handle: 2,
    });
    expect(findArpDrop(ruleset(egress, [match(arp('saddr ip'), '10.77.0.5'), drop]), about)).toMatchObject({
      family: 'netdev',
      hook: 'egress',
    });
  });

  it('is dropped by a policy, and by a rule for one operation', () => {
    expect(findArpDrop(ruleset({ ...output, policy: 'drop' }), about)).toMatchObject({ kind: 'policy' });
    expect(findArpDrop(ruleset(output, [match(arp('operation'), 'reply'), drop]), about)).toBeDefined();
  });

  it('passes rules about others, other interfaces, and what was accepted before', () => {
    expect(findArpDrop(ruleset(output, [match(arp('saddr ip'), '10.77.0.6'), drop]), about)).toBeUndefined();
    expect(
      findArpDrop(ruleset(output, [match(arp('saddr ip'), '10.77.0.5', '!='), drop]), about),
    ).toBeUndefined();
    expect(
      findArpDrop(ruleset(output, [match({ meta: { key: 'oifname' } }, 'eth0'), drop]), about),
    ).toBeUndefined();
    expect(findArpDrop(ruleset({ ...output, policy: 'drop' }, [{ accept: null }]), about)).toBeUndefined();
    expect(
      findArpDrop(ruleset({ ...egress, dev: 'eth0' }, [match(arp('saddr ip'), '10.77.0.5'), drop]), about),
    ).toBeUndefined();
    expect(findArpDrop(ruleset({ family: 'arp', hook: 'input' }, [drop]), about)).toBeUndefined();
  });

  it('is not said to be dropped by what cannot be evaluated, nor by what is not about ARP', () => {
    expect(findArpDrop(ruleset(output, [match(arp('saddr ip'), '@vips'), drop]), about)).toBeUndefined();
    expect(findArpDrop(ruleset(egress, [drop]), about)).toBeUndefined();
  });
});
