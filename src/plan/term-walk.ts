import { typesEqual } from '../arrow/data-type.ts'
import { invalid, unreachable } from '../error.ts'
import type { Term, WindowTerm } from './term.ts'
import { framesEqual, optionsEqual } from './window-expr.ts'

const DEPTH_MAX = 2000

/** The terms directly inside `term`. */
export function termsIn(term: Term): readonly Term[] {
  switch (term.kind) {
    case 'column':
    case 'literal':
      return []
    case 'call':
    case 'user':
      return term.args
    case 'cast':
      return [term.input]
    case 'case': {
      const inside = term.branches.flatMap(({ when, then }) => [when, then])
      return term.otherwise === null ? inside : [...inside, term.otherwise]
    }
    case 'in':
      return [term.input, ...term.values]
    case 'aggregate':
      return [...(term.input === null ? [] : [term.input]), ...(term.more ?? [])]
    case 'window': {
      const { inputs, over } = term
      if (over === null) return inputs
      return [...inputs, ...over.partitionBy, ...over.orderBy.map((key) => key.term)]
    }
    default:
      return unreachable(term)
  }
}

/** Whether `test` holds for `term` or any term inside it. */
export function someTerm(term: Term, test: (term: Term) => boolean): boolean {
  const open = [term]
  const seen = new Set<Term>(open)
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (test(next)) return true
    for (const inside of termsIn(next)) {
      if (seen.has(inside)) continue
      seen.add(inside)
      open.push(inside)
    }
  }
  return false
}

/**
 * `term` with parts replaced, top-down: what `rewrite` returns takes the place of a part and is not
 * looked into; where it returns undefined, the walk goes on inside. Throws INVALID for more than
 * 2,000 levels.
 */
export function mapTerm(term: Term, rewrite: (term: Term) => Term | undefined): Term {
  const done = new Map<Term, Term>()
  let depth = 0
  const walk = (part: Term): Term => {
    const known = done.get(part)
    if (known !== undefined) return known
    depth++
    if (depth > DEPTH_MAX) throw invalid(`an expression has more than ${DEPTH_MAX} levels`)
    const mapped = rewrite(part) ?? mapInside(part, walk)
    depth--
    done.set(part, mapped)
    return mapped
  }
  return walk(term)
}

function mapInside(term: Term, walk: (term: Term) => Term): Term {
  switch (term.kind) {
    case 'column':
    case 'literal':
      return term
    case 'call':
    case 'user':
      return { ...term, args: term.args.map(walk) }
    case 'cast':
      return { ...term, input: walk(term.input) }
    case 'case': {
      const branches = term.branches.map((branch) => {
        const when = walk(branch.when)
        const then = walk(branch.then)
        return { when, then }
      })
      return { ...term, branches, otherwise: term.otherwise === null ? null : walk(term.otherwise) }
    }
    case 'in':
      return { ...term, input: walk(term.input), values: term.values.map(walk) }
    case 'aggregate':
      if (term.input === null) return term
      return term.more === undefined
        ? { ...term, input: walk(term.input) }
        : { ...term, input: walk(term.input), more: term.more.map(walk) }
    case 'window': {
      const inputs = term.inputs.map(walk)
      if (term.over === null) return { ...term, inputs }
      const partitionBy = term.over.partitionBy.map(walk)
      const orderBy = term.over.orderBy.map((key) => ({ ...key, term: walk(key.term) }))
      return { ...term, inputs, over: { ...term.over, partitionBy, orderBy } }
    }
    default:
      return unreachable(term)
  }
}

/** Whether `a` and `b` are written alike. Literals other than plain ones only if identical. */
export function termsEqual(a: Term, b: Term): boolean {
  const open: (readonly [Term, Term])[] = [[a, b]]
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    const [left, right] = pair
    if (left === right) continue
    const insideLeft = termsIn(left)
    const insideRight = termsIn(right)
    if (insideLeft.length !== insideRight.length || !headsEqual(left, right)) return false
    for (const [position, term] of insideLeft.entries()) open.push([term, insideRight[position]!])
  }
  return true
}

function headsEqual(a: Term, b: Term): boolean {
  switch (a.kind) {
    case 'column':
      return b.kind === 'column' && a.name === b.name
    case 'literal': {
      if (b.kind !== 'literal' || !Object.is(a.value, b.value)) return false
      return a.type === null || b.type === null ? a.type === b.type : typesEqual(a.type, b.type)
    }
    case 'call':
      return b.kind === 'call' && a.name === b.name
    case 'user':
      return b.kind === 'user' && a.of === b.of
    case 'cast':
      return b.kind === 'cast' && a.orNull === b.orNull && typesEqual(a.type, b.type)
    case 'case':
      return (
        b.kind === 'case' &&
        a.branches.length === b.branches.length &&
        (a.otherwise === null) === (b.otherwise === null)
      )
    case 'in':
      return b.kind === 'in'
    case 'aggregate':
      return (
        b.kind === 'aggregate' &&
        a.name === b.name &&
        (a.input === null) === (b.input === null) &&
        optionsEqual(a.options, b.options)
      )
    case 'window':
      return b.kind === 'window' && windowHeadsEqual(a, b)
    default:
      return unreachable(a)
  }
}

function windowHeadsEqual(a: WindowTerm, b: WindowTerm): boolean {
  if (a.name !== b.name || a.count !== b.count || a.ignoreNulls !== b.ignoreNulls) return false
  if (a.inputs.length !== b.inputs.length || !optionsEqual(a.options, b.options)) return false
  if (a.over === null || b.over === null) return a.over === b.over
  if (a.over.partitionBy.length !== b.over.partitionBy.length) return false
  const others = b.over.orderBy
  const sameOrder = a.over.orderBy.every(({ descending, nulls }, position) => {
    const other = others[position]
    return other?.descending === descending && other.nulls === nulls
  })
  return sameOrder && framesEqual(a.over.frame, b.over.frame)
}
