import { desc } from 'graupel'
import type { TpchQuery } from './tables.ts'

/** The supplier with the least cost of each brass part in Europe: the minimum per part, joined back. */
export const q02: TpchQuery = {
  name: 'q2',
  frame: ({ part, supplier, partsupp, nation, region }) => {
    const brass = part.filter((p) => p.p_size.eq(15).and(p.p_type.str.endsWith('BRASS')))
    const european = supplier.join(nation, { on: [['s_nationkey', 'n_nationkey']] }).join(
      region.filter((r) => r.r_name.eq('EUROPE')),
      { on: [['n_regionkey', 'r_regionkey']] },
    )
    const offers = partsupp
      .join(brass, { on: [['ps_partkey', 'p_partkey']] })
      .join(european, { on: [['ps_suppkey', 's_suppkey']] })
    const least = offers
      .groupBy('ps_partkey')
      .agg((o) => ({ ps_supplycost: o.ps_supplycost.min() }))
    return offers
      .join(least, { on: ['ps_partkey', 'ps_supplycost'], how: 'semi' })
      .sort(desc('s_acctbal'), 'n_name', 's_name', 'p_partkey')
      .limit(100)
      .select(
        ...(['s_acctbal', 's_name', 'n_name', 'p_partkey'] as const),
        ...(['p_mfgr', 's_address', 's_phone', 's_comment'] as const),
      )
  },
  sql: `
    SELECT s_acctbal, s_name, n_name, p_partkey, p_mfgr, s_address, s_phone, s_comment
    FROM part, supplier, partsupp, nation, region
    WHERE p_partkey = ps_partkey AND s_suppkey = ps_suppkey AND p_size = 15
      AND p_type LIKE '%BRASS' AND s_nationkey = n_nationkey AND n_regionkey = r_regionkey
      AND r_name = 'EUROPE' AND ps_supplycost = (
        SELECT min(ps_supplycost) FROM partsupp, supplier, nation, region
        WHERE p_partkey = ps_partkey AND s_suppkey = ps_suppkey AND s_nationkey = n_nationkey
          AND n_regionkey = r_regionkey AND r_name = 'EUROPE')
    ORDER BY s_acctbal DESC, n_name, s_name, p_partkey LIMIT 100`,
}
