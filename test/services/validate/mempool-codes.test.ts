import { describe, expect, it } from "vitest";
import { bitcoinRegtest } from "#shared/consensus/networks/bitcoin-regtest.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { amount, unixSeconds } from "#shared/primitives/brand.ts";
import { coldStakingScript, output } from "../../support/block-builder.ts";
import { codeOf, createPoolRig, type PoolRig } from "../../support/pool-rig.ts";
import { OTHER, OWNER } from "../../support/rich-chain.ts";

const strict = { policy: { requireStandard: true } };

/** The code of a payment with these parts, out of one coin. */
async function codeWith(
  rig: PoolRig,
  change: Parameters<PoolRig["pay"]>[1],
  spend: object = {},
): Promise<string> {
  const coin = await rig.coinbaseAt(3);
  return codeOf(await rig.accept(rig.pay([{ ...coin, ...spend }], change), { source: "local" }));
}

describe("a node that wants standard transactions", () => {
  it.each([
    ["version", { version: 3 }],
    ["time-too-new", { time: unixSeconds(1_795_000_016) }],
    ["scriptpubkey", { outputs: [output(1_000_000n, Uint8Array.of(0x51))] }],
    ["dust", { outputs: [output(1n, OWNER.payToKey)] }],
    ["accepted", { outputs: [output(1_000_000n, coldStakingScript(OWNER, OTHER))] }],
  ] as const)("says %s", async (code, change) => {
    expect(await codeWith(await createPoolRig(strict), change)).toBe(code);
  });

  it.each([
    ["scriptsig-size", { scriptSig: new Uint8Array(1_651).fill(0x51) }],
    ["scriptsig-not-pushonly", { scriptSig: Uint8Array.of(0x51, 0x76) }],
  ] as const)("says %s of an input", async (code, spend) => {
    expect(await codeWith(await createPoolRig(strict), {}, spend)).toBe(code);
  });

  it("spends nothing odd, and takes no odd witness", async () => {
    const lax = await createPoolRig();
    const odd = lax.pay([await lax.coinbaseAt(3)], {
      outputs: [output(9n ** 9n, Uint8Array.of(0x51))],
    });
    expect(codeOf(await lax.accept(odd))).toBe("accepted");
    await lax.mine(1);
    await lax.mempool.follow();
    const spend = { ...lax.spendOf(odd), scriptSig: new Uint8Array(0) };
    const tx = lax.pay([spend], { outputs: [output(1_000_000n, OWNER.payToKey)] });
    const picky = lax.restarted(lax.pool, { requireStandard: true });
    expect(codeOf(await picky.accept(tx.raw, { source: "local" }))).toBe(
      "bad-txns-nonstandard-inputs",
    );
    expect(codeOf(await lax.accept(tx))).toBe("accepted");
    const witness = [Uint8Array.of(1)];
    const network = bitcoinRegtest;
    const rig = await createPoolRig({ ...strict, network, blocks: 120 });
    expect(await codeWith(rig, {}, { witness })).toBe("bad-witness-nonstandard");
  });
});

describe("a node that does not", () => {
  it.each([
    ["accepted", { version: 3 }],
    ["accepted", { outputs: [output(1n, Uint8Array.of(0x51))] }],
    ["non-final", { lockTime: 31, sequence: 0 }],
    ["accepted", { lockTime: 30, sequence: 0 }],
    ["non-BIP68-final", { version: 2, sequence: 29 }],
    ["accepted", { version: 2, sequence: 28 }],
    ["accepted", { version: 1, sequence: 29 }],
    ["bad-txns-vout-empty", { outputs: [] }],
    ["user-txout-empty", { outputs: [output(0n, new Uint8Array(0))] }],
    ["bad-txns-in-belowout", { fee: -1n }],
    ["coinstake", { outputs: [output(0n, new Uint8Array(0)), output(1n, OWNER.payToKey)] }],
  ] as const)("says %s of %o", async (code, { sequence, ...change }: Record<string, unknown>) => {
    const rig = await createPoolRig({ blocks: 30 });
    const spend = sequence === undefined ? {} : { sequence };
    expect(await codeWith(rig, change, spend)).toBe(code);
  });

  it.each([
    [exosRegtest, 4_000, "accepted"],
    [exosRegtest, 4_001, "bad-txns-too-many-sigops"],
    [bitcoinRegtest, 4_000, "accepted"],
    [bitcoinRegtest, 4_001, "bad-txns-too-many-sigops"],
  ] as const)("counts signature operations", async (network, sigops, code) => {
    const rig = await createPoolRig({ network, blocks: 130 });
    const outputs = [output(1_000_000n, new Uint8Array(sigops).fill(0xac))];
    expect(await codeWith(rig, { outputs, fee: 9n })).toBe(code);
  });

  it("counts an age in seconds from the block before the coin's", async () => {
    for (const network of [exosRegtest, bitcoinRegtest]) {
      const rig = await createPoolRig({ network, blocks: 130 });
      const coin = await rig.coinbaseAt(3);
      const aged = (units: number) => {
        const spend = { ...coin, sequence: 0x0040_0000 | units };
        return rig.pay([spend], { version: 2 });
      };
      expect(codeOf(await rig.mempool.test(aged(1).raw))).toBe("accepted");
      expect(codeOf(await rig.mempool.test(aged(0xffff).raw))).toBe("non-BIP68-final");
    }
  });

  it("lets no coin of the pool age", async () => {
    const rig = await createPoolRig();
    const parent = rig.pay([await rig.coinbaseAt(3)]);
    await rig.accept(parent);
    const child = (sequence: number) =>
      rig.pay([{ ...rig.spendOf(parent), sequence }], { version: 2 });
    expect(codeOf(await rig.mempool.test(child(1).raw))).toBe("non-BIP68-final");
    expect(codeOf(await rig.mempool.test(child(0).raw))).toBe("accepted");
  });

  it("takes no cold-staking coin spent by its hot key, which is for a coinstake", async () => {
    const rig = await createPoolRig();
    const scriptPubKey = coldStakingScript(OWNER, OTHER);
    const staked = rig.pay([await rig.coinbaseAt(3)], {
      outputs: [output(10n ** 9n, scriptPubKey)],
    });
    expect(codeOf(await rig.accept(staked))).toBe("accepted");
    const coin = rig.spendOf(staked);
    const value = amount(coin.coin.value - 100_000n);
    const hot = rig.pay([coin], { outputs: [{ value, scriptPubKey }] });
    expect(codeOf(await rig.accept(hot))).toBe("mandatory-script-verify-flag-failed");
  });
});
