// Bytes into lines, whatever they are cut into; a line longer than any log's is cut. It keeps only the unfinished one.

const longestLine = 16_384;

export interface LineReading {
  restart(): void;
  push(chunk: Uint8Array, onLine: (line: string) => void): void;
}

export const createLineReading = (): LineReading => {
  let decoder = new TextDecoder();
  let rest = '';
  return {
    restart: () => {
      decoder = new TextDecoder();
      rest = '';
    },
    push: (chunk, onLine) => {
      const lines = `${rest}${decoder.decode(chunk, { stream: true })}`.split('\n');
      rest = (lines.pop() ?? '').slice(0, longestLine);
      for (const line of lines) onLine(line);
    },
  };
};
