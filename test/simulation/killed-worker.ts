// Inserts rows into `acme/sales.orders` until it kills itself at an I/O step: folder, step, first id.
// Prints `+<id>` before each insert of the rows id and id + 1, `=<id>` once it is acknowledged.
import fs from 'node:fs'

const [folder = '', step = '1', first = '0'] = process.argv.slice(2)
const INSERTS_MAX = 60
const CHANGING = [
  ...(['openSync', 'writeSync', 'write', 'fsync', 'linkSync', 'unlinkSync'] as const),
  ...(['renameSync', 'mkdirSync', 'rmSync'] as const),
]
const print = fs.writeSync.bind(fs, 1) as (text: string) => number

let left = Number.POSITIVE_INFINITY
for (const name of CHANGING) {
  const real = fs[name] as (...args: unknown[]) => unknown
  Object.assign(fs, {
    [name]: (...args: unknown[]) => {
      left--
      // Before the step, or after it.
      if (left === 0) process.kill(process.pid, 'SIGKILL')
      const result = Reflect.apply(real, fs, args)
      if (left === 0.5) process.kill(process.pid, 'SIGKILL')
      return result
    },
  })
}

// After the change, which is to be seen by whoever takes functions out of `fs`.
const { connect } = await import('../../src/index.ts')
const lake = await connect(folder)
const table = await (await lake.database('acme/sales')).table('orders')
left = Number(step)
for (let n = 0; n < INSERTS_MAX; n++) {
  const id = Number(first) + 2 * n
  print(`+${id}\n`)
  await table.insert({ id: [id, id + 1], customer: [`c${id}`, null] } as never)
  print(`=${id}\n`)
}
await lake.close()
