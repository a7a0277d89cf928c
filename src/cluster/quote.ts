// What every part of the model speaks of: address families, and quotations from the evidence.

export type Family = 'ipv4' | 'ipv6';

/** A quotation from the evidence, as findings carry it. */
export interface Quote {
  readonly node: string;
  /** Command, file or capture it comes from. */
  readonly source: string;
  readonly quote: string;
}
