// What a machine needs so that vipdoctor can do its work on it, judged from facts that were gathered elsewhere. Pure:
// it knows which package brings what, and looks nowhere itself.

export type PackageManager = 'apt' | 'dnf' | 'apk' | 'brew' | 'unknown';

export interface MachineFacts {
  readonly platform: string;
  /** `process.versions.node`. */
  readonly nodeVersion: string;
  readonly packageManager: PackageManager;
  readonly effectiveUser: 'root' | 'other';
  /** Programs found on the path, with theirs. */
  readonly programs: ReadonlyMap<string, string>;
  readonly agent:
    | { readonly kind: 'keys'; readonly count: number }
    | { readonly kind: 'none'; readonly reason: string };
  readonly capModule: { readonly kind: 'loads' } | { readonly kind: 'fails'; readonly reason: string };
  /** Effective capabilities of this process (CapEff); undefined where the system has none. */
  readonly capabilities: bigint | undefined;
  readonly sudo: 'root' | 'without-password' | 'with-password-or-not-at-all' | 'missing';
}

export interface Ability {
  readonly name: string;
  readonly state: 'ready' | 'limited' | 'missing';
  readonly detail: string;
  /** Command that brings what is missing. */
  readonly fix?: string;
  /** What vipdoctor needs it for. */
  readonly usedFor: string;
}

const oldestNode = [20, 19] as const;
const CAP_NET_RAW = 13n;

const packageNames: Readonly<Record<string, Partial<Record<PackageManager, string>>>> = {
  tcpdump: { apt: 'tcpdump', dnf: 'tcpdump', apk: 'tcpdump', brew: 'tcpdump' },
  ssh: { apt: 'openssh-client', dnf: 'openssh-clients', apk: 'openssh-client', brew: 'openssh' },
  'systemd-nspawn': { apt: 'systemd-container', dnf: 'systemd-container' },
  mmdebstrap: { apt: 'mmdebstrap', dnf: 'mmdebstrap' },
  ip: { apt: 'iproute2', dnf: 'iproute', apk: 'iproute2' },
  nft: { apt: 'nftables', dnf: 'nftables', apk: 'nftables' },
};

const installers: Record<PackageManager, string | undefined> = {
  apt: 'sudo apt-get install -y',
  dnf: 'sudo dnf install -y',
  apk: 'sudo apk add',
  brew: 'brew install',
  unknown: undefined,
};

/** The command that installs programs; undefined where this machine has no package for one of them. */
export const installCommand = (manager: PackageManager, programs: readonly string[]): string | undefined => {
  const installer = installers[manager];
  const names = programs.map((program) => packageNames[program]?.[manager]);
  if (installer === undefined || names.some((name) => name === undefined)) return undefined;
  return `${installer} ${names.join(' ')}`;
};

const withFix = (ability: Ability, fix: string | undefined): Ability =>
  fix === undefined ? ability : { ...ability, fix };

const nodeAbility = ({ nodeVersion }: MachineFacts): Ability => {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  const recent = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
  return {
    name: 'node',
    state: recent ? 'ready' : 'missing',
    detail: recent
      ? `Node.js ${nodeVersion}`
      : `Node.js ${nodeVersion} is older than ${oldestNode.join('.')}`,
    usedFor: 'everything',
  };
};

const programAbility = (facts: MachineFacts, program: string, usedFor: string): Ability => {
  const path = facts.programs.get(program);
  const ability: Ability = {
    name: program,
    state: path === undefined ? 'missing' : 'ready',
    detail: path ?? 'not installed',
    usedFor,
  };
  return path === undefined ? withFix(ability, installCommand(facts.packageManager, [program])) : ability;
};

const captureRights = (facts: MachineFacts): Ability => {
  const raw = facts.capabilities !== undefined && ((facts.capabilities >> CAP_NET_RAW) & 1n) === 1n;
  const may = raw || facts.effectiveUser === 'root';
  return {
    name: 'capture-rights',
    state: may ? 'ready' : 'limited',
    detail: may
      ? 'this process may open raw sockets'
      : 'this process may not open raw sockets (no CAP_NET_RAW): the wire is heard on the nodes only',
    usedFor: 'listening on this machine (--observer local)',
    ...(may ? {} : { fix: 'sudo vipdoctor check ...' }),
  };
};

const agentAbility = ({ agent }: MachineFacts): Ability => ({
  name: 'ssh-agent',
  state: agent.kind === 'keys' && agent.count > 0 ? 'ready' : 'limited',
  detail:
    agent.kind === 'none'
      ? agent.reason
      : agent.count > 0
        ? `${agent.count} ${agent.count === 1 ? 'key' : 'keys'}`
        : 'it holds no key',
  usedFor: 'logging in to nodes without naming a key',
  ...(agent.kind === 'keys' && agent.count > 0 ? {} : { fix: 'eval "$(ssh-agent)" && ssh-add' }),
});

const sudoAbility = ({ sudo }: MachineFacts): Ability => {
  const details: Record<MachineFacts['sudo'], string> = {
    root: 'not needed: this is root',
    'without-password': 'works without a password',
    'with-password-or-not-at-all': 'wants a password, or is not allowed',
    missing: 'not installed',
  };
  return {
    name: 'sudo',
    state: sudo === 'root' || sudo === 'without-password' ? 'ready' : 'limited',
    detail: details[sudo],
    usedFor: 'capture on this machine and the practice cluster',
  };
};

const labAbility = (facts: MachineFacts): Ability => {
  const usedFor = 'vipdoctor lab';
  if (facts.platform !== 'linux')
    return { name: 'lab', state: 'missing', detail: 'the practice cluster needs Linux', usedFor };
  const lacking = ['systemd-nspawn', 'mmdebstrap', 'ip', 'nft'].filter(
    (program) => !facts.programs.has(program),
  );
  if (lacking.length > 0)
    return withFix(
      { name: 'lab', state: 'missing', detail: `not installed: ${lacking.join(', ')}`, usedFor },
      installCommand(facts.packageManager, lacking),
    );
  return facts.effectiveUser === 'root'
    ? { name: 'lab', state: 'ready', detail: 'its programs are installed and this is root', usedFor }
    : { name: 'lab', state: 'limited', detail: 'needs root', usedFor, fix: 'sudo vipdoctor lab up' };
};

export const judgeAbilities = (facts: MachineFacts): readonly Ability[] => [
  nodeAbility(facts),
  programAbility(facts, 'ssh', 'nodes whose SSH needs more than the built-in client can do'),
  agentAbility(facts),
  {
    name: 'cap',
    state: facts.capModule.kind === 'loads' ? 'ready' : 'limited',
    detail:
      facts.capModule.kind === 'loads'
        ? 'the capture module loads'
        : `the capture module does not load (${facts.capModule.reason}): tcpdump is used instead`,
    usedFor: 'listening on this machine (--observer local)',
    ...(facts.capModule.kind === 'loads' ? {} : { fix: 'bin/setup' }),
  },
  programAbility(facts, 'tcpdump', 'listening on this machine where cap cannot'),
  captureRights(facts),
  sudoAbility(facts),
  labAbility(facts),
];
