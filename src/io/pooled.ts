/**
 * `work` of every item, at most `limit` at a time, answers in the order of the items. After a
 * failure nothing new is begun, what runs is waited for, and the first error is thrown.
 */
export async function pooled<A, B>(
  items: readonly A[],
  limit: number,
  work: (item: A) => Promise<B>,
): Promise<B[]> {
  const answers = new Array<B>(items.length)
  let next = 0
  let failure: { readonly error: unknown } | undefined
  const run = async () => {
    while (next < items.length && failure === undefined) {
      const index = next++
      try {
        answers[index] = await work(items[index]!)
      } catch (error) {
        failure ??= { error }
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, run))
  if (failure !== undefined) throw failure.error
  return answers
}
