import { publishSet } from "#services/ingest/compose-publish.ts";
import type { IndexToFill } from "#services/ingest/load/fill-index.ts";
import { replayChain } from "#services/ingest/load/replay-chain.ts";
import type { LoadDeps, PreparedChain } from "#services/ingest/load/run-load.ts";
import { createValidator } from "#services/validate/core.ts";
import { exportSnapshot } from "#shared/adapters/embedded/export-snapshot.ts";
import { fillGeneration } from "#shared/adapters/embedded/import-snapshot.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createMemoryAddressIndex } from "#shared/adapters/embedded/memory-address-index.ts";
import { createMemoryLeases } from "#shared/adapters/embedded/memory-leases.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { createMemorySnapshots } from "#shared/adapters/embedded/memory-snapshots.ts";
import { createMemoryTipNotice } from "#shared/adapters/embedded/memory-tip-notice.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { AddressIndex, AddressIndexWriter } from "#shared/ports/address-index.ts";
import { unspentAt } from "#shared/ports/unspent-at.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { createMemoryGenerations } from "./memory-generations.ts";
import { createMemoryRichList } from "./memory-rich-list.ts";
import { createMemorySegments } from "./memory-segments.ts";
import { memoryValidator } from "./memory-validator.ts";
import { type MinedBlock, mineChain } from "./mine.ts";
import { temporaryFolder } from "./test-node.ts";

/** What every clock here says first. */
export const START = unixSeconds(1_700_000_000);
const genesis = genesisRecord(exosRegtest);
/** Blocks of the chain that is loaded, and of a segment. */
export const [LOADED, SEGMENT] = [7, 3];

/** Blocks on a block, or on genesis, that pay to a script of one byte. */
export const mineOn = (parent: MinedBlock | undefined, count: number, to = 0x51) =>
  mineChain(parent?.record ?? genesis, count, {
    script: Uint8Array.of(to),
    network: exosRegtest,
  });

/** Stores with this chain as the tip's. */
export async function storesWith(chain: readonly MinedBlock[], network: Network = exosRegtest) {
  const deps = memoryValidator(network, START);
  const validator = createValidator(deps);
  for (const { bytes } of chain) await validator.accept(bytes);
  await validator.connect();
  return deps;
}

/** A chain on the disk of the task, with its set in a folder. */
export async function preparedFrom(chain: readonly MinedBlock[]) {
  const from = await storesWith(chain);
  const { path, ...folder } = temporaryFolder();
  await exportSnapshot({ ...from, program: "test" }, path);
  return { from, folder: path, [Symbol.dispose]: folder[Symbol.dispose] };
}

interface CityOptions {
  readonly has: readonly MinedBlock[] | undefined;
  readonly prepared: Awaited<ReturnType<typeof preparedFrom>>;
  readonly network?: Network;
  /** As if the chain on the disk had begun with a snapshot. */
  readonly assumed?: boolean;
}

/** A replay into memory. */
export const replayInMemory: PreparedChain["replay"] = async (set, city, signal) => {
  const judge = memoryValidator(exosRegtest, START);
  const validator = createValidator(judge);
  await validator.tip();
  const tip = () => judge.coins.tip();
  const deps = { ...city, receiver: validator.receive(), tip, segmentBlocks: SEGMENT };
  await replayChain(set, deps, signal);
  const end = await tip();
  if (end === undefined) throw new RangeError("no tip");
  const muhash = toHashHex((await judge.coins.totals(end)).muhash);
  return { muhash, headers: judge.headers, [Symbol.asyncDispose]: async () => undefined };
};

/** An index in memory that is made anew. */
export function indexToFill(index: AddressIndex & AddressIndexWriter): IndexToFill {
  return {
    cursor: () => index.cursor(),
    async open() {
      await index.clear();
      return {
        add: (block) => index.add([block]),
        async finish({ hash }) {
          await index.follow(hash);
          return "in use";
        },
        [Symbol.asyncDispose]: async () => undefined,
      };
    },
  };
}

/** A city with this chain, and a load of the prepared one. */
export async function cityOf({
  has,
  prepared,
  assumed = false,
  network = exosRegtest,
}: CityOptions) {
  const city = has === undefined ? memoryValidator(network, START) : await storesWith(has, network);
  const sent: number[] = [];
  const clock = createManualClock(START);
  const ports = {
    coins: city.coins,
    generations: createMemoryGenerations(clock),
    snapshots: createMemorySnapshots(),
    richList: createMemoryRichList(),
    headers: city.headers,
    blocks: city.blocks,
    segments: createMemorySegments(),
    index: createMemoryAddressIndex(network.consensus),
    leases: createMemoryLeases(),
    notice: createMemoryTipNotice(),
    follow: { send: async ({ height }: { readonly height: number }) => void sent.push(height) },
  };
  const depsOf = (over: typeof ports, owner = "me"): LoadDeps => ({
    ...over,
    network: exosRegtest,
    prepare: async () => ({
      headers: prepared.from.headers,
      blocks: prepared.from.blocks,
      async fill() {
        const target = {
          network: exosRegtest,
          coins: over.coins,
          headers: { put: async () => undefined },
        };
        const { manifest, ...rest } = await fillGeneration(target, prepared.folder);
        return { ...rest, at: manifest, assumed };
      },
      publish: (to) => publishSet(prepared.folder, to),
      replay: replayInMemory,
    }),
    index: indexToFill(over.index),
    segmentBlocks: SEGMENT,
    owner,
    clock,
    log: createMemoryLog(),
  });
  return { city, ports, depsOf, clock, sent };
}

/** What is unspent at the tip, as text. */
export async function coinsOf({ coins }: Pick<Awaited<ReturnType<typeof storesWith>>, "coins">) {
  const tip = await coins.tip();
  const found: string[] = [];
  if (tip === undefined) return found;
  for await (const { txid, index, coin } of unspentAt(tip, coins)) {
    found.push(`${toHashHex(txid)}:${index} ${coin.value} at ${coin.height}`);
  }
  return found.sort();
}
