// The % tokens and the tilde of ssh_config(5), TOKENS, in the names of files.

export interface Tokens {
  readonly home: string;
  readonly localUser: string;
  readonly localHost: string;
  /** HostName. */
  readonly host: string;
  /** As the user typed it. */
  readonly original: string;
  readonly port: number;
  readonly remoteUser: string;
}

export function expandSshPath(text: string, tokens: Tokens): string {
  const values: Readonly<Record<string, string>> = {
    '%': '%',
    d: tokens.home,
    h: tokens.host,
    l: tokens.localHost,
    L: tokens.localHost.split('.')[0] ?? tokens.localHost,
    n: tokens.original,
    p: String(tokens.port),
    r: tokens.remoteUser,
    u: tokens.localUser,
  };
  return expandHome(text, tokens.home)
    .replace(/\$\{HOME\}/g, tokens.home)
    .replace(/%(.)/g, (whole, letter: string) => values[letter] ?? whole);
}

export function expandHome(path: string, home: string): string {
  return path === '~' || path.startsWith('~/') ? `${home}${path.slice(1)}` : path;
}
