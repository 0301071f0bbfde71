import { GraupelError } from '../error.ts'
import type { Head } from './model/head.ts'
import { noAnswer } from './pending.ts'

/** Values that are taken at once, so that not every small write needs a swap of its own. */
const BLOCK = 100

/** The table whose head tells which values have been taken. */
interface IdentityTable {
  readonly name: string
  edit(change: (head: Head) => Partial<Head>): Promise<Head>
}

interface Block {
  next: number
  readonly end: number
}

/**
 * Values for identity columns. They are taken from the head in blocks by swaps that make no version,
 * so that a value is given once at most, for ever; what is not used of a block is never used.
 */
export class IdentityValues {
  readonly #table: IdentityTable
  /** What is left of the newest block by column: always above all that was given before. */
  readonly #blocks = new Map<number, Block>()

  constructor(table: IdentityTable) {
    this.#table = table
  }

  /**
   * The first of `count` values in a row for a column. Throws CONFLICT when it has become none,
   * LIMIT when 2^53 - 1 is passed.
   */
  async take(column: number, count: number): Promise<number> {
    const known = this.#blocks.get(column)
    if (known !== undefined && known.end - known.next >= count) {
      const first = known.next
      known.next += count
      return first
    }
    const first = await this.#reserve(column, Math.max(count, BLOCK))
    const block = { next: first + count, end: first + Math.max(count, BLOCK) }
    // Another block may have been taken meanwhile; the newest is kept, so that values ascend.
    if ((this.#blocks.get(column)?.end ?? 0) < block.end) this.#blocks.set(column, block)
    return first
  }

  async #reserve(column: number, count: number): Promise<number> {
    let first = 0
    const take = (head: Head): Partial<Head> => {
      const identity = head.identities.find((of) => of.column === column)
      if (identity === undefined) throw this.#noIdentity(column)
      first = identity.next
      if (!Number.isSafeInteger(first + count)) throw this.#usedUp(column)
      const others = head.identities.map((of) =>
        of.column === column ? { ...of, next: first + count } : of,
      )
      return { identities: others }
    }
    try {
      await this.#table.edit(take)
      return first
    } catch (error) {
      const isUnknown = error instanceof GraupelError && error.code === 'COMMIT_UNKNOWN'
      if (isUnknown) throw noAnswer(this.#table.name, error)
      throw error
    }
  }

  #noIdentity(column: number): GraupelError {
    const { name } = this.#table
    return new GraupelError(
      'CONFLICT',
      `column ${column} of table "${name}" is no identity any more: open it again and retry`,
      { table: name },
    )
  }

  #usedUp(column: number): GraupelError {
    const { name } = this.#table
    const message = `column ${column} of table "${name}" has been given all values up to 2^53`
    return new GraupelError('LIMIT', message, { table: name })
  }
}
