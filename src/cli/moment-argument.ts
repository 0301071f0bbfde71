import { InvalidArgumentError } from 'commander'
import type { Moment } from '../catalog/model/moment.ts'

/**
 * A moment from the command line: `3` is a version, `-24h` so long ago, `tag:audit` a tag, anything
 * else a time. Throws commander's error for a text that is none of them.
 */
export function momentArgument(text: string): Moment {
  if (/^\d+$/.test(text)) return { version: Number(text) }
  if (text.startsWith('-')) return { offset: text }
  if (text.startsWith('tag:')) return { tag: text.slice('tag:'.length) }
  if (!Number.isNaN(Date.parse(text))) return { timestamp: text }
  throw new InvalidArgumentError('It has to be a version, -24h, tag:name or a time.')
}
