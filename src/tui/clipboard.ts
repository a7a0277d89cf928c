// Copying through the terminal (OSC 52), also from within tmux and screen, also over SSH. A terminal never says
// whether it took the text, so whoever copies must show it plainly as well.
import type { TerminalDoor } from './door.ts';

const ESC = '\u001b';
const BEL = '\u0007';
const ST = `${ESC}\\`;
/** GNU screen takes no longer strings, bytes. */
const screenPiece = 700;
/** Terminals commonly refuse more, bytes of base64. */
const longest = 74_994;

/** Undefined when the text is longer than terminals take. */
export const copySequence = (text: string, multiplexer: TerminalDoor['multiplexer']): string | undefined => {
  const encoded = Buffer.from(text, 'utf8').toString('base64');
  if (encoded.length > longest) return undefined;
  const plain = `${ESC}]52;c;${encoded}${BEL}`;
  if (multiplexer === 'none') return plain;
  if (multiplexer === 'tmux')
    // tmux takes the first with `set-clipboard on`, and hands the second on with `allow-passthrough on`.
    return `${plain}${ESC}Ptmux;${plain.replaceAll(ESC, ESC + ESC)}${ST}`;
  const pieces: string[] = [];
  for (let at = 0; at < plain.length; at += screenPiece)
    pieces.push(`${ESC}P${plain.slice(at, at + screenPiece)}${ST}`);
  return pieces.join('');
};
