import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkBlock } from "#services/validate/check-block.ts";
import { connectCandidates } from "#services/validate/connect.ts";
import { storeBlock } from "#services/validate/store-block.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { badHint } from "#shared/messages/bad-hint.ts";
import { blockHint } from "#shared/messages/block-hint.ts";
import { amount, type UnixSeconds, unixSeconds } from "#shared/primitives/brand.ts";
import { openTablesValidator, type TablesValidator } from "../../support/aws/tables-validator.ts";
import { type MinedBlock, mineChain } from "../../support/mine.ts";

/** How far a block may stand ahead of a clock. @source exos-l1.md 3.3 rule 1 */
const AHEAD_SECONDS = 7_200;

let city: TablesValidator;
let mined: readonly MinedBlock[];
beforeAll(async () => {
  mined = await mineChain(genesisRecord(exosRegtest), 3, {
    script: Uint8Array.of(0x51),
    network: exosRegtest,
  });
  city = await openTablesValidator(exosRegtest, unixSeconds(1_900_000_000));
});
afterAll(() => city[Symbol.asyncDispose]());

/** The next block, stored by a process whose clock is ahead of that of the functions. */
async function storeNext() {
  const block = mined[(await city.deps.coins.tip())?.height ?? 0];
  if (block === undefined) throw new RangeError("no block is left");
  expect(await storeBlock(block.bytes, city.deps)).toMatchObject({ state: "accepted" });
  return block.record;
}

/** A function of the city with a clock of its own. */
function at(seconds: number) {
  const now = (): UnixSeconds => unixSeconds(seconds);
  return { ...city.deps, clock: { ...city.deps.clock, now, elapsedMs: () => 0 } };
}

const tipHash = async () => (await city.deps.coins.tip())?.hash;

/** Connect it too early. @returns from when on it is not */
async function refuse(record: MinedBlock["record"]): Promise<number> {
  const before = await tipHash();
  for (let time = 0; time < 2; time++) {
    await connectCandidates(at(record.header.time - AHEAD_SECONDS - 1));
    expect(await tipHash()).toBe(before);
    const rejected = (await city.deps.headers.get(record.hash))?.rejected;
    expect(rejected).toMatchObject({ effect: "until" });
    // What the tick looks for is left for it.
    expect(await city.deps.headers.candidates(0n, 1)).toMatchObject([{ hash: record.hash }]);
  }
  return Number((await city.deps.headers.get(record.hash))?.rejected?.detail["until"]);
}

describe("a block that connect met before its time", () => {
  it("is followed from the second on that its verdict names, and not before", async () => {
    const record = await storeNext();
    const until = await refuse(record);
    await connectCandidates(at(until - 1));
    expect(await tipHash()).not.toBe(record.hash);
    await connectCandidates(at(until));
    expect(await tipHash()).toBe(record.hash);
    expect((await city.deps.headers.get(record.hash))?.rejected).toBeUndefined();
  });

  it("is checked then, and a hint to connect follows", async () => {
    const record = await storeNext();
    const until = await refuse(record);
    const sent: unknown[] = [];
    const queue = { send: async (hint: unknown) => void sent.push(hint) };
    const check = (seconds: number) =>
      checkBlock(record.hash, {}, { ...at(seconds), connect: queue, announce: queue });
    await check(until - 1);
    await check(until);
    const code = "time-too-new";
    expect(sent).toEqual([badHint({ hash: record.hash, code }), blockHint("connect", record.hash)]);
    await connectCandidates(at(until));
    expect(await tipHash()).toBe(record.hash);
  });

  it("that proves bad for ever then stays so, and is no candidate any more", async () => {
    const record = await storeNext();
    const until = await refuse(record);
    const deps = at(until);
    const poor = { ...exosRegtest.consensus.work, reward: amount(1n) };
    const network = { ...exosRegtest, consensus: { ...exosRegtest.consensus, work: poor } };
    await connectCandidates({ ...deps, network });
    expect((await deps.headers.get(record.hash))?.rejected).toMatchObject({ effect: "invalid" });
    await connectCandidates(at(until + 86_400));
    expect(await tipHash()).not.toBe(record.hash);
    expect(await deps.headers.candidates(0n, 64)).toEqual([]);
  });
});
