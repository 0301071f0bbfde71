import { type GraupelError, invalid } from '../error.ts'

/** INVALID: `node` of the plan cannot be given to the engine. Nothing has run. */
export function refused(node: string, why: string): GraupelError {
  return invalid(`the engine cannot run ${node}: ${why}; run it without \`engine\``, { node, why })
}
