import { GraupelError, invalid } from '../error.ts'
import { commitTogether, type Part } from './commit-together.ts'
import type { AppMark } from './model/head.ts'
import type { TableSnapshot } from './model/table.ts'
import { backOff } from './settle-swap.ts'
import type { StagedLoad } from './staged-change.ts'
import type { StagedWriter, TableCatalog } from './table-catalog.ts'
import type { CommitOptions, CommitResult, WriterOptions } from './table-writer.ts'

const LOOKS_MAX = 100

type Operation = CommitOptions['operation']

/** What is staged for a table: in the place of its rows, or beside them, and from which files. */
export interface StagedBefore {
  readonly operation: Operation
  readonly loads: readonly StagedLoad[]
}

/** A table of the transaction, and the one change of it that is staged. */
interface Member {
  readonly catalog: TableCatalog
  /** The version that it had when it joined. */
  readonly joinedAt: number
  operation: Operation
  writer: StagedWriter | undefined
  loads: readonly StagedLoad[]
  /** What is being staged: one thing after the other. */
  staging: Promise<void>
}

/**
 * Changes of several tables that become visible at once, and reads of them at one instant. Each
 * table has one staged change. Ends with `commit` or `abort`.
 */
export class TableTransaction {
  readonly #options: WriterOptions
  readonly #members = new Map<string, Member>()
  #seen: ReadonlyMap<string, TableSnapshot> = new Map()
  #looking: Promise<void> = Promise.resolve()
  #underWay = 0
  #failure: { readonly error: unknown } | undefined
  #ended = false

  constructor(options: WriterOptions = {}) {
    this.#options = options
  }

  /** Takes a table in; answers the catalog that it is known by, the one of the first time. */
  join(catalog: TableCatalog): TableCatalog {
    this.#assertOpen()
    const { folder } = catalog.shared
    const known = this.#members.get(folder)
    if (known !== undefined) return known.catalog
    const { version } = catalog.snapshot
    const staged = {
      operation: 'append',
      writer: undefined,
      loads: [],
      staging: Promise.resolve(),
    } as const
    this.#members.set(folder, { catalog, joinedAt: version, ...staged })
    return catalog
  }

  /**
   * The table as it is at the instant of the first read, at which all tables that had joined are
   * read. Throws CONFLICT when it joined later and others have changed since, or when they change
   * all the time.
   */
  async snapshot(catalog: TableCatalog): Promise<TableSnapshot> {
    const look = this.#looking.then(() => this.#look(catalog))
    this.#looking = look.catch(() => {})
    await look
    return this.#seen.get(catalog.shared.folder)!
  }

  /**
   * Stages rows for a table: `write` gets its writer, and the files whose rows were staged before;
   * it answers those that it staged. An `overwrite` puts them in the place of all
   * rows, also of those staged before. When it fails, nothing of the transaction is committed.
   */
  async stage(
    catalog: TableCatalog,
    operation: Operation,
    write: (writer: StagedWriter, before: StagedBefore) => Promise<readonly StagedLoad[]>,
  ): Promise<void> {
    this.#assertOpen()
    const member = this.#members.get(catalog.shared.folder)!
    this.#underWay++
    const staged = member.staging.then(async () => {
      this.#assertOpen()
      if (operation === 'overwrite') {
        await member.writer?.abort()
        member.writer = undefined
        member.operation = 'overwrite'
        member.loads = []
      }
      member.writer ??= catalog.stageWriter(this.#options)
      const { loads } = member
      member.loads = [...loads, ...(await write(member.writer, member))]
    })
    member.staging = staged.catch((error: unknown) => {
      this.#failure ??= { error }
    })
    try {
      await staged
    } finally {
      this.#underWay--
    }
  }

  /**
   * Makes all that was staged visible at once. Answers what it brought to each table that changed,
   * nothing for those that had `mark` before. Throws what a failed `stage` threw, and as
   * `commitTogether` does.
   */
  async commit(mark?: AppMark): Promise<ReadonlyMap<TableCatalog, CommitResult>> {
    const pending = this.#underWay > 0
    try {
      if (pending) throw invalid('transaction: await each of its writes before it ends')
      if (this.#failure !== undefined) throw this.#failure.error
      this.#assertOpen()
      this.#ended = true
      return await this.#commit(mark)
    } catch (error) {
      await this.abort()
      throw error
    }
  }

  /** Gives up what was staged, unless it may have been committed. */
  async abort(): Promise<void> {
    this.#ended = true
    const members = [...this.#members.values()]
    await Promise.all(
      members.map(async (member) => {
        await member.staging
        await member.writer?.abort()
      }),
    )
  }

  async #commit(mark: AppMark | undefined): Promise<ReadonlyMap<TableCatalog, CommitResult>> {
    const staged: { readonly member: Member; readonly part: Part }[] = []
    for (const member of this.#members.values()) {
      const { catalog, operation, writer, joinedAt, loads } = member
      const basedOn = this.#seen.get(catalog.shared.folder)?.version ?? joinedAt
      const change = await writer?.prepare({ operation, basedOn, mark, loads })
      if (change !== undefined) staged.push({ member, part: { table: catalog.shared, change } })
    }
    const committed = await commitTogether(staged.map(({ part }) => part)).catch((error) => {
      const unknown = error instanceof GraupelError && error.code === 'COMMIT_UNKNOWN'
      if (unknown) for (const { member } of staged) member.writer!.doubted()
      throw error
    })
    const results = new Map<TableCatalog, CommitResult>()
    for (const [index, { member }] of staged.entries()) {
      const { version, isNew } = committed[index]!
      if (isNew) results.set(member.catalog, member.writer!.ended(version))
    }
    await this.abort()
    return results
  }

  /** Reads all tables twice: when both times are the same, that was so at one instant between. */
  async #look(catalog: TableCatalog): Promise<void> {
    if (this.#seen.has(catalog.shared.folder)) return
    this.#assertOpen()
    const members = [...this.#members.entries()]
    const read = () =>
      Promise.all(
        members.map(async ([folder, of]) => [folder, await of.catalog.refresh()] as const),
      )
    let before = await read()
    for (let look = 0; look < LOOKS_MAX; look++) {
      const now = await read()
      const moved = this.#moved(now)
      if (moved !== undefined) throw movedOn(moved, catalog.snapshot)
      if (now.every(([, { version }], at) => version === before[at]![1].version)) {
        this.#seen = new Map(now)
        return
      }
      before = now
      await backOff(Math.min(look, 3))
    }
    throw new GraupelError('CONFLICT', 'the tables of the transaction change all the time: retry')
  }

  /** A table that is no longer as the transaction has seen it. */
  #moved(now: readonly (readonly [string, TableSnapshot])[]): TableSnapshot | undefined {
    return now.find(([folder, { version }]) => {
      const seen = this.#seen.get(folder)
      return seen !== undefined && seen.version !== version
    })?.[1]
  }

  #assertOpen(): void {
    if (this.#ended) throw invalid('this transaction has ended: begin another')
    if (this.#failure !== undefined) throw this.#failure.error
  }
}

function movedOn(moved: TableSnapshot, opened: TableSnapshot): GraupelError {
  return new GraupelError(
    'CONFLICT',
    `table "${moved.name}" has changed since the transaction read it, so that "${opened.name}" cannot be read as of then: open all tables before you read the first, and retry`,
    { table: moved.name, version: moved.version, opened: opened.name },
  )
}
