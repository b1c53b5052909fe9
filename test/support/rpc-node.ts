import { createApi } from "#services/rpc/core.ts";
import type { NodeControl, NodeState, RpcDeps, Stores } from "#services/rpc/deps.ts";
import { METHODS } from "#services/rpc/methods/all.ts";
import { createMempool } from "#services/validate/mempool.ts";
import { createManualClock, type ManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createMemoryAddressIndex } from "#shared/adapters/embedded/memory-address-index.ts";
import { createMemoryBlockStore } from "#shared/adapters/embedded/memory-block-store.ts";
import { createMemoryCoinStore } from "#shared/adapters/embedded/memory-coin-store.ts";
import { createMemoryHeaderStore } from "#shared/adapters/embedded/memory-header-store.ts";
import { createMemoryLog, type MemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { createMemoryPool } from "#shared/adapters/embedded/memory-pool.ts";
import { createPrometheusMetrics } from "#shared/adapters/embedded/prometheus-metrics.ts";
import { openScriptWorkers } from "#shared/adapters/embedded/script-workers.ts";
import { createSeededEntropy } from "#shared/adapters/embedded/seeded-entropy.ts";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { marksOf } from "#shared/coins/marks-of.ts";
import { genesisTip, nextTip, type Tip } from "#shared/coins/tip.ts";
import { growView } from "#shared/coins/view.ts";
import { describeHeader } from "#shared/consensus/describe-header.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { Network } from "#shared/consensus/params.ts";
import { defaultPolicy } from "#shared/consensus/policy/pool-policy.ts";
import type { AddressIndexWriter } from "#shared/ports/address-index.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { loadChain } from "./chain-file.ts";

type WritableStores = Stores & { readonly index: Stores["index"] & AddressIndexWriter };

/** Stores that hold a chain, filled without judging it: every test of the API starts here. */
export interface RpcNode {
  readonly deps: RpcDeps;
  readonly stores: WritableStores;
  readonly clock: ManualClock;
  readonly log: MemoryLog;
  /** What the control was told, in order. */
  readonly told: string[];
  api(surface?: "http" | "rpc"): ReturnType<typeof createApi>;
  /** Change what `state` says from here on. */
  setState(change: Partial<NodeState>): void;
  tip(): HeaderRecord;
}

export const COOKIE = `Basic ${Buffer.from("__cookie__:secret").toString("base64")}`;

/** A moment after every block of the recorded chains. */
const NOW = unixSeconds(1_526_428_694);

/** @param blocks serialised, from height 1 up @param changes of any dependency */
export async function createRpcNode(
  blocks: readonly Uint8Array[],
  changes: Partial<RpcDeps> = {},
): Promise<RpcNode> {
  const network = changes.network ?? exosRegtest;
  const { consensus } = network;
  const clock = createManualClock(NOW);
  const log = createMemoryLog();
  const chain = {
    blocks: createMemoryBlockStore(),
    headers: createMemoryHeaderStore(),
    coins: createMemoryCoinStore(consensus.dialect),
  };
  const { wire, dialect } = consensus;
  const index = createMemoryAddressIndex({ wire });
  const stores: WritableStores = {
    ...chain,
    index,
    richList: index,
    mempool: createMempool({
      ...chain,
      network,
      clock,
      log,
      scripts: openScriptWorkers({ workers: 0, wire, dialect }),
      pool: createMemoryPool(),
      policy: defaultPolicy(network),
      entropy: createSeededEntropy("pool"),
      accepted: { send: async () => undefined },
      pause: async () => undefined,
    }),
  };
  const told: string[] = [];
  let state: NodeState = {
    phase: "ready",
    stores,
    progress: 1,
    etaSeconds: undefined,
    since: NOW,
  };
  const deps: RpcDeps = {
    network,
    city: "local",
    version: "0.0.0-test",
    startedMs: 0,
    state: () => state,
    methods: async () => METHODS,
    control: recordingControl(told),
    access: {
      kind: "node",
      logins: [{ kind: "plain", user: "__cookie__", password: "secret" }],
      mayCall: () => true,
      hosts: [],
      origins: [],
      allowsAddress: () => true,
    },
    calls: new Set(),
    readiness: { blocksMax: 2, ageSecondsMax: undefined },
    clock,
    entropy: createSeededEntropy("rpc"),
    metrics: createPrometheusMetrics(),
    log,
    ...changes,
  };
  const tip = await fill(stores, network, blocks);
  return {
    deps,
    stores,
    clock,
    log,
    told,
    api: (surface) => createApi(deps, surface),
    setState: (change) => {
      state = { ...state, ...change };
    },
    tip: () => tip,
  };
}

/** The first blocks of the reference's recorded chain. @returns `undefined` without the vectors */
export function recordedBlocks(count: number): Uint8Array[] | undefined {
  return loadChain("exos-regtest/chain.dat", 4)?.slice(0, count);
}

function recordingControl(told: string[]): NodeControl {
  const say = <T>(what: string, answer: T): T => {
    told.push(what);
    return answer;
  };
  return {
    submit: async (block) =>
      say(`submit ${block.length}`, { state: "judged", answer: "inconclusive" }),
    sizeOnDisk: async () => 4_096,
    lowestBody: () => 1,
    stop: () => say("stop", undefined),
    development: {
      rewardScript: Uint8Array.of(0x51),
      generate: async (count) => say(`generate ${count}`, { ok: true, value: [] }),
      mockTime: (time) => say(`mock ${time}`, undefined),
      invalidate: async (hash) => say(`invalidate ${hash}`, { ok: true, value: undefined }),
      reconsider: async (hash) => say(`reconsider ${hash}`, { ok: true, value: undefined }),
    },
  };
}

/** Fill every store as the services would, but for the verdicts. */
async function fill(
  stores: WritableStores,
  network: Network,
  blocks: readonly Uint8Array[],
): Promise<HeaderRecord> {
  const { consensus } = network;
  const times = new Map<string, number>();
  let record = genesisRecord(network);
  let next = genesisTip(record);
  let tip: Tip = next.tip;
  await stores.headers.put(record);
  await stores.blocks.put(record.hash, consensus.genesis.raw);
  await stores.coins.commit(0, next);
  const { hash, height } = record;
  await stores.index.add([{ hash, height, bytes: consensus.genesis.raw.slice() }]);
  for (const bytes of blocks) {
    const decoded = decodeBlock(bytes, consensus.wire);
    if (!decoded.ok) throw decoded.error;
    const block = decoded.value;
    for (const tx of block.transactions) times.set(tx.txid.join(), tx.time);
    const kernel = block.transactions[1]?.inputs[0]?.prevout.txid;
    const kernelTime = kernel === undefined ? undefined : times.get(kernel.join());
    const known = kernelTime === undefined ? undefined : unixSeconds(kernelTime);
    record = describeHeader(block, record, consensus, known);
    await stores.headers.put(record);
    await stores.headers.setBodySize(record.hash, bytes.length);
    await stores.blocks.put(record.hash, bytes);
    await stores.coins.apply(0, marksOf(block, record, { dialect: consensus.dialect }));
    await stores.index.add([{ hash: record.hash, height: record.height, bytes: bytes.slice() }]);
    next = nextTip(tip, growView(tip, record), consensus);
    await stores.coins.commit(tip.rev, next);
    tip = next.tip;
  }
  await stores.index.follow(record.hash);
  return record;
}
