import type { PeerView } from "#shared/ports/peers.ts";

/**
 * How high the network stands, as the peers say that this process chose itself: the median of what
 * each of them claims, the lower one of two. Its own headers do not tell: of each peer no more than
 * 4,000 are looked at above the first block that is not ours.
 *
 * Anybody may connect to us, so inbound peers are not asked; of outbound ones it takes half to lie.
 *
 * @param possible no more is believed
 * @returns `undefined` while no such peer has greeted: then nobody knows, and nothing follows from it
 */
export function networkHeight(
  peers: readonly Pick<PeerView, "kind" | "stage" | "greeting" | "headersHeight">[],
  possible: number,
): number | undefined {
  const claims = peers
    .filter(({ kind, stage }) => stage === "ready" && (kind === "outbound" || kind === "manual"))
    .flatMap(({ greeting, headersHeight = 0 }) =>
      // It greeted some time ago, and may have shown more since.
      greeting === undefined ? [] : [Math.max(0, greeting.startHeight, headersHeight)],
    )
    .sort((one, other) => one - other);
  const median = claims[(claims.length - 1) >> 1];
  return median === undefined ? undefined : Math.min(median, possible);
}
