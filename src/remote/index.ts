export type { QueryEngine } from '../frame/query-engine.ts'
export type { BucketKeys } from './bucket-place.ts'
export { type ClickHouseOptions, clickhouse } from './clickhouse.ts'
export type { MovedFragment } from './fragments.ts'
