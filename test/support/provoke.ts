import { type ProvenHeader, provenHeaderOf } from "#shared/codec/proven-header.ts";
import { bitcoinRegtest } from "#shared/consensus/networks/bitcoin-regtest.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { Verdict, Violation } from "#shared/consensus/verdict.ts";
import type { Block } from "#shared/primitives/block.ts";
import { amount, unixSeconds } from "#shared/primitives/brand.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import {
  buildTransaction,
  coldStakingScript,
  output,
  type Spend,
  type TransactionParts,
} from "./block-builder.ts";
import { OTHER, OWNER, RichChain } from "./rich-chain.ts";
import { judgeWhole } from "./whole-judge.ts";

export type Provoked = Verdict | Violation;

/** Every stage, by a clock that shows the time of the next block unless said. */
export function whole(chain: RichChain, block: Block, now = chain.now): Provoked {
  return judgeWhole(block, chain.env(now));
}

export const exos = (): RichChain => new RichChain(exosRegtest);
export const bitcoin = (): RichChain => new RichChain(bitcoinRegtest);

/** One coin to OTHER out of a granted coin of 100, on the chain's own wire. */
export function pay(chain: RichChain, change: Partial<TransactionParts> = {}): HashedTransaction {
  const { wire } = chain.network.consensus;
  const parts: TransactionParts = {
    time: unixSeconds(wire.transactionTime ? chain.now : 0),
    inputs: [chain.grant(wire.transactionTime ? {} : { time: unixSeconds(0) })],
    outputs: [output(100_000_000n, OTHER.payToHash)],
    ...change,
  };
  return buildTransaction(parts, chain.network.consensus);
}

/** A block with one payment, changed. */
export function paying(chain: RichChain, change: Partial<TransactionParts>): Provoked {
  return whole(chain, chain.work({ transactions: [pay(chain, change)] }));
}

/** A block whose coinstake is changed before it is signed. */
export function staking(
  chain: RichChain,
  change: (parts: TransactionParts) => Partial<TransactionParts>,
): Provoked {
  const coinstake = (parts: TransactionParts) => ({ ...parts, ...change(parts) });
  return whole(chain, chain.stake({ coinstake }));
}

export function provenOf(block: Block): ProvenHeader {
  const proven = provenHeaderOf(block);
  if (proven === undefined) throw new RangeError("no transaction to prove with");
  return proven;
}

/** A coin under a cold-staking script, heavy enough to be a kernel. */
export function coldCoin(chain: RichChain): Spend {
  const value = amount(30_000_000_000_000_000n);
  const scriptPubKey = coldStakingScript(OWNER, OTHER);
  return chain.grant({ value, scriptPubKey });
}

/** A coinstake of a cold coin as the rule wants it, changed. */
export function coldStaking(
  change: (parts: TransactionParts, chain: RichChain) => Partial<TransactionParts>,
): Provoked {
  const chain = exos();
  const kernel = coldCoin(chain);
  const coinstake = (parts: TransactionParts): TransactionParts => {
    const key = Uint8Array.of(0x6a, 33, ...OWNER.publicKey);
    const right: TransactionParts = {
      ...parts,
      outputs: [
        output(0n, new Uint8Array(0)),
        output(0n, key),
        output(kernel.coin.value + 100_000_000n, kernel.coin.scriptPubKey),
      ],
    };
    return { ...right, ...change(right, chain) };
  };
  return whole(chain, chain.stake({ kernel, coinstake }));
}

export function withWitness(chain: RichChain, commitment: Uint8Array, nonce: Uint8Array): Provoked {
  const script = Uint8Array.of(0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed, ...commitment);
  const block = chain.work({
    coinbase: (tx) => ({
      ...tx,
      inputs: tx.inputs.map((input) => ({ ...input, witness: [nonce] })),
      outputs: [...tx.outputs, output(0n, script)],
    }),
  });
  return whole(chain, block);
}

export const MANY = 2n ** 63n - 1n;
export const WIDE = new Uint8Array(100_000);

/** A target that is not the network's, though as easily met. */
export const easier = (bits: number) => (bits - 1) as typeof exosRegtest.consensus.genesisBits;
