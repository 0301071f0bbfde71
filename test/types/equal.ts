/** Compiles only where `A` and `B` are the same type, `any` and optionality told apart. */
export type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Of a value that is never there: only its type is of interest. */
export declare function expectEqual<A, B>(...proof: Equal<A, B> extends true ? [] : [never]): void
