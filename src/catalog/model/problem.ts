/** Something about a table that is not as it should be. */
export interface Problem {
  /** Key of the object that it is about. */
  readonly key: string
  /** What was found and what should be there. */
  readonly message: string
}
