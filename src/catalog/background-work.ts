/** Work that goes on after its caller was answered. Its failures harm nobody: it is done again. */
export class BackgroundWork {
  readonly #running = new Set<Promise<void>>()

  add(work: Promise<void>): void {
    const quiet = work
      .catch(() => {})
      .finally(() => {
        this.#running.delete(quiet)
      })
    this.#running.add(quiet)
  }

  /** Answers once everything begun so far, and what that began, has ended. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }
}
