import type { WalletDeps } from "#services/wallet/deps.ts";
import { hash160 } from "#shared/crypto/hashes.ts";
import type { KeySource } from "#shared/ports/keystores.ts";
import type { RestorePlan, SchemeUse } from "#shared/ports/wallets.ts";
import { amount } from "#shared/primitives/brand.ts";
import type { Refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";
import { payToKeyHash } from "#shared/script/pay-to.ts";
import { openAccount } from "#shared/wallet/extended-key.ts";
import type { Branch } from "#shared/wallet/key-path.ts";

/** What is asked of the chain about one script. */
export interface ScriptUse {
  readonly used: boolean;
  /** Unspent, in base units. */
  readonly balance: bigint;
}

/** What looking keys up takes; a command answers `use` from a running node. */
export interface RestoreDeps extends Pick<WalletDeps, "keystores" | "network" | "gap"> {
  use(script: Uint8Array): Promise<ScriptUse>;
}

/** The same keys by every scheme that they may have been used with, as the chain knows them. */
export async function lookUpSchemes(
  source: KeySource,
  deps: RestoreDeps,
): Promise<Result<RestorePlan, Refusal>> {
  const inspected = await deps.keystores.inspect(source);
  if (!inspected.ok) return inspected;
  const inspection = inspected.value;
  const uses: SchemeUse[] = [];
  for (const { scheme, accountKey } of inspection.kind === "derived" ? inspection.candidates : []) {
    const keys = openAccount(accountKey, deps.network.kind);
    let addressesUsed = 0;
    let balance = 0n;
    for (const branch of ["external", "internal"] as const satisfies readonly Branch[]) {
      for (let index = 0, gap = 0; keys !== undefined && gap < deps.gap; index++) {
        const use = await deps.use(payToKeyHash(hash160(keys.publicKey(branch, index))));
        gap = use.used ? 0 : gap + 1;
        addressesUsed += Number(use.used);
        balance += use.balance;
      }
    }
    uses.push({ scheme, addressesUsed, balance: amount(balance) });
  }
  return { ok: true, value: { inspection, uses } };
}

/** The same, answered by the index of this node. */
export function planRestore(
  source: KeySource,
  { keystores, network, gap, index }: WalletDeps,
): Promise<Result<RestorePlan, Refusal>> {
  const use = async (script: Uint8Array): Promise<ScriptUse> => {
    const { kinds } = await index.totals(script);
    const sums = Object.values(kinds);
    return {
      used: sums.some(({ transactions }) => transactions > 0),
      balance: sums.reduce((sum, { received, sent }) => sum + received - sent, 0n),
    };
  };
  return lookUpSchemes(source, { keystores, network, gap, use });
}
