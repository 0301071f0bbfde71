/** `array` with room for at least `length`, at least doubled when it has to grow. */
export function grownInt32(array: Int32Array, length: number): Int32Array {
  if (length <= array.length) return array
  const grown = new Int32Array(Math.max(length, array.length * 2))
  grown.set(array)
  return grown
}

/** `array` with room for at least `length`, at least doubled when it has to grow. */
export function grownFloat64(array: Float64Array, length: number): Float64Array {
  if (length <= array.length) return array
  const grown = new Float64Array(Math.max(length, array.length * 2))
  grown.set(array)
  return grown
}

/** `array` with room for at least `length`, at least doubled when it has to grow. */
export function grownUint8(array: Uint8Array, length: number): Uint8Array {
  if (length <= array.length) return array
  const grown = new Uint8Array(Math.max(length, array.length * 2))
  grown.set(array)
  return grown
}

/** Validity of `count` keys of which `nullId` is null (-1: none is). */
export function keyValidity(count: number, nullId: number): Uint8Array | null {
  if (nullId < 0) return null
  const validity = new Uint8Array(count).fill(1)
  validity[nullId] = 0
  return validity
}
