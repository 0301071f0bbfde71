/** Fields of the stored JSON that this version does not know; they are written back as they were. */
export type Extra = readonly (readonly [name: string, value: unknown])[]
