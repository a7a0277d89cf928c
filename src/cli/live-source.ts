// From a request to the nodes a session talks to: the inventory resolved, every node with a way to connect, the
// observer chosen. It connects to nothing itself.
import { access, constants } from 'node:fs/promises';
import type { LiveNode, LiveSource } from '../collect/collect.ts';
import type { Inventory, InventoryNode, InventoryProblem } from '../inventory/inventory.ts';
import { resolveInventory } from '../inventory/resolve.ts';
import { type ConnectOptions, connectNode } from '../transport/connect.ts';
import { queuePrompt, shareSudoPassword } from '../transport/prompting.ts';
import type { Prompt } from '../transport/transport.ts';
import type { CheckRequest, LiveTarget } from './check-options.ts';
import { OperationError, UsageError } from './faults.ts';
import { keepYoungMemorySmall } from './young-memory.ts';

const problemWords = ({ file, line, message }: InventoryProblem): string =>
  `${file}${line === undefined ? '' : `:${line}`}: ${message}`;

const connectOptions = (request: CheckRequest, ask: Prompt | undefined): ConnectOptions => {
  const prompt = ask === undefined ? undefined : queuePrompt(ask);
  const agentSocket = process.env.SSH_AUTH_SOCK;
  return {
    via: request.transport,
    timeoutMs: request.timeoutMs,
    ...(request.hostKeyPolicy === undefined ? {} : { hostKeyChecking: request.hostKeyPolicy }),
    ...(prompt === undefined ? {} : { prompt }),
    ...(prompt === undefined || request.sudoPassword === 'none'
      ? {}
      : { sudoPassword: shareSudoPassword(prompt) }),
    ...(agentSocket === undefined || agentSocket === '' ? {} : { agentSocket }),
  };
};

const liveNode = (node: InventoryNode, options: ConnectOptions): LiveNode => ({
  name: node.name,
  address: node.address,
  connect: () => connectNode(node, options),
});

const resolve = (request: CheckRequest, target: LiveTarget): Promise<Inventory> =>
  resolveInventory({
    hosts: target.hosts,
    identities: request.identities,
    ...(target.inventoryPath === undefined ? {} : { file: target.inventoryPath }),
    ...(target.group === undefined ? {} : { group: target.group }),
    ...(request.user === undefined ? {} : { user: request.user }),
    ...(request.jump === undefined ? {} : { jump: request.jump.split(',').map((hop) => hop.trim()) }),
    ...(request.knownHostsPath === undefined ? {} : { knownHostsFiles: [request.knownHostsPath] }),
  });

/** What the command line says, else what the inventory says, else this machine if it has a leg in the segment. */
const chooseObserver = async (
  request: CheckRequest,
  inventory: Inventory,
  options: ConnectOptions,
): Promise<LiveSource['observer']> => {
  const where = request.observer ?? inventory.observer?.where ?? 'local';
  const interfaceName = request.observerInterface ?? inventory.observer?.interface;
  const onInterface = interfaceName === undefined ? {} : { interface: interfaceName };
  if (where === 'none') return { kind: 'none', reason: 'no observer was wanted (--observer none)' };
  if (where === 'local') return { kind: 'local', ...onInterface };
  const listed = inventory.nodes.find((node) => node.name === where);
  const node = listed ?? (await resolve(request, { kind: 'live', hosts: [where] })).nodes[0];
  if (node === undefined)
    throw new UsageError(`--observer takes a host, local or none: "${where}" is none of them`);
  return { kind: 'host', name: where, connect: () => connectNode(node, options), ...onInterface };
};

/** @throws {UsageError | OperationError} when it is not clear who the nodes are, or they cannot be reached from here */
export const openLiveSource = async (
  request: CheckRequest,
  target: LiveTarget,
  ask: Prompt | undefined,
): Promise<{ readonly source: LiveSource; readonly notes: readonly string[] }> => {
  keepYoungMemorySmall();
  if (request.sudoPassword === 'ask' && ask === undefined)
    throw new UsageError(
      '--ask-sudo-pass needs a terminal to ask on: give the login sudo without a password',
    );
  for (const file of request.identities)
    await access(file, constants.R_OK).catch(() => {
      throw new UsageError(`--identity ${file}: there is no such file that can be read`);
    });
  const inventory = await resolve(request, target);
  const errors = inventory.problems.filter((problem) => problem.severity === 'error');
  if (errors.length > 0) throw new UsageError(errors.map(problemWords).join('\n'));
  if (inventory.nodes.length === 0)
    throw new OperationError('there are no nodes to check: name them, or look at the inventory');
  const options = connectOptions(request, ask);
  return {
    notes: inventory.problems.map(problemWords),
    source: {
      kind: 'live',
      nodes: inventory.nodes.map((node) => liveNode(node, options)),
      observer: await chooseObserver(request, inventory, options),
      listenLimitMs: request.listenMs,
      askLimitMs: request.timeoutMs,
    },
  };
};
