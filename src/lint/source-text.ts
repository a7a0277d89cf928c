// Lines of the files for people to look at. Passwords were masked when the files were read; what may be one under a
// misspelt keyword is masked here.
export type SourceText = (file: string, line: number) => string | undefined;

const maskForm = /redacted:[^:\s]+:\d{1,6}/g;
const telling = /((?:^|\s)["$]?(?:auth_(?!type\b)\S*|\S*(?:pass|secret|passwd|pwd|psk)\S*)[ \t=]+)(\S.*)$/i;
const blockOpener = /^\s*(authentication|auth_hmac|SSL)\b[^{}]*(\{)?/;

export const hideSecrets = (line: string): string =>
  line.replace(maskForm, '***').replace(telling, (whole, before: string, rest: string) => {
    // Blocks and what is masked already stay as they are.
    return /^(?:\*\*\*|[{}#!])/.test(rest) ? whole : `${before}***`;
  });

/** Within a block of passwords only what is known to be harmless stays. */
const hideInBlock = (line: string): string => {
  const harmless = /^\s*(?:[{}#!].*|auth_type\s+(?:PASS|AH)\b.*|auth_\w+\s+\*\*\*.*)?$/.test(line);
  return harmless ? line : line.replace(/^(\s*auth_\w+|\s*)(.*?)(\s*\}?\s*)$/, '$1 ***$3');
};

const hideAll = (text: string): readonly string[] => {
  let block: 'none' | 'secret' = 'none';
  return text.split(/\r?\n/).map((raw) => {
    const line = hideSecrets(raw);
    if (block === 'secret') {
      if (line.includes('}')) block = 'none';
      return hideInBlock(line);
    }
    if (blockOpener.test(line) && !line.includes('}')) block = 'secret';
    return line;
  });
};

/** Reads each file once. */
export const openSourceText = (read: (file: string) => string | undefined): SourceText => {
  const files = new Map<string, readonly string[]>();
  return (file, line) => {
    const lines = files.get(file) ?? hideAll(read(file) ?? '');
    files.set(file, lines);
    return lines[line - 1];
  };
};
