import { serve } from '../../src/io/worker-thread.ts'

/** Adds one to the shared number that it is sent. */
serve(async (task) => {
  const count = task as Int32Array
  Atomics.add(count, 0, 1)
  Atomics.notify(count, 0)
})
