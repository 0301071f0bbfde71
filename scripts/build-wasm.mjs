// Compiles assembly/ to WebAssembly and writes it as base64 into a TypeScript file, so that the
// package needs no file beside its code and no build step of its users.
//   node scripts/build-wasm.mjs [out.ts]
import { writeFileSync } from 'node:fs'
import asc from 'assemblyscript/asc'

const target = process.argv[2] ?? 'src/kernel/wasm/module.generated.ts'
const { error, stderr, binary } = await compile()
if (error !== null || binary === null) {
  console.error(stderr)
  process.exit(1)
}
const text = Buffer.from(binary).toString('base64')
writeFileSync(
  target,
  `/** Made of assembly/ by \`npm run build:wasm\`: ${binary.length} bytes of WebAssembly. */
export const WASM_MODULE = '${text}'
`,
)
console.log(`${target}: ${binary.length} bytes of WebAssembly`)

async function compile() {
  let binary = null
  const options = ['--outFile', 'kernels.wasm', '--runtime', 'stub', '--noAssert', '--importMemory']
  options.push('--enable', 'simd', '--enable', 'bulk-memory', '--initialMemory', '192')
  options.push('--optimizeLevel', '3', '--shrinkLevel', '0', '--use', 'abort=')
  const { error, stderr } = await asc.main(['assembly/index.ts', ...options], {
    writeFile(name, contents) {
      if (name.endsWith('.wasm')) binary = contents
    },
  })
  return { error, stderr: stderr.toString(), binary }
}
