// The two hosts of the recordings made from fixtures/selinux, and where their texts lie. Facts only.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');
const source = join(root, 'fixtures/selinux');
export const read = (...path: readonly string[]): string => readFileSync(join(source, ...path), 'utf8');
export const ruleset = (name: string): string =>
  readFileSync(join(root, 'fixtures/netfilter', `${name}.json`), 'utf8');

export const noRules =
  '{"nftables": [{"metainfo": {"version": "1.0.6", "release_name": "Lester Gooch #5", "json_schema_version": 1}}]}\n';
export const vip = '10.78.0.100';
export const vm = {
  name: 'sel1',
  address: '10.78.0.11',
  mac: '52:54:00:78:00:11',
  linkLocal: 'fe80::5054:ff:fe78:11',
};
export const peer = {
  name: 'sel2',
  address: '10.78.0.12',
  mac: '4a:2c:41:f3:c4:6d',
  linkLocal: 'fe80::482c:41ff:fef3:c46d',
};
export type Host = typeof vm;
