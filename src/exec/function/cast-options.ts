/** How a cast treats a value that the target type does not have. */
export interface CastOptions {
  /** True: it becomes null. False: INVALID, naming the value and both types. */
  readonly orNull: boolean
}
