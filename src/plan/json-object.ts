import { invalid } from '../error.ts'

/** An object of a plan that anybody may have written: every field is checked as it is read. */
export class JsonObject {
  readonly #fields: ReadonlyMap<string, unknown>
  readonly #path: string

  /** Throws INVALID, naming `path`, unless `value` is an object. */
  constructor(value: unknown, path: string) {
    this.#path = path
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw invalid(`the plan's ${path} has to be an object`, { path })
    }
    this.#fields = new Map(Object.entries(value))
  }

  get path(): string {
    return this.#path
  }

  value(name: string): unknown {
    return this.#fields.get(name)
  }

  has(name: string): boolean {
    return this.#fields.has(name)
  }

  text(name: string): string {
    const value = this.value(name)
    return typeof value === 'string' ? value : this.#fail(name, 'text')
  }

  oneOf<T extends string>(name: string, allowed: readonly T[]): T {
    const value = this.value(name)
    return allowed.find((one) => one === value) ?? this.#fail(name, `one of ${allowed.join(', ')}`)
  }

  boolean(name: string): boolean {
    const value = this.value(name)
    return typeof value === 'boolean' ? value : this.#fail(name, 'true or false')
  }

  /** A whole number from `least` on. */
  whole(name: string, least = 0): number {
    const value = this.value(name)
    const ok = typeof value === 'number' && Number.isSafeInteger(value) && value >= least
    return ok ? value : this.#fail(name, `a whole number from ${least} on`)
  }

  list<T>(name: string, read: (value: unknown, path: string) => T): readonly T[] {
    const value = this.value(name)
    if (!Array.isArray(value)) return this.#fail(name, 'a list')
    return Object.freeze(value.map((one, at) => read(one, `${this.#path}.${name}[${at}]`)))
  }

  texts(name: string): readonly string[] {
    return this.list(name, (value) =>
      typeof value === 'string' ? value : this.#fail(name, 'a list of texts'),
    )
  }

  object(name: string): JsonObject {
    return new JsonObject(this.value(name), `${this.#path}.${name}`)
  }

  #fail(name: string, wanted: string): never {
    const path = `${this.#path}.${name}`
    throw invalid(`the plan's ${path} has to be ${wanted}`, { path })
  }
}
