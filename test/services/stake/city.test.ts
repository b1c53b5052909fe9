import { describe, expect, it } from "vitest";
import { followTip } from "#services/index/core.ts";
import { createHintingDoor } from "#services/ingest/city/hinting-door.ts";
import { answerSigning } from "#services/stake/answer-signing.ts";
import { type CityStakeDeps, composeCity, runCityStake } from "#services/stake/compose-city.ts";
import { composeArrivals } from "#services/validate/compose-arrivals.ts";
import { createKmsKey } from "#shared/adapters/aws/kms-key.ts";
import { createLambdaSigner } from "#shared/adapters/aws/lambda-signer.ts";
import { createMemoryAddressIndex } from "#shared/adapters/embedded/memory-address-index.ts";
import { createMemoryHeaderStore } from "#shared/adapters/embedded/memory-header-store.ts";
import { createMemoryPool } from "#shared/adapters/embedded/memory-pool.ts";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { standInKms } from "../../support/aws/stand-in-kms.ts";
import { standInLambda } from "../../support/aws/stand-in-lambda.ts";
import { coldStakingScript, signer } from "../../support/block-builder.ts";
import { openStakingNode } from "../../support/staking-node.ts";

const key = signer(7);

/** A young chain whose premine is the key's, and the staker of a city on it. */
async function openStakingCity({ coins = 100, script = key.payToHash } = {}) {
  const node = openStakingNode({ key });
  await node.mine(12, coins, script);
  const { network, stores, validator, log, clock } = node;
  const index = createMemoryAddressIndex({ wire: network.consensus.wire });
  await followTip({ ...stores, index });
  const kms = standInKms(key.secret);
  const state = { fault: undefined as Error | undefined, signsOn: stores.headers, hints: 0 };
  const lambda = standInLambda(async (event) => {
    if (state.fault !== undefined) throw state.fault;
    const kmsKey = createKmsKey({ client: kms.client, key: "k" });
    const signing = { ...stores, headers: state.signsOn, key: kmsKey, sweepScript: undefined };
    return answerSigning(event, { ...signing, log });
  });
  const door = createHintingDoor({
    arrivals: composeArrivals(stores),
    // The rest of the city, at once.
    blocks: {
      async send() {
        state.hints++;
        await validator.connect();
      },
    },
    groupOf: () => undefined,
  });
  const deps: CityStakeDeps = {
    ...stores,
    log,
    tip: () => door.tip(),
    deliver: (block) => door.receive().take(block, "stake"),
    signer: createLambdaSigner({ client: lambda.client, functionName: "stake-sign" }),
    index,
    stored: stores.headers,
    pool: createMemoryPool(),
    judge: async () => ({ template: async () => [] }),
    surroundings: () => ({ clockSkewSeconds: 0, peers: 1, syncing: undefined }),
  };
  const minter = await composeCity(deps);
  /** On to the next slot, and look. */
  const nextSlot = async () => {
    clock.advance((16 - (clock.now() % 16)) * 1_000);
    await minter.look();
  };
  return { ...node, deps, minter, kms, lambda, cityState: state, nextSlot };
}

const settle = async () => {
  for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
};

describe("the staker of a city", () => {
  it("mints through the signer and the door a block that connects", async () => {
    const { nextSlot, height, kms, stores, network, minter, cityState } = await openStakingCity();
    await nextSlot();
    expect(await height()).toBe(13);
    expect(kms.signatures).toHaveLength(2);
    expect(cityState.hints).toBe(1);
    const { hash } = (await stores.coins.tip()) ?? { hash: undefined };
    const bytes = hash === undefined ? undefined : await stores.blocks.get(hash);
    const block = decodeBlock(bytes ?? new Uint8Array(0), network.consensus.wire);
    if (!block.ok) throw block.error;
    expect(block.value.transactions[1]?.outputs.at(-1)?.scriptPubKey).toEqual(key.payToKey);
    expect(await minter.status()).toMatchObject({ wins: [{ code: "won", hash, height: 13 }] });
    await nextSlot();
    expect(await height()).toBe(14);
  });

  it("stakes what is lent to its key, and gives it back", async () => {
    const script = coldStakingScript(key, signer(9));
    const { nextSlot, height } = await openStakingCity({ script });
    await nextSlot();
    expect(await height()).toBe(13);
  });

  it("hands in nothing that the signer refuses, and says so", async () => {
    const { nextSlot, height, log, kms, cityState } = await openStakingCity({ coins: 2 });
    cityState.signsOn = createMemoryHeaderStore();
    await nextSlot();
    expect(await height()).toBe(12);
    expect(cityState.hints).toBe(0);
    expect(kms.signatures).toEqual([]);
    expect(log.records).toContainEqual(
      expect.objectContaining({ code: "EXOS-E6001", message: "the signer refused a block" }),
    );
  });

  it("says that the signer is down while it is, and makes the block when it answers", async () => {
    const { nextSlot, height, minter, clock, cityState } = await openStakingCity();
    cityState.fault = new Error("throttled");
    await nextSlot();
    expect(await minter.status()).toMatchObject({ reason: { code: "signer-down" } });
    expect(await height()).toBe(12);
    cityState.fault = undefined;
    clock.advance(5_000);
    await minter.look();
    expect(await height()).toBe(13);
  });

  it("begins again after the signer could not tell its key, until it is told to end", async () => {
    const { deps, clock, height, lambda, cityState } = await openStakingCity();
    cityState.fault = new Error("no role");
    const stop = new AbortController();
    const running = runCityStake(deps, stop.signal);
    await settle();
    const asked = lambda.asked.length;
    clock.advance(59_000);
    await settle();
    expect(lambda.asked).toHaveLength(asked);
    cityState.fault = undefined;
    clock.advance(1_000);
    await settle();
    expect(await height()).toBeGreaterThan(12);
    stop.abort();
    await running;
    expect(clock.sleepers).toBe(0);
  });

  it("outlives a bug of ours, says where it was, and waits ever longer to meet it again", async () => {
    const { deps, clock, height, log } = await openStakingCity();
    const state = { isBroken: true, met: 0 };
    const tip = () => {
      if (state.isBroken) state.met++;
      // As a bug of a template or of a coin throws: none that a door of the world knows.
      return state.isBroken ? Promise.reject(new TypeError("not a function")) : deps.tip();
    };
    const stop = new AbortController();
    const running = runCityStake({ ...deps, tip }, stop.signal);
    await settle();
    for (const waitSeconds of [60, 120, 240, 480, 960, 1_920, 3_600, 3_600]) {
      const { met } = state;
      expect(log.records.at(-1)).toMatchObject({
        level: "error",
        code: "EXOS-E9001",
        fields: {
          err: expect.stringMatching(/TypeError: not a function\n.*city\.test/),
          againSeconds: waitSeconds,
        },
      });
      clock.advance(waitSeconds * 1_000 - 1);
      await settle();
      expect(state.met).toBe(met);
      clock.advance(1);
      await settle();
      expect(state.met).toBe(met + 1);
    }
    state.isBroken = false;
    clock.advance(3_600_000);
    await settle();
    expect(await height()).toBeGreaterThan(12);
    state.isBroken = true;
    clock.advance(3_600_000);
    await settle();
    expect(log.records.at(-1)).toMatchObject({ fields: { againSeconds: 60 } });
    stop.abort();
    await running;
    expect(clock.sleepers).toBe(0);
  });
});
