/** What was read: the value, or that what is kept there is no JSON. */
export type SavedValue = { readonly value: unknown } | "damaged";

/**
 * One small document of JSON that outlives the process that wrote it: at most 4 MiB, whole or not at
 * all, and the last writer's where several write. Nothing in it decides a verdict.
 *
 * Implementations: `adapters/embedded/json-file.ts`, `adapters/aws/s3-saved-state.ts`. Each passes
 * `test/ports/saved-state.contract.ts`. Both methods throw StoreFault when the world failed.
 */
export interface SavedState {
  /** @returns `undefined` when nothing was ever written */
  read(): Promise<SavedValue | undefined>;
  write(value: unknown): Promise<void>;
}
