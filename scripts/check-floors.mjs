// Runs dependency-cruiser over src/ and fails on any violation, and also when it saw suspiciously
// few modules: with an unsupported TypeScript it cruises none and reports success.
import { cruise } from 'dependency-cruiser'
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config'
import config from '../.dependency-cruiser.mjs'

const MODULES_MIN = 50
const { options, ...ruleSet } = config
const result = await cruise(['src'], { ...options, ruleSet, validate: true }, undefined, {
  tsConfig: extractTSConfig(options.tsConfig.fileName),
})
const { summary, modules } = result.output
const own = modules.filter(({ source }) => source.startsWith('src/'))
for (const { rule, from, to, cycle } of summary.violations) {
  const path = cycle ? ` (${cycle.map(({ name }) => name).join(' -> ')})` : ''
  console.error(`${rule.name}: ${from} -> ${to}${path}`)
}
console.log(
  `floors: ${own.length} modules, ${summary.totalDependenciesCruised} dependencies, ${summary.violations.length} violations`,
)
if (own.length < MODULES_MIN) {
  console.error(`floors: only ${own.length} modules cruised, expected at least ${MODULES_MIN}`)
  process.exitCode = 1
}
if (summary.violations.length > 0) process.exitCode = 1
