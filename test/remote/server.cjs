// A ClickHouse server in this process, on loopback:
// `node server.cjs <http port> <tcp port> <folder> <configuration>`.
// `@chdb/lib-linux-x64-gnu` is ClickHouse as a library, whose `clickhouse-local` can listen.
const path = require('node:path')
const { Worker } = require('node:worker_threads')
const { open, load, DataType } = require('ffi-rs')

const [http, tcp, folder, configuration] = process.argv.slice(2)
// ClickHouse never gives this thread back: another one sees that the parent has gone.
new Worker(
  `const parent = process.ppid
   setInterval(() => process.ppid === parent || process.kill(process.pid, 'SIGKILL'), 500)`,
  { eval: true },
)

const library = path.dirname(require.resolve('@chdb/lib-linux-x64-gnu/package.json'))
open({ library: 'chdb', path: path.join(library, 'libchdb.so') })
const args = [
  'clickhouse',
  '--listen_host=127.0.0.1',
  `--http_port=${http}`,
  `--tcp_port=${tcp}`,
  `--config-file=${configuration}`,
  `--path=${folder}`,
  '--multiquery',
  '--query',
  'SYSTEM START LISTEN HTTP; SYSTEM START LISTEN TCP; ' +
    'SELECT sleepEachRow(1) FROM numbers(100000000) SETTINGS max_block_size=1 FORMAT Null',
]
load({
  library: 'chdb',
  funcName: 'chdb_query_cmdline',
  retType: DataType.U64,
  paramsType: [DataType.I32, DataType.StringArray],
  paramsValue: [args.length, args],
})
