import { type DataFrame, type SchemaOf, t } from 'graupel'

const money = t.decimal(15, 2)

/** The eight tables of TPC-H, types as in its specification. */
export const TPCH = {
  region: { r_regionkey: t.int32(), r_name: t.utf8(), r_comment: t.utf8() },
  nation: {
    n_nationkey: t.int32(),
    n_name: t.utf8(),
    n_regionkey: t.int32(),
    n_comment: t.utf8(),
  },
  supplier: {
    s_suppkey: t.int64(),
    s_name: t.utf8(),
    s_address: t.utf8(),
    s_nationkey: t.int32(),
    s_phone: t.utf8(),
    s_acctbal: money,
    s_comment: t.utf8(),
  },
  part: {
    p_partkey: t.int64(),
    p_name: t.utf8(),
    p_mfgr: t.utf8(),
    p_brand: t.utf8(),
    p_type: t.utf8(),
    p_size: t.int32(),
    p_container: t.utf8(),
    p_retailprice: money,
    p_comment: t.utf8(),
  },
  partsupp: {
    ps_partkey: t.int64(),
    ps_suppkey: t.int64(),
    ps_availqty: t.int64(),
    ps_supplycost: money,
    ps_comment: t.utf8(),
  },
  customer: {
    c_custkey: t.int64(),
    c_name: t.utf8(),
    c_address: t.utf8(),
    c_nationkey: t.int32(),
    c_phone: t.utf8(),
    c_acctbal: money,
    c_mktsegment: t.utf8(),
    c_comment: t.utf8(),
  },
  orders: {
    o_orderkey: t.int64(),
    o_custkey: t.int64(),
    o_orderstatus: t.utf8(),
    o_totalprice: money,
    o_orderdate: t.date(),
    o_orderpriority: t.utf8(),
    o_clerk: t.utf8(),
    o_shippriority: t.int32(),
    o_comment: t.utf8(),
  },
  lineitem: {
    l_orderkey: t.int64(),
    l_partkey: t.int64(),
    l_suppkey: t.int64(),
    l_linenumber: t.int64(),
    l_quantity: money,
    l_extendedprice: money,
    l_discount: money,
    l_tax: money,
    l_returnflag: t.utf8(),
    l_linestatus: t.utf8(),
    l_shipdate: t.date(),
    l_commitdate: t.date(),
    l_receiptdate: t.date(),
    l_shipinstruct: t.utf8(),
    l_shipmode: t.utf8(),
    l_comment: t.utf8(),
  },
}

export type TpchTable = keyof typeof TPCH

/** A frame over each table. */
export type Tpch = { readonly [T in TpchTable]: DataFrame<SchemaOf<(typeof TPCH)[T]>> }

/** One query of the 22: with the DataFrame and in SQL. */
export interface TpchQuery {
  readonly name: string
  readonly frame: (tables: Tpch) => DataFrame<any>
  readonly sql: string
}
