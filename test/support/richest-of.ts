import { createHash } from "node:crypto";
import type { RichestAt } from "#shared/ports/rich-list.ts";
import { amount } from "#shared/primitives/brand.ts";
import { toHex } from "#shared/primitives/hex.ts";
import { ownerScript } from "#shared/script/owner-script.ts";
import type { TreeBlock } from "./block-tree.ts";

/** The rich list of a tree's block, by sorting everybody. */
export function richestOf({ height, hash, coins }: TreeBlock): RichestAt {
  const held = coins.filter(({ script }) => script.length > 0 && script.length <= 10_000);
  const groups = Map.groupBy(held, ({ script }) => toHex(ownerScript(script)));
  const digest = (hex: string) =>
    createHash("sha256").update(Buffer.from(hex, "hex")).digest("hex");
  const holders = [...groups]
    .map(([hex, own]) => ({
      digest: digest(hex),
      script: Uint8Array.from(Buffer.from(hex, "hex")),
      balance: own.reduce((sum, { value }) => sum + value, 0n),
      coins: own.length,
    }))
    .filter(({ balance }) => balance > 0n)
    .sort((a, b) => Number(b.balance - a.balance) || (a.digest < b.digest ? -1 : 1))
    .slice(0, 200)
    .map(({ script, balance, coins: count }) => ({
      script,
      balance: amount(balance),
      coins: count,
    }));
  return { at: { height, hash }, holders };
}
