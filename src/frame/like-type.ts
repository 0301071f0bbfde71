/** Whether the text `K` is like `P`: `%` any run of characters, `_` one, `\` takes the next as it is. */
type IsLike<K extends string, P extends string> = P extends ''
  ? K extends ''
    ? true
    : false
  : P extends `%${infer Rest}`
    ? IsLike<K, Rest> extends true
      ? true
      : K extends `${string}${infer Shorter}`
        ? IsLike<Shorter, P>
        : false
    : P extends `\\${infer One}${infer Rest}`
      ? K extends `${One}${infer Shorter}`
        ? IsLike<Shorter, Rest>
        : false
      : P extends `_${infer Rest}`
        ? K extends `${string}${infer Shorter}`
          ? IsLike<Shorter, Rest>
          : false
        : P extends `${infer One}${infer Rest}`
          ? K extends `${One}${infer Shorter}`
            ? IsLike<Shorter, Rest>
            : false
          : false

/** The texts that are like `P`, as a template of the compiler's; never where `_` is in it. */
type Runs<P extends string> = P extends `%${infer Rest}`
  ? `${string}${Runs<Rest>}`
  : P extends `\\${infer One}${infer Rest}`
    ? `${One}${Runs<Rest>}`
    : P extends `_${string}`
      ? never
      : P extends `${infer One}${infer Rest}`
        ? `${One}${Runs<Rest>}`
        : ''

/** `K` where it is like `P`: by templates where these can tell, which is quick. */
type Like<K extends string, P extends string> = [Runs<P>] extends [never]
  ? IsLike<K, P> extends true
    ? K
    : never
  : K extends Runs<P>
    ? K
    : never

/** Whether letters of a pattern are those of names, or either case of them. */
export interface LikeOptions {
  readonly case?: 'exact' | 'ignored'
}

/** The names of columns of `S` that are like `P`. */
export type LikeNames<S, P extends string, O> = {
  [K in keyof S]: K extends string
    ? O extends { case: 'ignored' }
      ? [Like<Lowercase<K>, Lowercase<P>>] extends [never]
        ? never
        : K
      : Like<K, P>
    : never
}[keyof S]

/** `unknown`, or where no column is like `P` what no text is. */
export type LikeChecked<S, P extends string, O> = string extends P
  ? unknown
  : [LikeNames<S, P, O>] extends [never]
    ? never
    : unknown
