import { channel } from 'node:diagnostics_channel'
import { nowMs } from './clock-and-ids.ts'

/** How far a long piece of work has come. */
export interface Progress {
  /** What is going on, e.g. `load`; `done` once, at the end. */
  readonly phase: string
  readonly rows: number
  /** Bytes read or written so far. */
  readonly bytes: number
  /** Bytes in all, where that is known. */
  readonly totalBytes?: number
  /** Partitions that are finished, and how many there are to do, where that is known. */
  readonly partitions?: number
  readonly totalPartitions?: number
  /** Seconds that what is left will take, by how long the rest took; only where a total is known. */
  readonly secondsLeft?: number
}

export type OnProgress = (progress: Progress) => void

/** What is told on the channel `graupel:progress` of `node:diagnostics_channel`. */
export interface ProgressEvent extends Progress {
  /** The method that is at work: `load`, `query`, `optimize`, ... */
  readonly action: string
}

const CHANNEL = channel('graupel:progress')
/** Less tells nothing of the speed. */
const ESTIMATE_AFTER_MS = 500

/** Whether anybody would hear of progress that is told to `onProgress` and the channel. */
export function isHeard(onProgress: OnProgress | undefined): boolean {
  return onProgress !== undefined || CHANNEL.hasSubscribers
}

/**
 * What an action tells its progress to: the caller's own function, and whoever listens on the
 * channel `graupel:progress`. Adds how long the rest will take.
 */
export function progressOf(action: string, onProgress: OnProgress | undefined): OnProgress {
  const startedAt = nowMs()
  return (progress) => {
    if (!isHeard(onProgress)) return
    const secondsLeft = timeLeft(progress, nowMs() - startedAt)
    const told = secondsLeft === undefined ? progress : { ...progress, secondsLeft }
    CHANNEL.publish({ action, ...told } satisfies ProgressEvent)
    onProgress?.(told)
  }
}

/** `onProgress` for a step of an action, which goes on after it: it does not hear that it is done. */
export function stepProgress(onProgress: OnProgress | undefined): OnProgress | undefined {
  if (onProgress === undefined) return undefined
  return (progress) => {
    if (progress.phase !== 'done') onProgress(progress)
  }
}

function timeLeft(progress: Progress, passedMs: number): number | undefined {
  if (progress.phase === 'done') return undefined
  const share = shareOf(progress)
  if (share === undefined || share === 0 || passedMs < ESTIMATE_AFTER_MS) return undefined
  return ((passedMs / 1000) * (1 - share)) / share
}

/** How much of the work is done, from 0 to 1; undefined where no total is known. */
function shareOf({ bytes, totalBytes, partitions, totalPartitions }: Progress): number | undefined {
  if (totalBytes !== undefined && totalBytes > 0) return Math.min(1, bytes / totalBytes)
  if (partitions === undefined || totalPartitions === undefined || totalPartitions === 0) {
    return undefined
  }
  return Math.min(1, partitions / totalPartitions)
}

const REDRAW_MS = 100

/**
 * A listener that draws one line on stderr when that is a terminal and does nothing otherwise. The
 * line is ended by a progress of phase `done`.
 *
 * @param label Stands in front, e.g. the table's name.
 */
export function progressBar(label = ''): OnProgress {
  let drawnAt = Number.NEGATIVE_INFINITY
  const startedAt = nowMs()
  return (progress) => {
    if (process.stderr.isTTY !== true) return
    const now = nowMs()
    const done = progress.phase === 'done'
    if (!done && now - drawnAt < REDRAW_MS) return
    drawnAt = now
    const line = progressLine(label, progress, (now - startedAt) / 1000)
    process.stderr.write(`\r\u001b[2K${line}${done ? '\n' : ''}`)
  }
}

/** One line of text for `progress`, `seconds` after the start. */
export function progressLine(label: string, progress: Progress, seconds: number): string {
  const { phase, rows, bytes, partitions, totalPartitions, secondsLeft } = progress
  const parts = [label, phase].filter((part) => part !== '').join(' ')
  const share = shareOf(progress)
  const drawn = share === undefined ? '' : ` ${bar(share)} ${Math.floor(share * 100)} %`
  const figures = [`${rows.toLocaleString('en-US')} rows`]
  if (partitions !== undefined) {
    figures.push(
      `${partitions}${totalPartitions === undefined ? '' : `/${totalPartitions}`} partitions`,
    )
  }
  figures.push(sizeText(bytes))
  if (seconds > 0) figures.push(`${sizeText(bytes / seconds)}/s`)
  if (secondsLeft !== undefined) figures.push(`${durationText(secondsLeft)} left`)
  return `${parts}${drawn} ${figures.join(', ')}`
}

function durationText(seconds: number): string {
  const whole = Math.ceil(seconds)
  if (whole < 60) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  return minutes < 60
    ? `${minutes} min ${whole % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
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
