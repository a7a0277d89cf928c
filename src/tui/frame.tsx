// A frame: lines above, between and below, exactly as many as the terminal takes and never wider. On a low terminal
// the middle gives way first, then what stands above. It knows lines, not what they say.
import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import type { Size } from './door.ts';
import { clip, type Line } from './line.ts';
import type { Surroundings } from './screen.ts';
import type { Theme } from './theme.ts';

export interface FrameParts {
  readonly header: readonly Line[];
  readonly body: readonly Line[];
  readonly footer: readonly Line[];
}

/** Rows that are left for the body. */
export const bodyRows = (size: Size, header: number, footer: number): number =>
  Math.max(0, size.rows - header - footer);

const lastOf = <T,>(things: readonly T[], count: number): readonly T[] =>
  count === 0 ? [] : things.slice(-count);

/** As many lines as the frame has, whatever was asked for. */
export const stackFrame = ({ header, body, footer }: FrameParts, size: Size): readonly Line[] => {
  const { rows } = size;
  const below = lastOf(footer, Math.max(rows > 1 ? 1 : 0, rows - header.length));
  const above = header.slice(0, rows - below.length);
  const room = rows - above.length - below.length;
  const between = body.slice(0, room);
  const blank = Array.from({ length: room - between.length }, (): Line => []);
  return [...above, ...between, ...blank, ...below];
};

const Row = ({ spans, theme }: { readonly spans: Line; readonly theme: Theme }): ReactNode => (
  <Text wrap="truncate">
    {spans.length === 0
      ? ' '
      : spans.map((part, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a span has no identity but its place
          <Text key={at} {...theme.looks[part.tone]}>
            {theme.safe(part.text)}
          </Text>
        ))}
  </Text>
);

export const Frame = ({
  surroundings: { size, theme },
  ...parts
}: FrameParts & { readonly surroundings: Surroundings }): ReactNode => (
  <Box flexDirection="column" width={size.columns} height={size.rows} overflow="hidden">
    {stackFrame(parts, size).map((spans, at) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: a row has no identity but its place
      <Box key={at} height={1} flexShrink={0}>
        <Row spans={clip(spans, size.columns, theme)} theme={theme} />
      </Box>
    ))}
  </Box>
);
