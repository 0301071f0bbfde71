// Where things stand in the module's memory. The caller reads these from the exports.

/** Four int32 that a kernel answers beside its result. */
export const CURSOR: usize = 0x4000
/** Ends of the lines of one block, as pointers; the word before holds the end of the line before. */
export const ENDS: usize = 0x5000
/** Four float64 for each of up to 256 groups, that a kernel adds up in. */
export const LANES: usize = 0xa000
/** Values or text ranges that a kernel decoded. */
export const OUT: usize = 0x10000
/** How many rows a kernel decodes at most in one call. */
export const ROWS_MAX: i32 = 16384
/** One byte per row of OUT. */
export const VALIDITY: usize = 0x31000
/** Rows that are wanted, and rows that a kernel selected: 65,536 each. */
export const WANTED: usize = 0x40000
export const SELECTED: usize = 0x80000
/** A literal to look for. */
export const LITERAL: usize = 0xc0000
/** From here on the memory is cut into slots for bytes of files, up to the blocks of vectors. */
export const SLOTS: usize = 0x100000
export const BLOCKS: usize = 0xc00000
/** Bits of sets of keys, up to the end of the memory. */
export const KEYS: usize = 0x1c00000
export const KEYS_END: usize = 0x1d00000

/** Bytes looked at before their lines are decoded: the ends of that many lines stay in the cache. */
export const BLOCK: usize = 4096

/** 16 bytes 0, then 32 bytes 0xff: at KEEP + n begins a mask that keeps the last n of 16 bytes. */
export const KEEP: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  255, 255,
], 16)
/** The same for 8 bytes. */
export const KEEP8: usize = KEEP + 8
