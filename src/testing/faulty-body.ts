import { pause } from '../io/clock-and-ids.ts'
import type { ByteSource } from '../io/object-store.ts'
import type { Fault } from './fault-plan.ts'

const SLOW_MS = 20

/** `body` cut or with a bit turned over when `fault` says so; `body` itself otherwise. */
export function spoilt(body: Uint8Array, fault: Fault | undefined): Uint8Array {
  if (body.length === 0) return body
  if (fault?.kind === 'truncated') return body.subarray(0, (fault.detail ?? 0) % body.length)
  if (fault?.kind === 'bit-flip') return turnBit(new Uint8Array(body), fault.detail ?? 0)
  return body
}

/** `source` with what `next` says of each read. */
export function faultySource(source: ByteSource, next: () => Fault | undefined): ByteSource {
  return {
    byteLength: source.byteLength,
    read(target, position) {
      const fault = next()
      if (fault?.kind === 'truncated') return 0
      const read = source.read(target, position)
      if (fault?.kind === 'slow') return pause(fault.detail ?? SLOW_MS).then(() => read)
      if (fault?.kind !== 'bit-flip') return read
      const turn = (count: number) => {
        if (count > 0) turnBit(target.subarray(0, count), fault.detail ?? 0)
        return count
      }
      return typeof read === 'number' ? turn(read) : read.then(turn)
    },
    close() {
      source.close()
    },
  }
}

function turnBit(bytes: Uint8Array, bit: number): Uint8Array {
  const at = bit % (bytes.length * 8)
  bytes[at >> 3]! ^= 1 << (at & 7)
  return bytes
}
