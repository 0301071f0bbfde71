/** How far a long piece of work has come. */
export interface Progress {
  /** What is going on, e.g. `load`; `done` once, at the end. */
  readonly phase: string
  readonly rows: number
  /** Bytes read or written so far. */
  readonly bytes: number
  /** Bytes in all, where that is known. */
  readonly totalBytes?: number
}

export type OnProgress = (progress: Progress) => void

const REDRAW_MS = 100

/**
 * A listener that draws one line on stderr when that is a terminal and does nothing otherwise. The
 * line is ended by a progress of phase `done`.
 *
 * @param label Stands in front, e.g. the table's name.
 */
export function progressBar(label = ''): OnProgress {
  let drawnAt = Number.NEGATIVE_INFINITY
  const startedAt = performance.now()
  return (progress) => {
    if (process.stderr.isTTY !== true) return
    const now = performance.now()
    const done = progress.phase === 'done'
    if (!done && now - drawnAt < REDRAW_MS) return
    drawnAt = now
    const line = progressLine(label, progress, (now - startedAt) / 1000)
    process.stderr.write(`\r\u001b[2K${line}${done ? '\n' : ''}`)
  }
}

/** One line of text for `progress`, `seconds` after the start. */
export function progressLine(label: string, progress: Progress, seconds: number): string {
  const { phase, rows, bytes, totalBytes } = progress
  const parts = [label, phase].filter((part) => part !== '').join(' ')
  const share =
    totalBytes === undefined || totalBytes === 0
      ? ''
      : ` ${bar(Math.min(1, bytes / totalBytes))} ${Math.floor(Math.min(1, bytes / totalBytes) * 100)} %`
  const rate = seconds > 0 ? `, ${sizeText(bytes / seconds)}/s` : ''
  return `${parts}${share} ${rows.toLocaleString('en-US')} rows, ${sizeText(bytes)}${rate}`
}

const BAR_WIDTH = 20

function bar(share: number): string {
  const filled = Math.round(share * BAR_WIDTH)
  return `[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}]`
}

function sizeText(bytes: number): string {
  if (bytes < 1024) return `${Math.round(bytes)} B`
  const power = Math.min(4, Math.floor(Math.log2(bytes) / 10))
  return `${(bytes / 1024 ** power).toFixed(1)} ${['KiB', 'MiB', 'GiB', 'TiB'][power - 1]}`
}
