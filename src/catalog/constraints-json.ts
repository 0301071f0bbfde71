import type { Constraint, Identity } from './model/constraint.ts'
import type { Head } from './model/head.ts'
import {
  CONSTRAINTS_FEATURE,
  IDENTITY_FEATURE,
  printList,
  printObject,
  type StoredObject,
} from './stored-json.ts'

type Constrained = Pick<Head, 'constraints' | 'identities'>
type Fields = readonly (readonly [name: string, value: unknown])[]

/** The fields of a head that tell of constraints and identities; none where there are none. */
export function constraintFields({ constraints, identities }: Constrained): Fields {
  return [
    ...(constraints.length === 0
      ? []
      : ([['constraints', printList(constraints.map(printConstraint))]] as const)),
    ...(identities.length === 0
      ? []
      : ([['identities', printList(identities.map(printIdentity))]] as const)),
  ]
}

/**
 * The inverse of `constraintFields`. Kinds that this version does not know are passed over: they
 * come with a feature that keeps it from writing.
 */
export function readConstraints(of: StoredObject): Constrained {
  const list = (name: string) => (of.has(name) ? of.objects(name) : [])
  return {
    constraints: list('constraints').flatMap(readConstraint),
    identities: list('identities').map(
      (item): Identity => ({ column: item.whole('column', 1), next: item.whole('next') }),
    ),
  }
}

/** `features` of a writer of a table with these constraints. */
export function constraintFeatures(
  features: readonly string[],
  { constraints, identities }: Constrained,
): string[] {
  const others = features.filter(
    (name) => name !== CONSTRAINTS_FEATURE && name !== IDENTITY_FEATURE,
  )
  if (constraints.length > 0) others.push(CONSTRAINTS_FEATURE)
  if (identities.length > 0) others.push(IDENTITY_FEATURE)
  return others
}

function printConstraint(of: Constraint): string {
  const { name, kind, columns, since, extra } = of
  const predicate = of.kind === 'check' ? ([['predicate', of.predicate]] as const) : []
  return printObject(
    [['name', name], ['kind', kind], ['columns', columns], ['since', since], ...predicate],
    extra,
  )
}

function readConstraint(of: StoredObject): Constraint[] {
  const kind = of.text('kind')
  if (kind !== 'check' && kind !== 'primaryKey' && kind !== 'unique') return []
  const rule = { name: of.text('name'), columns: of.wholes('columns', 1), since: of.whole('since') }
  if (kind === 'check') {
    const predicate = of.json('predicate')
    return [{ kind, ...rule, predicate, extra: of.extra() }]
  }
  if (rule.columns.length === 0) of.fail('columns', 'at least one column', rule.columns)
  return [{ kind, ...rule, extra: of.extra() }]
}

function printIdentity({ column, next }: Identity): string {
  return JSON.stringify({ column, next })
}
