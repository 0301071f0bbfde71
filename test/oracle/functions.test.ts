import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, type DataFrame, fn, type Lake, t, when } from '../../src/index.ts'
import { FUNCTION_NAMES } from '../../src/plan/function.ts'
import { Prng } from '../support/prng.ts'
import { runs, seed } from '../support/random.ts'

const ROWS = runs(200)
const WORDS = [
  '',
  'a',
  'Graupel',
  'hello world',
  'é😀ü',
  'a,b,,c',
  '  x  ',
  'AbcAbc',
  "o'clock",
  '1e5',
]

interface Sample {
  i: number | null
  j: number | null
  b: bigint | null
  x: number | null
  y: number | null
  s: string | null
  u: string | null
  d: string | null
  e: string | null
  m: string | null
  n: string | null
}

/** A row of every kind, each value null now and then. */
function sample(prng: Prng): Sample {
  const some = <T>(value: T): T | null => (prng.chance(0.12) ? null : value)
  const pad = (value: number) => String(value).padStart(2, '0')
  const day = () => `${prng.int(1890, 2120)}-${pad(prng.int(1, 12))}-${pad(prng.int(1, 28))}`
  const moment = () =>
    `${day()} ${pad(prng.int(0, 23))}:${pad(prng.int(0, 59))}:${pad(prng.int(0, 59))}.${String(prng.int(0, 999_999)).padStart(6, '0')}`
  return {
    i: some(prng.int(-40, 40)),
    j: some(prng.int(0, 20)),
    b: some(BigInt(prng.int(-2_000_000_000, 2_000_000_000)) * BigInt(prng.int(1, 4_000_000))),
    x: some(prng.int(-400, 400) / 16),
    y: some(prng.next()),
    s: some(prng.pick(WORDS) + (prng.chance(0.3) ? prng.pick(WORDS) : '')),
    u: some(prng.pick(WORDS)),
    d: some(day()),
    e: some(day()),
    m: some(moment()),
    n: some(moment()),
  }
}

const COLUMNS = {
  i: t.int32().nullable(),
  j: t.int32().nullable(),
  b: t.int64().nullable(),
  x: t.float64().nullable(),
  y: t.float64().nullable(),
  s: t.utf8().nullable(),
  u: t.utf8().nullable(),
  d: t.date().nullable(),
  e: t.date().nullable(),
  m: t.timestamp({ unit: 'us' }).nullable(),
  n: t.timestamp({ unit: 'us' }).nullable(),
}

/** DuckDB's distances count bytes, so that only ASCII can be compared. */
const ascii = (text: any) => text.str.translate('é😀ü', '')
const doc = (o: any) => fn.jsonObject({ i: o.i, x: o.x, s: o.s, p: o.i.gt(0) })
const either = (o: any) =>
  when(o.j.gt(9))
    .then(fn.jsonObject({ j: o.j, s: o.s }))
    .otherwise(fn.jsonObject({ i: o.i }))

/** Abbreviations of SQL texts. */
const spelt = (sql: string): string =>
  sql
    .replace(/ASCII\((\w)\)/g, "translate($1, 'é😀ü', '')")
    .replaceAll('MERGED', "json_merge_patch(EITHER, json_object('i', 7, 'j', NULL, 'new', u))")
    .replaceAll(
      'EITHER',
      "(CASE WHEN j > 9 THEN json_object('j', j, 's', s) ELSE json_object('i', i) END)",
    )
    .replaceAll('DOC', "json_object('i', i, 'x', x, 's', s, 'p', i > 0)")

/** Each function in both tongues. Floats are compared to 12 digits. */
const CASES: readonly [name: string, build: (o: any) => any, sql: string][] = [
  ['log', (o) => o.y.add(1).log(3), 'log(3, y + 1)'],
  ['log2', (o) => o.y.add(1).log2(), 'log2(y + 1)'],
  ['log10', (o) => o.y.add(1).log10(), 'log10(y + 1)'],
  ['cbrt', (o) => o.x.cbrt(), 'cbrt(x)'],
  ['sin', (o) => o.x.sin(), 'sin(x)'],
  ['cos', (o) => o.x.cos(), 'cos(x)'],
  ['tan', (o) => o.x.tan(), 'tan(x)'],
  ['asin', (o) => o.y.asin(), 'asin(y)'],
  ['acos', (o) => o.y.acos(), 'acos(y)'],
  ['atan', (o) => o.x.atan(), 'atan(x)'],
  ['atan2', (o) => o.x.atan2(o.y), 'atan2(x, y)'],
  ['sinh', (o) => o.y.sinh(), 'sinh(y)'],
  ['cosh', (o) => o.y.cosh(), 'cosh(y)'],
  ['tanh', (o) => o.y.tanh(), 'tanh(y)'],
  ['degrees', (o) => o.x.degrees(), 'degrees(x)'],
  ['radians', (o) => o.x.radians(), 'radians(x)'],
  ['trunc', (o) => o.x.trunc(), 'trunc(x)'],
  ['trunc of decimals', (o) => o.x.cast(t.decimal(9, 4)).trunc(), 'trunc(CAST(x AS DECIMAL(9,4)))'],
  ['sign', (o) => o.x.sign(), 'CAST(sign(x) AS INTEGER)'],
  ['isNan', (o) => o.x.isNan(), 'isnan(x)'],
  ['isFinite', (o) => o.x.isFinite(), 'isfinite(x)'],
  ['isInfinite', (o) => o.x.isInfinite(), 'isinf(x)'],
  ['gcd', (o) => o.i.gcd(o.j), 'gcd(CAST(i AS BIGINT), CAST(j AS BIGINT))'],
  ['lcm', (o) => o.i.lcm(o.j), 'lcm(CAST(i AS BIGINT), CAST(j AS BIGINT))'],
  ['factorial', (o) => o.j.factorial(), 'CAST(factorial(j) AS BIGINT)'],
  ['bitAnd', (o) => o.b.bitAnd(o.i), 'b & CAST(i AS BIGINT)'],
  ['bitOr', (o) => o.b.bitOr(o.i), 'b | CAST(i AS BIGINT)'],
  ['bitXor', (o) => o.b.bitXor(o.i), 'xor(b, CAST(i AS BIGINT))'],
  ['bitNot', (o) => o.b.bitNot(), '~b'],
  ['bitCount', (o) => o.b.bitCount(), 'CAST(bit_count(b) AS INTEGER)'],
  ['shiftLeft', (o) => o.j.shiftLeft(3), 'CAST(j AS BIGINT) << 3'],
  ['shiftRight', (o) => o.b.shiftRight(5), 'b >> 5'],
  ['eqNullSafe', (o) => o.i.eqNullSafe(o.j), 'i IS NOT DISTINCT FROM j'],
  ['greatest', (o) => fn.greatest(o.i, o.j, 3), 'greatest(i, j, 3)'],
  ['least', (o) => fn.least(o.s, o.u), 'least(s, u)'],
  ['concatWith', (o) => fn.concatWith('-', o.s, o.u), "concat_ws('-', s, u)"],
  ['ilike', (o) => o.s.str.ilike('%ABC%'), "s ILIKE '%ABC%'"],
  ['reverse', (o) => o.s.str.reverse(), 'reverse(s)'],
  ['repeat', (o) => o.s.str.repeat(2), 'repeat(s, 2)'],
  ['padStart', (o) => o.s.str.padStart(6, '*'), "lpad(s, 6, '*')"],
  ['padEnd', (o) => o.s.str.padEnd(6, 'xy'), "rpad(s, 6, 'xy')"],
  ['left', (o) => o.s.str.left(3), 'left(s, 3)'],
  ['left of a negative', (o) => o.s.str.left(-2), 'left(s, -2)'],
  ['right', (o) => o.s.str.right(3), 'right(s, 3)'],
  ['right of a negative', (o) => o.s.str.right(-2), 'right(s, -2)'],
  ['indexOf', (o) => o.s.str.indexOf('b'), "CAST(instr(s, 'b') - 1 AS INTEGER)"],
  ['splitPart', (o) => o.s.str.splitPart(',', 1), "split_part(s, ',', 2)"],
  ['splitPart from the end', (o) => o.s.str.splitPart(',', -1), "split_part(s, ',', -1)"],
  ['translate', (o) => o.s.str.translate('abl', 'xy'), "translate(s, 'abl', 'xy')"],
  ['trimCharacters', (o) => o.s.str.trimCharacters(' ac'), "trim(s, ' ac')"],
  ['byteLength', (o) => o.s.str.byteLength(), 'CAST(strlen(s) AS INTEGER)'],
  [
    'codePoint',
    (o) => o.u.str.codePoint(),
    "CAST(CASE WHEN u = '' THEN 0 ELSE unicode(u) END AS INTEGER)",
  ],
  ['character', (o) => fn.character(o.j.add(65)), 'chr(j + 65)'],
  // DuckDB counts bytes, so that only ASCII can be compared.
  [
    'editDistance',
    (o) => o.s.str.translate('é😀ü', '').str.editDistance(o.u.str.translate('é😀ü', '')),
    "CAST(levenshtein(translate(s, 'é😀ü', ''), translate(u, 'é😀ü', '')) AS INTEGER)",
  ],
  ['toHex', (o) => o.s.str.toHex(), 'lower(hex(s))'],
  ['toBase64', (o) => o.s.str.toBase64(), 'base64(CAST(encode(s) AS BLOB))'],
  ['urlEncode', (o) => o.s.str.urlEncode(), 'url_encode(s)'],
  ['md5', (o) => o.s.str.md5(), 'md5(s)'],
  ['sha256', (o) => o.s.str.sha256(), 'sha256(s)'],
  ['matches', (o) => o.s.str.matches('[a-c]+[,o]'), "regexp_matches(s, '[a-c]+[,o]')"],
  [
    'matchAt',
    (o) => o.s.str.matchAt('([A-Z])([a-z]+)', 2),
    "nullif(regexp_extract(s, '([A-Z])([a-z]+)', 2), '')",
  ],
  [
    'replacePattern',
    (o) => o.s.str.replacePattern('([a-c])', '<$1>'),
    "regexp_replace(s, '([a-c])', '<\\1>', 'g')",
  ],
  [
    'countPattern',
    (o) => o.s.str.countPattern('[a-c]'),
    "CAST(len(regexp_extract_all(s, '[a-c]')) AS INTEGER)",
  ],
  ...['isoWeek:week', 'isoYear:isoyear', 'decade:decade', 'century:century'].map(
    (pair): [string, (o: any) => any, string] => {
      const [ours = '', theirs = ''] = pair.split(':')
      return [ours, (o) => o.d.dt[ours](), `CAST(date_part('${theirs}', d) AS INTEGER)`]
    },
  ),
  ['daysInMonth', (o) => o.m.dt.daysInMonth(), 'CAST(day(last_day(m)) AS INTEGER)'],
  ['dayName', (o) => o.d.dt.dayName(), 'dayname(d)'],
  ['monthName', (o) => o.m.dt.monthName(), 'monthname(m)'],
  [
    'millisecond',
    (o) => o.m.dt.millisecond(),
    "CAST(date_part('millisecond', m) % 1000 AS INTEGER)",
  ],
  [
    'microsecond',
    (o) => o.m.dt.microsecond(),
    "CAST(date_part('microsecond', m) % 1000000 AS INTEGER)",
  ],
  ['epoch', (o) => o.m.dt.epoch('microsecond'), 'epoch_us(m)'],
  ['epoch of a date', (o) => o.d.dt.epoch('second'), 'CAST(epoch(d) AS BIGINT)'],
  ['monthEnd', (o) => o.d.dt.monthEnd(), 'last_day(d)'],
  ...['year', 'quarter', 'month', 'week', 'day'].map((unit): [string, (o: any) => any, string] => [
    `add ${unit}`,
    (o) => o.d.dt.add(o.i, unit),
    `CAST(d + to_${unit === 'quarter' ? 'months' : `${unit}s`}(i${unit === 'quarter' ? ' * 3' : ''}) AS DATE)`,
  ]),
  ...['year', 'month', 'day', 'hour', 'minute', 'second', 'millisecond', 'microsecond'].map(
    (unit): [string, (o: any) => any, string] => [
      `add ${unit} to a timestamp`,
      (o) => o.m.dt.add(o.i, unit),
      `m + to_${unit}s(i)`,
    ],
  ),
  // Weeks are left out: DuckDB's begin on Thursdays, since 1970 did.
  ...['year', 'quarter', 'month', 'day'].map((unit): [string, (o: any) => any, string] => [
    `diff ${unit}`,
    (o) => o.d.dt.diff(o.e, unit),
    `date_diff('${unit}', e, d)`,
  ]),
  ...['month', 'day', 'hour', 'minute', 'second', 'millisecond', 'microsecond'].map(
    (unit): [string, (o: any) => any, string] => [
      `diff ${unit} of timestamps`,
      (o) => o.m.dt.diff(o.n, unit),
      `date_diff('${unit}', n, m)`,
    ],
  ),
  [
    'date',
    (o) => fn.date(o.j.add(1990), o.j.mod(12).add(1), 9),
    'make_date(j + 1990, j % 12 + 1, 9)',
  ],
  [
    'timestamp',
    (o) => fn.timestamp(o.j.add(1990), 2, 3, o.j, 5, 7.25),
    'make_timestamp(j + 1990, 2, 3, j, 5, CASE WHEN j IS NULL THEN NULL ELSE 7.25 END)',
  ],
  [
    'format',
    (o) => o.m.dt.format('%Y-%m-%d %H:%M:%S.%f %j %a %A %b %B %I %p %y %g %u %%'),
    "strftime(m, '%Y-%m-%d %H:%M:%S.%f %j %a %A %b %B %I %p %y %g %u %%')",
  ],
  [
    'format without zeros',
    (o) => o.m.dt.format('%-d.%-m. %-H:%-M'),
    "strftime(m, '%-d.%-m. %-H:%-M')",
  ],
  [
    'toTimestamp',
    (o) => o.m.dt.format('%d.%m.%Y %H-%M-%S %f').str.toTimestamp('%d.%m.%Y %H-%M-%S %f'),
    'm',
  ],
  [
    'toDate',
    (o) => o.d.dt.format('%B %-d, %Y').str.toDate('%B %d, %Y'),
    "CAST(strptime(strftime(d, '%B %-d, %Y'), '%B %d, %Y') AS DATE)",
  ],
  [
    'tryToDate',
    (o) => o.e.dt.format('%Y').str.replace('19', 'xx').str.tryToDate('%Y'),
    "CAST(try_strptime(replace(strftime(e, '%Y'), '19', 'xx'), '%Y') AS DATE)",
  ],
  ['asinh', (o) => o.x.asinh(), 'asinh(x)'],
  ['acosh', (o) => o.x.abs().add(1).acosh(), 'acosh(abs(x) + 1)'],
  ['atanh', (o) => o.y.atanh(), 'atanh(y)'],
  ['cot', (o) => o.y.add(0.5).cot(), 'cot(y + 0.5)'],
  ['log1p', (o) => o.y.log1p(), 'ln(1 + y)'],
  ['expm1', (o) => o.y.add(1).expm1(), 'exp(y + 1) - 1'],
  ['clip', (o) => o.i.clip(-5, o.j), 'CASE WHEN i < -5 THEN -5 WHEN i > j THEN j ELSE i END'],
  ['bucket', (o) => o.x.bucket(2.5, 1), 'floor((x - 1) / 2.5) * 2.5 + 1'],
  [
    'xor',
    (o) => o.i.gt(0).xor(o.j.gt(9)),
    'xor(CAST(i > 0 AS INTEGER), CAST(j > 9 AS INTEGER)) = 1',
  ],
  [
    'decode',
    (o) =>
      o.u.decode(
        [
          ['a', 1],
          [null, 2],
          ['Graupel', o.i],
        ],
        9,
      ),
    "CASE WHEN u = 'a' THEN 1 WHEN u IS NULL THEN 2 WHEN u = 'Graupel' THEN i ELSE 9 END",
  ],
  ['toText', (o) => o.x.toText({ digits: 4 }), "format('{:.4f}', x)"],
  ['toText in groups', (o) => o.b.toText({ group: ',' }), "format('{:,}', b)"],
  [
    'toText of decimals in groups',
    (o) => o.x.mul(1000).cast(t.decimal(18, 4)).toText({ digits: 6, group: ',' }),
    "format('{:,.6f}', x * 1000)",
  ],
  ['toBase', (o) => o.j.toBase(2), 'to_base(j, 2)'],
  ['toInteger', (o) => o.j.toBase(36).str.toInteger(36), 'CAST(j AS BIGINT)'],
  ['sha1', (o) => o.s.str.sha1(), 'sha1(s)'],
  [
    'hamming',
    (o) => ascii(o.s).str.concat('x').str.hamming(ascii(o.s).str.concat('x').str.reverse()),
    "CAST(hamming(ASCII(s) || 'x', reverse(ASCII(s) || 'x')) AS INTEGER)",
  ],
  [
    'damerau',
    (o) => ascii(o.s).str.damerau(ascii(o.u)),
    'CAST(damerau_levenshtein(ASCII(s), ASCII(u)) AS INTEGER)',
  ],
  [
    'jaccard',
    (o) => ascii(o.s).str.concat('x').str.jaccard(ascii(o.u).str.concat('b')),
    "jaccard(ASCII(s) || 'x', ASCII(u) || 'b')",
  ],
  [
    'jaro',
    (o) => ascii(o.s).str.concat('x').str.jaro(ascii(o.u)),
    "jaro_similarity(ASCII(s) || 'x', ASCII(u))",
  ],
  [
    'jaroWinkler',
    (o) => ascii(o.s).str.concat('x').str.jaroWinkler(ascii(o.u)),
    "jaro_winkler_similarity(ASCII(s) || 'x', ASCII(u))",
  ],
  ['splice', (o) => o.s.str.splice(1, 2, '--'), "left(s, 1) || '--' || substring(s, 4)"],
  ['stripAccents', (o) => o.s.str.stripAccents(), 'strip_accents(s)'],
  ['normalize', (o) => o.s.str.normalize('NFC'), 'nfc_normalize(s)'],
  [
    'lastIndexOf',
    (o) => o.s.str.lastIndexOf('b'),
    "CAST(CASE WHEN instr(s, 'b') = 0 THEN -1 ELSE length(s) - instr(reverse(s), 'b') END AS INTEGER)",
  ],
  ['format', (o) => fn.format('{}: {}!', o.s, o.i), "format('{}: {}!', s, i)"],
  ['previousDay', (o) => o.d.dt.previousDay(5), 'd - CAST((isodow(d) + 1) % 7 + 1 AS INTEGER)'],
  [
    'endOf',
    (o) => o.d.dt.endOf('quarter'),
    "CAST(date_trunc('quarter', d) + INTERVAL 3 MONTH - INTERVAL 1 DAY AS DATE)",
  ],
  [
    'endOf a week',
    (o) => o.m.dt.endOf('week'),
    "CAST(date_trunc('week', m) + INTERVAL 6 DAY AS DATE)",
  ],
  ['isWeekend', (o) => o.d.dt.isWeekend(), 'isodow(d) > 5'],
  ...['year', 'quarter', 'month', 'week', 'day', 'hour', 'second', 'microsecond'].map(
    (unit): [string, (o: any) => any, string] => [
      `elapsed ${unit}`,
      (o) => o.m.dt.elapsed(o.n, unit),
      `date_sub('${unit}', n, m)`,
    ],
  ),
  ['elapsed of dates', (o) => o.d.dt.elapsed(o.e, 'month'), "date_sub('month', e, d)"],
  ...[
    [15, 'minute'],
    [7, 'hour'],
    [10, 'day'],
    [2, 'week'],
    [5, 'month'],
    [3, 'quarter'],
    [10, 'year'],
  ].map(([count, unit]): [string, (o: any) => any, string] => [
    `bucket of ${count} ${unit}`,
    (o) => o.m.dt.bucket(count, unit),
    `time_bucket(INTERVAL ${unit === 'quarter' ? `${3 * Number(count)} MONTH` : `${count} ${unit}`}, m)`,
  ]),
  [
    'bucket of dates',
    (o) => o.d.dt.bucket(3, 'week'),
    'CAST(time_bucket(INTERVAL 3 WEEK, d) AS DATE)',
  ],
  ['time', (o) => o.m.dt.time().cast(t.utf8()), "strftime(m, '%H:%M:%S.%f')"],
  [
    'fromEpoch',
    (o) => fn.fromEpoch(o.b.mod(1_000_000_000_000), 'millisecond'),
    'epoch_ms(b % 1000000000000)',
  ],
  [
    'fromEpoch in seconds',
    (o) => fn.fromEpoch(o.i, 'second'),
    'make_timestamp(CAST(i AS BIGINT) * 1000000)',
  ],
  [
    'json keys',
    (o) => either(o).json.keys().json.text(),
    'CAST(to_json(json_keys(EITHER)) AS VARCHAR)',
  ],
  ['json has', (o) => either(o).json.has('$.j'), "json_exists(EITHER, '$.j')"],
  ['json integer', (o) => doc(o).json.integer('$.i'), "CAST(DOC->>'$.i' AS BIGINT)"],
  ['json number', (o) => doc(o).json.number('$.x'), "CAST(DOC->>'$.x' AS DOUBLE)"],
  ['json boolean', (o) => doc(o).json.boolean('$.p'), "CAST(DOC->>'$.p' AS BOOLEAN)"],
  ['json text', (o) => doc(o).json.text('$.s'), "DOC->>'$.s'"],
  [
    'json list',
    (o) => fn.jsonArray(o.i, o.s, null, 1.5).json.text('$[1]'),
    "json_array(i, s, NULL, 1.5)->>'$[1]'",
  ],
  [
    'json merge',
    (o) => {
      const merged = either(o).json.merge(fn.jsonObject({ i: 7, j: null, new: o.u }))
      const at = (path: string) => merged.json.text(path)
      return fn.concatWith('|', at('$.i'), at('$.j'), at('$.s'), at('$.new'))
    },
    `concat_ws('|', ${['i', 'j', 's', 'new'].map((name) => `MERGED->>'$.${name}'`).join(',')})`,
  ],
  ['round', (o) => o.x.round(1), 'round(x, 1)'],
  ['ceil', (o) => o.x.ceil(), 'ceil(x)'],
  ['sqrt', (o) => o.y.sqrt(), 'sqrt(y)'],
  ['pow', (o) => o.y.pow(2.5), 'pow(y, 2.5)'],
  ['exp', (o) => o.y.exp(), 'exp(y)'],
  ['ln', (o) => o.y.ln(), 'ln(y)'],
  [
    'widthBucket',
    (o) => o.x.widthBucket(-20, 20, 8),
    'CASE WHEN x < -20 THEN 0 WHEN x >= 20 THEN 9 ELSE CAST(floor((x + 20) / 5) AS INT) + 1 END',
  ],
  [
    'titleCase',
    (o) => o.u.str.titleCase(),
    `array_to_string(list_transform(generate_series(1, length(u)), k -> CASE WHEN k > 1
      AND regexp_matches(u[k - 1], '[\\p{L}\\p{N}]') THEN lower(u[k]) ELSE upper(u[k]) END), '')`,
  ],
  ['trimStart', (o) => o.s.str.trimStart(), 'ltrim(s)'],
  ['trimEnd', (o) => o.s.str.trimEnd(), 'rtrim(s)'],
  ['countMatches', (o) => o.s.str.countMatches('b'), "len(string_split(s, 'b')) - 1"],
  [
    'stripPrefix',
    (o) => o.s.str.stripPrefix('a'),
    "CASE WHEN starts_with(s, 'a') THEN s[2:] ELSE s END",
  ],
  [
    'stripSuffix',
    (o) => o.s.str.stripSuffix('c'),
    "CASE WHEN ends_with(s, 'c') THEN left(s, length(s) - 1) ELSE s END",
  ],
  ['fromHex', (o) => o.s.str.toHex().str.fromHex().str.toHex(), 'lower(hex(unhex(hex(s))))'],
  [
    'fromBase64',
    (o) => o.s.str.toBase64().str.fromBase64().str.toHex(),
    'lower(hex(from_base64(to_base64(encode(s)))))',
  ],
  ['urlDecode', (o) => o.s.str.urlEncode().str.urlDecode(), 'url_decode(url_encode(s))'],
  ['dayOfYear', (o) => o.d.dt.dayOfYear(), 'dayofyear(d)'],
  ['second', (o) => o.m.dt.second(), 'second(m)'],
  ['isLeapYear', (o) => o.d.dt.isLeapYear(), 'day(last_day(make_date(year(d), 2, 1))) = 29'],
  [
    'tryToTimestamp',
    (o) => o.m.dt.format('%Y-%m-%d %H:%M:%S').str.tryToTimestamp('%Y-%m-%d %H:%M:%S'),
    "try_strptime(strftime(m, '%Y-%m-%d %H:%M:%S'), '%Y-%m-%d %H:%M:%S')",
  ],
  [
    'time of parts',
    (o) => fn.time(o.j, 30, 15).cast(t.utf8()).str.left(8),
    'left(CAST(make_time(j, 30, 15) AS VARCHAR), 8)',
  ],
  ['json get', (o) => doc(o).json.get('$.s').json.text('$'), "(DOC->'$.s')->>'$'"],
  [
    'json type',
    (o) => doc(o).json.get('$.x').json.type(),
    "CASE json_type(DOC, '$.x') WHEN 'NULL' THEN 'null' ELSE 'number' END",
  ],
  ['json length', (o) => either(o).json.length(), 'len(json_keys(EITHER))'],
  [
    'list contains',
    (o) => o.s.str.split('').list.contains('b'),
    "list_contains(string_split(s, ''), 'b')",
  ],
  ['split', (o) => o.s.str.split('b').list.get(1), "string_split(s, 'b')[2]"],
  ['split into characters', (o) => o.s.str.split('').list.length(), "len(string_split(s, ''))"],
  [
    'chunk',
    (o) => {
      const piece = (at: number) => o.s.str.chunk(4, 1).list.get(at)
      return fn.concatWith('|', piece(0), piece(1), piece(2))
    },
    `concat_ws('|', nullif(s[1:4], ''), ${[1, 2].map((at) => `CASE WHEN length(s) > ${at * 3 + 1} THEN s[${at * 3 + 1}:${at * 3 + 4}] END`).join(',')})`,
  ],
  ['isJson', (o) => o.s.str.isJson(), 'json_valid(s)'],
]

let lake: Lake
let frame: DataFrame<any>
let instance: DuckDBInstance
let duck: DuckDBConnection

beforeAll(async () => {
  const prng = new Prng(seed)
  const rows = Array.from({ length: ROWS }, () => sample(prng))
  lake = await connect('memory:')
  frame = lake.from(rows, COLUMNS) as DataFrame<any>
  instance = await DuckDBInstance.create(':memory:')
  duck = await instance.connect()
  await duck.run(
    'CREATE TABLE r (row INTEGER, i INTEGER, j INTEGER, b BIGINT, x DOUBLE, y DOUBLE, s VARCHAR, u VARCHAR, d DATE, e DATE, m TIMESTAMP, n TIMESTAMP)',
  )
  const literal = (value: unknown) =>
    value === null
      ? 'NULL'
      : typeof value === 'string'
        ? `'${value.replaceAll("'", "''")}'`
        : String(value)
  const values = rows.map((row, at) => `(${[at, ...Object.values(row)].map(literal).join(',')})`)
  await duck.run(`INSERT INTO r VALUES ${values.join(',')}`)
})

afterAll(async () => {
  duck.closeSync()
  instance.closeSync()
  await lake.close()
})

/** A value as both give it: whole numbers as numbers where these are exact. */
function comparable(value: unknown): unknown {
  if (typeof value !== 'bigint') return Object.is(value, -0) ? 0 : value
  return Number.isSafeInteger(Number(value)) ? Number(value) : `${value}`
}

/** Whether two values are equal; floats to 12 digits, since the last ones are each library's own. */
function same(actual: unknown, expected: unknown): boolean {
  if (typeof actual !== 'number' || typeof expected !== 'number') return Object.is(actual, expected)
  return Object.is(actual, expected) || Math.abs(actual - expected) <= 1e-12 * Math.abs(expected)
}

describe(`functions give DuckDB's values on ${ROWS} rows with nulls`, () => {
  console.log(`functions: ${CASES.length} cases, seed ${seed}`)
  test.each(CASES)('%s', async (_name, build, sql) => {
    const type = frame.select((o: any) => ({ v: build(o) })).schema.fields[0]!.type
    const isTime = type === 'date' || type.startsWith('timestamp')
    const asText = type.startsWith('decimal')
      ? 'CAST(v AS VARCHAR)'
      : isTime
        ? "strftime(v, '%Y-%m-%dT%H:%M:%S.%f')"
        : 'v'
    const reader = await duck.runAndReadAll(
      `SELECT ${asText} AS v FROM (SELECT row, ${spelt(sql)} AS v FROM r) ORDER BY row`,
    )
    const expected = reader.getRowsJS().map(([value]) => comparable(value))
    const rows = await frame
      .select((o: any) => ({ v: isTime ? build(o).dt.format('%Y-%m-%dT%H:%M:%S.%f') : build(o) }))
      .toArray()
    const actual = rows.map(({ v }: { v: unknown }) => comparable(v))
    const wrong = expected.findIndex((value, row) => !same(actual[row], value))
    expect([wrong, actual[wrong]]).toEqual([-1, expected[wrong]])
    expect(actual).toHaveLength(expected.length)
    expect(new Set(expected).size).toBeGreaterThan(1)
  })
})

/** Drawn by the random plans of `duckdb.test.ts`. */
const RANDOM = [
  ...['intDiv', 'neg', 'lte', 'or', 'not', 'isNotNull', 'nullIf', 'upper', 'length', 'trim'],
  ...['startsWith', 'endsWith', 'contains', 'slice', 'year', 'quarter', 'month', 'day', 'hour'],
  ...['minute', 'jsonElements', 'listRange'],
]
/** Not in DuckDB, or otherwise there: tests are in `test/exec`, and of lists in `vectors.test.ts`. */
const APART = [
  ...['sha512', 'crc32', 'soundex', 'nextDay', 'monthsBetween', 'toZone', 'fromZone'],
  ...['structGet', 'listCosine', 'listDistance', 'listDot'],
]

test('every function has a case here, is drawn by the random plans, or is told apart', async () => {
  const outputs = (o: any) =>
    Object.fromEntries(CASES.map(([name, build], at) => [`${at} ${name}`, build(o)]))
  const text = JSON.stringify(await frame.limit(0).select(outputs).toPlan())
  const called = new Set(
    [...text.matchAll(/"kind":"call","name":"(\w+)"/g)].map(([, name]) => name),
  )
  const known = new Set([...called, ...RANDOM, ...APART])
  expect(FUNCTION_NAMES.filter((name) => !known.has(name))).toEqual([])
})
