/**
 * Says where the processor time of a row goes: shares of one thread's time, by function, kernels by
 * their names. `npx tsx bench/where.ts q1` runs the sources, whose names a build shortens; `--scale`,
 * `--runs`, `--top` as wanted.
 */
import { Session } from 'node:inspector/promises'
import { parseArgs } from 'node:util'
import { connect } from 'graupel'
import { WASM_MODULE } from '../src/kernel/wasm/module.generated.ts'
import { makeDataset } from './datasets/make-dataset.ts'
import { framesOf } from './peers/graupel-frames.ts'
import { BENCH_ROWS } from './rows/bench-rows.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    scale: { type: 'string', default: '1' },
    runs: { type: 'string', default: '20' },
    top: { type: 'string', default: '16' },
  },
})

/** Names of the exported functions of a WebAssembly module, by their index. */
function functionNames(code: Buffer): Map<number, string> {
  const names = new Map<number, string>()
  let at = 8
  const number = () => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = code[at++]!
      value |= (byte & 127) << shift
      if (byte < 128) return value
    }
  }
  while (at < code.length) {
    const section = code[at++]
    const end = number() + at
    if (section === 7) {
      for (let left = number(); left > 0; left--) {
        const size = number()
        const name = code.toString('utf8', at, at + size)
        at += size
        const kind = code[at++]
        const index = number()
        if (kind === 0) names.set(index, name)
      }
    }
    at = end
  }
  return names
}

const kernels = functionNames(Buffer.from(WASM_MODULE, 'base64'))
const nameOf = (name: string) => {
  const index = /^wasm-function\[(\d+)\]$/.exec(name)?.[1]
  if (index !== undefined) return `kernel ${kernels.get(Number(index)) ?? index}`
  return name === '' ? '(anonymous)' : name
}

for (const name of positionals) {
  const row = BENCH_ROWS.get(name)
  if (row === undefined) throw new Error(`no row is called "${name}"`)
  const folder = await makeDataset(row.dataset, Number(values.scale))
  await using lake = await connect(`${folder}lake`, { threads: 1, cache: false })
  const frame = row.frame(await framesOf(lake, row.dataset))
  for (let run = 0; run < 5; run++) await frame.toArray()
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.setSamplingInterval', { interval: 200 })
  await session.post('Profiler.start')
  for (let run = 0; run < Number(values.runs); run++) await frame.toArray()
  const { profile } = await session.post('Profiler.stop')
  session.disconnect()
  const places = new Map(
    profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame.functionName)]),
  )
  const shares = new Map<string, number>()
  let total = 0
  for (const [i, id] of profile.samples!.entries()) {
    const time = profile.timeDeltas![i]!
    total += time
    shares.set(places.get(id)!, (shares.get(places.get(id)!) ?? 0) + time)
  }
  const ms = (total / 1000 / Number(values.runs)).toFixed(0)
  console.log(`${name}: ${ms} ms of one thread a run`)
  const most = [...shares].sort((a, b) => b[1] - a[1]).slice(0, Number(values.top))
  for (const [place, time] of most) {
    console.log(`${((time / total) * 100).toFixed(1).padStart(6)} %  ${place}`)
  }
}
