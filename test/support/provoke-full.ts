import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { checkFee } from "#shared/consensus/rules/check-fee.ts";
import { findKernelCoin } from "#shared/consensus/rules/find-kernel-coin.ts";
import { amount, height, unixSeconds } from "#shared/primitives/brand.ts";
import { zeroHash } from "#shared/primitives/hash.ts";
import { madeUpOutpoint, output } from "./block-builder.ts";
import {
  coldStaking,
  easier,
  exos,
  MANY,
  type Provoked,
  pay,
  paying,
  staking,
  whole,
} from "./provoke.ts";
import { OTHER } from "./rich-chain.ts";
import { judgeWhole } from "./whole-judge.ts";

/** What fails a block by the coins of its parent. One provocation for each code. */
export const FULL_PROVOCATIONS: Readonly<Record<string, () => Provoked>> = {
  "invalid-prev-tip": () => {
    const chain = exos();
    const env = chain.env(chain.now);
    const parent = { ...chain.tip, hash: chain.records[1]?.hash ?? chain.tip.hash };
    return judgeWhole(chain.work(), { ...env, parent });
  },
  "bad-diffbits": () => {
    const chain = exos();
    return whole(
      chain,
      chain.work({ header: (fields) => ({ ...fields, bits: easier(fields.bits) }) }),
    );
  },
  "bad-txns-BIP30": () => {
    const chain = exos();
    const tx = pay(chain);
    chain.coins.add({ txid: tx.txid, index: 1 }, chain.grant().coin);
    return whole(chain, chain.work({ transactions: [tx] }));
  },
  "bad-txns-inputs-missingorspent": () => {
    const chain = exos();
    return paying(chain, { inputs: [{ ...chain.grant(), outpoint: madeUpOutpoint(999) }] });
  },
  "bad-cb-amount": () => {
    const chain = exos();
    return whole(
      chain,
      chain.work({
        coinbase: (tx) => ({
          ...tx,
          outputs: tx.outputs.map(({ value, scriptPubKey }) => output(value + 1n, scriptPubKey)),
        }),
      }),
    );
  },
  "bad-cs-amount": () =>
    staking(exos(), ({ outputs }) => ({
      outputs: (outputs ?? []).map((row, index) =>
        index === 1 ? output(row.value + 1n, row.scriptPubKey) : row,
      ),
    })),
  "bad-txns-premature-spend-of-coinbase": () => {
    const chain = exos();
    return paying(chain, { inputs: [chain.coinbaseAt(chain.tip.height + 1 - 9)] });
  },
  "bad-txns-premature-spend-of-coinstake": () => {
    const chain = exos();
    const young = height(chain.tip.height + 1 - 9);
    return paying(chain, { inputs: [chain.grant({ kind: "coinstake", height: young })] });
  },
  "bad-txns-inputvalues-outofrange": () => {
    const chain = exos();
    return paying(chain, { inputs: [chain.grant({ value: amount(MANY) }), chain.grant()] });
  },
  "bad-txns-in-belowout": () => paying(exos(), { outputs: [output(MANY, OTHER.payToKey)] }),
  "bad-txns-fee-negative": () => checkFee(-1n, exosRegtest.consensus),
  "bad-txns-fee-outofrange": () => checkFee(MANY + 1n, exosRegtest.consensus),
  "bad-txns-early-timestamp": () => {
    const chain = exos();
    const { now } = chain;
    const inputs = [chain.grant({ time: unixSeconds(now) })];
    return paying(chain, { inputs, time: unixSeconds(now - 1) });
  },
  "bad-txns-script-failed": () => {
    const chain = exos();
    return paying(chain, { inputs: [{ ...chain.grant(), by: OTHER }] });
  },
  "non-coinstake": () => {
    const chain = exos();
    const found = findKernelCoin(pay(chain), chain.coins);
    return found.ok ? undefined : found.error;
  },
  "read-txPrev-failed": () => {
    const chain = exos();
    const kernel = { ...chain.premine, outpoint: madeUpOutpoint(999) };
    return whole(chain, chain.stake({ kernel }));
  },
  "prev-stake-null": () => {
    const chain = exos();
    const parent = { ...chain.tip, stakeModifier: zeroHash() };
    return judgeWhole(chain.stake(), { ...chain.env(chain.now), parent });
  },
  "bad-coldstake-amount": () =>
    coldStaking(({ outputs }) => ({
      outputs: (outputs ?? []).map((row, index) =>
        index === 2 ? output(row.value - 100_000_001n, row.scriptPubKey) : row,
      ),
    })),
  "bad-coldstake-inputs": () =>
    coldStaking(({ inputs }, chain) => ({ inputs: [...inputs, chain.grant()] })),
  "bad-coldstake-outputs": () =>
    coldStaking(({ outputs }) => ({
      outputs: [...(outputs ?? []), output(0n, OTHER.payToKey)],
    })),
};
