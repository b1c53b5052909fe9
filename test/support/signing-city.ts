import { answerSigning } from "#services/stake/answer-signing.ts";
import { signOnTip } from "#services/stake/sign-on-tip.ts";
import { signSweep } from "#services/stake/sign-sweep.ts";
import { createKmsKey } from "#shared/adapters/aws/kms-key.ts";
import { createMemoryCoinStore } from "#shared/adapters/embedded/memory-coin-store.ts";
import { createMemoryHeaderStore } from "#shared/adapters/embedded/memory-header-store.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { hashTransaction } from "#shared/codec/decode-transaction.ts";
import { encodeBlock } from "#shared/codec/encode-block.ts";
import { coinKeyOf, SLOTS_PER_ITEM, slotOf } from "#shared/coins/coin-key.ts";
import { baseMark } from "#shared/coins/mark.ts";
import { packOutputs } from "#shared/coins/pack-outputs.ts";
import { publicKeyOf } from "#shared/crypto/sign-digest.ts";
import type { Block } from "#shared/primitives/block.ts";
import { amount, height } from "#shared/primitives/brand.ts";
import { ZERO_HASH_HEX } from "#shared/primitives/hash.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import { standInKms } from "./aws/stand-in-kms.ts";
import { stakeTemplate } from "./stake-request.ts";

const SECRET = new Uint8Array(32).fill(7);
const NOWHERE = { kind: "derived", account: 0, branch: "external", index: 0 } as const;

export interface SigningCityOptions {
  readonly isSpent?: boolean;
  /** The secret of the signer, where it is another than the kernel's. */
  readonly keyOf?: Uint8Array;
  /** Where its money may be swept to. */
  readonly sweepScript?: Uint8Array | undefined;
}

/** A city whose chain ends where the template begins, and whose coin stakes. */
export async function createSigningCity({
  isSpent = false,
  keyOf = SECRET,
  sweepScript,
}: SigningCityOptions = {}) {
  const { request, chain, kernel } = stakeTemplate(publicKeyOf(SECRET), NOWHERE);
  const params = chain.network.consensus;
  const coins = createMemoryCoinStore("exos");
  const headers = createMemoryHeaderStore();
  await headers.put(chain.tip);
  const gone = { value: amount(0n), scriptPubKey: Uint8Array.of(0x6a) };
  const outputs = new Array(SLOTS_PER_ITEM)
    .fill(gone)
    .with(slotOf(kernel.outpoint.index), kernel.coin);
  const { time, kind } = kernel.coin;
  const key = coinKeyOf(kernel.outpoint.txid, kernel.outpoint.index);
  const created = { outputs: packOutputs(outputs), time, kind };
  const mark = baseMark(kernel.coin.height);
  await coins.apply(0, [{ key, mark, created, spent: isSpent ? 0xff : 0 }]);
  const win = [...new Array(chain.tip.height).fill(ZERO_HASH_HEX), chain.tip.hash];
  const zero = height(0);
  const { height: at, hash } = chain.tip;
  const view = { gen: 0, floor: zero, height: at, hash, work: 1n, base: zero, win };
  await coins.commit(0, { tip: { ...view, rev: 1, final: zero, mu: undefined }, frozen: [] });
  const kms = standInKms(keyOf);
  const deps = {
    network: chain.network,
    coins,
    headers,
    key: createKmsKey({ client: kms.client, key: "k" }),
    sweepScript,
  };
  const decoded = decodeBlock(request.block, params.wire);
  if (!decoded.ok) throw decoded.error;
  const template = decoded.value;
  return {
    kms,
    params,
    template,
    request,
    publicKey: publicKeyOf(SECRET),
    kernel,
    network: chain.network,
    sign: (block: Uint8Array) => signOnTip(block, deps),
    sweep: (transaction: Uint8Array) => signSweep(transaction, deps),
    answer: (asked: unknown) => answerSigning(asked, { ...deps, log: createMemoryLog() }),
    encode: (block: Block) => encodeBlock(block, params.wire),
    /** The template with another coinstake. */
    withCoinstake(
      change: (coinstake: HashedTransaction) => Partial<HashedTransaction>,
    ): Uint8Array {
      const [coinbase, coinstake, ...others] = template.transactions;
      if (coinbase === undefined || coinstake === undefined) throw new RangeError("no coinstake");
      const changed = hashTransaction({ ...coinstake, ...change(coinstake) }, params.wire);
      return encodeBlock(
        { ...template, transactions: [coinbase, changed, ...others] },
        params.wire,
      );
    },
  };
}
