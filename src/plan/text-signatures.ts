import { binary, bool, int32, json, utf8 } from '../arrow/data-type.ts'
import { constantText, fitted, takes } from './parameter.ts'
import { counted, type Rule, wants } from './signature-rule.ts'

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

/** The functions of text beyond the plainest, and those of json. */
export const TEXT_SIGNATURES = {
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
  matches: pattern(takes(bool, ['text', 'text'])),
  matchAt: pattern(takes(utf8, ['text', 'text', 'whole'], { optional: 1, nullable: true })),
  countPattern: pattern(takes(int32, ['text', 'text'])),
  replacePattern: pattern(takes(utf8, ['text', 'text', 'text'])),
  jsonGet: takes(json, ['json', 'text'], { nullable: true }),
  jsonText: takes(utf8, ['json', 'text'], { optional: 1, nullable: true }),
  jsonType: takes(utf8, ['json']),
  jsonLength: takes(int32, ['json'], { nullable: true }),
}
