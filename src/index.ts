export type { ClusteringInformation, DepthCount } from './catalog/clustering-information.ts'
export type { HistoryEntry, TagEntry } from './catalog/model/commit-record.ts'
export type { Moment } from './catalog/model/moment.ts'
export type { Problem } from './catalog/model/problem.ts'
export type { DatabaseVacuumOptions, DatabaseVacuumResult } from './catalog/purge-tables.ts'
export type { TransactionOutcome } from './catalog/resolve-transaction.ts'
export type { VacuumOptions, VacuumResult } from './catalog/vacuum-table.ts'
export { type ErrorCode, type ErrorFacts, GraupelError } from './error.ts'
export type { Accessor } from './frame/accessor.ts'
export type {
  ActionOptions,
  ArrowBatch,
  ArrowTable,
  BatchesOptions,
  ExplainOptions,
  ExportResult,
  OnceOptions,
  QueryOptions,
  RowsOptions,
  ShowOptions,
  WriteOptions,
  WriteResult,
} from './frame/action-options.ts'
export type { ClusteringAdvice, ColumnsAdvice } from './frame/advice-type.ts'
export type {
  Assigned,
  ChangeOptions,
  ChangeResult,
  InsertClause,
  MergeChange,
  RowClause,
  SetOf,
  TableWriteOptions,
  UpdateChange,
  ValuesOf,
} from './frame/change-type.ts'
export type { ClusterKeys } from './frame/cluster-type.ts'
export {
  type ColumnType,
  type DefaultNames,
  type DefaultType,
  type SchemaOf,
  type SchemaValue,
  type TimestampOptions,
  t,
} from './frame/column-type.ts'
export { connect } from './frame/connect.ts'
export type { ConstraintInfo } from './frame/constraint/rules.ts'
export type { NewTableConstraint, TableConstraints } from './frame/constraint/table-constraints.ts'
export type { DataFrame, FieldInfo, GroupedFrame, GroupingSets } from './frame/data-frame.ts'
export type {
  CreateTableFromOptions,
  CreateTableOptions,
  CreateViewOptions,
  Database,
} from './frame/database.ts'
export { type DiffFrame, diff } from './frame/diff-frame.ts'
export type {
  Expr,
  JsonMethods,
  ListMethods,
  StructMethods,
  TextMethods,
  TimeMethods,
  TimeUnit,
  TruncateUnit,
} from './frame/expr.ts'
export { col, fn, type Literal, lit } from './frame/expr-builders.ts'
export type { AsofOptions, JoinOptions, JoinWhereOptions } from './frame/join-type.ts'
export type {
  CacheOptions,
  ConnectOptions,
  Lake,
  ObjectCacheSettings,
} from './frame/lake.ts'
export type { LoadOptions, LoadResult, RejectedRow } from './frame/load-type.ts'
export type { MapRowsOptions } from './frame/map-rows.ts'
export type { OptimizeOptions, OptimizeResult } from './frame/optimize-type.ts'
export type { QueryEngine } from './frame/query-engine.ts'
export type {
  ProfileJson,
  ProfilePartitions,
  ProfileStep,
  QueryProfile,
} from './frame/query-profile.ts'
export type { PivotAggregate } from './frame/reshape-type.ts'
export type { RowContext } from './frame/row-calls.ts'
export type { SmallWrites } from './frame/small-writes.ts'
export { asc, desc, type SortKey, type SortOptions } from './frame/sort-key.ts'
export type {
  ConsumeOptions,
  StreamBatch,
  StreamInfo,
  StreamOptions,
  TableStream,
} from './frame/stream-type.ts'
export type { InsertOptions, Table } from './frame/table.ts'
export type {
  StagedRows,
  Transaction,
  TransactionOptions,
  TransactionTable,
} from './frame/transaction.ts'
export type {
  Binary,
  Bool,
  DateType,
  Decimal,
  Float32,
  Float64,
  Identity,
  InputColumns,
  InputRow,
  Int8,
  Int16,
  Int32,
  Int64,
  Json,
  List,
  Null,
  Row,
  RowOptions,
  Struct,
  Time,
  Timestamp,
  Uint8,
  Uint16,
  Uint32,
  Utf8,
} from './frame/type-tag.ts'
export { batchUdf, type Udf, type UdfOptions, udf } from './frame/user-function.ts'
export { when } from './frame/when.ts'
export type { FrameEnds, WindowRows } from './frame/window-rows.ts'
export type { CsvFormat } from './io/import/csv-options.ts'
export type { Compression } from './io/import/decompress.ts'
export type { ImportSource, ImportStream } from './io/import/import-file.ts'
export type { LoadFormat } from './io/import/import-format.ts'
export type { OnError, Rejected } from './io/import/rejects.ts'
export type { ObjectStore } from './io/object-store.ts'
export { probeStore } from './io/probe-store.ts'
export { type OnProgress, type Progress, type ProgressEvent, progressBar } from './io/progress.ts'
export type { ProbeCheck, ProbeReport } from './io/s3/probe-store.ts'
export type { S3Credentials, S3Options } from './io/s3/s3-options.ts'
export type { PlanJson } from './plan/export-plan.ts'
