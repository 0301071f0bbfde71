import { GraupelError, invalid } from '../../error.ts'

const PIECES_MAX = 100_000

/** The list of the parts between separators, at least one, as JSON; of the characters without one. */
export function split(text: string, separator: string): string {
  const isByCharacter = separator === '' && text !== ''
  return JSON.stringify(isByCharacter ? [...text] : text === '' ? [''] : text.split(separator))
}

/** The list, as JSON, of pieces of `size` characters, each with the last `overlap` of the one before. */
export function chunk(text: string, size: number, overlap: number): string {
  if (!(size >= 1 && overlap >= 0 && overlap < size)) {
    throw invalid(`chunk: pieces of ${size} characters cannot overlap by ${overlap}`, {
      size,
      overlap,
    })
  }
  const characters = [...text]
  const count = Math.ceil(Math.max(0, characters.length - overlap) / (size - overlap))
  if (count > PIECES_MAX) {
    throw new GraupelError('LIMIT', `chunk: ${count} pieces, at most ${PIECES_MAX} are made`, {
      limit: PIECES_MAX,
    })
  }
  const from = (piece: number) => piece * (size - overlap)
  const pieces = Array.from({ length: Math.max(count, characters.length > 0 ? 1 : 0) }, (_, at) =>
    characters.slice(from(at), from(at) + size).join(''),
  )
  return JSON.stringify(pieces)
}
