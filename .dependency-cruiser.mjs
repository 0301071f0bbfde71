/** The floors of the house, ground first. A module may import its own floor and those below it. */
const FLOORS = {
  error: '^src/error\\.ts$',
  arrow: '^src/arrow/',
  kernel: '^src/kernel/',
  'catalog-model': '^src/catalog/model/',
  io: '^src/io/',
  catalog: '^src/catalog/(?!model/)',
  plan: '^src/plan/',
  exec: '^src/exec/',
  frame: '^src/frame/',
  testing: '^src/testing/',
  index: '^src/index\\.ts$',
  plot: '^src/plot/',
  remote: '^src/remote/',
  cli: '^src/cli/',
}

const names = Object.keys(FLOORS)
const paths = Object.values(FLOORS)
const upward = names.slice(0, -1).map((name, height) => ({
  name: `upward-from-${name}`,
  severity: 'error',
  from: { path: paths[height] },
  to: { path: paths.slice(height + 1) },
}))

const never = (name, from, to) => ({ name, severity: 'error', from, to })

export default {
  forbidden: [
    ...upward,
    never('circle', { path: '^src/' }, { circular: true }),
    never('orphan', { orphan: true, path: '^src/', pathNot: '^src/index\\.ts$' }, {}),
    never('unplaced', { path: '^src/', pathNot: paths }, {}),
    never(
      'plan-is-pure',
      { path: FLOORS.plan },
      { path: [FLOORS.io, FLOORS.catalog, FLOORS.kernel] },
    ),
    never('exec-commits-nothing', { path: FLOORS.exec }, { path: FLOORS.catalog }),
    never(
      'model-and-io-are-strangers',
      { path: [FLOORS.io, FLOORS.kernel] },
      { path: FLOORS['catalog-model'] },
    ),
    never('frame-leaves-kernels-alone', { path: FLOORS.frame }, { path: FLOORS.kernel }),
    never(
      'frame-enters-exec-by-its-doors',
      { path: FLOORS.frame },
      {
        path: '^src/exec/(?!(run|load-crew|context|metrics|memory-budget|fold-constant|query-cache|row-change)\\.ts$)',
      },
    ),
    never(
      'only-io-touches-the-world',
      { path: '^src/', pathNot: [FLOORS.io, FLOORS.cli] },
      { dependencyTypes: ['core'] },
    ),
    never(
      'only-arrow-imports-arrow',
      { path: '^src/', pathNot: FLOORS.arrow },
      { path: 'apache-arrow' },
    ),
    never(
      'no-dev-dependency',
      { path: '^src/' },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm-peer'] },
    ),
    never(
      'only-plots-and-engines-need-peers',
      { path: '^src/', pathNot: [FLOORS.plot, FLOORS.remote] },
      { dependencyTypes: ['npm-peer'] },
    ),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true, // sees type-only imports too
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default'],
    },
  },
}
