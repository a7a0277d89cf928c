import { expect, test } from 'vitest';
import { cloudOf } from '../../src/cluster/cloud.ts';

const signs = (hardware: string, chassisTag = '', cloudId = '') => cloudOf({ hardware, chassisTag, cloudId });

test.each([
  ['Amazon EC2 t3.small', 'AWS'],
  ['Google Google Compute Engine', 'Google Cloud'],
  ['Alibaba Cloud Alibaba Cloud ECS', 'Alibaba Cloud'],
  ['DigitalOcean Droplet', 'DigitalOcean'],
  ['Hetzner vServer', 'Hetzner Cloud'],
  ['OpenStack Foundation OpenStack Nova', 'OpenStack'],
] as const)('by DMI: %s', (hardware, cloud) => {
  expect(signs(hardware)).toBe(cloud);
});

test('Azure only by its chassis tag: any Hyper-V has its vendor and product', () => {
  expect(signs('Microsoft Corporation Virtual Machine', '7783-7084-3265-9085-8269-3286-77')).toBe('Azure');
  expect(signs('Microsoft Corporation Virtual Machine', '4321-0000')).toBeUndefined();
});

test('cloud-init knows where the firmware does not say', () => {
  expect(signs('QEMU Standard PC', '', 'openstack')).toBe('OpenStack');
  expect(signs('', '', 'aws')).toBe('AWS');
  expect(signs('QEMU Standard PC', '', 'nocloud')).toBeUndefined();
});

test('a machine of one’s own is no cloud', () => {
  for (const hardware of [
    '',
    'Dell Inc. PowerEdge R640',
    'VMware, Inc. VMware7,1',
    'QEMU Standard PC',
    'Hetzner',
  ])
    expect(signs(hardware)).toBeUndefined();
});
