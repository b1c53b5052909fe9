import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { checkTransactionSize } from "#shared/consensus/rules/check-transaction-size.ts";
import { height, unixSeconds } from "#shared/primitives/brand.ts";
import { zeroHash } from "#shared/primitives/hash.ts";
import { buildWork, madeUpOutpoint, output } from "./block-builder.ts";
import {
  bitcoin,
  exos,
  MANY,
  type Provoked,
  pay,
  paying,
  WIDE,
  whole,
  withWitness,
} from "./provoke.ts";
import { OTHER, OWNER } from "./rich-chain.ts";

/** What fails a block by its own bytes. One provocation for each code. */
export const BLOCK_PROVOCATIONS: Readonly<Record<string, () => Provoked>> = {
  "bad-cb-height": () => {
    const chain = exos();
    const other = buildWork(
      { ...chain.place, parent: { ...chain.tip, height: height(7) } },
      OWNER.payToKey,
    );
    return whole(chain, other);
  },
  "bad-txns-nonfinal": () => {
    const chain = exos();
    const inputs = [{ ...chain.grant(), sequence: 0 }];
    return paying(chain, { inputs, lockTime: chain.tip.height + 1 });
  },
  "bad-witness-nonce-size": () => withWitness(bitcoin(), zeroHash(), new Uint8Array(31)),
  "bad-witness-merkle-match": () => withWitness(bitcoin(), zeroHash(), new Uint8Array(32)),
  "unexpected-witness": () => {
    const chain = exos();
    return paying(chain, { inputs: [{ ...chain.grant(), witness: [Uint8Array.of(1)] }] });
  },
  "bad-blk-weight": () => {
    const chain = exos();
    const outputs = Array.from({ length: 10 }, () => output(1n, WIDE));
    return whole(chain, chain.work({ transactions: [pay(chain, { outputs })] }));
  },
  "bad-txnmrklroot": () => {
    const chain = exos();
    return whole(
      chain,
      chain.work({ header: (fields) => ({ ...fields, merkleRoot: zeroHash() }) }),
    );
  },
  "bad-blk-length": () => {
    const chain = exos();
    const block = chain.work({ header: (fields) => ({ ...fields, merkleRoot: zeroHash() }) });
    return whole(chain, { ...block, transactions: [] });
  },
  "bad-cb-missing": () => {
    const chain = exos();
    const first = (at: number) => Uint8Array.of(1, at);
    return whole(
      chain,
      chain.work({
        coinbase: (tx) => ({
          ...tx,
          inputs: tx.inputs.map((input) => ({
            ...input,
            prevout: madeUpOutpoint(1),
            scriptSig: first(chain.tip.height + 1),
          })),
        }),
      }),
    );
  },
  "bad-cb-length": () => {
    const chain = exos();
    const long = (script: Uint8Array) => Uint8Array.of(...script, ...new Uint8Array(98));
    return whole(
      chain,
      chain.work({
        coinbase: (tx) => ({
          ...tx,
          inputs: tx.inputs.map((input) => ({ ...input, scriptSig: long(input.scriptSig) })),
        }),
      }),
    );
  },
  "bad-cb-multiple": () => {
    const chain = exos();
    const second = chain.work({ time: chain.now - 1 }).transactions[0];
    return whole(chain, chain.work({ transactions: second === undefined ? [] : [second] }));
  },
  "bad-cs-multiple": () => {
    const chain = exos();
    const outputs = [output(0n, new Uint8Array(0)), output(1n, OTHER.payToKey)];
    return whole(chain, chain.stake({ transactions: [pay(chain, { outputs })] }));
  },
  "bad-blk-sigops": () => {
    const chain = exos();
    return paying(chain, { outputs: [output(1n, new Uint8Array(20_001).fill(0xac))] });
  },
  "bad-txns-duplicate": () => {
    const chain = exos();
    const [a, b] = [pay(chain), pay(chain)];
    const block = chain.work({ transactions: [a, b] });
    return whole(chain, { ...block, transactions: [...block.transactions, b] });
  },
  "bad-txns-vin-empty": () => paying(exos(), { inputs: [], outputs: [] }),
  "bad-txns-vout-empty": () => paying(exos(), { outputs: [] }),
  "bad-txns-oversize": () =>
    checkTransactionSize({ sizeStripped: 1_000_001 }, exosRegtest.consensus),
  "user-txout-empty": () =>
    paying(exos(), { outputs: [output(1n, OTHER.payToKey), output(0n, new Uint8Array(0))] }),
  "bad-txns-vout-negative": () => paying(exos(), { outputs: [output(-1n, OTHER.payToKey)] }),
  "bad-txns-vout-toolarge": () =>
    paying(bitcoin(), { outputs: [output(2_100_000_000_000_001n, OTHER.payToKey)] }),
  "bad-txns-txouttotal-toolarge": () =>
    paying(exos(), { outputs: [output(MANY, OTHER.payToKey), output(1n, OTHER.payToKey)] }),
  "bad-txns-inputs-duplicate": () => {
    const chain = exos();
    const coin = chain.grant();
    return paying(chain, { inputs: [coin, coin] });
  },
  "bad-txns-prevout-null": () => {
    const chain = exos();
    const nothing = { ...chain.grant(), outpoint: { txid: zeroHash(), index: 0xffff_ffff } };
    return paying(chain, { inputs: [chain.grant(), nothing] });
  },
  "bad-stake-block": () => {
    const chain = exos();
    return whole(
      chain,
      chain.stake({
        coinbase: (tx) => ({ ...tx, outputs: [output(1n, OWNER.payToKey)] }),
      }),
    );
  },
  "block-time-before-trx": () => {
    const chain = exos();
    return paying(chain, { time: unixSeconds(chain.now + 1) });
  },
};
