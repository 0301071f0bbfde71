import { clip, invalid } from '../../error.ts'
import { type Moment, momentAt } from './moment.ts'

const QUARTER_MS = 900_000
const OFFSETS_MAX = 100_000
const DAY_MS = 86_400_000

/** Offsets of a zone, asked of the machine's time zone data once per quarter of an hour. */
class Zone {
  readonly #format: Intl.DateTimeFormat
  readonly #offsets = new Map<number, number>()

  constructor(name: string) {
    try {
      this.#format = new Intl.DateTimeFormat('en-US', {
        timeZone: name,
        hourCycle: 'h23',
        era: 'short',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      })
    } catch {
      throw invalid(`"${clip(name)}" is no time zone; say e.g. "Europe/Berlin" or "UTC"`, {
        zone: clip(name),
      })
    }
  }

  /** Milliseconds by which the zone is ahead of UTC at `utcMs`. */
  offset(utcMs: number): number {
    const key = Math.floor(utcMs / QUARTER_MS)
    const known = this.#offsets.get(key)
    if (known !== undefined) return known
    const at = key * QUARTER_MS
    const parts = new Map(this.#format.formatToParts(at).map(({ type, value }) => [type, value]))
    const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type))
    const year = parts.get('era') === 'BC' ? 1 - part('year') : part('year')
    const wall = new Date(0)
    wall.setUTCFullYear(year, part('month') - 1, part('day'))
    wall.setUTCHours(part('hour'), part('minute'), part('second'))
    const offset = wall.getTime() - at
    if (this.#offsets.size >= OFFSETS_MAX) this.#offsets.clear()
    this.#offsets.set(key, offset)
    return offset
  }
}

const zones = new Map<string, Zone>()

/** Throws INVALID for a name that is no time zone's. */
function zoneNamed(name: string): Zone {
  const known = zones.get(name)
  if (known !== undefined) return known
  const zone = new Zone(name)
  zones.set(name, zone)
  return zone
}

const msOf = ({ days, micros }: Moment): number => days * DAY_MS + Math.floor(micros / 1000)

/** What clocks in the zone show at a moment of UTC. */
export function toZone(moment: Moment, zone: string): Moment {
  const offset = zoneNamed(zone).offset(msOf(moment))
  return momentAt(moment.days, moment.micros + offset * 1000)
}

/**
 * The moment of UTC at which clocks in the zone show `wall`: the earlier one where they show it
 * twice; where they leave it out, as much later as they are set forward.
 */
export function fromZone(wall: Moment, zone: string): Moment {
  const named = zoneNamed(zone)
  const shown = msOf(wall)
  const before = named.offset(shown - DAY_MS)
  const after = named.offset(shown + DAY_MS)
  const early = shown - before
  const offset =
    named.offset(early) === before || named.offset(shown - after) !== after ? before : after
  return momentAt(wall.days, wall.micros - offset * 1000)
}
