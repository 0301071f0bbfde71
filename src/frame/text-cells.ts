// Unicode's wide and fullwidth characters outside of emoji, whole blocks where all of one is.
const WIDE =
  /^(?:\p{Emoji_Presentation}|[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u3247\u3250-\u4dbf\u4e00-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18d08}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}])/u
/** Begins a flag, an emoji, or a character that a selector makes one: one picture, whatever follows. */
const PICTURE =
  /^(?:\p{Emoji_Presentation}|\p{Regional_Indicator}{2}|\p{Emoji}\p{M}*\ufe0f|\p{Extended_Pictographic}\u200d)/u
/** Marks, formats, and the later letters of a Korean syllable, which stand where another one does. */
const EMPTY = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}\u115f-\u11ff\ud7b0-\ud7ff]/u
const PLAIN = /^[\x20-\x7e]*$/

let segmenter: Intl.Segmenter | undefined

/** The characters of `text`. Made at the first call: that takes longer than all of this library's start. */
function charactersOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  return segmenter.segment(text)
}

/** Cells of a terminal that `text` takes: two for wide East Asian characters and most emoji. */
export function cellsOf(text: string): number {
  if (PLAIN.test(text)) return text.length
  let cells = 0
  for (const { segment } of charactersOf(text)) cells += cellsOfCharacter(segment)
  return cells
}

/** `text` when it fits in `cells`, 1 and up; else its first characters and `…`. */
export function clippedToCells(text: string, cells: number): string {
  // A character of n code units takes at most 2n cells.
  if (text.length * 2 <= cells || cellsOf(text) <= cells) return text
  let taken = 1
  let end = 0
  for (const { segment, index } of charactersOf(text)) {
    taken += cellsOfCharacter(segment)
    if (taken > cells) break
    end = index + segment.length
  }
  return `${text.slice(0, end)}…`
}

/** Cells of what a reader takes for one character: a letter with its marks, a flag, a family. */
function cellsOfCharacter(character: string): number {
  if (PICTURE.test(character)) return 2
  let cells = 0
  for (const point of character) cells += EMPTY.test(point) ? 0 : WIDE.test(point) ? 2 : 1
  return cells
}
