import { clip, invalid } from '../error.ts'
import { refused } from './refused.ts'
import { sqlText } from './sql-type.ts'

/** Keys that the ClickHouse servers sign their requests to the bucket with. */
export interface BucketKeys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}

/** How ClickHouse reaches the bucket. */
export interface BucketAccess {
  /** As the servers see it, such as `https://s3.eu-central-1.amazonaws.com`; null: as it is seen here. */
  readonly endpoint: string | null
  /** Null where the servers have a role of their own. */
  readonly keys: BucketKeys | null
}

/** What ClickHouse would take for a pattern in a URL, or for where its path ends. */
const MEANS_MORE = /[{}*?,#%]/

/** How objects are read or written, in ClickHouse's words. */
export interface ObjectForm {
  readonly format: string
  readonly structure: string
}

const WHOLE_OBJECT: ObjectForm = { format: 'RawBLOB', structure: 'raw String' }

/**
 * The table function that reads exactly the objects `keys` of the store at `storeUrl`, unless told
 * otherwise one row each: `_path` (bucket and key) and `raw`. Braces only around two keys or more:
 * ClickHouse finds nothing for a list of one, and says nothing.
 */
export function filesSql(
  storeUrl: string,
  keys: readonly string[],
  access: BucketAccess,
  form: ObjectForm = WHOLE_OBJECT,
): string {
  for (const key of keys) requirePlain(key)
  const list = keys.length === 1 ? keys[0]! : `{${keys.join(',')}}`
  return patternSql(storeUrl, '', list, access, form)
}

/** The table function of the objects below `folder` ('' or ending with `/`) that ClickHouse takes `pattern` for. */
export function patternSql(
  storeUrl: string,
  folder: string,
  pattern: string,
  access: BucketAccess,
  { format, structure }: ObjectForm,
): string {
  const { endpoint: own, bucket, prefix } = placeOf(storeUrl)
  const endpoint = access.endpoint ?? own
  if (endpoint === null) {
    throw invalid('clickhouse: say the `endpoint` of the bucket, e.g. of its region of AWS', {
      option: 'endpoint',
      node: 'scan',
    })
  }
  for (const part of [prefix, folder]) requirePlain(part)
  const { keys: signing } = access
  const tokens = signing === null ? [] : [signing.accessKeyId, signing.secretAccessKey]
  if (signing?.sessionToken !== undefined) tokens.push(signing.sessionToken)
  const url = `${endpoint.replace(/\/+$/, '')}/${bucket}/${prefix}${folder}${pattern}`
  return `s3(${[url, ...tokens, format, structure].map(sqlText).join(',')})`
}

function requirePlain(part: string): void {
  if (!MEANS_MORE.test(part)) return
  throw refused(`a scan of "${clip(part)}"`, 'its path has one of {}*?,#%')
}

/** What `_path` is for the object `key`. */
export function objectPath(storeUrl: string, key: string): string {
  const { bucket, prefix } = placeOf(storeUrl)
  return `${bucket}/${prefix}${key}`
}

interface Place {
  /** Null for AWS itself. */
  readonly endpoint: string | null
  readonly bucket: string
  /** '' or ending with `/`. */
  readonly prefix: string
}

/** Takes `s3://bucket/prefix` and `s3+http://host/bucket/prefix` apart. */
function placeOf(storeUrl: string): Place {
  const url = /^s3(?:\+(https?:\/\/[^/]+)\/|:\/\/)([^/#]+)\/?([^#]*)/.exec(storeUrl)
  if (url === null) {
    throw invalid(`the engine reads buckets, and this table is at "${clip(storeUrl)}"`, {
      node: 'scan',
      url: storeUrl,
    })
  }
  const [, endpoint = null, bucket, prefix] = url
  return { endpoint, bucket: bucket!, prefix: prefix === '' ? '' : `${prefix}/` }
}
