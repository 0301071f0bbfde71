import { corrupt, GraupelError } from '../error.ts'
import { parseCheckpoint, printCheckpoint } from './checkpoint-csv.ts'
import type { CommitRecord, LoadedFile } from './model/commit-record.ts'
import type { Head } from './model/head.ts'
import type { TablePlace } from './table-partitions.ts'
import { SHA256 } from './tail-entry-json.ts'

/** A file's content, and between which versions it counted as loaded. */
export interface LedgerRow {
  readonly sha256: string
  readonly bytes: number
  readonly added: number
  readonly removed: number | null
}

/** All of the ledger up to version `upto`; rows that only versions below `prunedTo` see may be missing. */
export interface Ledger {
  readonly upto: number
  readonly prunedTo: number
  readonly rows: readonly LedgerRow[]
}

/** Bytes of the files that count as loaded, by SHA-256. */
export type LoadedContents = ReadonlyMap<string, number>

export const NO_LEDGER: Ledger = { upto: 0, prunedTo: 0, rows: [] }
const NOTHING: LoadedContents = new Map()
const FIELDS = ['sha256', 'bytes', 'crc32']
/** Versions that a stored ledger may lack before a load writes it anew. */
const VERSIONS_BEHIND_MAX = 64

/**
 * Which contents have been loaded into a table. The truth is in the commit records;
 * `_table/loads.csv` saves reading them all, and may have any age.
 */
export class LoadLedger {
  readonly #place: TablePlace
  #known: Ledger | undefined
  #storedUpto = 0

  constructor(place: TablePlace) {
    this.#place = place
  }

  /** What counts as loaded at `version`, the head's unless told. Reads nothing where no file ever was. */
  async at(head: Head, version = head.version): Promise<LoadedContents> {
    return head.lastLoad === 0 ? NOTHING : loadedAt(await this.#upTo(head), version)
  }

  /** Stores the ledger of `head`, when what is stored has fallen behind. */
  async checkpoint(head: Head): Promise<void> {
    if (head.lastLoad - this.#storedUpto < VERSIONS_BEHIND_MAX) return
    const ledger = await this.#upTo(head)
    await this.#place.store.replace(ledgerKey(this.#place.folder), printLedger(ledger))
    this.#storedUpto = ledger.upto
  }

  async #upTo(head: Head): Promise<Ledger> {
    const known = this.#known ?? (await this.#stored())
    if (known.upto >= head.lastLoad) {
      this.#known = known
      return known
    }
    const span = { from: known.upto + 1, to: head.lastLoad }
    const records = await this.#place.log.records(head, span, new Map())
    const ledger = advanceLedger(known, records, head)
    this.#known = ledger
    return ledger
  }

  async #stored(): Promise<Ledger> {
    const key = ledgerKey(this.#place.folder)
    const bytes = await this.#place.store.get(key)
    if (bytes === null) return NO_LEDGER
    try {
      const ledger = parseLedger(bytes, key)
      this.#storedUpto = ledger.upto
      return ledger
    } catch (error) {
      // It is made anew from the log.
      if (error instanceof GraupelError && error.code === 'DATA') return NO_LEDGER
      throw error
    }
  }
}

export function ledgerKey(folder: string): string {
  return `${folder}/_table/loads.csv`
}

/** What counts as loaded at `version`, of a ledger that goes so far. */
export function loadedAt({ rows }: Ledger, version: number): LoadedContents {
  return new Map(
    rows
      .filter(({ added, removed }) => added <= version && (removed === null || removed > version))
      .map(({ sha256, bytes }) => [sha256, bytes]),
  )
}

/**
 * The ledger moved on to the version of `head`. A commit with `ledgerOf` goes on from the ledger of
 * that version: what is not in it counts no longer, what was in it counts again.
 *
 * @param records Those from `ledger.upto + 1` to the last that changed the ledger.
 */
export function advanceLedger(
  ledger: Ledger,
  records: readonly CommitRecord[],
  { version: upto, retainedFrom }: Pick<Head, 'version' | 'retainedFrom'>,
): Ledger {
  const ended: LedgerRow[] = ledger.rows.filter(({ removed }) => removed !== null)
  let live = new Map(ledger.rows.filter(isLive).map((row) => [row.sha256, row]))
  for (const { version, loads = [], ledgerOf } of records) {
    if (version <= ledger.upto) continue
    if (ledgerOf !== undefined) {
      const wanted = loadedAt({ ...ledger, rows: [...ended, ...live.values()] }, ledgerOf)
      const kept = new Map<string, LedgerRow>()
      for (const [sha256, bytes] of wanted) {
        kept.set(sha256, live.get(sha256) ?? { sha256, bytes, added: version, removed: null })
      }
      for (const row of live.values()) {
        if (!kept.has(row.sha256)) ended.push({ ...row, removed: version })
      }
      live = kept
    }
    for (const { sha256, bytes } of loads) {
      if (!live.has(sha256)) live.set(sha256, { sha256, bytes, added: version, removed: null })
    }
  }
  const rows = [...ended.filter(({ removed }) => removed! > retainedFrom), ...live.values()]
  return { upto, prunedTo: Math.max(ledger.prunedTo, Math.min(retainedFrom, upto)), rows }
}

const isLive = ({ removed }: LedgerRow): boolean => removed === null

/** The stored form: see section 6.1 of the format. */
export function printLedger({ upto, prunedTo, rows }: Ledger): Uint8Array {
  const ordered = [...rows].sort((a, b) =>
    a.sha256 < b.sha256 ? -1 : a.sha256 > b.sha256 ? 1 : a.added - b.added,
  )
  return printCheckpoint(FIELDS, [null, String(rows.filter(isLive).length)], {
    upto,
    prunedTo,
    rows: ordered.map(({ sha256, bytes, added, removed }) => {
      return { fields: [sha256, String(bytes), null], added, removed }
    }),
  })
}

/** The inverse of `printLedger`. Throws DATA naming key and line. */
export function parseLedger(bytes: Uint8Array, key: string): Ledger {
  const { upto, prunedTo, rows, summary } = parseCheckpoint(bytes, key, FIELDS)
  const parsed = rows.map(({ fields: [sha256, size, crc], added, removed }, index): LedgerRow => {
    const isRight = SHA256.test(sha256 ?? '') && /^\d{1,15}$/.test(size ?? '') && crc === null
    if (isRight) return { sha256: sha256!, bytes: Number(size), added, removed }
    throw corrupt(`"${key}" line ${index + 3}: should be "sha256,bytes,\\N,added,removed"`, {
      key,
      line: index + 3,
    })
  })
  if (summary[1] === String(parsed.filter(isLive).length)) return { upto, prunedTo, rows: parsed }
  throw corrupt(`"${key}" line 2: row 0 does not sum up the rows`, { key, line: 2 })
}

/** Throws CONFLICT naming the contents when some of `files` count as loaded, or are two of one. */
export function assertNotLoaded(
  table: string,
  known: LoadedContents,
  files: readonly LoadedFile[],
): void {
  const seen = new Set<string>()
  const loaded = files.filter(({ sha256 }) => {
    const isThere = known.has(sha256) || seen.has(sha256)
    seen.add(sha256)
    return isThere
  })
  const [first] = loaded
  if (first === undefined) return
  throw new GraupelError(
    'CONFLICT',
    `table "${table}": "${first.url}" was loaded by others meanwhile; nothing was committed: load again`,
    { table, file: first.url, loadedMeanwhile: loaded.map(({ sha256 }) => sha256) },
  )
}
