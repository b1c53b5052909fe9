/**
 * Where things lie in the module's memory. Constant tables come first, placed by the compiler; the
 * rest is placed here, because the distance of two buffers decides their speed: a load waits for a
 * store whose address has the same low twelve bits. Every hash uses the scratch space for itself.
 */
export const LAYOUT = {
  /** The end of the compiler's tables is checked against it at start. */
  SCRATCH: 0x3000,
  /** Second part of the scratch space: messages, where the first holds states. */
  SCRATCH_B: 0x3400,
  /** 64 digests of 64 bytes: what a stage leaves and the next one takes. */
  DIGESTS: 0x10000,
  /** 8 tables of 256 columns of 8 bytes. */
  GROESTL_TABLES: 0x14000,
  /** 4 tables of 256 vectors. */
  FUGUE_TABLES: 0x18000,
  /** 16 tables of 16 entries of 64 bytes. */
  HAMSI_TABLES: 0x1c000,
  /** 4 tables of 256 words of 4 bytes. */
  AES_TABLES: 0x20000,
  /** Two windows of Fugue's state, see there. */
  FUGUE_WINDOWS: 0x22000,
  /** 64 headers of 80 bytes: what is asked. */
  HEADERS: 0x28000,
  /** 64 hashes of 32 bytes: what is answered. */
  HASHES: 0x2a000,
} as const;

/** The same as AssemblyScript constants, for the entry. */
export function generate(): string {
  return Object.entries(LAYOUT)
    .map(([name, address]) => `export const ${name}: usize = 0x${address.toString(16)};\n`)
    .join("");
}
