/**
 * `node test/e2e/btcd.ts`: btcd, which nobody here wrote, downloads a recorded chain from a node of
 * ours; then each follows what the other mines. Exit code 1 when one of them does not.
 * @module
 */

import { bytesToHex } from "@noble/hashes/utils.js";
import { bitcoinRegtest } from "#shared/consensus/networks/bitcoin-regtest.ts";
import { hash160 } from "#shared/crypto/hashes.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { printAddress } from "#shared/script/address.ts";
import { BtcdProcess } from "../support/btcd-process.ts";
import { openPeerNode } from "../support/peer-node.ts";
import { LONG_CHAINS } from "../support/recorded-chains.ts";
import { OWNER } from "../support/rich-chain.ts";
import { spendCoinbase } from "../support/spend-coinbase.ts";
import { importFile, temporaryFolder } from "../support/test-node.ts";
import { vectorsPath } from "../support/vectors.ts";

const FILE = "bitcoin-regtest/chain.bin";
const WAIT_MS_MAX = 600_000;
const JOBS = 1;
/** Rewards are small at these heights. */
const FEE = 1_000n;
/** Blocks after which a reward may be spent. */
const MATURITY = 100;

const print = (line: string) => process.stdout.write(`${line}\n`);
const chain = LONG_CHAINS.find(({ file }) => file === FILE);
const owner = { kind: "p2pkh", hash: hash160(OWNER.publicKey) } as const;
const miningAddress = printAddress(owner, bitcoinRegtest.addresses) ?? "";

using ourFolder = temporaryFolder();
using itsFolder = temporaryFolder();
await using ours = await openPeerNode(bitcoinRegtest, ourFolder.path, { jobs: JOBS });
const imported = await importFile(ours.node, vectorsPath(FILE) ?? "");
if (!imported.ok || chain === undefined) throw new RangeError(`${FILE} is not imported`);
await ours.ingest.tipMoved();
const peer = ours.endpoint.port;
await using btcd = await BtcdProcess.start(itsFolder.path, { peer, miningAddress });

/** Wait until it is so, and say how long it took. @throws RangeError when it takes too long */
async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1_000;
  while (!(await holds())) {
    if (seconds() * 1_000 > WAIT_MS_MAX) {
      throw new RangeError(`not so: ${what}; ${JSON.stringify(ours.ends)}; ${btcd.said}`);
    }
    await ours.node.clock.sleep(20);
  }
  print(`${what}: ${seconds().toFixed(1)} s`);
}

const itsTip = async () => String(await btcd.call("getbestblockhash"));

/** Whether both stand at this height, on one chain. */
async function bothAt(height: number): Promise<boolean> {
  const tip = await ours.node.tip();
  return tip.height === height && tip.hash === (await itsTip());
}

async function bothPool(txid: string): Promise<boolean> {
  const its: unknown = await btcd.call("getrawmempool");
  const own: readonly string[] = await ours.node.mempool.ids();
  return Array.isArray(its) && its.includes(txid) && own.includes(txid);
}

const { height } = chain;
await until(`btcd downloads ${height} blocks from us`, async () => (await itsTip()) === chain.hash);
await btcd.call("generate", 3);
await until("we follow three blocks that it mines", () => bothAt(height + 3));
const mined = await ours.node.staker.generate(2, OWNER.payToKey);
if (!mined.ok) throw new RangeError(`nothing is mined: ${JSON.stringify(mined.error)}`);
await until("it follows two of ours", () => bothAt(height + 5));
await btcd.call("generate", MATURITY);
await until(`we follow ${MATURITY} more`, () => bothAt(height + 5 + MATURITY));

const told = await spendCoinbase(ours.node, height + 4, FEE);
const verdict = await ours.node.mempool.accept(told.raw, { source: "local" });
if (verdict.state !== "accepted") throw new RangeError(`our pool: ${JSON.stringify(verdict)}`);
await until("a transaction sent to us is in both pools", () => bothPool(toHashHex(told.txid)));
const heard = await spendCoinbase(ours.node, height + 5, FEE);
await btcd.call("sendrawtransaction", bytesToHex(heard.raw));
await until("one sent to it is in both pools", () => bothPool(toHashHex(heard.txid)));
if (ours.ends.length > 0) throw new RangeError(`we parted: ${JSON.stringify(ours.ends)}`);
