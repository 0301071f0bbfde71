import type { Cell } from '../object-store.ts'

const BYTES_MAX = 16 << 20

/** The last content seen of cells, so that reading one again can ask whether it has changed. */
export class RememberedCells {
  /** By path, least recently used first. */
  readonly #cells = new Map<string, Cell>()
  #bytes = 0

  find(path: string): Cell | undefined {
    return this.#cells.get(path)
  }

  keep(path: string, { body, token }: Cell): void {
    this.forget(path)
    if (body.length > BYTES_MAX) return
    this.#cells.set(path, { body: new Uint8Array(body), token })
    this.#bytes += body.length
    for (const oldest of this.#cells.keys()) {
      if (this.#bytes <= BYTES_MAX) return
      this.forget(oldest)
    }
  }

  forget(path: string): void {
    this.#bytes -= this.#cells.get(path)?.body.length ?? 0
    this.#cells.delete(path)
  }
}
