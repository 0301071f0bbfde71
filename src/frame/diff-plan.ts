import { bool, typesEqual, typeText, utf8 } from '../arrow/data-type.ts'
import { fieldNamed, fieldNames, type Schema } from '../arrow/schema.ts'
import { clip, invalid } from '../error.ts'
import type { Expr, NamedExpr } from '../plan/expr.ts'
import { callExpr, caseExpr, castExpr, columnExpr, literalExpr } from '../plan/expr-walk.ts'
import { filter, type LogicalPlan, project } from '../plan/logical-plan.ts'
import { joinPlan } from './join-verb.ts'
import { checkedNames } from './project-verbs.ts'
import { chosen, numbered } from './reshape-verbs.ts'

/** Columns of the answer beside the keys. */
export const CELL = ['side', 'column', 'left', 'right'] as const

/** Where a row of the join comes from: names that cannot meet those of cells. */
const PRESENT = ['left', 'right'] as const

/**
 * Plan of `diff`: the rows of both sides beside each other, each as often as it has cells, and of those
 * the cells that differ.
 */
export function diffPlan(
  left: LogicalPlan,
  right: LogicalPlan,
  names: readonly string[],
): LogicalPlan {
  requireSame(left.schema, right.schema)
  const key = checkedNames(left, names, 'diff')
  const taken = key.find((name) => (CELL as readonly string[]).includes(name))
  if (taken !== undefined) {
    throw invalid(`diff: the key "${taken}" is called like a column of the answer; rename it`, {
      column: taken,
    })
  }
  const cells = fieldNames(left.schema).filter((name) => !key.includes(name))
  if (cells.length === 0) throw invalid('diff: there is no column beside the key to compare')
  const on = key.map((_, at) => `key${at}`)
  const side = (plan: LogicalPlan, present: string) => {
    const column = (name: string) => columnExpr(fieldNamed(plan.schema, name))
    return project(plan, [
      ...key.map((name, at): NamedExpr => ({ name: on[at]!, expr: column(name) })),
      ...cells.map((name, at) => ({ name: `${present}${at}`, expr: castExpr(column(name), utf8) })),
      { name: present, expr: literalExpr(true, bool) },
    ])
  }
  const joined = joinPlan(side(left, PRESENT[0]), side(right, PRESENT[1]), { on, how: 'full' })
  const rows = numbered(joined, cells.length, 'number')
  const of = (name: string) => columnExpr(fieldNamed(rows.schema, name))
  const cellOf = (present: string) =>
    chosen(
      of('number'),
      cells.map((_, at) => of(`${present}${at}`)),
    )
  const text = (value: string) => literalExpr(value, utf8)
  const isMissing = (present: string) => callExpr('isNull', [of(present)])
  const told = project(rows, [
    ...key.map((name, at): NamedExpr => ({ name, expr: of(on[at]!) })),
    {
      name: 'side',
      expr: caseExpr(
        [
          // biome-ignore lint/suspicious/noThenProperty: plain data of the plan
          { when: isMissing('left'), then: text('right') },
          // biome-ignore lint/suspicious/noThenProperty: plain data of the plan
          { when: isMissing('right'), then: text('left') },
        ],
        text('both'),
      ),
    },
    { name: 'column', expr: chosen(of('number'), cells.map(text)) },
    { name: 'left', expr: nullable(cellOf('left')) },
    { name: 'right', expr: nullable(cellOf('right')) },
  ])
  const tells = (name: string) => columnExpr(fieldNamed(told.schema, name))
  const isOneSided = callExpr('ne', [tells('side'), text('both')])
  const differs = callExpr('not', [nullSafeEqual(tells('left'), tells('right'))])
  return filter(told, callExpr('or', [isOneSided, differs]))
}

/** The expression as one that may be null, whatever its columns are. */
function nullable(expr: Expr): Expr {
  return expr.nullable ? expr : caseExpr([], expr)
}

function nullSafeEqual(a: Expr, b: Expr): Expr {
  const isNull = (expr: Expr) => callExpr('isNull', [expr])
  const isEqual = callExpr('coalesce', [callExpr('eq', [a, b]), literalExpr(false, bool)])
  return callExpr('or', [callExpr('and', [isNull(a), isNull(b)]), isEqual])
}

function requireSame(left: Schema, right: Schema): void {
  const text = ({ fields }: Schema) =>
    clip(fields.map(({ name, type }) => `${name} ${typeText(type)}`).join(', '))
  const isSame =
    left.fields.length === right.fields.length &&
    left.fields.every(({ name, type }, at) => {
      const other = right.fields[at]!
      return name === other.name && typesEqual(type, other.type)
    })
  if (isSame) return
  throw invalid(`diff: the frames have other columns: (${text(left)}) and (${text(right)})`)
}
