/** Ends a command with exit code 3: it worked, and what it looked at is not as it should be. */
export class FoundProblems extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'FoundProblems'
  }
}
