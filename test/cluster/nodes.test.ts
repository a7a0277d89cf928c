// What recorded nodes tell when a part of it is missing: a keepalived that was being restarted while it was looked
// for, and one that is frozen and has logged nothing.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildCluster } from '../../src/cluster/build.ts';
import type { ClusterModel } from '../../src/cluster/model.ts';
import type { Answer, Bundle } from '../../src/evidence/bundle.ts';
import { readBundle } from '../../src/evidence/bundle-folder.ts';

const recorded = async (name: string): Promise<Bundle> => {
  const bundle = await readBundle(join(import.meta.dirname, '../../fixtures/bundles', name));
  if (bundle.kind !== 'check') throw new Error(`${name} is not the recording of a check`);
  return bundle;
};

/** The same recording with other answers of one node; undefined leaves one out. */
const withAnswers = (
  bundle: Bundle,
  name: string,
  change: (answer: Answer) => Answer | undefined,
): ClusterModel =>
  buildCluster({
    ...bundle,
    nodes: bundle.nodes.map((node) =>
      node.node === name ? { ...node, answers: node.answers.flatMap((one) => change(one) ?? []) } : node,
    ),
  });

const healthy = await recorded('healthy-three');
const stalled = await recorded('vrrp-stalled');

const processesOf = (model: ClusterModel, name: string) =>
  model.nodes.find((node) => node.name === name)?.processes;
const stateOf = (model: ClusterModel, name: string) =>
  model.instances.find((instance) => instance.node === name)?.running;

const noProcess = (answer: Answer): Answer =>
  answer.probe === 'processes' ? { ...answer, text: '' } : answer;

test('no process when it was looked for, and its sockets at the end: it was being restarted', () => {
  expect(processesOf(withAnswers(healthy, 'n2', noProcess), 'n2')).toEqual({
    kind: 'unknown',
    reason: 'keepalived was being restarted while it was looked for',
  });
});

test('no process and no sockets at the end: it does not run', () => {
  const gone = withAnswers(healthy, 'n2', (answer) =>
    answer.probe === 'sockets' && answer.round === 'after' ? { ...answer, text: '' } : noProcess(answer),
  );
  expect(processesOf(gone, 'n2')).toEqual({ kind: 'known', value: [] });
});

const frozen = stalled.nodes.find(({ node }) => {
  const processes = processesOf(buildCluster(stalled), node);
  return processes?.kind === 'known' && processes.value.some(({ vrrpRunState }) => vrrpRunState === 'T');
})?.node;

test('a frozen MASTER that has logged nothing is known by the VIP it keeps', () => {
  if (frozen === undefined) throw new Error('nobody is frozen in this recording');
  const silent = withAnswers(stalled, frozen, (answer) =>
    answer.probe === 'log' || answer.probe === 'state-dump' ? undefined : answer,
  );
  expect(stateOf(silent, frozen)).toEqual({
    kind: 'known',
    value: { state: 'MASTER', source: 'addresses-and-adverts' },
  });
});

test('a frozen node without the VIP is no MASTER', () => {
  if (frozen === undefined) throw new Error('nobody is frozen in this recording');
  const silent = withAnswers(stalled, frozen, (answer) => {
    if (answer.probe === 'log' || answer.probe === 'state-dump') return undefined;
    return answer.probe === 'addresses'
      ? { ...answer, text: answer.text.replaceAll('10.77.0.5', '10.77.0.250') }
      : answer;
  });
  expect(stateOf(silent, frozen)).not.toMatchObject({ value: { state: 'MASTER' } });
});
