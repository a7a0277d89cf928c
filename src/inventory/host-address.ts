// `[user@]host[:port]` as people type it, IPv6 included. It does not resolve names.

export interface HostAddress {
  readonly user?: string;
  readonly host: string;
  readonly port?: number;
}

export type ParsedHost =
  | { readonly kind: 'host'; readonly host: HostAddress }
  | { readonly kind: 'bad'; readonly reason: string };

export function parseHostAddress(given: string): ParsedHost {
  const text = given
    .trim()
    .replace(/^ssh:\/\//, '')
    .replace(/\/$/, '');
  // The last one: a user name of a directory service may hold an @ of its own.
  const at = text.lastIndexOf('@');
  const user = at < 0 ? undefined : text.slice(0, at);
  const rest = text.slice(at + 1);
  if (user === '') return bad(given, 'the user name before @ is missing');
  const split = splitPort(rest);
  if (split === undefined) return bad(given, 'an IPv6 address with a port is written [ADDRESS]:PORT');
  const { host, port: portText } = split;
  if (host === '') return bad(given, 'the host is missing');
  // A leading dash would be an option to ssh; white space or quotes are typing errors at best.
  if (host.startsWith('-') || user?.startsWith('-'))
    return bad(given, 'a host or user cannot start with a dash');
  if (!/^[A-Za-z0-9_.:%-]+$/.test(host) && !/^[\p{L}\p{N}_.-]+$/u.test(host)) {
    return bad(given, 'the host holds characters that no host name has');
  }
  if (user !== undefined && /[\s'"`$;|&<>()\\\x00-\x1f]/.test(user)) {
    return bad(given, 'the user name holds characters that no login has');
  }
  const port = portText === undefined ? undefined : readPort(portText);
  if (portText !== undefined && port === undefined)
    return bad(given, `${portText || 'an empty word'} is not a port (1–65535)`);
  return {
    kind: 'host',
    host: { host, ...(user !== undefined ? { user } : {}), ...(port !== undefined ? { port } : {}) },
  };
}

export function readPort(text: string): number | undefined {
  if (!/^\d{1,5}$/.test(text)) return undefined;
  const port = Number(text);
  return port >= 1 && port <= 65535 ? port : undefined;
}

function splitPort(text: string): { readonly host: string; readonly port?: string } | undefined {
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(text);
  if (bracketed) {
    const [, host = '', port] = bracketed;
    return port === undefined ? { host } : { host, port };
  }
  if (text.includes('[') || text.includes(']')) return undefined;
  const colons = text.split(':').length - 1;
  // More than one colon: an IPv6 address as it is, which can have no port.
  if (colons !== 1) return { host: text };
  const [host = '', port = ''] = text.split(':');
  return { host, port };
}

const bad = (given: string, reason: string): ParsedHost => ({
  kind: 'bad',
  reason: `${JSON.stringify(given)} is not a host: ${reason}`,
});
