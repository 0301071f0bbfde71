import { unreachable } from '../error.ts'
import type { Join, LogicalPlan } from './logical-plan.ts'
import { outputsOf, rightOutputsOf, uniqueKeys } from './unique-keys.ts'

/** Rows that are equal in `by`, null being equal to null, are equal in `gives` too. */
export interface Dependency {
  readonly by: ReadonlySet<string>
  readonly gives: ReadonlySet<string>
}

/** Which columns of `plan` are known to be determined by others: those of a key give all of its row. */
export function dependencies(plan: LogicalPlan): readonly Dependency[] {
  switch (plan.kind) {
    case 'scan':
    case 'aggregate': {
      const gives = new Set(plan.schema.fields.map(({ name }) => name))
      return uniqueKeys(plan)
        .filter(({ isStrict }) => isStrict)
        .map(({ columns }) => ({ by: columns, gives }))
    }
    case 'filter':
    case 'sort':
    case 'top-k':
    case 'limit':
    case 'sample':
    case 'window':
      return dependencies(plan.input)
    case 'explode':
      return withoutColumn(dependencies(plan.input), plan.name)
    case 'project':
      return renamed(dependencies(plan.input), outputsOf(plan.columns))
    case 'join':
      return ofJoin(plan)
    case 'union':
    case 'values':
      return []
    default:
      return unreachable(plan)
  }
}

/**
 * What holds in an input holds in what is joined of it, and among the rows for which it has nothing,
 * where all is null; in both together if no row of the input has nulls in `by`.
 */
function ofJoin(plan: Join): Dependency[] {
  const { how, left, right } = plan
  const isLeftWhole = how !== 'right' && how !== 'full'
  const fromLeft = dependencies(left).filter(({ by }) => isLeftWhole || !takesNull(left, by))
  if (how === 'semi' || how === 'anti') return fromLeft
  const isRightWhole = how === 'inner' || how === 'right' || how === 'cross'
  const fromRight = dependencies(right).filter(({ by }) => isRightWhole || !takesNull(right, by))
  return [...fromLeft, ...renamed(fromRight, rightOutputsOf(plan))]
}

/** What is known of the other columns, where `name` gets other values and rows come several times. */
function withoutColumn(known: readonly Dependency[], name: string): Dependency[] {
  return known.flatMap(({ by, gives }) => {
    if (by.has(name)) return []
    return [{ by, gives: new Set([...gives].filter((of) => of !== name)) }]
  })
}

function takesNull({ schema }: LogicalPlan, names: ReadonlySet<string>): boolean {
  return schema.fields.some(({ name, nullable }) => nullable && names.has(name))
}

function renamed(known: readonly Dependency[], outputs: ReadonlyMap<string, string>): Dependency[] {
  return known.flatMap(({ by, gives }) => {
    const names = [...by].map((name) => outputs.get(name))
    if (names.includes(undefined)) return []
    const given = [...gives].flatMap((name) => outputs.get(name) ?? [])
    return [{ by: new Set(names as string[]), gives: new Set(given) }]
  })
}
