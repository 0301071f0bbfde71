const INSPECT = Symbol.for('nodejs.util.inspect.custom')

/** `object`, which `console.log` shows as what `text` answers. It stays what it is elsewhere. */
export function inspectedAs<T extends object>(object: T, text: () => string): T {
  return Object.defineProperty(object, INSPECT, { value: text })
}
