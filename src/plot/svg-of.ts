import { invalid } from '../error.ts'
import { plotText } from './column-kind.ts'
import type { PlotOptions } from './plot-options.ts'

/** Observable Plot, as far as it is used here. */
export type PlotLibrary = typeof import('@observablehq/plot')

/** What a plot is made of. */
export interface Drawing {
  readonly marks: readonly unknown[]
  readonly [option: string]: unknown
}

/**
 * The drawing that `draw` makes, as the text of an SVG document. Throws INVALID when Observable Plot,
 * or outside of browsers a document, is not there.
 */
export async function svgOf(
  options: PlotOptions,
  draw: (library: PlotLibrary) => Drawing,
): Promise<string> {
  const library = await plotLibrary()
  const document = options.document ?? (await someDocument())
  const { width = 640, height = 400, title } = options
  const { marks, ...drawing } = draw(library)
  const above = title === undefined ? [] : [titleMark(library, plotText(title))]
  const svg = library.plot({
    document,
    width,
    height,
    marginLeft: 60,
    marginTop: title === undefined ? 30 : 48,
    marginRight: 30,
    ...drawing,
    marks: [...marks, ...above],
  } as Parameters<PlotLibrary['plot']>[0]) as unknown as SvgElement
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  return svg.outerHTML
}

interface SvgElement {
  setAttribute(name: string, value: string): void
  readonly outerHTML: string
}

function titleMark({ text }: PlotLibrary, title: string): unknown {
  return text([title], {
    frameAnchor: 'top',
    text: (line: string) => line,
    dy: -36,
    fontSize: 14,
    fontWeight: 'bold',
  })
}

async function plotLibrary(): Promise<PlotLibrary> {
  try {
    return await import('@observablehq/plot')
  } catch (error) {
    throw missing('@observablehq/plot', error)
  }
}

async function someDocument(): Promise<unknown> {
  const { document } = globalThis as { document?: unknown }
  if (document !== undefined) return document
  try {
    const { parseHTML } = await import('linkedom')
    return parseHTML('<html></html>').document
  } catch (error) {
    throw missing('linkedom', error, ', or give { document }')
  }
}

function missing(name: string, cause: unknown, otherwise = ''): Error {
  const error = invalid(`plots need the package ${name}: npm install ${name}${otherwise}`, {
    package: name,
  })
  error.cause = cause
  return error
}
