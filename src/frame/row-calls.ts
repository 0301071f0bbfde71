import { GraupelError, throwIfAborted } from '../error.ts'

/** What a function of `mapRows` is given besides the row. */
export interface RowContext {
  /** Fires when the answer is not wanted any more: pass it on to `fetch` and the like. */
  readonly signal: AbortSignal
}

interface CallOptions<T> {
  /** Calls that have not been answered at the same time, at most. */
  readonly concurrency: number
  readonly signal: AbortSignal | undefined
  /** What is kept of the answer of a call; throws for one that is none. */
  readonly checked: (answer: unknown, row: number) => T
}

/** Calls of a function for row after row, some at a time, and their answers in the rows' order. */
export class RowCalls<R, T> {
  readonly #body: (row: R, context: RowContext) => unknown
  readonly #options: CallOptions<T>
  readonly #ended = new AbortController()
  readonly #answers: T[] = []
  #rows = 0
  #open = 0
  #error: GraupelError | undefined
  #wake: () => void = () => {}

  constructor(body: (row: R, context: RowContext) => unknown, options: CallOptions<T>) {
    throwIfAborted(options.signal)
    this.#body = body
    this.#options = options
    options.signal?.addEventListener('abort', this.#onAbort, { once: true })
  }

  /** Calls the function once there is room. Throws what a call before has thrown, naming its row. */
  async add(row: R): Promise<void> {
    await this.#room(this.#options.concurrency - 1)
    this.#open++
    void this.#call(row, this.#rows++)
  }

  /** All answers, once they are there. */
  async all(): Promise<readonly T[]> {
    await this.#room(0)
    return this.#answers
  }

  /** Tells the calls that are still going on that nobody waits for them. */
  end(): void {
    this.#options.signal?.removeEventListener('abort', this.#onAbort)
    this.#ended.abort()
  }

  readonly #onAbort = (): void => {
    const { signal } = this.#options
    this.#fail(new GraupelError('ABORTED', 'aborted by the caller', {}, { cause: signal?.reason }))
  }

  #fail(error: GraupelError): void {
    this.#error ??= error
    this.#wake()
  }

  /** Waits until at most `openMax` calls are going on. */
  async #room(openMax: number): Promise<void> {
    while (this.#error === undefined && this.#open > openMax) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    if (this.#error !== undefined) throw this.#error
  }

  async #call(row: R, number: number): Promise<void> {
    try {
      // One of its own, so that listeners of many calls do not add up.
      const signal = AbortSignal.any([this.#ended.signal])
      const answer = await this.#body(row, { signal })
      this.#answers[number] = this.#options.checked(answer, number)
    } catch (cause) {
      this.#fail(failure(cause, number))
    }
    this.#open--
    this.#wake()
  }
}

function failure(cause: unknown, row: number): GraupelError {
  const told = cause instanceof Error ? cause.message : String(cause)
  const { code, facts } =
    cause instanceof GraupelError ? cause : ({ code: 'INVALID', facts: {} } as const)
  return new GraupelError(code, `mapRows, row ${row}: ${told}`, { ...facts, row }, { cause })
}
