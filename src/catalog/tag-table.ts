import { clip, GraupelError, invalid, nameNotFound } from '../error.ts'
import { nowMs } from '../io/clock-and-ids.ts'
import type { Head } from './model/head.ts'
import { assertVersion } from './moment-version.ts'
import type { SharedTable } from './shared-table.ts'
import { assertLive } from './table-head.ts'
import { assertRetained } from './table-partitions.ts'

const TAGS_MAX = 1000
const CHARACTERS_MAX = 200

/**
 * Names a version, so that no vacuum takes it. Throws INVALID for a name that is none or another
 * version's, EXPIRED when the version is gone, LIMIT when there are 1000 tags.
 */
export async function tagTable(table: SharedTable, name: string, version: number): Promise<void> {
  if (
    typeof name !== 'string' ||
    name === '' ||
    name.length > CHARACTERS_MAX ||
    !name.isWellFormed()
  ) {
    throw invalid(`tag: a name is text of 1 to ${CHARACTERS_MAX} characters`, { tag: name })
  }
  await table.edit((head) => {
    assertLive(head, table.name)
    assertVersion(head, table.name, version)
    assertRetained(head, version)
    const known = head.tags.find((tag) => tag.name === name)
    if (known?.version === version) return undefined
    if (known !== undefined) {
      throw invalid(`tag "${clip(name)}" is version ${known.version}; untag it first`, {
        tag: name,
        version: known.version,
      })
    }
    if (head.tags.length >= TAGS_MAX) {
      throw new GraupelError('LIMIT', `table "${table.name}" has ${TAGS_MAX} tags already`, {
        table: table.name,
      })
    }
    return { tags: [...head.tags, { name, version, created: nowMs() }] }
  })
}

/** Takes a tag away. Throws NOT_FOUND with the nearest name. */
export async function untagTable(table: SharedTable, name: string): Promise<void> {
  taggedVersion((await table.read()).head, name)
  await table.edit((head) => {
    const tags = head.tags.filter((tag) => tag.name !== name)
    return tags.length === head.tags.length ? undefined : { tags }
  })
}

/** Throws NOT_FOUND with the nearest name. */
export function taggedVersion({ tags }: Pick<Head, 'tags'>, name: string): number {
  const found = tags.find((tag) => tag.name === name)
  if (found !== undefined) return found.version
  throw nameNotFound(
    'tag',
    String(name),
    tags.map((tag) => tag.name),
  )
}
