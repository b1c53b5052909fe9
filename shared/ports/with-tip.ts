import type { CoinStore } from "./coin-store.ts";

/** The same store with another way to its tip. A spread would lose the methods of a class. */
export function withTip(coins: CoinStore, tip: CoinStore["tip"]): CoinStore {
  return {
    tip,
    frozen: (group) => coins.frozen(group),
    read: (generation, keys) => coins.read(generation, keys),
    readTransaction: (generation, txid) => coins.readTransaction(generation, txid),
    apply: (generation, marks) => coins.apply(generation, marks),
    commit: (expectedRev, next) => coins.commit(expectedRev, next),
    scan: (view) => coins.scan(view),
    totals: (of) => coins.totals(of),
    createGeneration: () => coins.createGeneration(),
    dropGeneration: (generation) => coins.dropGeneration(generation),
  };
}
