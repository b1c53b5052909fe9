/**
 * How long an answer stays true. `named`: its own hash names it. `position`: a place in the chain,
 * as final as it is deep. `recent`: may change with any block. `tip`: changes with every block.
 */
export type CacheClass =
  | { readonly kind: "named" }
  | { readonly kind: "position"; readonly confirmations: number }
  | { readonly kind: "recent" }
  | { readonly kind: "tip" }
  | { readonly kind: "none" };

const IMMUTABLE = "public, max-age=157784630, immutable";

/** Seconds that an answer may be kept which says what is wrong with whoever gave it. */
const STALE_SECONDS = 10;

/** Confirmations of a block that cannot leave the chain any more. */
const FINAL_CONFIRMATIONS = 501;

/** The `Cache-Control` of an answer. @source interfaces.md 1.3 */
export function cacheControl(answer: CacheClass): string {
  switch (answer.kind) {
    case "named":
      return IMMUTABLE;
    case "position":
      if (answer.confirmations >= FINAL_CONFIRMATIONS) return IMMUTABLE;
      return answer.confirmations > 10 ? "public, max-age=60" : "public, max-age=10";
    case "recent":
      return "public, max-age=10";
    case "tip":
      return "public, max-age=1";
    case "none":
      return "no-store";
  }
}

/** The same, while `X-EXOS-Stale` is on the answer: a cache would say for years what passes. */
export function cacheWhileStale(control: string): string {
  const [, seconds] = /^public, max-age=(\d+)/.exec(control) ?? [];
  if (seconds === undefined || Number(seconds) <= STALE_SECONDS) return control;
  return `public, max-age=${STALE_SECONDS}`;
}
