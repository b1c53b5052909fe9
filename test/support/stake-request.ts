import { hashTransaction } from "#shared/codec/decode-transaction.ts";
import { encodeBlock } from "#shared/codec/encode-block.ts";
import { amount, height } from "#shared/primitives/brand.ts";
import { OP } from "#shared/script/opcodes.ts";
import { plainPush } from "#shared/script/push.ts";
import type { KeyPath } from "#shared/wallet/key-path.ts";
import type { StakeRequest } from "#shared/wallet/signing.ts";
import { output } from "./block-builder.ts";
import { RichChain } from "./rich-chain.ts";

/** A template whose kernel is a payment to this key, without fees, as an honest minter makes it. */
export function stakeRequest(publicKey: Uint8Array, key: KeyPath): StakeRequest {
  return stakeTemplate(publicKey, key).request;
}

/** The same with the chain that it is for, and its kernel. */
export function stakeTemplate(publicKey: Uint8Array, key: KeyPath) {
  const chain = new RichChain();
  const { wire, stake } = chain.network.consensus;
  const { value } = chain.premine.coin;
  const scriptPubKey = Uint8Array.of(...plainPush(publicKey), OP.OP_CHECKSIG);
  const granted = chain.grant({ value, scriptPubKey });
  const { outpoint } = granted;
  const honest = chain.stake({ signature: new Uint8Array(0) });
  const [coinbase, coinstake] = honest.transactions;
  if (coinbase === undefined || coinstake === undefined) throw new RangeError("no coinstake");
  const unsigned = {
    ...coinstake,
    inputs: coinstake.inputs.map((input) => ({
      ...input,
      prevout: outpoint,
      scriptSig: new Uint8Array(0),
    })),
    outputs: [output(0n, new Uint8Array(0)), output(value + (stake?.reward ?? 0n), scriptPubKey)],
  };
  const transactions = [coinbase, hashTransaction(unsigned, wire)];
  const request: StakeRequest = {
    block: encodeBlock({ ...honest, transactions }, wire),
    kernel: { value, scriptPubKey, key },
    height: height(chain.tip.height + 1),
    fees: amount(0n),
  };
  return { request, chain, kernel: granted };
}
