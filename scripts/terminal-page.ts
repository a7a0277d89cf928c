// A terminal screen, as tmux gives it with its escape codes, as an HTML page: text, bold, dim, reverse and the
// sixteen colours. It knows SGR (ECMA-48 8.3.117), not what stands on the screen.

const palette = [
  '#1b2229',
  '#ff6b6b',
  '#7fd88f',
  '#f0c05a',
  '#7db8f2',
  '#d7a6f5',
  '#6fd3d3',
  '#d8dee6',
  '#7a8694',
  '#ff8a80',
  '#a2e8ae',
  '#ffd479',
  '#a5cff8',
  '#e6c3fb',
  '#9be7e7',
  '#ffffff',
] as const;
const ground = '#11161c';
const ink = '#d8dee6';

interface Look {
  readonly color?: string;
  readonly background?: string;
  readonly bold?: true;
  readonly dim?: true;
  readonly reverse?: true;
  readonly underline?: true;
}

const level = (value: number): number => (value === 0 ? 0 : 55 + value * 40);

/** One of 256: the sixteen, a cube of 6 × 6 × 6, and greys. */
const indexed = (index: number): string => {
  const own = palette[index];
  if (own !== undefined) return own;
  if (index >= 232) return `rgb(${[0, 0, 0].map(() => 8 + (index - 232) * 10).join(',')})`;
  const at = index - 16;
  return `rgb(${level(Math.floor(at / 36))},${level(Math.floor(at / 6) % 6)},${level(at % 6)})`;
};

const applied = (look: Look, codes: readonly number[]): Look => {
  let now = look;
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 0;
    const extended = (): string => {
      if (codes[at + 1] === 5) {
        at += 2;
        return indexed(codes[at] ?? 0);
      }
      at += 4;
      return `rgb(${codes.slice(at - 2, at + 1).join(',')})`;
    };
    const { color: _color, background: _background, ...rest } = now;
    if (code === 0) now = {};
    else if (code === 1) now = { ...now, bold: true };
    else if (code === 2) now = { ...now, dim: true };
    else if (code === 4) now = { ...now, underline: true };
    else if (code === 7) now = { ...now, reverse: true };
    else if (code >= 30 && code <= 37) now = { ...now, color: indexed(code - 30) };
    else if (code >= 90 && code <= 97) now = { ...now, color: indexed(code - 82) };
    else if (code >= 40 && code <= 47) now = { ...now, background: indexed(code - 40) };
    else if (code === 38) now = { ...now, color: extended() };
    else if (code === 48) now = { ...now, background: extended() };
    else if (code === 39) now = now.background === undefined ? rest : { ...rest, background: now.background };
    else if (code === 49) now = now.color === undefined ? rest : { ...rest, color: now.color };
  }
  return now;
};

const styleOf = (look: Look): string => {
  const [front, back] = look.reverse
    ? [look.background ?? ground, look.color ?? ink]
    : [look.color, look.background];
  return [
    ...(front === undefined ? [] : [`color:${front}`]),
    ...(back === undefined ? [] : [`background:${back}`]),
    ...(look.bold ? ['font-weight:700'] : []),
    ...(look.dim ? ['opacity:.68'] : []),
    ...(look.underline ? ['text-decoration:underline'] : []),
  ].join(';');
};

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export const terminalPage = (screen: string): string => {
  let look: Look = {};
  const parts = screen.trimEnd().split(/\x1b\[([\d;]*)m/);
  const markup = parts.map((part, at) => {
    if (at % 2 === 1) {
      look = applied(look, part.split(';').map(Number));
      return '';
    }
    return part === '' ? '' : `<span style="${styleOf(look)}">${escaped(part)}</span>`;
  });
  return `<!doctype html><meta charset="utf-8"><style>
html { background: ${ground}; } body { margin: 0; padding: 18px 22px; width: max-content; }
pre { margin: 0; color: ${ink}; font: 14px/1.4 'DejaVu Sans Mono', monospace; }
</style><pre>${markup.join('')}</pre>\n`;
};
