import { corrupt } from '../error.ts'
import { crc32 } from '../io/checksum.ts'

const OPENING = ',"crc32":"'
const CLOSING = '"}\n'
const SEAL_BYTES = OPENING.length + 8 + CLOSING.length
const SEAL = /^,"crc32":"([0-9a-f]{8})"\}\n$/
const CLOSING_BRACE = 125
const HINT =
  'read it again, and if it stays so bring back an older copy; a file that was edited has to be sealed anew'

/**
 * A JSON object of at least one field as it is stored: its last field is `crc32`, the CRC-32 of all
 * bytes before the comma that comes before that field, and a line end follows.
 *
 * @param text The object without the seal, closing brace included.
 */
export function sealed(text: string): Uint8Array {
  const body = Buffer.from(text).subarray(0, -1)
  return Buffer.concat([body, Buffer.from(`${OPENING}${hex(crc32(body))}${CLOSING}`)])
}

/** The inverse of `sealed`, as bytes. Throws DATA naming the key when the seal lacks or is wrong. */
export function unsealed(bytes: Uint8Array, key: string): Uint8Array {
  const end = bytes.length - SEAL_BYTES
  const tail = Buffer.from(bytes.subarray(Math.max(0, end))).toString('latin1')
  const told = SEAL.exec(tail)?.[1]
  if (told === undefined) {
    throw corrupt(`"${key}" does not end with a checksum, as whole ones do: ${HINT}`, { key })
  }
  const body = bytes.subarray(0, end)
  const found = hex(crc32(body))
  if (found !== told) {
    throw corrupt(`"${key}" has the checksum ${found}, its end says ${told}: ${HINT}`, {
      key,
      found,
      told,
    })
  }
  const whole = new Uint8Array(end + 1)
  whole.set(body)
  whole[end] = CLOSING_BRACE
  return whole
}

function hex(sum: number): string {
  return sum.toString(16).padStart(8, '0')
}
