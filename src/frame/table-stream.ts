import type { Moment } from '../catalog/model/moment.ts'
import { assertStreamName, beginSpan, endSpan, type StreamSpan } from '../catalog/stream-offsets.ts'
import type { TableCatalog } from '../catalog/table-catalog.ts'
import { invalid } from '../error.ts'
import { checkOptions } from './actions.ts'
import { CHANGE_COLUMN } from './changes-frame.ts'
import type { AnyFrame } from './data-frame.ts'
import { lit } from './expr-builders.ts'
import type { ConsumeOptions, StreamBatch, StreamInfo, TableStream } from './stream-type.ts'
import type { Transaction, TransactionOptions } from './transaction.ts'
import type { Untyped } from './type-tag.ts'

/** A table whose versions can be compared. */
interface Versions {
  at(moment: Moment): AnyFrame
  changes(span: { readonly from: Moment; readonly to: Moment }): AnyFrame
}

/** What a stream reads, and how it commits. */
export interface StreamPlace {
  readonly catalog: TableCatalog
  requireOpen(): void
  readonly table: Versions
  transaction(
    work: (tx: Transaction) => void | Promise<void>,
    options: TransactionOptions,
  ): Promise<void>
}

/** The stream behind `Table.stream`. */
export class StoredStream implements TableStream<Untyped> {
  readonly name: string
  readonly #place: StreamPlace
  readonly #start: Moment

  constructor(name: unknown, start: Moment, place: StreamPlace) {
    assertStreamName(name)
    this.name = name
    this.#place = place
    this.#start = start
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<StreamBatch<Untyped>, void, undefined> {
    for (let span = await this.#begin(); span !== undefined; span = await this.#begin()) {
      yield this.#batch(span)
      await endSpan(this.#place.catalog.shared, span)
    }
  }

  async consume(
    work: (batch: StreamBatch<Untyped>, tx: Transaction) => void | Promise<void>,
    options: ConsumeOptions = {},
  ): Promise<{ readonly from: number; readonly to: number } | undefined> {
    checkOptions(options, ['signal'], 'consume')
    if (typeof work !== 'function')
      throw invalid(`consume: expected a function, got ${typeof work}`)
    const span = await this.#begin()
    if (span === undefined) return undefined
    const batch = this.#batch(span)
    await this.#place.transaction((tx) => work(batch, tx), { ...options, ...batch.once })
    await endSpan(this.#place.catalog.shared, span)
    return { from: batch.from, to: batch.to }
  }

  async #begin(): Promise<StreamSpan | undefined> {
    const { catalog, requireOpen } = this.#place
    requireOpen()
    return beginSpan(catalog.shared, this.name, () => this.#startVersion())
  }

  /** The version that a stream begins after, which is looked for only once. */
  async #startVersion(): Promise<number> {
    // The empty table is the same for ever, also when it is no longer kept.
    if ('version' in this.#start && this.#start.version === 0) return 0
    return (await this.#place.catalog.snapshotAt(this.#start)).version
  }

  #batch({ id, from, to }: StreamSpan): StreamBatch<Untyped> {
    const changes = changesBetween(this.#place.table, from, to)
    const once = Object.freeze({ app: `stream ${id}`, sequence: to })
    return Object.freeze({ from, to, changes, once })
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `TableStream { ${JSON.stringify(this.name)} } · for await, or .consume(work)`
  }
}

/** Of the empty table all that is there has been inserted. */
function changesBetween(table: Versions, from: number, to: number): AnyFrame {
  if (from > 0) return table.changes({ from: { version: from }, to: { version: to } })
  return table.at({ version: to }).withColumns(() => ({ [CHANGE_COLUMN]: lit('insert') }))
}

/** The streams of a table, by name. */
export async function streamsOf({ shared }: TableCatalog): Promise<StreamInfo[]> {
  const { streams } = (await shared.read()).head
  return streams
    .map(({ name, version }) => ({ name, version }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}
