export type DateField = 'year' | 'quarter' | 'month' | 'day' | 'dayOfWeek' | 'dayOfYear'
export type DateUnit = 'year' | 'quarter' | 'month' | 'week' | 'day'

/** `field` of each of `days` (since 1970-01-01, proleptic Gregorian). Monday is day 1 of a week. */
export function dateField(
  field: DateField,
  days: Int32Array,
  length: number,
  out: Int32Array,
): void {
  switch (field) {
    case 'year':
      for (let i = 0; i < length; i++) out[i] = packedCivil(days[i]!) >> 9
      return
    case 'quarter':
      for (let i = 0; i < length; i++) {
        out[i] = ((((packedCivil(days[i]!) >> 5) & 15) + 2) / 3) | 0
      }
      return
    case 'month':
      for (let i = 0; i < length; i++) out[i] = (packedCivil(days[i]!) >> 5) & 15
      return
    case 'day':
      for (let i = 0; i < length; i++) out[i] = packedCivil(days[i]!) & 31
      return
    case 'dayOfWeek':
      for (let i = 0; i < length; i++) out[i] = weekday(days[i]!) + 1
      return
    case 'dayOfYear':
      for (let i = 0; i < length; i++) {
        const day = days[i]!
        out[i] = day - monthStart(packedCivil(day) >> 9, 1) + 1
      }
      return
  }
}

/** The first day of the year, quarter, month or week (Monday) in which each of `days` lies. */
export function truncateDays(
  unit: DateUnit,
  days: Int32Array,
  length: number,
  out: Int32Array,
): void {
  switch (unit) {
    case 'day':
      out.set(days.subarray(0, length))
      return
    case 'week':
      for (let i = 0; i < length; i++) out[i] = days[i]! - weekday(days[i]!)
      return
    case 'month':
      for (let i = 0; i < length; i++) out[i] = days[i]! - (packedCivil(days[i]!) & 31) + 1
      return
    case 'quarter':
      for (let i = 0; i < length; i++) {
        const packed = packedCivil(days[i]!)
        const month = (packed >> 5) & 15
        out[i] = monthStart(packed >> 9, month - ((month - 1) % 3))
      }
      return
    case 'year':
      for (let i = 0; i < length; i++) out[i] = monthStart(packedCivil(days[i]!) >> 9, 1)
      return
  }
}

/** 0 for Monday to 6 for Sunday. 1970-01-01 was a Thursday; 2800 weeks x 7 x 400 keep it positive. */
function weekday(day: number): number {
  return (day + 3 + 7_840_000) % 7
}

/**
 * `year << 9 | month << 5 | day`, month and day from 1. Days within 0000-01-01 to 9999-12-31.
 * Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
 */
function packedCivil(days: number): number {
  const z = (days + 719_468) | 0
  const era = Math.floor(z / 146_097)
  const dayOfEra = (z - era * 146_097) | 0
  const leaps =
    (((dayOfEra / 1460) | 0) - ((dayOfEra / 36_524) | 0) + ((dayOfEra / 146_096) | 0)) | 0
  const yearOfEra = ((dayOfEra - leaps) / 365) | 0
  const dayOfYear =
    (dayOfEra - 365 * yearOfEra - ((yearOfEra / 4) | 0) + ((yearOfEra / 100) | 0)) | 0
  const shifted = ((5 * dayOfYear + 2) / 153) | 0
  const day = (dayOfYear - (((153 * shifted + 2) / 5) | 0) + 1) | 0
  const month = shifted < 10 ? shifted + 3 : shifted - 9
  const year = (yearOfEra + era * 400 + (month <= 2 ? 1 : 0)) | 0
  return (year << 9) | (month << 5) | day
}

function monthStart(year: number, month: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = (y - era * 400) | 0
  const dayOfYear = ((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) | 0
  const dayOfEra = yearOfEra * 365 + ((yearOfEra / 4) | 0) - ((yearOfEra / 100) | 0) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/** `floor(value / size)` and the rest, for whole numbers within 2^53. */
export function splitTicks(
  values: Float64Array,
  size: number,
  length: number,
  quotients: Int32Array,
  rests: Float64Array,
): void {
  for (let i = 0; i < length; i++) {
    const value = values[i]!
    const rest = value % size
    const positive = rest < 0 ? rest + size : rest + 0
    rests[i] = positive
    quotients[i] = (value - positive) / size
  }
}

/** `floor(values[i] / size) % modulus`, for whole numbers from 0 to 2^53. */
export function clockField(
  values: Float64Array,
  size: number,
  modulus: number,
  length: number,
  out: Int32Array,
): void {
  for (let i = 0; i < length; i++) out[i] = Math.floor(values[i]! / size) % modulus
}

/** The greatest multiple of `size` that is not above each value. */
export function truncateTicks(
  values: Float64Array,
  size: number,
  length: number,
  out: Float64Array,
): void {
  for (let i = 0; i < length; i++) {
    const value = values[i]!
    const rest = value % size
    out[i] = value - (rest < 0 ? rest + size : rest) + 0
  }
}
