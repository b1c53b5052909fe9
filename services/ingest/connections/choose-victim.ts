/** What counts when somebody has to make room. Times are comparable with one another. */
export interface EvictionCandidate {
  readonly id: number;
  readonly group: string;
  /** The lower, the better; `undefined`: no ping was answered. */
  readonly pingMinMs: number | undefined;
  readonly lastBlock: number;
  readonly lastTransaction: number;
  readonly connectedAtMs: number;
}

type Order = (a: EvictionCandidate, b: EvictionCandidate) => number;

/** Best first. */
const byPing: Order = (a, b) =>
  (a.pingMinMs ?? Infinity) - (b.pingMinMs ?? Infinity) || a.id - b.id;
const byTransaction: Order = (a, b) => b.lastTransaction - a.lastTransaction || a.id - b.id;
const byBlock: Order = (a, b) => b.lastBlock - a.lastBlock || a.id - b.id;
const byAge: Order = (a, b) => a.connectedAtMs - b.connectedAtMs || a.id - b.id;

/** Without the best ones. */
function spare(
  candidates: readonly EvictionCandidate[],
  order: Order,
  count: number,
): readonly EvictionCandidate[] {
  return [...candidates].sort(order).slice(count);
}

/**
 * Whom of the inbound peers to let go so that a new one has room. Those are spared who are hard to
 * fake: of distinct networks, with the shortest pings, who brought transactions and blocks last,
 * and half of the rest by age. Of what remains the largest network loses its youngest.
 *
 * @returns `undefined` when all are spared
 * @source SelectNodeToEvict, node/eviction.cpp (Bitcoin Core 28.0)
 */
export function chooseVictim(
  candidates: readonly EvictionCandidate[],
): EvictionCandidate | undefined {
  const groups = new Map<string, EvictionCandidate>();
  for (const one of [...candidates].sort(byAge)) {
    if (!groups.has(one.group)) groups.set(one.group, one);
  }
  const ofGroups = new Set([...groups.values()].slice(0, 4));
  let left: readonly EvictionCandidate[] = candidates.filter((one) => !ofGroups.has(one));
  left = spare(left, byPing, 8);
  left = spare(left, byTransaction, 4);
  left = spare(left, byBlock, 4);
  left = spare(left, byAge, Math.floor(left.length / 2));
  const counts = new Map<string, number>();
  for (const { group } of left) counts.set(group, (counts.get(group) ?? 0) + 1);
  const most = Math.max(0, ...counts.values());
  return [...left].sort(byAge).findLast(({ group }) => counts.get(group) === most);
}
