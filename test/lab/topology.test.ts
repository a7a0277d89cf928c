/** Topologies, faults and their configuration texts as data: needs no root and boots nothing. */
import { describe, expect, it } from 'vitest';
import { faults } from '../../src/lab/faults/index.ts';
import { renderConf } from '../../src/lab/keepalived-conf.ts';
import { runLab } from '../../src/lab/lab-command.ts';
import { defaultOwner, labNames, ownerFrom } from '../../src/lab/names.ts';
import { findTopology, topologies } from '../../src/lab/topology.ts';

describe('topologies', () => {
  it('are at least eight, with unique ids, names and addresses', () => {
    expect(topologies.length).toBeGreaterThanOrEqual(8);
    expect(new Set(topologies.map((topology) => topology.id)).size).toBe(topologies.length);
    for (const { nodes } of topologies) {
      expect(new Set(nodes.map((plan) => plan.name)).size).toBe(nodes.length);
      expect(new Set(nodes.flatMap((plan) => [plan.managementIp, plan.segmentIp])).size).toBe(
        2 * nodes.length,
      );
    }
  });

  it('agree on VRID, version, interval, VIPs and password between their nodes, and differ in priority', () => {
    for (const { nodes } of topologies) {
      const sameOnAll = nodes.map((plan) =>
        plan.conf.instances.map(({ name, vrid, version, advertIntervalMs, vips, auth }) =>
          JSON.stringify({ name, vrid, version, advertIntervalMs, vips, auth }),
        ),
      );
      expect(new Set(sameOnAll.map((each) => each.join())).size).toBe(1);
      for (const index of nodes[0]?.conf.instances.keys() ?? [])
        expect(new Set(nodes.map((plan) => plan.conf.instances[index]?.priority)).size).toBe(nodes.length);
    }
  });

  it('write deployment 1 as its users do', () => {
    const conf = findTopology('three')?.nodes[0]?.conf;
    expect(conf && renderConf(conf)).toBe(
      [
        'vrrp_instance VI_1 {',
        '    state MASTER',
        '    interface eth1',
        '    virtual_router_id 101',
        '    priority 100',
        '    advert_int 1',
        '    virtual_ipaddress {',
        '        10.77.0.5',
        '    }',
        '}',
        '',
      ].join('\n'),
    );
  });

  it('list each other as unicast peers, and never themselves', () => {
    const nodes = findTopology('unicast')?.nodes ?? [];
    expect(nodes.map((plan) => plan.conf.instances[0]?.unicast)).toEqual([
      { sourceIp: '10.77.0.11', peers: ['10.77.0.12', '10.77.0.13'] },
      { sourceIp: '10.77.0.12', peers: ['10.77.0.11', '10.77.0.13'] },
      { sourceIp: '10.77.0.13', peers: ['10.77.0.11', '10.77.0.12'] },
    ]);
  });
});

describe('faults', () => {
  it('have unique ids and variants, and name topologies that exist', () => {
    expect(new Set(faults.map((fault) => fault.id)).size).toBe(faults.length);
    for (const fault of faults) {
      expect(new Set(fault.variants).size).toBe(fault.variants.length);
      for (const id of fault.topologies ?? [])
        expect(findTopology(id), `${fault.id} on ${id}`).not.toBeNull();
    }
  });

  it('change some node’s configuration on every topology they claim, when they are about configuration', () => {
    for (const fault of faults.filter((each) => each.conf))
      for (const topology of topologies.filter(({ id }) => fault.topologies?.includes(id) ?? true)) {
        const [, target] = topology.nodes;
        if (!target) throw new Error(`${topology.id} has one node only`);
        const changed = fault.variants.filter((variant) =>
          topology.nodes.some((plan) => {
            const role = plan === target ? 'target' : 'other';
            const conf = fault.conf?.(plan.conf, { plan, role, target, variant });
            return conf && renderConf(conf) !== renderConf(plan.conf);
          }),
        );
        expect(changed.length, `${fault.id} on ${topology.id}`).toBeGreaterThan(0);
      }
  });
});

describe('names', () => {
  it('carry the owner, so that no owner’s prefix begins another’s', () => {
    const prefixes = ['a', 'a-b', 'a_b', 'ab'].map((name) => labNames(ownerFrom(name)).prefix);
    expect(prefixes).toEqual(['vd-a-', 'vd-a_b-', 'vd-a_b-', 'vd-ab-']);
    expect(prefixes.filter((prefix) => prefix.startsWith('vd-a-'))).toEqual(['vd-a-']);
    expect(ownerFrom('../../etc')).toMatch(/^[a-z0-9_]+$/);
    expect(defaultOwner('/somewhere')).not.toBe(defaultOwner('/elsewhere'));
  });
});

describe('lab list', () => {
  it('prints topologies, faults with their variants, and what is up as one JSON document', async () => {
    const lines: string[] = [];
    expect(await runLab({ action: 'list', format: 'json' }, (line) => void lines.push(line))).toEqual({
      exitCode: 0,
    });
    const document = JSON.parse(lines.join('\n'));
    expect(document).toMatchObject({ schemaVersion: 1, kind: 'lab-list' });
    expect(document.topologies).toHaveLength(topologies.length);
    expect(document.faults).toHaveLength(faults.length);
    expect(Array.isArray(document.running)).toBe(true);
  });
});
