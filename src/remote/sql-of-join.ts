import type { JoinHow } from '../plan/logical-plan.ts'
import { refused } from './refused.ts'
import { listed } from './sql-of-values.ts'

/** A query that stands in a join as `as`. */
interface Joined {
  readonly sql: string
  readonly columns: readonly string[]
  readonly as: string
}

/** A query for the rows of two that meet where all of `on` is true; its columns are called `names`. */
export function joinSql(
  how: JoinHow,
  left: Joined,
  right: Joined,
  on: readonly string[],
  names: readonly string[],
): string {
  const one = how === 'semi' || how === 'anti'
  const given = [left, ...(one ? [] : [right])].flatMap(({ columns, as }) =>
    columns.map((name) => `${as}.${name}`),
  )
  const outputs = given.map((name, at) => `${name} AS ${names[at]}`)
  const head = `SELECT ${listed(outputs)} FROM (${left.sql}) AS ${left.as}`
  if (on.length === 0) {
    if (how !== 'cross' && how !== 'inner') throw refused(`a ${how} join`, 'it has no keys')
    return `${head} CROSS JOIN (${right.sql}) AS ${right.as}`
  }
  const verb = one ? `LEFT ${how.toUpperCase()}` : `ALL ${how.toUpperCase()}`
  return `${head} ${verb} JOIN (${right.sql}) AS ${right.as} ON ${on.join(' AND ')}`
}
