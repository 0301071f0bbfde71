export { BLOCKS, CURSOR, KEYS, KEYS_END, LANES, LITERAL, OUT, ROWS_MAX, SELECTED, SLOTS, VALIDITY, WANTED } from './memory-map'
export { countLines } from './find-lines'
export { decodeCents, decodeDecimal, decodeDigits, decodeExact, decodeInt32 } from './decode-number'
export { decodeFloats } from './decode-float'
export { decodeDates, decodeTimestamps } from './decode-temporal'
export { gatherEven, gatherLines } from './gather-lines'
export { keepFloat64, keepInt32 } from './keep-keys'
export { packFloat64, packInt32, selectFloat64, selectInt32 } from './select-numbers'
export { decodeTexts, evenTexts } from './decode-text'
export { selectLines } from './select-texts'
export { onlyPrintable } from './skip-lines'
export { combineWholes } from './arithmetic'
export { ascendingFloat64, ascendingInt32 } from './ascending-ids'
export {
  countByGroup,
  spanOf,
  sumFloat64,
  sumFloat64ByGroup,
  sumFloat64Near,
  sumInt32,
  sumInt32ByGroup,
  sumInt32Near,
} from './sum-groups'
export { enterText, findTexts } from './find-texts'
export { findPairs } from './find-pairs'
export { findSeparators } from './find-separators'
