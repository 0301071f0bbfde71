import { startWorker, type WorkerThread } from '../../io/worker-thread.ts'

/** Threads of this process, started when first needed and then kept. */
const workers = new Set<WorkerThread>()

/** Seconds of one thread's work that are worth starting threads for. */
const COLD_SECONDS = 0.1
/** The same when threads are there already. */
const WARM_SECONDS = 0.02

/** Seconds of one thread's work from which on `size` threads are worth having. */
export function secondsWorthIt(size: number): number {
  return workers.size >= size ? WARM_SECONDS : COLD_SECONDS
}

/** `size` threads, started if need be; they do not keep the process alive when idle. */
export function crew(size: number): WorkerThread[] {
  while (workers.size < size) workers.add(startWorker(workerEntry()))
  return [...workers].slice(0, size)
}

/** Forgets a thread that has died. */
export function dismiss(worker: WorkerThread): void {
  workers.delete(worker)
}

/** The worker's module: beside this one as source, beside the bundle when built. */
function workerEntry(): URL {
  const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return new URL(`./partition-worker.${suffix}`, import.meta.url)
}
