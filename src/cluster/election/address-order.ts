// Which of two source addresses is the higher one, as numbers: it decides between equal priorities (RFC 9568 §6.4.3).
const expandIpv6 = (text: string): readonly number[] => {
  const [head = '', tail] = text.split('::');
  const read = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const left = read(head);
  const right = tail === undefined ? [] : read(tail);
  return [...left, ...Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => 0), ...right];
};

/** Negative when `one` is lower than `other`; both of one family. */
export const compareAddresses = (one: string, other: string): number => {
  const number = (text: string): readonly number[] =>
    text.includes(':') ? expandIpv6(text) : text.split('.').map(Number);
  const [a, b] = [number(one), number(other)];
  for (const [index, part] of a.entries()) {
    const difference = part - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
};
