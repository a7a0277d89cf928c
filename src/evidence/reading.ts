// A value that could be read, or the reason why not. Missing evidence is never health, so nothing downstream
// may treat `unknown` as a default.
export type Reading<T> =
  | { readonly kind: 'known'; readonly value: T }
  | { readonly kind: 'unknown'; readonly reason: string };

export const known = <T>(value: T): Reading<T> => ({ kind: 'known', value });
export const unknown = <T>(reason: string): Reading<T> => ({ kind: 'unknown', reason });
