import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";
import { redriveDead } from "#services/cli/cloud/rehearse/redrive-dead.ts";
import {
  ANSWER_MS_MAX,
  askCity,
  CATCH_UP_MS_MAX,
  expectAnswered,
  type Rehearsal,
  rehearsalFailure,
  secondsOf,
} from "#services/cli/cloud/rehearse/rehearsal.ts";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { encodeTransaction } from "#shared/codec/encode-transaction.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { hash160 } from "#shared/crypto/hashes.ts";
import { amount } from "#shared/primitives/brand.ts";
import { fromHex, toHex } from "#shared/primitives/hex.ts";
import { printAddress } from "#shared/script/address.ts";
import { payToScriptHash } from "#shared/script/pay-to.ts";
import { plainPush } from "#shared/script/push.ts";

/** A script that asks for nothing, behind its hash: whoever shows it may spend. */
const ANYBODY = Uint8Array.of(0x51);
const ANYBODY_HASH = hash160(ANYBODY);
const FEE = 100_000n;
const LOOK_MS = 50;

/** A transaction that spends the reward of a block which was mined for anybody. */
function spend(blockHex: string): string {
  const { wire } = exosRegtest.consensus;
  const decoded = decodeBlock(fromHex(blockHex), wire);
  const [coinbase] = decoded.ok ? decoded.value.transactions : [];
  const [reward] = coinbase?.outputs ?? [];
  if (coinbase === undefined || reward === undefined) {
    throw rehearsalFailure("a block of the node has no reward");
  }
  const prevout = { txid: coinbase.txid, index: 0 };
  const transaction = {
    version: 1,
    time: coinbase.time,
    inputs: [{ prevout, scriptSig: plainPush(ANYBODY), sequence: 0xffff_ffff, witness: [] }],
    outputs: [{ value: amount(reward.value - FEE), scriptPubKey: payToScriptHash(ANYBODY_HASH) }],
    lockTime: 0,
  };
  return toHex(encodeTransaction(transaction, wire, { witness: false }));
}

/** @throws CommandFailure `EXOS-E8186` with what is wrong with it, where the city says so */
async function handIn(rehearsal: Rehearsal, raw: string): Promise<string> {
  try {
    return z.string().parse(await askCity(rehearsal, "sendrawtransaction", raw));
  } catch (cause) {
    if (cause instanceof RangeError) throw rehearsalFailure(`a payment: ${cause.message}`);
    throw cause;
  }
}

/** @throws CommandFailure `EXOS-E8186` when it does not hold in time */
async function expectHeld(
  { signal }: Rehearsal,
  what: string,
  holds: () => Promise<boolean>,
): Promise<number> {
  const started = performance.now();
  while (performance.now() - started < CATCH_UP_MS_MAX) {
    if (await holds()) return performance.now() - started;
    await wait(LOOK_MS, undefined, { signal });
  }
  throw rehearsalFailure(`${what} not after ${secondsOf(CATCH_UP_MS_MAX)}`);
}

/**
 * A transaction is handed to the function that answers; the hint that tells of it dies and is brought
 * back; it is judged by the one that keeps the pool, told to the node by the peer process, and leaves
 * the pool with the block that the node mines of it.
 */
export async function sendTransaction(rehearsal: Rehearsal): Promise<void> {
  const { node, print } = rehearsal;
  const address = printAddress({ kind: "p2sh", hash: ANYBODY_HASH }, exosRegtest.addresses) ?? "";
  const mined = await node.mineTo(address);
  const [ripe = ""] = (await node.mine(exosRegtest.consensus.maturityBlocks)).slice(-1);
  await expectAnswered(rehearsal, ripe, { msMax: CATCH_UP_MS_MAX, what: "the reward to spend" });
  const raw = spend(await node.block(mined));
  const txid = await redriveDead(rehearsal, () => handIn(rehearsal, raw));
  const pool = async () => z.array(z.string()).parse(await askCity(rehearsal, "getrawmempool"));
  const heldMs = await expectHeld(rehearsal, `${txid} is in the pool:`, async () =>
    (await pool()).includes(txid),
  );
  const toldMs = await expectHeld(rehearsal, `the node was told of ${txid}:`, async () =>
    (await node.waiting()).includes(txid),
  );
  const [hash = ""] = await node.mine(1);
  await expectAnswered(rehearsal, hash, { msMax: ANSWER_MS_MAX, what: "the block that holds it" });
  await expectHeld(rehearsal, `${txid} left the pool:`, async () => !(await pool()).includes(txid));
  print(
    `pay        in the pool after ${secondsOf(heldMs)}, told to the node ${secondsOf(toldMs)} later, mined`,
  );
}
