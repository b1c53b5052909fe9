import type { Network } from "#shared/consensus/params.ts";
import { hash160 } from "#shared/crypto/hashes.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { SweepSigner } from "#shared/ports/sweep-signer.ts";
import type { Amount } from "#shared/primitives/brand.ts";
import type { Refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";
import { printAddress } from "#shared/script/address.ts";
import { planSweep, type SweepPart, type SweptCoin } from "./plan-sweep.ts";

/** A city's answers, as far as its money is concerned. Throws StoreFault when it gives none. */
export interface CityCoins {
  /** Coins of an address that the next block may spend. */
  spendable(address: string): Promise<readonly SweptCoin[]>;
  /** @returns the id of what the city took into its pool, or why it did not */
  broadcast(transaction: Uint8Array): Promise<Result<string, Refusal>>;
}

/** What a sweep runs on. */
export interface SweepCityDeps {
  readonly network: Pick<Network, "consensus" | "addresses">;
  readonly signer: SweepSigner;
  readonly city: CityCoins;
  readonly clock: Pick<Clock, "now">;
  say(line: string): void;
}

/** What became of one transaction. */
export type SweepOutcome = Pick<SweepPart, "coins" | "value" | "fee"> &
  (
    | { readonly state: "sent"; readonly txid: string }
    | { readonly state: "refused"; readonly code: string; readonly reason: string }
  );

/** All of a sweep. */
export interface CitySweep {
  /** Of the staking key. */
  readonly from: string;
  readonly parts: readonly SweepOutcome[];
  /** That arrives by what was sent. */
  readonly value: Amount | bigint;
}

/**
 * Send every mature coin of a city's staking key to the one address that was fixed for it. The city
 * goes on staking meanwhile: a coin that stakes in between makes its part refused, and the rest goes;
 * begun again, it sends what is still there.
 *
 * @param to the script of that address
 * @throws StoreFault when the signer or the city failed
 * @source cloud.md 9.2
 */
export async function sweepCity(to: Uint8Array, deps: SweepCityDeps): Promise<CitySweep> {
  const { network, signer, city, clock, say } = deps;
  const hash = hash160(await signer.publicKey());
  const from = printAddress({ kind: "p2pkh", hash }, network.addresses) ?? "";
  const coins = await city.spendable(from);
  say(`${from} has ${coins.length} coins that may be spent`);
  const parts: SweepOutcome[] = [];
  for (const part of planSweep(coins, { to, now: clock.now() }, network.consensus)) {
    parts.push(await send(part, deps));
  }
  const value = parts.reduce((sum, part) => sum + (part.state === "sent" ? part.value : 0n), 0n);
  return { from, parts, value };
}

async function send(
  { raw, coins, value, fee }: SweepPart,
  { signer, city }: Pick<SweepCityDeps, "signer" | "city">,
): Promise<SweepOutcome> {
  const signed = await signer.signSweep(raw);
  const sent = signed.ok ? await city.broadcast(signed.value) : signed;
  if (sent.ok) return { state: "sent", txid: sent.value, coins, value, fee };
  const { code, message } = sent.error;
  return { state: "refused", code, reason: message, coins, value, fee };
}
