import { StoreFault } from "./store-fault.ts";

/** A reader held an old tip for so long that its coins were dropped. */
export function generationGone(generation: number): StoreFault {
  return new StoreFault(
    `The coins of generation ${generation} were dropped: read the tip again and start over.`,
    { retryable: true, code: "EXOS-E1000" },
  );
}
