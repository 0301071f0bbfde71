import { availableParallelism } from 'node:os'
import { parentPort, Worker } from 'node:worker_threads'
import { type ErrorCode, GraupelError } from '../error.ts'

/** One thread beside the main one, which answers calls one after another. */
export interface WorkerThread {
  /** Sends `task`; each answer of the worker is passed on until it says that it is done. */
  call(task: unknown, onAnswer: (answer: unknown) => void): Promise<void>
}

/** Threads that this machine runs at once. */
export function threadsAtOnce(): number {
  return availableParallelism()
}

type Message =
  | { readonly kind: 'answer'; readonly answer: unknown }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** An error as plain data. */
export interface Failure {
  readonly code: ErrorCode | null
  readonly message: string
  readonly facts: unknown
  readonly stack: string
}

/** Runs a module in TypeScript, for work on the sources themselves; needs tsx, which tests have. */
const RUN_SOURCE = `import('tsx/esm/api').then((api) => {
  api.register()
  return import(require('node:worker_threads').workerData)
})`

/**
 * Starts a thread that runs the module at `entry`, which calls `serve`. It does not keep the
 * process alive when idle. A call fails with UNAVAILABLE once the thread has ended or could not be
 * started, and otherwise with what the worker threw.
 */
export function startWorker(entry: URL): WorkerThread {
  const worker = entry.pathname.endsWith('.ts')
    ? new Worker(RUN_SOURCE, { eval: true, workerData: entry.href })
    : new Worker(entry)
  worker.unref()
  const ended = new Promise<never>((_, reject) => {
    const end = (cause: unknown) =>
      reject(new GraupelError('UNAVAILABLE', 'a worker thread has ended', {}, { cause }))
    worker.once('error', end).once('exit', end)
  })
  ended.catch(() => {})
  const answered = (task: unknown, onAnswer: (answer: unknown) => void) =>
    new Promise<void>((resolve, reject) => {
      const onMessage = (message: Message) => {
        if (message.kind === 'answer') return onAnswer(message.answer)
        worker.off('message', onMessage)
        if (message.kind === 'done') resolve()
        else reject(revived(message.failure))
      }
      worker.on('message', onMessage)
      worker.postMessage(task)
    })
  let queue: Promise<unknown> = Promise.resolve()
  return {
    call(task, onAnswer) {
      const turn = queue.then(async () => {
        worker.ref()
        try {
          await Promise.race([answered(task, onAnswer), ended])
        } finally {
          worker.unref()
        }
      })
      queue = turn.catch(() => {})
      return turn
    },
  }
}

/** Tells the main thread something; buffers that are `moved` are lost here, and not copied. */
export type Answer = (answer: unknown, moved?: readonly ArrayBuffer[]) => void

/** Answers each task that the main thread sends by what `work` tells through `answer`. */
export function serve(work: (task: unknown, answer: Answer) => Promise<void>) {
  const port = parentPort
  if (port === null) throw new Error('serve is for worker threads')
  port.on('message', (task: unknown) => {
    const tell = (message: Message, moved: readonly ArrayBuffer[] = []) =>
      port.postMessage(message, moved)
    work(task, (answer, moved) => tell({ kind: 'answer', answer }, moved)).then(
      () => tell({ kind: 'done' }),
      (error: unknown) => tell({ kind: 'failed', failure: flattened(error) }),
    )
  })
}

/** `error` as `revived` takes it, on another thread. */
export function flattened(error: unknown): Failure {
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error))
  if (!(error instanceof GraupelError)) return { code: null, message, facts: {}, stack }
  return { code: error.code, message, facts: error.facts, stack }
}

/** The error that `flattened` was given: a GraupelError has its code and facts. */
export function revived({ code, message, facts, stack }: Failure): Error {
  if (code !== null) return new GraupelError(code, message, facts as Record<string, unknown>)
  return Object.assign(new Error(message), { stack })
}
