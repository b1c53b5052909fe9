import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { SubmitAnswer } from "#shared/consensus/submit-answer.ts";
import type { ConsensusError } from "#shared/consensus/verdict.ts";
import { activeHashAt } from "#shared/ports/active-hash-at.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { HeaderStore, StoredHeader } from "#shared/ports/header-store.ts";
import type { HashHex } from "#shared/primitives/brand.ts";

/** What became of a block at the door of a city, which stores first and hints after. */
export type Delivered =
  | { readonly state: "accepted"; readonly record: HeaderRecord; readonly heavier: boolean }
  | { readonly state: "known"; readonly stored: StoredHeader }
  | { readonly state: "orphan" | "too-deep"; readonly hash: HashHex }
  | { readonly state: "refused"; readonly hash: HashHex; readonly error: ConsensusError }
  | { readonly state: "undecodable" };

export interface HandInDeps {
  deliver(block: Uint8Array): Promise<Delivered>;
  /** As the table has them: a verdict is looked for there. */
  readonly headers: Pick<HeaderStore, "get">;
  readonly coins: Pick<CoinStore, "tip" | "frozen">;
  readonly clock: Pick<Clock, "sleep">;
}

interface Answered {
  readonly hash: HashHex;
  readonly answer: SubmitAnswer;
}

/** How long the verdict of those who check and connect is waited for: about a slot. */
const WAIT_MS = 15_000;
const LOOK_MS = 500;

/**
 * Hand a block of ours in, and wait for those who judge every block. Until they are done, another
 * block on the same parent would only compete with it.
 *
 * @returns `inconclusive` where they take longer than that
 * @throws StoreFault when the stores failed; RangeError for what is no block
 */
export async function handIn(block: Uint8Array, deps: HandInDeps): Promise<Answered> {
  const delivered = await deps.deliver(block);
  switch (delivered.state) {
    case "undecodable":
      throw new RangeError("a block of ours does not decode");
    case "known": {
      const { record, rejected } = delivered.stored;
      const answer = rejected === undefined ? "duplicate" : "duplicate-invalid";
      return { hash: record.hash, answer };
    }
    case "orphan":
      return { hash: delivered.hash, answer: "prev-blk-not-found" };
    case "too-deep":
      return { hash: delivered.hash, answer: "inconclusive" };
    case "refused":
      return { hash: delivered.hash, answer: delivered.error.code };
    case "accepted": {
      const { record, heavier } = delivered;
      return {
        hash: record.hash,
        answer: heavier ? await verdictOn(record, deps) : "inconclusive",
      };
    }
  }
}

async function verdictOn(
  { hash, height }: HeaderRecord,
  { headers, coins, clock }: HandInDeps,
): Promise<SubmitAnswer> {
  for (let waitedMs = 0; ; waitedMs += LOOK_MS) {
    const tip = await coins.tip();
    if (tip !== undefined && (await activeHashAt(height, tip, coins)) === hash) return null;
    const rejected = (await headers.get(hash))?.rejected;
    if (rejected !== undefined) return rejected.code;
    if (waitedMs >= WAIT_MS) return "inconclusive";
    await clock.sleep(LOOK_MS);
  }
}
