import { describe, expect, it } from "vitest";
import { awaitTip } from "#services/ingest/city/await-tip.ts";
import { HEALTH_PORT, parseTaskArguments } from "#services/ingest/city/task-arguments.ts";
import { askHealth, openHealthDoor } from "#services/ingest/health-door.ts";
import { createValidator } from "#services/validate/core.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { BlockHint } from "#shared/messages/block-hint.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { memoryValidator } from "../../support/memory-validator.ts";

const TRUST = `--trust=${"ab".repeat(32)}`;

describe("the words of a task", () => {
  it("name a mode, and leave the rest to what is usual", () => {
    expect(parseTaskArguments(["ingest"], {})).toEqual({
      mode: "ingest",
      connect: [],
      listen: undefined,
      healthPort: HEALTH_PORT,
      refill: false,
      snapshot: false,
      replay: false,
      from: undefined,
      trust: undefined,
    });
  });

  it("name peers, a place to listen, and a port for health", () => {
    const words = ["load", "--connect=127.0.0.1:7", "--connect", "[::1]", "--listen=0.0.0.0:0"];
    expect(
      parseTaskArguments([...words, "--health=0", "--refill", "--from=lon", TRUST], {}),
    ).toEqual({
      mode: "load",
      connect: [
        { host: "127.0.0.1", port: 7 },
        { host: "::1", port: 4_562 },
      ],
      listen: { host: "0.0.0.0", port: 0 },
      healthPort: 0,
      refill: true,
      snapshot: false,
      replay: false,
      from: "lon",
      trust: "ab".repeat(32),
    });
  });

  it("leave peers and port to the environment", () => {
    const environment = { EXOS_PORT: "0", EXOS_CONNECT: "127.0.0.1:7,127.0.0.1:8" };
    expect(parseTaskArguments(["ingest"], environment)).toMatchObject({
      connect: [
        { host: "127.0.0.1", port: 7 },
        { host: "127.0.0.1", port: 8 },
      ],
      listen: { host: "::", port: 0 },
    });
    expect(parseTaskArguments(["ingest", "--connect=[::1]:9"], environment)).toMatchObject({
      connect: [{ host: "::1", port: 9 }],
    });
  });

  it.each([
    [[], /ingest, load, health/],
    [["serve"], /ingest, load, health/],
    [["ingest", "load"], /ingest, load, health/],
    [["ingest", "--connect=:"], /--connect/],
    [["ingest", "--listen=1.2.3.4:70000"], /--listen/],
    [["ingest", "--health=65536"], /--health/],
    [["load", "--snapshot", "--refill"], /--snapshot loads nothing/],
    [["load", "--replay", "--from=lon"], /--replay loads nothing/],
    [["load", "--replay", "--snapshot"], /loads nothing/],
    [["load", TRUST], /--trust goes with --from/],
    [["load", "--from=genesis", TRUST], /--trust goes with --from/],
    [["load", "--from=lon", "--trust=ab"], /--trust wants the 64 hex digits/],
    [["ingest", "--health=x"], /--health/],
    [["ingest", "--what"], /--what/],
  ])("%j is refused with a sentence", (words, sentence) => {
    expect(parseTaskArguments(words, {})).toMatch(sentence);
  });
});

describe("the health of a task", () => {
  it("is what the process says, and nothing where no process is", async () => {
    const door = await openHealthDoor(0, () => ({ state: "running", height: 7, peers: 2 }));
    expect(JSON.parse((await askHealth(door.port)) ?? "")).toEqual({
      state: "running",
      height: 7,
      peers: 2,
    });
    const second = await openHealthDoor(door.port, () => ({
      state: "starting",
      height: undefined,
      peers: 0,
    }));
    expect(second.port).not.toBe(door.port);
    await second[Symbol.asyncDispose]();
    await door[Symbol.asyncDispose]();
    expect(await askHealth(door.port)).toBeUndefined();
  });
});

describe("a city without a tip", () => {
  const settle = async () => {
    for (let turn = 0; turn < 100; turn++) await Promise.resolve();
  };

  function rig() {
    const deps = memoryValidator(exosRegtest, unixSeconds(1_700_000_000));
    const clock = createManualClock(unixSeconds(1_700_000_000));
    const sent: BlockHint[] = [];
    const hints = { send: async (hint: BlockHint) => void sent.push(hint) };
    return { ...deps, clock, hints, sent };
  }

  it("is handed genesis, and waits until somebody made it the tip", async () => {
    const city = rig();
    const waiting = awaitTip(city, new AbortController().signal);
    await settle();
    const { hash } = genesisRecord(exosRegtest);
    expect(city.sent).toEqual([{ v: 1, kind: "block", hash }]);
    expect(await city.headers.get(hash)).toMatchObject({ checked: true });
    expect(await city.blocks.get(hash)).toEqual(exosRegtest.consensus.genesis.raw);
    await createValidator(city).tip();
    city.clock.advance(1_000);
    expect(await waiting).toBe(true);
  });

  it("is hinted at again each minute, since a hint may be lost, until it is stopped", async () => {
    const city = rig();
    const stop = new AbortController();
    const waiting = awaitTip(city, stop.signal);
    for (let second = 0; second < 119; second++) {
      await settle();
      city.clock.advance(1_000);
    }
    await settle();
    expect(city.sent).toHaveLength(2);
    stop.abort();
    expect(await waiting).toBe(false);
  });
});
