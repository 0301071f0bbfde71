import { connect, type S3Options } from '../../src/index.ts'
import {
  type ClickHouseOptions,
  clickhouse,
  type MovedFragment,
  type QueryEngine,
  removeShuffles,
} from '../../src/remote/index.ts'
import { expectEqual } from './equal.ts'

const url = 'http://localhost:8123'
const cluster = ['one:9000', 'two:9000']

expectEqual<ReturnType<typeof clickhouse>, QueryEngine>()
clickhouse({ url })
clickhouse({ url: [url, url] as const, user: 'reader', password: 'secret', cluster: 'graupel' })
clickhouse({ url, cluster: cluster as readonly string[], onMoved: ({ fragment }) => fragment + 1 })
clickhouse({ url, endpoint: 'http://localhost:9000', otherwise: 'local' })
clickhouse({ url, s3Credentials: { accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c' } })
clickhouse({ url, cluster, shuffleFromBytes: 64 * 2 ** 20 })
clickhouse({ url, cluster, shuffleFromBytes: '256MiB' })
const options: ClickHouseOptions = { url, cluster }
clickhouse(options)
clickhouse({
  url,
  cluster,
  onMoved(moved) {
    expectEqual<typeof moved, MovedFragment>()
    expectEqual<typeof moved.from, string>()
  },
})

// @ts-expect-error clickhouse: without the address of a server
clickhouse({})
// @ts-expect-error clickhouse: without options
clickhouse()
// @ts-expect-error clickhouse: an address that is no text
clickhouse({ url: 8123 })
// @ts-expect-error clickhouse: a misspelt option
clickhouse({ url, clusters: cluster })
// @ts-expect-error clickhouse: a user that is no text
clickhouse({ url, user: null })
// @ts-expect-error clickhouse: a password that is no text
clickhouse({ url, password: 1 })
// @ts-expect-error clickhouse: nodes by their ports
clickhouse({ url, cluster: [9000] })
// @ts-expect-error clickhouse: a listener of something else
clickhouse({ url, onMoved: (moved: string) => moved })
// @ts-expect-error clickhouse: what a moved fragment does not tell
clickhouse({ url, onMoved: ({ node }) => node })
// @ts-expect-error clickhouse: an endpoint that is no text
clickhouse({ url, endpoint: new URL(url) })
// @ts-expect-error clickhouse: half of a pair of keys
clickhouse({ url, s3Credentials: { accessKeyId: 'a' } })
// @ts-expect-error clickhouse: another answer to what it cannot run
clickhouse({ url, otherwise: 'never' })
// @ts-expect-error clickhouse: bytes that are no number and no text
clickhouse({ url, cluster, shuffleFromBytes: true })
// @ts-expect-error clickhouse: a misspelt option that would let servers write
clickhouse({ url, cluster, shuffleBytes: '256MiB' })

declare const reached: S3Options
expectEqual<ReturnType<typeof removeShuffles>, Promise<number>>()
removeShuffles('s3://bucket/lake')
removeShuffles('s3://bucket/lake', reached)
// @ts-expect-error removeShuffles: a lake for its URL
removeShuffles(await connect('s3://bucket/lake'))
// @ts-expect-error removeShuffles: an option of an engine
removeShuffles('s3://bucket/lake', { cluster })

const lake = await connect('s3://bucket/lake')
const frame = (await lake.database('a/b')).table('t')
const engine = clickhouse({ url })
;(await frame).toArray({ engine })
;(await frame).explain({ engine })
// @ts-expect-error explain: options where an engine has to be
;(await frame).explain({ engine: { url } })
// @ts-expect-error toArray: options where an engine has to be
;(await frame).toArray({ engine: { url } })
