import { type AssemblyMemory, instantiate } from "#shared/crypto/instantiate.ts";
import { SHA256_MODULE } from "#shared/crypto/sha256-module.ts";

/** What `assembly/sha256/hash.ts` exports; lengths in bytes. */
interface Engine {
  readonly memory: AssemblyMemory;
  readonly input: { readonly value: number };
  readonly output: { readonly value: number };
  readonly lengths: { readonly value: number };
  reserve(bytes: number): void;
  hash(length: number): void;
  hashTwice(length: number): void;
  hashTwiceLanes(stride: number): void;
  /** Not zero: mutated. */
  merkle(count: number): number;
  begin(): void;
  absorb(bytes: number): void;
  finish(rest: number, lengthLow: number, lengthHigh: number): void;
}

/** The engine with its memory as bytes. One for the thread: nothing here waits, so none meet. */
export interface Sha256Engine {
  readonly engine: Engine;
  /** Where messages go; as long as the longest of them so far with its padding. */
  readonly input: Uint8Array;
  /** Four digests of 32 bytes. */
  readonly output: Uint8Array;
  /** Lengths of four messages that are hashed together. */
  readonly lengths: Uint32Array;
}

const INPUT_BYTES_MIN = 64 * 1024;
const OUTPUT_BYTES = 128;
const LANES = 4;

let current: Sha256Engine | undefined;

/** The engine, with room for so many bytes of input. Views of before may be of a memory gone. */
export function sha256Engine(bytes: number): Sha256Engine {
  if (current !== undefined && current.input.length >= bytes) return current;
  const engine = current?.engine ?? instantiate<Engine>(SHA256_MODULE);
  const room = Math.max(bytes, INPUT_BYTES_MIN, (current?.input.length ?? 0) * 2);
  engine.reserve(room);
  const { buffer } = engine.memory;
  current = {
    engine,
    input: new Uint8Array(buffer, engine.input.value, room),
    output: new Uint8Array(buffer, engine.output.value, OUTPUT_BYTES),
    lengths: new Uint32Array(buffer, engine.lengths.value, LANES),
  };
  return current;
}
