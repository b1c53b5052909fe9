import { decodeTransaction } from "#shared/codec/decode-transaction.ts";
import { encodeTransaction } from "#shared/codec/encode-transaction.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { DigestSigner } from "#shared/ports/digest-signer.ts";
import type { Coin } from "#shared/primitives/coin.ts";
import { type Refusal, refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { Transaction, TxInput } from "#shared/primitives/transaction.ts";
import { checkSweepFee, checkSweepShape } from "#shared/wallet/check-sweep.ts";
import { assertSigned } from "#shared/wallet/sign-transaction.ts";
import { inputDigest, opensScript, scriptOfSignature } from "#shared/wallet/unlock-script.ts";
import { readSpent } from "./read-spent.ts";

/** The chain by which a sweep is judged, the key, and the only place that it may pay. */
export interface SignSweepDeps {
  readonly network: Pick<Network, "consensus">;
  readonly coins: Pick<CoinStore, "tip" | "read" | "frozen">;
  readonly key: DigestSigner;
  /** Script of the environment's sweep address; `undefined`: nothing is ever swept. */
  readonly sweepScript: Uint8Array | undefined;
}

const NO_BYTES = new Uint8Array(0);

/**
 * Sign a transaction that takes coins of the key to the one address that the deployer fixed, whoever
 * asks. What it spends is read from the chain itself; anything else than that one shape is refused.
 *
 * @param raw whatever its inputs carry as scripts is replaced
 * @returns the signed bytes; refusals E5016 and E5017
 * @throws StoreFault when the stores or the key failed
 * @source cloud.md 9.2
 */
export async function signSweep(
  raw: Uint8Array,
  deps: SignSweepDeps,
): Promise<Result<Uint8Array, Refusal>> {
  const { consensus } = deps.network;
  const { dialect } = consensus;
  const decoded = decodeTransaction(raw, consensus.wire);
  if (!decoded.ok) return refuse("The bytes are no transaction.");
  const tx = decoded.value;
  const shape = checkSweepShape(tx, deps.sweepScript);
  if (shape !== undefined) return refuse(shape);
  const spent = await coinsOf(tx, deps);
  if (!spent.ok) return spent;
  const fee = checkSweepFee(tx, spent.value, dialect);
  if (fee !== undefined) return refuse(fee);
  const publicKey = await deps.key.publicKey();
  const what = { dialect, how: "spend" } as const;
  const foreign = spent.value.findIndex((coin) => !opensScript(coin.scriptPubKey, publicKey, what));
  if (foreign >= 0) return refusal("EXOS-E5017", `Input ${foreign} spends no coin of the key.`);

  const blank = tx.inputs.map((input) => ({ ...input, scriptSig: NO_BYTES, witness: [] }));
  const unsigned: Transaction = { ...tx, inputs: blank };
  const inputs: TxInput[] = [];
  for (const [index, input] of blank.entries()) {
    const scriptPubKey = spent.value[index]?.scriptPubKey ?? NO_BYTES;
    const digest = inputDigest({ tx: unsigned, index, scriptPubKey }, consensus);
    const opener = { publicKey, signature: await deps.key.sign(digest) };
    const scriptSig = scriptOfSignature(scriptPubKey, opener, what) ?? NO_BYTES;
    inputs.push({ ...input, scriptSig });
  }
  const signed: Transaction = { ...tx, inputs };
  assertSigned(signed, spent.value, dialect);
  return { ok: true, value: encodeTransaction(signed, consensus.wire, { witness: false }) };
}

function refuse(message: string): ReturnType<typeof refusal> {
  return refusal("EXOS-E5016", message);
}

/** What the inputs spend, in their order. */
async function coinsOf(
  { inputs }: Transaction,
  { coins }: Pick<SignSweepDeps, "coins">,
): Promise<Result<readonly Coin[], Refusal>> {
  const tip = await coins.tip();
  if (tip === undefined) return refuse("There is no chain yet.");
  const prevouts = inputs.map(({ prevout }) => prevout);
  const reader = await readSpent(prevouts, tip, coins);
  const spent: Coin[] = [];
  for (const [index, prevout] of prevouts.entries()) {
    const coin = reader.coin(prevout);
    if (coin === undefined) return refuse(`Input ${index} spends no coin of the chain.`);
    spent.push(coin);
  }
  return { ok: true, value: spent };
}
