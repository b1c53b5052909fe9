import type { RpcDeps, Stores } from "#services/rpc/deps.ts";
import type { Session } from "#services/rpc/session.ts";
import { readRow } from "#services/rpc/views/block-row.ts";
import { readBody } from "#services/rpc/views/block-view.ts";
import type { Chain } from "#services/rpc/views/chain.ts";
import { difficultyOf } from "#services/rpc/views/difficulty.ts";
import { lagBlocks } from "#services/rpc/views/health.ts";
import { versionNumber } from "#services/rpc/views/version-number.ts";

/** Coins as exporters print them. A gauge is a float: exact money is elsewhere. */
const COIN = 100_000_000;

/**
 * Set the gauges that are read from the stores when somebody asks: those that Bitcoin's exporters
 * have under the same names, so that their boards work, and our own. @source interfaces.md 7.3
 */
export async function exposeChainMetrics(session: Session, deps: RpcDeps): Promise<void> {
  const { metrics, clock, network } = deps;
  const { phase, progress, etaSeconds } = deps.state();
  metrics.gauge("bitcoin_uptime", Math.floor((clock.elapsedMs() - deps.startedMs) / 1000));
  metrics.gauge("bitcoin_rpc_active", deps.calls.size);
  metrics.gauge("bitcoin_server_version", versionNumber(deps.version));
  // As many as `getblockchaininfo` lists.
  metrics.gauge("bitcoin_warnings", 0);
  metrics.gauge("exos_city_info", 1, {
    city: deps.city,
    version: deps.version,
    network: network.name,
  });
  metrics.gauge("exos_sync_progress_ratio", progress);
  metrics.gauge("exos_sync_eta_seconds", etaSeconds ?? 0);
  for (const each of ["opening", "importing", "indexing", "ready", "stopping"]) {
    metrics.gauge("exos_sync_phase", each === phase ? 1 : 0, { phase: each });
  }
  if (session.stores === undefined) return;
  await exposeTip(await session.chain(), session.stores, deps);
}

async function exposeTip(chain: Chain, stores: Stores, deps: RpcDeps): Promise<void> {
  const { metrics, clock } = deps;
  const { tip } = chain;
  const cursor = await stores.index.cursor();
  metrics.gauge("bitcoin_blocks", tip.height);
  metrics.gauge("bitcoin_difficulty", difficultyOf(tip.header.bits));
  metrics.gauge("bitcoin_num_chaintips", (await stores.headers.leaves(256)).length);
  metrics.gauge("bitcoin_verification_progress", deps.state().progress);
  metrics.gauge("bitcoin_latest_block_height", tip.height);
  metrics.gauge("bitcoin_size_on_disk", await deps.control.sizeOnDisk());
  metrics.gauge("exos_tip_age_seconds", clock.now() - tip.header.time);
  metrics.gauge("exos_lag_blocks", await lagBlocks({ chain, stores }));
  metrics.gauge("exos_index_lag_blocks", tip.height - (cursor?.height ?? 0));
  await exposePool(stores, deps);
  await exposeLatestBlock(chain, stores, deps);
}

async function exposeLatestBlock({ tip }: Chain, stores: Stores, deps: RpcDeps): Promise<void> {
  const { metrics, network } = deps;
  const { wire } = network.consensus;
  const body = await readBody({ record: tip }, { stores, wire });
  if (body !== undefined) {
    const { sizeStripped, sizeTotal, transactions } = body.block;
    const outputs = transactions.flatMap((tx) => tx.outputs);
    const value = outputs.reduce((sum, output) => sum + output.value, 0n);
    metrics.gauge("bitcoin_latest_block_weight", 3 * sizeStripped + sizeTotal);
    metrics.gauge("bitcoin_latest_block_value", Number(value) / COIN);
  }
  const row = await readRow(tip, stores);
  if (row === undefined) return;
  metrics.gauge("bitcoin_txcount", row.transactionsSum);
  metrics.gauge("bitcoin_latest_block_size", row.size);
  metrics.gauge("bitcoin_latest_block_txs", row.transactions);
  metrics.gauge("bitcoin_latest_block_inputs", row.inputs);
  metrics.gauge("bitcoin_latest_block_outputs", row.outputs);
  metrics.gauge("bitcoin_latest_block_fee", Number(row.fees) / COIN);
}

async function exposePool({ mempool }: Pick<Stores, "mempool">, { metrics }: RpcDeps) {
  const { count, bytes, usage, feeRateMin, unbroadcast } = await mempool.info();
  metrics.gauge("bitcoin_mempool_size", count);
  metrics.gauge("bitcoin_mempool_bytes", bytes);
  metrics.gauge("bitcoin_mempool_usage", usage);
  metrics.gauge("bitcoin_mempool_minfee", Number(feeRateMin) / COIN);
  metrics.gauge("bitcoin_mempool_unbroadcast", unbroadcast);
}
