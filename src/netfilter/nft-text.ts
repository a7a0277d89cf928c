/**
 * An nft rule as its owner would write it, rendered from nft's JSON. Knows the spelling of statements and
 * expressions; judges nothing. What it has no words for is shown as JSON, so nothing is hidden.
 */
import { headOf, isList, isRecord, textOf } from './nft-expression.ts';
import type { Json } from './ruleset.ts';

const field = (json: Json | undefined, name: string): Json | undefined =>
  isRecord(json) ? json[name] : undefined;
const word = (json: Json | undefined): string =>
  json === undefined || json === null ? '' : typeof json === 'object' ? writeValue(json) : String(json);
const quoted = (json: Json | undefined): string => `"${word(json)}"`;
const spaced = (...parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== '').join(' ');

const bareMeta = new Set([
  'iif',
  'iifname',
  'iiftype',
  'iifgroup',
  'oif',
  'oifname',
  'oiftype',
  'oifgroup',
  'mark',
  'skuid',
  'skgid',
  'nftrace',
]);
const namedDevices = new Set(['iifname', 'oifname', 'iif', 'oif', 'ibrname', 'obrname']);

function writePayload(body: Json): string {
  const base = field(body, 'base');
  if (base !== undefined) return `@${word(base)},${word(field(body, 'offset'))},${word(field(body, 'len'))}`;
  return `${word(field(body, 'protocol'))} ${word(field(body, 'field'))}`;
}

function writeHeader(name: string, body: Json): string {
  const sub = field(body, 'field');
  const parts = [name === 'exthdr' ? word(field(body, 'name')) : `${name} ${word(field(body, 'name'))}`];
  return spaced(...parts, sub === undefined ? undefined : word(sub));
}

function writeElements(body: Json): string {
  const elements = isList(body) ? body : [body];
  const shown = elements.slice(0, 16).map((element) => {
    if (isList(element) && element.length === 2)
      return `${writeValue(element[0] ?? null)} : ${writeStatement(element[1] ?? null)}`;
    return writeValue(element);
  });
  const rest = elements.length - shown.length;
  return `{ ${shown.join(', ')}${rest > 0 ? `, … ${rest} more` : ''} }`;
}

/** An expression or a value. */
function writeValue(json: Json): string {
  if (typeof json === 'string' || typeof json === 'number') return String(json);
  if (json === null) return '';
  if (typeof json === 'boolean') return json ? 'exists' : 'missing';
  if (isList(json)) return json.map(writeValue).join(',');
  const head = headOf(json);
  if (head === undefined) return '';
  const { name, body } = head;
  switch (name) {
    case 'payload':
      return writePayload(body);
    case 'meta': {
      const key = word(field(body, 'key') ?? body);
      return bareMeta.has(key)
        ? key === 'mark' || key.startsWith('sk') || key === 'nftrace'
          ? `meta ${key}`
          : key
        : `meta ${key}`;
    }
    case 'ct':
      return spaced('ct', word(field(body, 'dir')), word(field(body, 'key')));
    case 'fib': {
      const flags = field(body, 'flags');
      return `fib ${isList(flags) ? flags.map(word).join(' . ') : word(flags)} ${word(field(body, 'result'))}`;
    }
    case 'socket':
      return `socket ${word(field(body, 'key'))}`;
    case 'rt':
      return spaced('rt', word(field(body, 'family')), word(field(body, 'key')));
    case 'exthdr':
    case 'ip option':
    case 'tcp option':
    case 'sctp chunk':
      return writeHeader(name, body);
    case 'concat':
      return isList(body) ? body.map(writeValue).join(' . ') : word(body);
    case 'set':
      return writeElements(body);
    case 'prefix':
      return `${word(field(body, 'addr'))}/${word(field(body, 'len'))}`;
    case 'range':
      return isList(body) ? body.map(writeValue).join('-') : word(body);
    case 'elem':
      return writeValue(field(body, 'val') ?? null);
    case 'map':
      return `${writeValue(field(body, 'key') ?? null)} map ${writeValue(field(body, 'data') ?? null)}`;
    case 'numgen':
      return `numgen ${word(field(body, 'mode'))} mod ${word(field(body, 'mod'))}`;
    case '&':
    case '|':
    case '^':
    case '<<':
    case '>>':
      return isList(body) ? body.map(writeValue).join(` ${name} `) : word(body);
    default:
      return JSON.stringify(json);
  }
}

function writeMatch(body: Json): string {
  const left = field(body, 'left') ?? null;
  const right = field(body, 'right') ?? null;
  const operator = word(field(body, 'op'));
  const key = textOf(field(field(left, 'meta'), 'key'));
  const isName =
    key !== undefined && namedDevices.has(key) && typeof right === 'string' && !right.startsWith('@');
  const value = isName ? quoted(right) : writeValue(right);
  return spaced(writeValue(left), operator === '==' || operator === 'in' ? undefined : operator, value);
}

function writeLimit(body: Json): string {
  if (typeof body === 'string') return `limit name "${body}"`;
  const over = field(body, 'inv') === true ? 'over ' : '';
  const unit = field(body, 'rate_unit');
  const size = unit === undefined || unit === 'packets' ? '' : ` ${word(unit)}`;
  return `limit rate ${over}${word(field(body, 'rate'))}${size}/${word(field(body, 'per'))}`;
}

function writeReject(body: Json): string {
  const type = textOf(field(body, 'type'));
  if (type === undefined) return 'reject';
  return spaced('reject with', type, word(field(body, 'expr')));
}

function writeSetStatement(body: Json): string {
  const statements = field(body, 'stmt');
  const extra = isList(statements) ? statements.map(writeStatement).join(' ') : undefined;
  return `${word(field(body, 'op'))} ${word(field(body, 'set') ?? field(body, 'map'))} { ${spaced(writeValue(field(body, 'elem') ?? null), extra)} }`;
}

/** One statement. */
function writeStatement(json: Json): string {
  const head = headOf(json);
  if (head === undefined) return textOf(json) ?? '';
  const { name, body } = head;
  switch (name) {
    case 'match':
      return writeMatch(body);
    case 'accept':
    case 'drop':
    case 'return':
    case 'continue':
    case 'notrack':
      return name;
    case 'jump':
    case 'goto':
      return `${name} ${word(field(body, 'target') ?? body)}`;
    case 'counter':
      return typeof body === 'string' ? `counter name "${body}"` : 'counter';
    case 'limit':
      return writeLimit(body);
    case 'quota':
      if (typeof body === 'string') return `quota name "${body}"`;
      return spaced(
        'quota',
        field(body, 'inv') === true ? 'over' : undefined,
        word(field(body, 'val')),
        word(field(body, 'val_unit')),
      );
    case 'ct count':
      return spaced('ct count', field(body, 'inv') === true ? 'over' : undefined, word(field(body, 'val')));
    case 'log': {
      const prefix = field(body, 'prefix');
      const group = field(body, 'group');
      return spaced(
        'log',
        prefix === undefined ? undefined : `prefix ${quoted(prefix)}`,
        group === undefined ? undefined : `group ${word(group)}`,
      );
    }
    case 'reject':
      return writeReject(body);
    case 'vmap':
      return `${writeValue(field(body, 'key') ?? null)} vmap ${writeValue(field(body, 'data') ?? null)}`;
    case 'mangle':
      return `${writeValue(field(body, 'key') ?? null)} set ${writeValue(field(body, 'value') ?? null)}`;
    case 'set':
    case 'map':
      return writeSetStatement(body);
    case 'snat':
    case 'dnat': {
      const port = field(body, 'port');
      return spaced(
        name,
        field(body, 'family') === undefined ? undefined : word(field(body, 'family')),
        'to',
        word(field(body, 'addr')) + (port === undefined ? '' : `:${word(port)}`),
      );
    }
    case 'masquerade':
      return 'masquerade';
    case 'redirect':
      return spaced(
        'redirect',
        field(body, 'port') === undefined ? undefined : `to :${word(field(body, 'port'))}`,
      );
    case 'fwd':
    case 'dup':
      return spaced(name, 'to', word(field(body, 'dev') ?? field(body, 'addr')));
    case 'queue':
      return spaced(
        'queue',
        field(body, 'num') === undefined ? undefined : `num ${word(field(body, 'num'))}`,
      );
    case 'meter':
      return `meter ${word(field(body, 'name'))} { ${writeValue(field(body, 'key') ?? null)} ${writeStatement(field(body, 'stmt') ?? null)} }`;
    case 'xt':
      return spaced('xt', word(field(body, 'type')), quoted(field(body, 'name')));
    default:
      return JSON.stringify(json);
  }
}

/** The whole rule; counters without their numbers, the comment at the end as nft prints it. */
export function writeRule(statements: readonly Json[], comment: string | undefined): string {
  const text = statements
    .map(writeStatement)
    .filter((part) => part !== '')
    .join(' ');
  return comment === undefined ? text : `${text} comment "${comment}"`;
}
