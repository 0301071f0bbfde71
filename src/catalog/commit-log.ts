import { corrupt } from '../error.ts'
import { sha256Hex } from '../io/checksum.ts'
import type { ObjectStore } from '../io/object-store.ts'
import { pooled } from '../io/pooled.ts'
import type { CommitRecord } from './model/commit-record.ts'
import { type Head, isTrimmed, type LogFile, type Segment, type TailEntry } from './model/head.ts'
import { type ColumnTypes, parseRecord, recordFile, versionText } from './record-json.ts'

const SEGMENT_BYTES_MAX = 8 << 20
const SEGMENTS_MAX = 64
const REMEMBERED_BYTES_MAX = 8 << 20
const REQUESTS_MAX = 16
const NEWLINE = 10

/** The commit records of one table: each in an object of its own, older ones in segments. */
export class CommitLog {
  readonly #store: ObjectStore
  readonly #folder: string
  /** Records and segments that this process wrote or read, by file name, oldest first. */
  readonly #remembered = new Map<string, Uint8Array>()
  #rememberedBytes = 0

  constructor(store: ObjectStore, tableFolder: string) {
    this.#store = store
    this.#folder = `${tableFolder}/_table/log`
  }

  /** Stores a record, which counts only once a head names it. `exists`: its name is taken. */
  async write(file: string, bytes: Uint8Array): Promise<'created' | 'exists'> {
    const answer = await this.#store.create(`${this.#folder}/${file}`, bytes)
    if (answer === 'created') this.#remember(file, bytes)
    return answer
  }

  /**
   * The commits `from` to `to` of the lineage that `head` names, ascending. Throws DATA when one is
   * missing or is not what the head says.
   *
   * @param types The columns whose statistics are wanted.
   */
  async records(
    head: Head,
    { from, to }: { from: number; to: number },
    types: ColumnTypes,
    signal?: AbortSignal,
  ): Promise<CommitRecord[]> {
    const lines = await this.lines(head, { from, to }, { remembered: true }, signal)
    return lines.map(({ bytes, version }) => {
      const record = parseRecord(bytes, `${this.#folder}/${versionText(version)}`, types)
      if (record.version === version) return record
      throw corrupt(`"${this.#folder}": the record of version ${version} is of ${record.version}`, {
        key: this.#folder,
        version,
      })
    })
  }

  /**
   * What brought the partitions of version `to` that a checkpoint of version `from` - 1 lacks: the
   * commits since, or, where those of a trimmed log are among them, its base and the commits since
   * that. Throws as `records` does.
   */
  async changes(
    head: Head,
    { from, to }: { from: number; to: number },
    types: ColumnTypes,
    signal?: AbortSignal,
  ): Promise<CommitRecord[]> {
    const { trimmed } = head
    if (trimmed === null || from > trimmed.version) {
      return this.records(head, { from, to }, types, signal)
    }
    if (to < trimmed.version) return []
    const [base, since] = await Promise.all([
      pooled(trimmed.files, REQUESTS_MAX, async (of) =>
        parseRecord(await this.#read(of.file, of, signal), `${this.#folder}/${of.file}`, types),
      ),
      this.records(head, { from: trimmed.version + 1, to }, types, signal),
    ])
    return [...base, ...since]
  }

  /** Stores an object that is named by what it holds, so that it may be there already. */
  async create(file: string, body: Uint8Array, signal?: AbortSignal): Promise<void> {
    await this.#store.create(`${this.#folder}/${file}`, body, { signal })
  }

  /**
   * The records `from` to `to` as they are stored, without or with their newlines, ascending.
   * Throws as `records` does.
   *
   * @param options `remembered` false reads them anew from the store.
   */
  async lines(
    head: Head,
    { from, to }: { from: number; to: number },
    { remembered }: { readonly remembered: boolean },
    signal?: AbortSignal,
  ): Promise<{ readonly bytes: Uint8Array; readonly version: number }[]> {
    if (from > to) return []
    if (!remembered) this.#remembered.clear()
    if (!remembered) this.#rememberedBytes = 0
    const first = head.segments[0]?.from ?? head.tail[0]?.version ?? head.version + 1
    if (from < first) {
      throw corrupt(
        `"${this.#folder}": versions ${from} to ${first - 1} are neither here nor in a checkpoint`,
        {
          key: this.#folder,
          version: from,
        },
      )
    }
    const segments = head.segments.filter((segment) => segment.to >= from && segment.from <= to)
    const tail = head.tail.filter(({ version }) => version >= from && version <= to)
    const lines = [
      ...(await pooled(segments, REQUESTS_MAX, (segment) => this.#segmentLines(segment, signal))),
      ...(await pooled(tail, REQUESTS_MAX, async (entry) => [
        { bytes: await this.#tailRecord(entry, signal), version: entry.version },
      ])),
    ].flat()
    return lines.filter(({ version }) => version >= from && version <= to)
  }

  /**
   * The lineage of `head` with its whole tail in segments. What is written is a function of the
   * records alone, so that racing writers write the same.
   */
  async fold(head: Head): Promise<readonly Segment[]> {
    const parts = head.tail.map(
      (entry): Segment => ({
        from: entry.version,
        to: entry.version,
        file: recordFile(entry),
        bytes: entry.recordBytes,
        sha256: entry.recordSha256,
        timestampFrom: entry.timestamp,
        timestampTo: entry.timestamp,
        extra: [],
      }),
    )
    const folded = await this.#join(parts)
    // What is left of a trimmed log has names of its own, which joined segments have not.
    const trimmed = head.segments.filter(isTrimmed)
    const segments = [...head.segments.slice(trimmed.length), ...folded]
    const joined = segments.length > SEGMENTS_MAX ? await this.#join(segments) : segments
    return [...trimmed, ...joined]
  }

  async #join(parts: readonly Segment[]): Promise<Segment[]> {
    const groups: Segment[][] = []
    let bytes = Number.POSITIVE_INFINITY
    for (const part of parts) {
      bytes += part.bytes
      if (bytes <= SEGMENT_BYTES_MAX) groups.at(-1)!.push(part)
      else {
        groups.push([part])
        bytes = part.bytes
      }
    }
    return pooled(groups, 4, (group) => this.#joinGroup(group))
  }

  async #joinGroup(group: readonly Segment[]): Promise<Segment> {
    const first = group[0]!
    const last = group.at(-1)!
    if (group.length === 1) return first
    const bodies = await pooled(group, REQUESTS_MAX, (part) => this.#read(part.file, part))
    const body = Buffer.concat(bodies)
    const sha256 = sha256Hex(body)
    const file = `${versionText(first.from)}-${versionText(last.to)}-${sha256.slice(0, 16)}.jsonl`
    await this.create(file, body)
    return {
      from: first.from,
      to: last.to,
      file,
      bytes: body.length,
      sha256,
      timestampFrom: first.timestampFrom,
      timestampTo: last.timestampTo,
      extra: [],
    }
  }

  async #tailRecord(entry: TailEntry, signal?: AbortSignal): Promise<Uint8Array> {
    const { recordBytes, recordSha256 } = entry
    const file = recordFile(entry)
    const bytes = await this.#read(file, { bytes: recordBytes, sha256: recordSha256 }, signal)
    this.#remember(file, bytes)
    return bytes
  }

  async #segmentLines(segment: Segment, signal?: AbortSignal) {
    const body = await this.#read(segment.file, segment, signal)
    this.#remember(segment.file, body)
    const lines: { bytes: Uint8Array; version: number }[] = []
    for (let start = 0; start < body.length; ) {
      const newline = body.indexOf(NEWLINE, start)
      const end = newline < 0 ? body.length : newline
      lines.push({ bytes: body.subarray(start, end), version: segment.from + lines.length })
      start = end + 1
    }
    if (lines.length === segment.to - segment.from + 1) return lines
    throw corrupt(`"${this.#folder}/${segment.file}" has ${lines.length} records`, {
      key: `${this.#folder}/${segment.file}`,
    })
  }

  async #read(
    file: string,
    expected: Pick<LogFile, 'bytes' | 'sha256'>,
    signal?: AbortSignal,
  ): Promise<Uint8Array> {
    const remembered = this.#remembered.get(file)
    if (remembered !== undefined) return remembered
    const key = `${this.#folder}/${file}`
    const bytes = await this.#store.get(key, { signal })
    if (bytes === null) throw corrupt(`"${key}" is missing: the table's head names it`, { key })
    if (bytes.length !== expected.bytes || sha256Hex(bytes) !== expected.sha256) {
      throw corrupt(`"${key}" is cut or has changed: its hash is not the one in the head`, { key })
    }
    return bytes
  }

  #remember(file: string, bytes: Uint8Array): void {
    if (this.#remembered.has(file) || bytes.length > REMEMBERED_BYTES_MAX / 8) return
    this.#remembered.set(file, bytes)
    this.#rememberedBytes += bytes.length
    for (const [oldest, old] of this.#remembered) {
      if (this.#rememberedBytes <= REMEMBERED_BYTES_MAX) return
      this.#remembered.delete(oldest)
      this.#rememberedBytes -= old.length
    }
  }
}
