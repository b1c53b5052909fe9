/**
 * `node test/sim/chain-state-dynamo-run.ts [seeds] [first]`: the model's scenario over the tables of
 * a city, on dynalite or what AWS_ENDPOINT_URL points to. Exit code 1 when a seed fails.
 * @module
 */
import { createDynamoCoinStore } from "#shared/adapters/aws/dynamo-coin-store.ts";
import type { DynamoItem } from "#shared/adapters/aws/dynamo-item.ts";
import { decodeTipItem } from "#shared/adapters/aws/dynamo-tip.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createSeededEntropy } from "#shared/adapters/embedded/seeded-entropy.ts";
import { coinKeyOf } from "#shared/coins/coin-key.ts";
import { genesisTip, type Tip } from "#shared/coins/tip.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { type HashHex, unixSeconds } from "#shared/primitives/brand.ts";
import { type CityTables, makeCityTables } from "../support/aws/city-tables.ts";
import { type DynamoEndpoint, openDynamoEndpoint } from "../support/aws/dynamo-endpoint.ts";
import { type FaultyClient, injectFaults, ROUGH } from "../support/aws/fault-requests.ts";
import { lintRequests } from "../support/aws/lint-requests.ts";
import { type RequestRecord, recordRequests } from "../support/aws/record-requests.ts";
import { sortHere } from "../support/aws/sort-here.ts";
import { txidOf } from "../support/coin-chain.ts";
import { ChainTree, createDice, type ModelBlock } from "./chain-tree.ts";
import {
  nameOf,
  type PortRun,
  portConnector,
  portLoader,
  portReader,
  readCoins,
} from "./port-actors.ts";

/** How much of the scenario is run. */
export interface DynamoRunOptions {
  readonly seed: number;
  readonly blocks: number;
  readonly steps: number;
}

const ROLES = [portConnector, portConnector, portConnector, portConnector, portReader, portLoader];

type Shared = Omit<PortRun, "store" | "late">;
type Actor = AsyncGenerator<undefined, void, void>;

interface City {
  readonly endpoint: DynamoEndpoint;
  readonly tables: CityTables;
  readonly seed: number;
}

/** A process of the city: its own client, whose requests meet a bad day. */
function processOf({ endpoint, tables, seed }: City, index: number) {
  const client = endpoint.client();
  const records = recordRequests(client);
  const faults = injectFaults(client, { ...ROUGH, seed: 100 * seed + index });
  return { records, faults, store: storeOf(client, tables, `${seed} ${index}`) };
}

function storeOf(
  client: ReturnType<DynamoEndpoint["client"]>,
  tables: CityTables,
  name: string,
): CoinStore {
  return createDynamoCoinStore({
    client,
    tables,
    dialect: "exos",
    clock: createManualClock(unixSeconds(1_700_000_000)),
    entropy: createSeededEntropy(name),
    pause: async () => undefined,
    sort: sortHere,
  });
}

/** Outputs of the tree that are not at this tip as a replay has them. */
async function differences(run: PortRun, tip: Tip): Promise<string[]> {
  const block = run.byHash.get(tip.hash);
  const ids = [...new Set(run.outpoints.map((outpoint) => outpoint.split(":")[0] ?? ""))];
  const keys = ids.map((id) => coinKeyOf(txidOf(id), 0));
  const steps = readCoins(run, tip, keys);
  let step = await steps.next();
  while (step.done !== true) step = await steps.next();
  const coins = step.value;
  return run.outpoints.filter((outpoint) => {
    const [id = "", index = "0"] = outpoint.split(":");
    const found = coins.coin({ txid: txidOf(id), index: Number(index) })?.height;
    return found !== block?.coins.get(outpoint);
  });
}

/** Whether the actor met a fault after which it starts over. */
async function hasFailed(actor: Actor | undefined): Promise<boolean> {
  try {
    await actor?.next();
    return false;
  } catch (cause) {
    if (cause instanceof StoreFault && cause.retryable) return true;
    throw cause;
  }
}

/**
 * The model's scenario over the tables of one city: four connectors, a reader and a loader, each with
 * a client whose requests are throttled, lost, left without an answer, or arrive twice, some of them
 * long after their sender gave up.
 *
 * @source cloud.md 14.2
 */
export async function runOnDynamo(
  endpoint: DynamoEndpoint,
  { seed, blocks, steps }: DynamoRunOptions,
) {
  const dice = createDice(seed);
  const tree = new ChainTree(dice, 12);
  while (tree.blocks.length < blocks) tree.grow();
  const hidden = tree.blocks.slice(1);
  const calm = endpoint.client();
  const tables = await makeCityTables(calm, ["chain", "coins"]);
  const processes = ROLES.map((_, index) => processOf({ endpoint, tables, seed }, index));
  const shared: Shared = {
    dice,
    arrived: new Set<ModelBlock>([tree.genesis]),
    bad: new Set<ModelBlock>(),
    byHash: new Map<HashHex, ModelBlock>(tree.blocks.map((block) => [nameOf(block), block])),
    outpoints: tree.blocks.flatMap(({ txs }) =>
      txs.flatMap(({ id, outputs }) => Array.from({ length: outputs }, (_, at) => `${id}:${at}`)),
    ),
    failures: [],
    count: { commits: 0, verdicts: 0, reads: 0, switches: 0 },
  };
  const store = storeOf(calm, tables, `${seed} calm`);
  await store.commit(0, genesisTip({ hash: nameOf(tree.genesis), work: 0n }));

  const late: PortRun["late"] = [];
  const born = (at: number): Actor => {
    const role = ROLES[at] ?? portConnector;
    return role({ ...shared, late, store: processes[at]?.store ?? store });
  };
  const actors = ROLES.map((_, at) => born(at));
  let deaths = 0;
  for (let step = 0; step < steps; step++) {
    const luck = dice.next();
    const at = dice.below(actors.length);
    if (luck < 0.15) {
      const [block] = hidden.splice(dice.below(Math.min(hidden.length, 8)), 1);
      if (block !== undefined) shared.arrived.add(block);
    } else if (luck < 0.18) {
      const [again] = late.splice(dice.below(late.length), 1);
      await again?.().catch(ignoreFault);
    } else if (luck < 0.22) await processes[at]?.faults.deliverLate(0.5);
    else if (luck < 0.24 || (await hasFailed(actors[at]))) {
      deaths++;
      actors[at] = born(at);
    }
  }
  for (const { faults } of processes) await faults.deliverLate();

  const tip = await store.tip();
  const calmRun = { ...shared, late, store };
  const wrong = tip === undefined ? ["no tip"] : await differences(calmRun, tip);
  return {
    ...shared.count,
    deaths,
    failures: [
      ...shared.failures,
      ...wrong,
      ...disorder(processes.flatMap(({ records }) => records)),
    ],
    lint: processes.flatMap(({ records }) => lintRequests(records, "load")),
    requests: processes.reduce((sum, { records }) => sum + records.length, 0),
    faults: totalOf(processes.map(({ faults }) => faults)),
    height: tip?.height ?? 0,
  };
}

/** Tips that were written twice under one number, or that are lighter than the one they replaced. */
function disorder(records: readonly RequestRecord[]): string[] {
  const written = records
    .filter(
      ({ action, leadingKeys, outcome }) =>
        action === "PutItem" && leadingKeys[0] === "TIP" && outcome === "answered",
    )
    // The item of a put of ours.
    .map(({ input }) => decodeTipItem(input["Item"] as DynamoItem))
    .sort((a, b) => a.rev - b.rev);
  return written.flatMap((tip, at) => {
    const before = written[at - 1];
    if (before === undefined) return [];
    if (before.rev === tip.rev) return [`two tips of rev ${tip.rev}`];
    const isKept = tip.gen !== before.gen || tip.work > before.work;
    return isKept ? [] : [`the work falls at rev ${tip.rev}`];
  });
}

/** What was sent twice was done once already. */
function ignoreFault(cause: unknown): void {
  if (!(cause instanceof StoreFault)) throw cause;
}

function totalOf(clients: readonly FaultyClient[]): FaultyClient["counts"] {
  const sum = { throttled: 0, lost: 0, unanswered: 0, doubled: 0, cut: 0 };
  for (const { counts } of clients) {
    for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += counts[name];
  }
  return sum;
}

async function main(): Promise<void> {
  const [seeds = 6, first = 1] = process.argv.slice(2).map(Number);
  await using endpoint = await openDynamoEndpoint();
  const sum = { commits: 0, verdicts: 0, reads: 0, switches: 0, deaths: 0, requests: 0 };
  let failed = 0;
  for (let seed = first; seed < first + seeds; seed++) {
    const run = await runOnDynamo(endpoint, { seed, blocks: 110, steps: 3_000 });
    for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += run[name];
    const wrong = [...run.failures, ...run.lint];
    if (wrong.length === 0) continue;
    failed++;
    process.stdout.write(`seed ${seed}: ${wrong.slice(0, 5).join("; ")}\n`);
  }
  const told = Object.entries(sum).map(([name, count]) => `${count} ${name}`);
  process.stdout.write(`${seeds} seeds over tables: ${told.join(", ")}; ${failed} failed\n`);
  process.exitCode = failed === 0 && sum.switches > 0 ? 0 : 1;
}

if (import.meta.main) await main();
