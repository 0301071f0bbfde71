import { escaped } from './escape-html.ts'
import { cacheNote, figuresOf, totals } from './profile-text.ts'
import type { ProfileJson, ProfileStep } from './query-profile.ts'

const WIDTH = 290
const GAP = 24
const LINE = 16
const HEAD = 58
const BETWEEN = 44
const REASONS_MAX = 4
const CHARACTERS = 40

/** A step and where it is drawn, in pixels. */
interface Placed {
  readonly step: ProfileStep
  readonly x: number
  readonly y: number
  readonly lines: readonly string[]
  readonly height: number
  readonly inputs: readonly Placed[]
}

/**
 * A profile as a page of its own: the plan drawn as a tree, last step on top, each step with its
 * figures and a bar for its share of the time. Nothing is loaded, no script is run, and every text
 * out of the query is escaped.
 */
export function profileHtml(profile: ProfileJson): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>Query profile</title>
<style>${PAGE_STYLE}${PLAN_STYLE}</style>
</head>
<body>
<h1>Query profile</h1>
${planDrawing(profile)}
</body>
</html>
`
}

/** What a run came to and its plan drawn, as HTML that looks as `PLAN_STYLE` says. */
export function planDrawing(profile: ProfileJson): string {
  const end = { x: 0, bottom: 0 }
  const root = place(profile.root, GAP / 2, end)
  const whole = timeOf(profile.root)
  const drawn = `${edges(root)}${boxes(root, whole)}`
  const cached = cacheNote(profile)
  const note = cached === null ? '' : `<p>${escaped(`In all other actions ${cached}.`)}</p>`
  return `<p class="totals">${totals(profile).map(escaped).join(' · ')}</p>
${note}
<svg class="plan" role="img" aria-label="The steps of the query" width="${end.x}"
 height="${end.bottom + GAP}" viewBox="0 0 ${end.x} ${end.bottom + GAP}"
 xmlns="http://www.w3.org/2000/svg">${drawn}</svg>`
}

const PAGE_STYLE = `
body{font:14px/1.4 system-ui,sans-serif;margin:24px;color:#1d2733;background:#fff}
h1{font-size:20px;margin:0 0 4px}`

/** What the classes of `planDrawing` look like. */
export const PLAN_STYLE = `
.totals{margin:0 0 16px;color:#566473}
.plan text{font:12px system-ui,sans-serif;fill:#1d2733}.plan .kind{font-weight:600;font-size:13px}
.plan .what{fill:#566473}.plan .box{fill:#f5f8fb;stroke:#b9c6d3}.plan .bar{fill:#e0e7ee}
.plan .own{fill:#d4691e}.plan .edge{fill:none;stroke:#8fa3b6}
`

/** Inputs side by side, and each step above the middle of its inputs. */
function place(step: ProfileStep, y: number, end: { x: number; bottom: number }): Placed {
  const lines = linesOf(step)
  const height = HEAD + lines.length * LINE
  end.bottom = Math.max(end.bottom, y + height)
  const below = y + height + BETWEEN
  const inputs = step.inputs.map((input) => place(input, below, end))
  const [first, last] = [inputs[0], inputs.at(-1)]
  let x = end.x + GAP / 2
  if (first !== undefined && last !== undefined) x = (first.x + last.x) / 2
  else end.x = x + WIDTH + GAP / 2
  return { step, x, y, lines, height, inputs }
}

function linesOf(step: ProfileStep): string[] {
  const lines = figuresOf(step).map(([name, value]) => `${name} ${value}`)
  const pruned = step.partitions?.pruned ?? []
  for (const { reason, partitions } of pruned.slice(0, REASONS_MAX)) {
    lines.push(`pruned ${partitions}: ${reason}`)
  }
  if (pruned.length > REASONS_MAX) {
    lines.push(`pruned for ${pruned.length - REASONS_MAX} more reasons`)
  }
  return lines
}

/** Lines from each step to its inputs, thicker where more rows pass. */
function edges({ x, y, height, inputs }: Placed): string {
  return inputs
    .map((input) => {
      const [fromX, fromY, toX, toY] = [x + WIDTH / 2, y + height, input.x + WIDTH / 2, input.y]
      const middle = (fromY + toY) / 2
      const thick = 1 + Math.log10(1 + input.step.rows)
      const curve = `M${fromX} ${fromY}C${fromX} ${middle} ${toX} ${middle} ${toX} ${toY}`
      return `<path class="edge" stroke-width="${thick.toFixed(1)}" d="${curve}"/>${edges(input)}`
    })
    .join('')
}

function boxes({ step, x, y, lines, height, inputs }: Placed, whole: number): string {
  const share = whole > 0 ? step.timeMs / whole : 0
  const inner = WIDTH - 24
  const texts = lines.map((line, index) =>
    label('figure', line, { x: 12, y: HEAD + 6 + index * LINE }),
  )
  const percent = `${Math.round(share * 100)} %`
  const own = Math.round(share * inner)
  return (
    `<g class="step" transform="translate(${x} ${y})"><title>${escaped(step.description)}</title>` +
    `<rect class="box" width="${WIDTH}" height="${height}" rx="6"/>` +
    `<rect class="bar" x="12" y="26" width="${inner}" height="4"/>` +
    `<rect class="own" x="12" y="26" width="${own}" height="4"/>` +
    // An inner picture cuts off what would leave the box, where letters are wide.
    `<svg width="${WIDTH - 8}" height="${height}">` +
    label('kind', `${step.kind} · ${percent}`, { x: 12, y: 19 }) +
    label('what', step.description, { x: 12, y: 46 }) +
    `${texts.join('')}</svg></g>${inputs.map((input) => boxes(input, whole)).join('')}`
  )
}

function label(name: string, text: string, at: { readonly x: number; readonly y: number }): string {
  const characters = Array.from(text)
  const isLong = characters.length > CHARACTERS
  const shown = isLong ? `${characters.slice(0, CHARACTERS - 1).join('')}…` : text
  return `<text class="${name}" x="${at.x}" y="${at.y}">${escaped(shown)}</text>`
}

function timeOf({ timeMs, inputs }: ProfileStep): number {
  return inputs.reduce((sum, input) => sum + timeOf(input), timeMs)
}
