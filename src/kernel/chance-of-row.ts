/**
 * A number from 0 (included) to 1 (excluded) that depends on a row's number and a seed alone, and
 * looks like chance: the finalizer of MurmurHash3 over both halves of the number and the seed.
 */
export function chanceOfRow(row: number, seed: number): number {
  const high = mixed((seed ^ Math.floor(row / 2 ** 32)) | 0)
  return mixed(mixed(high + 0x9e3779b9) ^ (row | 0)) / 2 ** 32
}

function mixed(value: number): number {
  let bits = value ^ (value >>> 16)
  bits = Math.imul(bits, 0x85ebca6b)
  bits ^= bits >>> 13
  bits = Math.imul(bits, 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}
