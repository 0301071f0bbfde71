import { LazyFrame } from '../../src/frame/lazy-frame.ts'

/** Counts the calls of every method of frames from now on; `end` takes that back. */
export function countedVerbs(): { readonly calls: ReadonlyMap<string, number>; end(): void } {
  const calls = new Map<string, number>()
  const { prototype } = LazyFrame
  const before = Object.getOwnPropertyDescriptors(prototype)
  for (const [name, { value, ...how }] of Object.entries(before)) {
    if (typeof value !== 'function' || name === 'constructor') continue
    calls.set(name, 0)
    const counted = function (this: unknown, ...args: unknown[]): unknown {
      calls.set(name, calls.get(name)! + 1)
      return Reflect.apply(value, this, args)
    }
    Object.defineProperty(prototype, name, { ...how, value: counted })
  }
  return { calls, end: () => void Object.defineProperties(prototype, before) }
}
