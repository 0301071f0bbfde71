/**
 * A point in a table's past: a version, a point in time (a Date or ISO 8601 text, UTC unless it
 * names an offset), a span before now such as `-24h` (units: ms, s, m, h, d, w), or a tag.
 */
export type Moment =
  | { readonly version: number }
  | { readonly timestamp: Date | string }
  | { readonly offset: string }
  | { readonly tag: string }
