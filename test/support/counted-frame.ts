import type { AnyFrame } from '../../src/frame/data-frame.ts'

/** The same frame, and how many rows have left the engine through it and what was made of it. */
export function countedFrame(frame: AnyFrame): { frame: AnyFrame; moved: () => number } {
  let rows = 0
  const counted = (target: object): object =>
    // Over an empty object, for what is frozen would have to be answered as it is.
    new Proxy(Object.create(null), {
      get(_, name) {
        const member = Reflect.get(target, name)
        if (typeof member !== 'function') return member
        return (...args: unknown[]) => {
          const answer: unknown = Reflect.apply(member, target, args)
          if (answer instanceof Promise) {
            return answer.then((list) => {
              if (!Array.isArray(list)) throw new Error(`${String(name)} is not counted`)
              rows += list.length
              return list
            })
          }
          return counted(answer as object)
        }
      },
    })
  return { frame: counted(frame) as AnyFrame, moved: () => rows }
}
