import { scansOf } from '../plan/bind-partitions.ts'
import type { LogicalPlan } from '../plan/logical-plan.ts'
import type { BucketAccess } from './bucket-place.ts'
import type { Cluster, FragmentReading } from './cluster.ts'
import { clusterOf } from './fragments.ts'
import { nodesFor } from './placement.ts'
import type { EngineSettings } from './run-plan.ts'
import { Servers } from './servers.ts'
import { StoredJoins } from './shuffle.ts'
import { shuffledJoins } from './shuffled-joins.ts'
import { handTotals } from './spread.ts'
import { type JoinSide, type StoredSide, sidesOf, writeSql } from './sql-of-buckets.ts'
import { sqlOfPlan, sqlOfSide } from './sql-of-plan.ts'

/**
 * The statements without secrets: those that write the sides of joins, and the one that answers below what each
 * of its fragments reads. The servers are asked for their nodes where only a name is known.
 */
export async function explained(plan: LogicalPlan, settings: EngineSettings): Promise<string> {
  const access = hiddenKeys(settings.access)
  if (settings.cluster.length === 0) return sqlOfPlan(plan, access)
  const nodes = typeof settings.cluster === 'string' ? await askedNodes(settings) : settings.cluster
  const hidden = { ...settings, access, password: settings.password === '' ? '' : '...' }
  const stored = new StoredJoins()
  const lines: string[] = []
  const { shuffleFromBytes } = settings
  const joins = shuffleFromBytes === null ? [] : shuffledJoins(plan, shuffleFromBytes)
  for (const [number, side] of sidesOf(joins, nodes.length).entries()) {
    const cluster = clusterOf(nodes, hidden, stored.joins)!
    const told = explainedSide(side, number, { plan, cluster, settings: hidden })
    lines.push(...told.lines)
    stored.add(side, told.stored)
  }
  const noted = ({ fragment, sharedBytes, ...own }: FragmentReading) => {
    const shared = sharedBytes === 0 ? '' : `, and ${sharedBytes} that each of them reads`
    lines.push(`fragment ${fragment} on ${nodes[fragment]}: ${readingText(own)}${shared}`)
  }
  const sql = sqlOfPlan(plan, access, { ...clusterOf(nodes, hidden, stored.joins)!, noted })
  return [...lines, '', sql].join('\n')
}

/** As if every server wrote every bucket. */
function explainedSide(
  side: JoinSide,
  number: number,
  of: { readonly plan: LogicalPlan; readonly cluster: Cluster; readonly settings: EngineSettings },
): { readonly lines: string[]; readonly stored: StoredSide } {
  const { access, urls } = of.settings
  const { storeUrl } = scansOf(of.plan)[0]!.table
  const folder = `_tmp/<query>/${number}`
  const parts = sqlOfSide(side, access, of.cluster, urls.length)
  const lines = parts.flatMap(({ sql, hand }, part) => {
    const place = { storeUrl, folder: `${folder}/${part}`, access }
    const reads = hand === null ? 'what the fragments answer' : readingText(handTotals(hand))
    return [`part ${part} by ${urls[part]}: ${reads}`, writeSql(sql, side, place)]
  })
  const buckets = Array.from({ length: side.buckets }, (_, bucket) =>
    parts.map((_, part) => ({ key: `${folder}/${part}/${bucket}.parquet`, bytes: 0 })),
  )
  const head = `shuffle of the ${side.side} side of ${article(side.join.how)} join into ${side.buckets} buckets`
  return { lines: [head, ...lines, ''], stored: { storeUrl, buckets } }
}

const article = (how: string): string => (/^[aeiou]/.test(how) ? `an ${how}` : `a ${how}`)

function readingText(of: Pick<FragmentReading, 'partitions' | 'bytes' | 'buckets'>): string {
  const buckets = of.buckets === 0 ? '' : `, ${of.buckets} buckets`
  return `${of.partitions} partitions, ${of.bytes} bytes${buckets}`
}

async function askedNodes(settings: EngineSettings): Promise<readonly string[]> {
  const servers = await Servers.open(settings)
  try {
    return await nodesFor(servers, settings)
  } finally {
    await servers.close()
  }
}

const hiddenKeys = ({ endpoint, keys }: BucketAccess): BucketAccess => ({
  endpoint,
  keys: keys && { accessKeyId: '...', secretAccessKey: '...' },
})
