import { readFileSync } from 'node:fs'

/** The last words of a job in a process of its own: its rows and its peak memory, as JSON. */
export function printReport(rows: readonly (readonly unknown[])[]): void {
  const text = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value)
  console.log(JSON.stringify({ answer: rows, megabytes: peakMegabytes() }, text))
}

/** The greatest resident set. Linux's `getrusage` would count the parent's from before the exec. */
function peakMegabytes(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS / 1024
  const status = readFileSync('/proc/self/status', 'utf8')
  return Number(/^VmHWM:\s*(\d+) kB/m.exec(status)![1]) / 1024
}
