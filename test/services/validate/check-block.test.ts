import { describe, expect, it } from "vitest";
import { type CheckDeps, checkBlock } from "#services/validate/check-block.ts";
import { connectHinted } from "#services/validate/connect-hinted.ts";
import { createValidator } from "#services/validate/core.ts";
import { storeBlock } from "#services/validate/store-block.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { encodeBlock } from "#shared/codec/encode-block.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { withTip } from "#shared/ports/with-tip.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { buildTransaction } from "../../support/block-builder.ts";
import { CrashError, crashAt } from "../../support/crash-at.ts";
import { forkedChain } from "../../support/forked-chain.ts";
import { RichChain, START_TIME } from "../../support/rich-chain.ts";
import { type CityDeps, sharedValidator } from "../../support/shared-validator.ts";

const NOW = unixSeconds(1_700_000_000);
const chain = forkedChain();
const [next] = chain.branch(1);
if (next === undefined) throw new RangeError("no block");
const { hash } = next.record;

/** A city on the trunk, to which a peer brought one block; and what was sent. */
async function createCity(bytes = next?.bytes ?? new Uint8Array(0)) {
  const deps = sharedValidator(exosRegtest, NOW);
  const validator = createValidator(deps);
  for (const block of chain.trunk) await validator.accept(block.bytes);
  await validator.connect();
  expect(await storeBlock(bytes, deps)).toMatchObject({ state: "accepted" });
  const sent: unknown[] = [];
  const queue = (name: string) => ({
    send: async (hint: object) => void sent.push({ to: name, ...hint }),
  });
  const check: CheckDeps = { ...deps, connect: queue("connect"), announce: queue("announce") };
  return { deps, check, sent };
}

/** The block's, with another byte in a transaction. */
function brokenBody(): Uint8Array {
  const broken = next?.bytes.slice() ?? new Uint8Array(0);
  broken[broken.length - 40] = (broken[broken.length - 40] ?? 0) ^ 1;
  return broken;
}

const tipOf = async ({ coins }: CityDeps) => (await coins.tip())?.hash;

describe("checking a block", () => {
  it("notes that it is sound and asks for it to be connected, as often as it is asked", async () => {
    const { deps, check, sent } = await createCity();
    expect((await deps.headers.get(hash))?.checked).toBe(false);
    for (let time = 0; time < 2; time++) await checkBlock(hash, {}, check);
    expect((await deps.headers.get(hash))?.checked).toBe(true);
    const hint = { to: "connect", v: 1, kind: "connect", hash };
    expect(sent).toEqual([hint, hint]);
    await connectHinted({ attempt: 1, deadlineMs: Number.MAX_SAFE_INTEGER }, { ...deps });
    expect(await tipOf(deps)).toBe(hash);
  });

  it("notes why it is bad, forgets it as a candidate, and tells for whom", async () => {
    // A payment to nobody: no other block is needed to see it.
    const rich = new RichChain();
    const time = unixSeconds(START_TIME + 16 * 31);
    const empty = buildTransaction({ time, inputs: [rich.coinbaseAt(1)] }, exosRegtest.consensus);
    const block = rich.work({ time, transactions: [empty] });
    const bad = toHashHex(block.hash);
    const { deps, check, sent } = await createCity(encodeBlock(block, exosRegtest.consensus.wire));
    await checkBlock(bad, { group: "10.1" }, check);
    const rejected = (await deps.headers.get(bad))?.rejected;
    expect(rejected).toMatchObject({ stage: "partial", effect: "invalid" });
    const hint = { to: "announce", v: 1, kind: "bad", hash: bad, code: rejected?.code };
    expect(sent).toEqual([{ ...hint, peer: "10.1" }]);
    expect(await deps.headers.candidates(0n, 64)).toEqual([]);
    await checkBlock(bad, {}, check);
    expect(sent.at(-1)).toEqual(hint);
  });

  it("says nothing of a hash whose bytes are broken: they go, and others are asked for", async () => {
    const { deps, check, sent } = await createCity();
    await deps.blocks.forget(hash);
    await deps.blocks.put(hash, brokenBody());
    await checkBlock(hash, { group: "10.1" }, check);
    expect(sent).toMatchObject([{ to: "announce", kind: "bad", hash, peer: "10.1" }]);
    expect(await deps.headers.get(hash)).toMatchObject({ checked: false, rejected: undefined });
    expect(await deps.blocks.get(hash)).toBeUndefined();
  });

  it.each(["broken", "absent"] as const)(
    "that nobody did leaves a body that is %s to whoever connects, who tells of it as well",
    async (state) => {
      const { deps } = await createCity();
      await deps.blocks.forget(hash);
      if (state === "broken") await deps.blocks.put(hash, brokenBody());
      const told: unknown[] = [];
      const announce = { send: async (hint: object) => void told.push(hint) };
      const shared = { ...deps.shared, announce };
      const run = { attempt: 1, deadlineMs: Number.MAX_SAFE_INTEGER };
      await connectHinted(run, { ...deps, shared });
      const code = state === "broken" ? "bad-txnmrklroot" : "absent";
      expect(told).toEqual([{ v: 1, kind: "bad", hash, code }]);
      expect(await deps.headers.get(hash)).toMatchObject({ rejected: undefined });
      expect(await deps.blocks.get(hash)).toBeUndefined();
      // The same bytes may be right: once they are here, they are followed.
      await deps.blocks.put(hash, next.bytes);
      await connectHinted(run, { ...deps, shared });
      expect(await tipOf(deps)).toBe(hash);
    },
  );

  it("leaves alone what was never stored, and what has no body", async () => {
    const { deps, check, sent } = await createCity();
    await checkBlock("ab".repeat(32) as HashHex, {}, check);
    await deps.blocks.forget(hash);
    await checkBlock(hash, {}, check);
    expect(sent).toEqual([]);
    expect(await deps.headers.get(hash)).toMatchObject({ checked: false, rejected: undefined });
  });

  it.each(["before", "after"] as const)(
    "that dies %s any call, and comes again, ends the same",
    async (when) => {
      for (let call = 1, through = false; !through; call++) {
        const { deps, check, sent } = await createCity();
        const dying = crashAt(check, { call, when }, ["network", "log", "policy"]);
        through = await checkBlock(hash, {}, dying).then(
          () => true,
          (cause: unknown) => {
            if (cause instanceof CrashError) return false;
            throw cause;
          },
        );
        await checkBlock(hash, {}, check);
        expect((await deps.headers.get(hash))?.checked, `call ${call}`).toBe(true);
        expect(sent.length, `call ${call}`).toBeGreaterThan(0);
      }
    },
  );

  it("is made up for by whoever connects, where its hint was lost", async () => {
    const { deps } = await createCity();
    await connectHinted({ attempt: 1, deadlineMs: Number.MAX_SAFE_INTEGER }, deps);
    expect(await tipOf(deps)).toBe(hash);
  });
});

describe("a hint to connect", () => {
  it("asks for the rest when its time is over", async () => {
    const { deps } = await createCity();
    const sent: unknown[] = [];
    const connect = { send: async (hint: unknown) => void sent.push(hint) };
    await connectHinted({ attempt: 1, deadlineMs: 0 }, { ...deps, connect });
    const { rev } = (await deps.coins.tip()) ?? {};
    expect(sent).toEqual([{ v: 1, kind: "more", rev }]);
    await connectHinted({ attempt: 1, deadlineMs: Number.MAX_SAFE_INTEGER }, { ...deps, connect });
    expect(sent).toHaveLength(1);
  });

  it("makes the first tip of an empty city, unless a snapshot is being loaded", async () => {
    const deps = sharedValidator(exosRegtest, NOW);
    const run = { attempt: 1, deadlineMs: Number.MAX_SAFE_INTEGER };
    await deps.shared.leases.take("load", { owner: "task", now: NOW, seconds: 60 });
    await connectHinted(run, deps);
    expect(await deps.coins.tip()).toBeUndefined();
    const later = { ...deps.clock, now: () => unixSeconds(NOW + 60), elapsedMs: () => 0 };
    await connectHinted(run, { ...deps, clock: later });
    expect(await deps.coins.tip()).toMatchObject({ height: 0, rev: 1 });
    expect((await deps.coins.tip())?.mu).toHaveLength(408);
  });

  it("looks once at a candidate whose header is gone, which nobody can drop", async () => {
    const { deps } = await createCity();
    await deps.headers.addCandidate({ work: 1n << 60n, hash: "ab".repeat(32) as HashHex });
    const asked: HashHex[] = [];
    const headers = {
      ...deps.headers,
      async get(of: HashHex) {
        asked.push(of);
        if (asked.length > 99) throw new RangeError("asked without end");
        return deps.headers.get(of);
      },
      dropCandidate: async () => undefined,
    };
    const run = { attempt: 1, deadlineMs: Number.MAX_SAFE_INTEGER };
    await connectHinted(run, { ...deps, headers });
    expect(await tipOf(deps)).toBe(hash);
    expect(asked.filter((of) => of.startsWith("abab"))).toHaveLength(1);
  });

  it("leaves a city that forgot its chain to the load, and says so, though nobody loads now", async () => {
    const log = createMemoryLog();
    const deps = { ...sharedValidator(exosRegtest, NOW), log };
    const { record } = chain.trunk.at(-1) ?? next;
    await deps.shared.notice.put({ ...record, rev: 9 });
    await connectHinted({ attempt: 1, deadlineMs: Number.MAX_SAFE_INTEGER }, deps);
    expect(await deps.coins.tip()).toBeUndefined();
    expect(log.records).toMatchObject([{ level: "warn", code: "EXOS-E8137" }]);
  });

  it("makes no other first tip where the chain is forgotten before its commit", async () => {
    const { deps } = await createCity();
    const tip = await deps.coins.tip();
    if (tip === undefined) throw new RangeError("no tip");
    await deps.shared.notice.put(tip);
    let isForgotten = false;
    const commits: number[] = [];
    const coins = {
      ...withTip(deps.coins, async () => (isForgotten ? undefined : tip)),
      commit: async (rev: number) => {
        isForgotten = true;
        commits.push(rev);
        return false;
      },
    };
    const run = { attempt: 1, deadlineMs: Number.MAX_SAFE_INTEGER };
    await expect(connectHinted(run, { ...deps, coins })).rejects.toMatchObject({
      retryable: true,
      code: "EXOS-E8137",
    });
    expect(commits).toEqual([tip.rev]);
  });
});
