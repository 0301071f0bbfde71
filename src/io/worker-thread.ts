import { availableParallelism } from 'node:os'
import { type ErrorCode, GraupelError } from '../error.ts'

/** One thread beside the main one, which works on calls one after another. */
export interface WorkerThread {
  /**
   * Sends `task` at once; each answer of the worker is passed on until it says that it is done. A
   * caller that never leaves the event loop a turn gets no answers, but its tasks are worked on.
   */
  call(task: unknown, onAnswer: (answer: unknown) => void): Promise<void>
}

/** Threads that this machine runs at once. */
export function threadsAtOnce(): number {
  return availableParallelism()
}

/** Node's own, taken where there are threads: most short processes start none. */
const threadsOfNode = () => process.getBuiltinModule('node:worker_threads')

/** A task and what is told of it, by the number of the call. */
interface Task {
  readonly call: number
  readonly task: unknown
}

type Message = { readonly call: number } & (
  | { readonly kind: 'answer'; readonly answer: unknown }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly failure: Failure }
)

/** Who waits for a call. */
interface Waiting {
  readonly onAnswer: (answer: unknown) => void
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

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
  const { Worker } = threadsOfNode()
  const worker = entry.pathname.endsWith('.ts')
    ? new Worker(RUN_SOURCE, { eval: true, workerData: entry.href })
    : new Worker(entry)
  worker.unref()
  const waiting = new Map<number, Waiting>()
  let ended: GraupelError | null = null
  let calls = 0
  const end = (cause: unknown) => {
    ended ??= new GraupelError('UNAVAILABLE', 'a worker thread has ended', {}, { cause })
    for (const { reject } of waiting.values()) reject(ended)
    waiting.clear()
  }
  worker.once('error', end).once('exit', end)
  worker.on('message', (message: Message) => {
    const caller = waiting.get(message.call)
    if (message.kind === 'answer') return caller?.onAnswer(message.answer)
    waiting.delete(message.call)
    if (waiting.size === 0) worker.unref()
    if (message.kind === 'done') caller?.resolve()
    else caller?.reject(revived(message.failure))
  })
  return {
    call: (task, onAnswer) =>
      new Promise<void>((resolve, reject) => {
        if (ended !== null) return reject(ended)
        const call = calls++
        waiting.set(call, { onAnswer, resolve, reject })
        worker.ref()
        worker.postMessage({ call, task } satisfies Task)
      }),
  }
}

/** Tells the main thread something; buffers that are `moved` are lost here, and not copied. */
export type Answer = (answer: unknown, moved?: readonly ArrayBuffer[]) => void

/** Answers each task that the main thread sends by what `work` tells through `answer`. */
export function serve(work: (task: unknown, answer: Answer) => Promise<void>) {
  const port = threadsOfNode().parentPort
  if (port === null) throw new Error('serve is for worker threads')
  let turn = Promise.resolve()
  port.on('message', ({ call, task }: Task) => {
    const tell = (message: Message, moved: readonly ArrayBuffer[] = []) =>
      port.postMessage(message, moved)
    turn = turn
      .then(() => work(task, (answer, moved) => tell({ call, kind: 'answer', answer }, moved)))
      .then(
        () => tell({ call, kind: 'done' }),
        (error: unknown) => tell({ call, kind: 'failed', failure: flattened(error) }),
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
