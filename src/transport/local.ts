// The Transport to the machine vipdoctor runs on: its own `sh`. No connection, no keys.
import { userInfo } from 'node:os';
import type { BecomeOptions } from './become.ts';
import { become } from './become.ts';
import { startChild } from './child.ts';
import { openStream, rememberRunning, runToEnd } from './running.ts';
import type { Connected, Transport } from './transport.ts';

export interface LocalOptions {
  /** What the user calls this machine. */
  readonly node: string;
  readonly sudoPassword?: BecomeOptions['sudoPassword'];
}

export async function connectLocal(options: LocalOptions): Promise<Connected> {
  const user = userInfo().username;
  const { node, sudoPassword } = options;
  const here = rememberRunning((command) => startChild(['sh', '-c', command], { purpose: 'this machine' }));
  const became = await become(here.start, { node, user, ...(sudoPassword ? { sudoPassword } : {}) });
  const transport: Transport = {
    node,
    run: (command, runOptions) => runToEnd(became.start, command, runOptions),
    stream: (command, streamOptions) => openStream(became.start, command, streamOptions),
    close: () => here.killAll(),
  };
  return {
    kind: 'connected',
    transport,
    facts: {
      via: 'local',
      user,
      rights: became.rights,
      notes: [],
      ...(became.problem ? { rightsProblem: became.problem } : {}),
    },
  };
}
