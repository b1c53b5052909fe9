/** Stands for a function in a synthesis without bundles, which is never deployed. */
export function handler() {
  throw new Error("Synthesised without bundles: run `npm run bundle` and synthesise again.");
}
