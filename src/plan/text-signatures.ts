import { binary, bool, float64, int32, int64, json, listType, utf8 } from '../arrow/data-type.ts'
import { invalid } from '../error.ts'
import { castExpr } from './leaf-expr.ts'
import { constantText, fitted, takes } from './parameter.ts'
import { counted, number, type Rule, wants } from './signature-rule.ts'

const text = takes(utf8, ['text'])
const two = takes(utf8, ['text', 'text'])

/** A function whose second argument is a pattern, which has to be a constant. */
function pattern(rule: Rule): Rule {
  return (args, name) => {
    constantText(args[1], name, 'a regular expression')
    return rule(args, name)
  }
}

/** The first argument between the others; nulls are left out, unless it is null itself. */
const concatWith: Rule = (args, name) => {
  const [separator, ...parts] = counted(args, name, 2, Number.POSITIVE_INFINITY).map((arg) =>
    fitted(arg, 'text', name),
  )
  return { args: [separator!, ...parts], type: utf8, nullable: separator!.nullable }
}

const bytes: Rule = (args, name) => {
  const [input] = counted(args, name, 1)
  if (input!.type.name !== 'binary' && input!.type.name !== 'utf8') {
    throw wants(name, 'text or binary', input!)
  }
  return { args, type: utf8, nullable: input!.nullable }
}

const byteLength: Rule = (args, name) => ({ ...bytes(args, name), type: int32 })

const FORMS = ['NFC', 'NFD', 'NFKC', 'NFKD']

const normalize: Rule = (args, name) => {
  const form = constantText(args[1], name, `one of ${FORMS.join(', ')}`)
  if (FORMS.includes(form)) return takes(utf8, ['text', 'text'])(args, name)
  throw invalid(`normalize needs one of ${FORMS.join(', ')}, got "${form}"`, { form })
}

/** A number as it is, for all its digits, then how many of them and what stands between. */
const formatNumber: Rule = (args, name) => {
  const [input, digits, group] = counted(args, name, 3)
  number(input!, name)
  const rest = [fitted(digits!, 'whole', name), fitted(group!, 'text', name)]
  return {
    args: [input!, ...rest],
    type: utf8,
    nullable: [input!, ...rest].some((of) => of.nullable),
  }
}

/** Values of any type but binary; null is JSON's null, and the result never is. */
const jsonList: Rule = (args, name) => {
  for (const arg of args) if (arg.type.name === 'binary') throw wants(name, 'no binary', arg)
  return { args, type: json, nullable: false }
}

/** Names and values in turn; a name must not be null. */
const jsonPairs: Rule = (args, name) => {
  const typed = args.map((arg, at) =>
    at % 2 === 0 ? castExpr(fitted(arg, 'text', name), utf8) : arg,
  )
  if (typed.length % 2 === 1) throw invalid(`${name} takes names and values in turn`)
  return jsonList(typed, name)
}

const alike = takes(float64, ['text', 'text'])
const apart = takes(int32, ['text', 'text'])

/** The functions of text beyond the plainest, and those of json. */
export const TEXT_SIGNATURES = {
  split: takes(listType(utf8), ['text', 'text']),
  chunk: takes(listType(utf8), ['text', 'whole', 'whole']),
  concatWith,
  reverse: text,
  titleCase: text,
  repeat: takes(utf8, ['text', 'whole']),
  padStart: takes(utf8, ['text', 'whole', 'text'], { optional: 1 }),
  padEnd: takes(utf8, ['text', 'whole', 'text'], { optional: 1 }),
  left: takes(utf8, ['text', 'whole']),
  right: takes(utf8, ['text', 'whole']),
  indexOf: takes(int32, ['text', 'text']),
  countMatches: takes(int32, ['text', 'text']),
  splitPart: takes(utf8, ['text', 'text', 'whole']),
  translate: takes(utf8, ['text', 'text', 'text']),
  stripPrefix: two,
  stripSuffix: two,
  trimCharacters: two,
  byteLength,
  codePoint: takes(int32, ['text']),
  fromCodePoint: takes(utf8, ['whole']),
  editDistance: takes(int32, ['text', 'text']),
  toHex: bytes,
  fromHex: takes(binary, ['text']),
  toBase64: bytes,
  fromBase64: takes(binary, ['text']),
  urlEncode: text,
  urlDecode: text,
  md5: bytes,
  sha256: bytes,
  sha1: bytes,
  sha512: bytes,
  crc32: (args, name) => ({ ...bytes(args, name), type: int64 }),
  hamming: apart,
  damerau: apart,
  jaccard: alike,
  jaro: alike,
  jaroWinkler: alike,
  soundex: text,
  splice: takes(utf8, ['text', 'whole', 'whole', 'text']),
  stripAccents: text,
  normalize,
  lastIndexOf: apart,
  formatNumber,
  toBase: takes(utf8, ['long', 'whole']),
  parseWhole: takes(int64, ['text', 'whole']),
  matches: pattern(takes(bool, ['text', 'text'])),
  matchAt: pattern(takes(utf8, ['text', 'text', 'whole'], { optional: 1, nullable: true })),
  countPattern: pattern(takes(int32, ['text', 'text'])),
  replacePattern: pattern(takes(utf8, ['text', 'text', 'text'])),
  jsonGet: takes(json, ['json', 'text'], { nullable: true }),
  jsonText: takes(utf8, ['json', 'text'], { optional: 1, nullable: true }),
  jsonType: takes(utf8, ['json']),
  jsonLength: takes(int32, ['json'], { nullable: true }),
  jsonKeys: takes(json, ['json'], { nullable: true }),
  jsonHas: takes(bool, ['json', 'text']),
  jsonWhole: takes(int64, ['json', 'text'], { nullable: true }),
  jsonNumber: takes(float64, ['json', 'text'], { nullable: true }),
  jsonBool: takes(bool, ['json', 'text'], { nullable: true }),
  jsonMerge: takes(json, ['json', 'json']),
  jsonObject: jsonPairs,
  jsonArray: jsonList,
  isJson: takes(bool, ['text']),
} satisfies Record<string, Rule>
