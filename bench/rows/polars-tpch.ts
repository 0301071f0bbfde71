import type { BenchRow } from './bench-row.ts'

type PolarsQuery = NonNullable<BenchRow['polars']>

/** Decimals as floats: that is what Polars for Node computes with. */
export const polarsQ6: PolarsQuery = (pl, scan) => {
  const float = (name: string) => pl.col(name).cast(pl.Float64)
  return scan('lineitem')
    .filter(
      pl
        .col('l_shipdate')
        .gtEq(pl.lit(new Date('1994-01-01')).cast(pl.Date))
        .and(pl.col('l_shipdate').lt(pl.lit(new Date('1995-01-01')).cast(pl.Date)))
        .and(float('l_discount').gtEq(0.0499))
        .and(float('l_discount').ltEq(0.0701))
        .and(float('l_quantity').lt(24)),
    )
    .select(float('l_extendedprice').mul(float('l_discount')).sum().alias('revenue'))
}

export const polarsQ1: PolarsQuery = (pl, scan) => {
  const float = (name: string) => pl.col(name).cast(pl.Float64)
  const price = float('l_extendedprice').mul(pl.lit(1).sub(float('l_discount')))
  return scan('lineitem')
    .filter(pl.col('l_shipdate').ltEq(pl.lit(new Date('1998-09-02')).cast(pl.Date)))
    .groupBy(['l_returnflag', 'l_linestatus'])
    .agg(
      float('l_quantity').sum().alias('sum_qty'),
      float('l_extendedprice').sum().alias('sum_base_price'),
      price.sum().alias('sum_disc_price'),
      price
        .mul(pl.lit(1).plus(float('l_tax')))
        .sum()
        .alias('sum_charge'),
      float('l_quantity').mean().alias('avg_qty'),
      float('l_extendedprice').mean().alias('avg_price'),
      float('l_discount').mean().alias('avg_disc'),
      pl.col('l_quantity').count().alias('count_order'),
    )
    .sort(['l_returnflag', 'l_linestatus'])
}

export const polarsQ3: PolarsQuery = (pl, scan) => {
  const day = pl.lit(new Date('1995-03-15')).cast(pl.Date)
  const float = (name: string) => pl.col(name).cast(pl.Float64)
  const building = scan('customer').filter(pl.col('c_mktsegment').eq(pl.lit('BUILDING')))
  const open = scan('orders')
    .filter(pl.col('o_orderdate').lt(day))
    .join(building, { leftOn: 'o_custkey', rightOn: 'c_custkey', how: 'semi' })
  return scan('lineitem')
    .filter(pl.col('l_shipdate').gt(day))
    .join(open, { leftOn: 'l_orderkey', rightOn: 'o_orderkey', how: 'inner' })
    .groupBy(['l_orderkey', 'o_orderdate', 'o_shippriority'])
    .agg(
      float('l_extendedprice')
        .mul(pl.lit(1).sub(float('l_discount')))
        .sum()
        .alias('revenue'),
    )
    .sort([pl.col('revenue').mul(-1), pl.col('o_orderdate'), pl.col('l_orderkey')])
    .limit(10)
    .select('l_orderkey', 'revenue', 'o_orderdate', 'o_shippriority')
}
