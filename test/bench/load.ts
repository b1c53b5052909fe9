import { composeLoad } from "#services/ingest/compose-load.ts";
import { openIndexImport } from "#shared/adapters/aws/index-import.ts";
import { openDiskOutputs } from "#shared/adapters/embedded/disk-outputs.ts";
import { createMemoryCoinStore } from "#shared/adapters/embedded/memory-coin-store.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { height } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { loadChain } from "../support/chain-file.ts";
import { openPeerNode } from "../support/peer-node.ts";
import { importFile, temporaryFolder } from "../support/test-node.ts";
import { vectorsPath } from "../support/vectors.ts";

const FILE = "exos-regtest/chain.dat";
const LOOK_MS = 20;

export interface LoadFigures {
  /** From the first dial until the last block is connected, with the serving node in the same process. */
  readonly blocksPerSecond: number;
  /** Coins of the set that went into a generation in memory, in a second. */
  readonly coinsPerSecond: number;
  /** Blocks that go into the files of a new index, in a second. */
  readonly indexedPerSecond: number;
}

/**
 * What the loading task of a city does, on the disk of this machine: download and judge a chain, write
 * its set, and fill a generation.
 *
 * @returns `undefined` where the chain is absent
 */
export async function benchLoad(): Promise<LoadFigures | undefined> {
  const path = vectorsPath(FILE);
  if (path === undefined) return undefined;
  using served = temporaryFolder();
  using disk = temporaryFolder();
  await using peer = await openPeerNode(exosRegtest, served.path);
  const imported = await importFile(peer.node, path);
  if (!imported.ok) throw new RangeError(`${FILE} is not imported`);
  await peer.ingest.tipMoved();
  const { height: top } = await peer.node.tip();
  const city = createMemoryCoinStore(exosRegtest.consensus.dialect);
  await using load = await composeLoad({
    network: exosRegtest,
    folder: disk.path,
    connect: [peer.endpoint],
    userAgent: "/bench/",
    log: createMemoryLog(),
    city,
  });
  const startedMs = performance.now();
  const preparing = load.prepare(new AbortController().signal);
  while ((await load.coins.tip())?.height !== top) await peer.node.clock.sleep(LOOK_MS);
  const seconds = (performance.now() - startedMs) / 1_000;
  const chain = await preparing;
  const fillingMs = performance.now();
  const { generation } = await chain.fill();
  const filledSeconds = (performance.now() - fillingMs) / 1_000;
  const tip = await load.coins.tip();
  if (tip === undefined) throw new RangeError("no tip");
  let coins = 0;
  for await (const _ of city.scan({ ...tip, gen: generation })) coins++;
  return {
    blocksPerSecond: top / seconds,
    coinsPerSecond: coins / filledSeconds,
    indexedPerSecond: await indexSpeed(),
  };
}

/** Into files that nobody keeps. */
async function indexSpeed(): Promise<number> {
  using folder = temporaryFolder();
  await using outputs = await openDiskOutputs(folder.path);
  const { wire, genesis } = exosRegtest.consensus;
  const objects = {
    bucket: "",
    put: async () => undefined,
    delete: async () => undefined,
    async *list() {
      yield* [];
    },
  };
  const index = await openIndexImport({
    client: { send: () => Promise.reject(new RangeError("nothing is asked")) },
    tables: { chain: "", index: "" },
    folder: "",
    clock: createSystemClock(),
    ...{ objects, outputs, wire },
  });
  const bodies = [genesis.raw, ...(loadChain(FILE, 4) ?? [])];
  const blocks = bodies.map((bytes, at) => {
    const decoded = decodeBlock(bytes, wire);
    if (!decoded.ok) throw decoded.error;
    return { height: height(at), hash: toHashHex(decoded.value.hash), bytes: bytes.slice() };
  });
  const startedMs = performance.now();
  for (const block of blocks) await index.add(block);
  return (blocks.length * 1_000) / (performance.now() - startedMs);
}
