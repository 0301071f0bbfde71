/**
 * Node's `crypto`, taken at its first use and at once: a query that only reads may need none of it, and importing it
 * takes several milliseconds of a short process.
 */
export const nodeCrypto = () => process.getBuiltinModule('node:crypto')
