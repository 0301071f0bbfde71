const UPLOADS_MAX = 1024
const UPLOAD_BYTES_MAX = 32 << 20

/** Uploads under way, bounded in bytes: small files go up all at once, however many they are. */
export class Uploads {
  readonly #running = new Set<Promise<void>>()
  #bytes = 0
  #failure: { readonly error: unknown } | undefined
  isTaken = false

  /** Waits until there is room for the next one. */
  async add(bytes: number, upload: Promise<boolean>): Promise<void> {
    this.#bytes += bytes
    const tracked = upload
      .then(
        (created) => {
          if (!created) this.isTaken = true
        },
        (error: unknown) => {
          this.#failure ??= { error }
        },
      )
      .finally(() => {
        this.#bytes -= bytes
        this.#running.delete(tracked)
      })
    this.#running.add(tracked)
    while (this.#running.size >= UPLOADS_MAX || this.#bytes > UPLOAD_BYTES_MAX) {
      await Promise.race(this.#running)
    }
    this.#rethrow()
  }

  async done(): Promise<void> {
    await Promise.all(this.#running)
    this.#rethrow()
  }

  #rethrow(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }
}
