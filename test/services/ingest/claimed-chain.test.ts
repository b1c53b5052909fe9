import { describe, expect, it } from "vitest";
import { type Ahead, ClaimedChain, HeaderPool } from "#services/ingest/claimed-chain.ts";
import { type HashHex, height } from "#shared/primitives/brand.ts";

/** Headers on top of each other; a letter and a height make a name. */
function headers(letter: string, from: number, to: number, prev: string): Ahead[] {
  const made: Ahead[] = [];
  for (let at = from; at <= to; at++) {
    made.push({
      hash: `${letter}${at}` as HashHex,
      prev: (made.at(-1)?.hash ?? prev) as HashHex,
      height: height(at),
      work: BigInt(at),
      record: undefined,
      stored: false,
      holders: 0,
    });
  }
  return made;
}

function chainOf(pool: HeaderPool, items: readonly Ahead[]): ClaimedChain {
  const chain = new ClaimedChain(pool);
  for (const item of items) chain.grow(item);
  return chain;
}

const names = (chain: ClaimedChain) => chain.items.map(({ hash }) => hash);

describe("the chain that a peer claims", () => {
  it("shares its headers with other chains, and the last one to go takes them along", () => {
    const pool = new HeaderPool();
    const shared = headers("a", 1, 4, "genesis");
    const [one, two] = [chainOf(pool, shared), chainOf(pool, shared)];
    expect(pool.size).toBe(4);
    one.clear();
    expect(pool.size).toBe(4);
    two.clear();
    expect([pool.size, two.end]).toEqual([0, undefined]);
  });

  it("follows a header that another peer showed, down to a stored block", () => {
    const pool = new HeaderPool();
    const shown = headers("a", 1, 4, "genesis");
    chainOf(pool, shown);
    const chain = new ClaimedChain(pool);
    expect(chain.follow(shown[3] as Ahead)).toBe(true);
    expect(names(chain)).toEqual(["a1", "a2", "a3", "a4"]);
    expect([chain.end?.hash, chain.at(2)?.hash, chain.at(5)]).toEqual(["a4", "a2", undefined]);
  });

  it("leaves a branch where another begins, and keeps what both share", () => {
    const pool = new HeaderPool();
    const trunk = headers("a", 1, 4, "genesis");
    const branch = headers("b", 3, 5, "a2");
    chainOf(pool, [...trunk.slice(0, 2), ...branch]);
    const chain = chainOf(pool, trunk);
    expect(chain.follow(branch[2] as Ahead)).toBe(true);
    expect(names(chain)).toEqual(["a1", "a2", "b3", "b4", "b5"]);
    expect(pool.get("a3" as HashHex)).toBeUndefined();
    expect(chain.follow(branch[0] as Ahead)).toBe(true);
    expect(names(chain)).toEqual(["a1", "a2", "b3"]);
  });

  it("forgets from below what became part of ours, and nothing above a gap", () => {
    const pool = new HeaderPool();
    const items = headers("a", 1, 5, "genesis");
    const chain = chainOf(pool, items);
    for (const at of [0, 1, 3]) (items[at] as Ahead).stored = true;
    chain.trim(({ height: at }) => at <= 4);
    expect(names(chain)).toEqual(["a3", "a4", "a5"]);
    (items[2] as Ahead).stored = true;
    chain.trim(({ height: at }) => at !== 4);
    expect(names(chain)).toEqual(["a4", "a5"]);
  });

  it("ends before a header that leads nowhere, or in a stored block", () => {
    const pool = new HeaderPool();
    const items = headers("a", 1, 4, "genesis");
    const chain = chainOf(pool, items);
    chain.cutBefore(items[2] as Ahead);
    expect([names(chain), chain.end?.hash]).toEqual([["a1", "a2"], "a2"]);
    chain.cutBefore(items[3] as Ahead);
    expect(chain.end?.hash).toBe("a2");
    chain.endAt({ hash: "x9" as HashHex, height: height(9), work: 9n });
    expect([names(chain), chain.end?.height, pool.size]).toEqual([[], 9, 0]);
  });
});
