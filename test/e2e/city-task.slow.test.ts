import { describe, expect, it } from "vitest";
import { askHealth } from "#services/ingest/health-door.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { openCityWorld } from "../support/aws/city-world.ts";
import { startCityProcess } from "../support/city-process.ts";
import { mineChain } from "../support/mine.ts";
import { openPeerNode } from "../support/peer-node.ts";
import { temporaryFolder } from "../support/test-node.ts";

const genesis = genesisRecord(exosRegtest);
const BLOCKS = 12;

/** A node with a chain, and the peer process of a new city that follows it. */
async function openCity() {
  const stack = new AsyncDisposableStack();
  const world = stack.use(await openCityWorld(exosRegtest));
  const folder = stack.use(temporaryFolder());
  const peer = stack.use(await openPeerNode(exosRegtest, folder.path));
  const script = Uint8Array.of(0x51);
  const chain = await mineChain(genesis, BLOCKS, { script, network: exosRegtest });
  for (const { bytes } of chain) await peer.node.validator.accept(bytes);
  await peer.until(async () => (await peer.node.tip()).height === BLOCKS);
  const functions = new AbortController();
  const running = world.runFunctions(functions.signal);
  stack.defer(async () => {
    functions.abort();
    await running;
  });
  const start = () => {
    const connect = `--connect=127.0.0.1:${peer.endpoint.port}`;
    const words = ["ingest", connect, "--listen=127.0.0.1:0", "--health=0"];
    return startCityProcess(words, world.environment);
  };
  const held = stack.move();
  return { ...world, peer, chain, start, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

describe("the task of a city, as a process over tables, queues and a bucket", () => {
  it("makes genesis the first tip, follows a peer, says that it lives, and stops when told", async () => {
    await using city = await openCity();
    await using task = city.start();
    const [, port] = await task.says(/"health":(\d+)/);
    await task.says(/"msg":"listening"/);
    await city.peer.until(async () => (await city.coins.tip())?.height === BLOCKS);
    expect((await city.coins.tip())?.hash).toBe(city.chain.at(-1)?.record.hash);
    await city.peer.until(async () => {
      const answer = await askHealth(Number(port));
      return answer !== undefined && JSON.parse(answer).height === BLOCKS;
    });
    expect(await city.heartbeats.all()).toMatchObject([{ service: "ingest", peersIn: 0 }]);
    const { code, seconds } = await task.stop();
    expect([code, seconds < 20]).toEqual([0, true]);
    expect(await city.objects.get("state/peers.json")).toBeDefined();

    // Another one goes on where this one stopped, and brings the next block.
    await using next = city.start();
    await next.says(/"msg":"listening"/);
    const script = Uint8Array.of(0x52);
    const on = city.chain.at(-1)?.record ?? genesis;
    const [block] = await mineChain(on, 1, { script, network: exosRegtest });
    await city.peer.node.validator.accept(block?.bytes ?? new Uint8Array());
    await city.peer.until(async () => (await city.coins.tip())?.height === BLOCKS + 1);
    expect((await next.stop()).code).toBe(0);
  });

  it("ends with a sentence where a table is missing", async () => {
    await using city = await openCityWorld(exosRegtest);
    const environment = { ...city.environment, EXOS_TABLE_CHAIN: "exos-local-syd-gone" };
    await using task = startCityProcess(["ingest", "--health=0"], environment);
    // It ends by itself: a signal before that would be what ended it.
    expect(await task.said()).toMatch(/"code":"EXOS-E8102"/);
    expect((await task.stop()).code).toBe(1);
  });
});
