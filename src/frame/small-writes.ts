/**
 * Where appends of few rows (below 16 KiB) go. `files`: always into files of their own. `records`:
 * into the commit record, so that an append is two requests; one after 64 of those, or `optimize`,
 * gives the rows files. `auto`: into records once a table that is not clustered has 16 versions.
 */
export type SmallWrites = 'auto' | 'records' | 'files'
