// The contract of this room: a way to run commands on one node. It knows what can come back (a refusal, a
// timeout and a lost connection are values, never exceptions) and not how any particular transport does it.

export type CommandExit =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: string }
  | { readonly kind: 'timeout'; readonly afterMs: number }
  /** The connection went away, the command could not be started, or it was cut off for printing too much. */
  | { readonly kind: 'lost'; readonly reason: string };

/** Which output was longer than the bound and lacks its end. */
export type Truncated = 'no' | 'stdout' | 'stderr' | 'both';

export interface CommandEnd {
  readonly exit: CommandExit;
  /** At most `STDERR_LIMIT_BYTES`. */
  readonly stderr: Uint8Array;
  readonly truncated: Truncated;
  /** Wall clock of this machine, ms since the epoch. */
  readonly startedAtMs: number;
  readonly durationMs: number;
}

export interface CommandResult extends CommandEnd {
  /** As asked for: without what sudo or the transport put around it. */
  readonly command: string;
  readonly stdout: Uint8Array;
}

export interface RunOptions {
  /**
   * Written, then closed. Without it stdin stays open and silent until the command ends, which is what a
   * command under `withLifeline` listens on; a command that reads stdin wants `stdin: ''`.
   */
  readonly stdin?: string | Uint8Array;
  /** Default for `run`: 30 s. A stream has none unless given. */
  readonly timeoutMs?: number;
  /** Bound of stdout; past it the command is cut off. Default for `run`: 8 MiB. A stream has none unless given. */
  readonly maxBytes?: number;
}

export interface Stream {
  /** Ends when the command closes its output, however it ended; never throws. Leaving the loop early kills the command. */
  readonly stdout: AsyncIterable<Uint8Array>;
  write(text: string): void;
  /** Closes stdin of the command. */
  end(): void;
  readonly finished: Promise<CommandEnd>;
  kill(): void;
}

export type Streaming =
  | { readonly kind: 'streaming'; readonly stream: Stream }
  | { readonly kind: 'failed'; readonly failed: ConnectFailure };

export interface Transport {
  /** What the user called the node. */
  readonly node: string;
  run(command: string, options?: RunOptions): Promise<CommandResult>;
  stream(command: string, options?: Omit<RunOptions, 'stdin'>): Promise<Streaming>;
  close(): Promise<void>;
}

export interface ConnectFailure {
  readonly stage: 'resolve' | 'connect' | 'host-key' | 'authentication' | 'sudo' | 'config';
  /** One sentence for the operator. */
  readonly message: string;
  /** What to do about it. */
  readonly nextStep: string;
  readonly retryable: 'yes' | 'no';
}

/** `sudo-password`: sudo works, but wants the password for every command. */
export type Rights = 'root' | 'sudo' | 'sudo-password' | 'none';

export interface ConnectionFacts {
  readonly via: 'ssh2' | 'system-ssh' | 'local' | 'recording';
  readonly user: string;
  readonly rights: Rights;
  /** Why there are no rights, when there are none. */
  readonly rightsProblem?: ConnectFailure;
  /** Address and port the connection really goes to; absent where the transport cannot tell. */
  readonly remoteAddress?: string;
  readonly localAddress?: string;
  /** `SHA256:…` as OpenSSH prints it. */
  readonly hostKeyFingerprint?: string;
  /** What the operator should hear about how the connection came to be. */
  readonly notes: readonly string[];
}

export type Connected =
  | { readonly kind: 'connected'; readonly transport: Transport; readonly facts: ConnectionFacts }
  | { readonly kind: 'failed'; readonly failure: ConnectFailure };

/** One question to the person at the terminal; `undefined` means there was no answer. */
export type Prompt = (question: PromptQuestion) => Promise<string | undefined>;

export interface PromptQuestion {
  readonly kind: 'password' | 'passphrase' | 'keyboard-interactive' | 'host-key' | 'sudo-password';
  /** What the user called the node the question is about. */
  readonly node: string;
  /** May hold text from the server: escape it before it reaches a terminal. */
  readonly text: string;
  readonly echo: 'on' | 'off';
}
