import { afterAll, describe, expect, it } from "vitest";
import { runLoad } from "#services/ingest/load/run-load.ts";
import { connectHinted } from "#services/validate/connect-hinted.ts";
import { createAwsBlockStore } from "#shared/adapters/aws/aws-block-store.ts";
import { createAwsSegments } from "#shared/adapters/aws/aws-segments.ts";
import { createDynamoCoinStore } from "#shared/adapters/aws/dynamo-coin-store.ts";
import { createDynamoGenerations } from "#shared/adapters/aws/dynamo-generations.ts";
import { createDynamoHeaderStore } from "#shared/adapters/aws/dynamo-header-store.ts";
import { createDynamoLeases } from "#shared/adapters/aws/dynamo-leases.ts";
import { createDynamoTable, type DynamoTable } from "#shared/adapters/aws/dynamo-table.ts";
import { createDynamoTipNotice } from "#shared/adapters/aws/dynamo-tip-notice.ts";
import { forgetChain } from "#shared/adapters/aws/forget-chain.ts";
import { createPackedBlocks } from "#shared/adapters/aws/packed-blocks.ts";
import { createS3Objects } from "#shared/adapters/aws/s3-objects.ts";
import { createSeededEntropy } from "#shared/adapters/embedded/seeded-entropy.ts";
import { exosRegtest as network } from "#shared/consensus/networks/exos-regtest.ts";
import { makeCityBucket } from "../../support/aws/city-bucket.ts";
import { makeCityTables } from "../../support/aws/city-tables.ts";
import { openDynamoEndpoint } from "../../support/aws/dynamo-endpoint.ts";
import { openFauxqsEndpoint } from "../../support/aws/fauxqs-endpoint.ts";
import { sortHere } from "../../support/aws/sort-here.ts";
import { type Crash, CrashError } from "../../support/crash-at.ts";
import {
  cityOf,
  coinsOf,
  LOADED,
  mineOn,
  preparedFrom,
  SEGMENT,
  START,
  storesWith,
} from "../../support/load-rig.ts";
import { sharedValidator } from "../../support/shared-validator.ts";

const ALIVE = new AbortController().signal;
// With a segment more than the new one.
const old = await mineOn(undefined, LOADED + SEGMENT, 0x53);
const chain = await mineOn(undefined, LOADED);
const [preparedOld, prepared] = [await preparedFrom(old), await preparedFrom(chain)];
const [bad] = await mineOn(old.at(-1), 1, 0x54);
const [next] = await mineOn(old.at(-1), 1, 0x55);
const dynamo = await openDynamoEndpoint();
const fauxqs = await openFauxqsEndpoint();
afterAll(async () => {
  preparedOld[Symbol.dispose]();
  prepared[Symbol.dispose]();
  await fauxqs[Symbol.asyncDispose]();
  await dynamo[Symbol.asyncDispose]();
});

/** What of the table forgetting asks, until one request takes the process down with it. */
function dyingTable(table: DynamoTable, crash: Crash): { table: DynamoTable; calls(): number } {
  let calls = 0;
  async function call<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    calls++;
    if (calls > crash.call) throw new CrashError("called after the crash");
    if (calls === crash.call && crash.when === "before") throw new CrashError("crash");
    const answer = await work();
    if (calls >= crash.call) throw new CrashError("crash");
    return answer;
  }
  return {
    calls: () => calls,
    table: {
      ...table,
      delete: (...given) => call(() => table.delete(...given)),
      update: (...given) => call(() => table.update(...given)),
      async *scan(part) {
        const pages = table.scan(part);
        for (;;) {
          const { done, value } = await call(() => pages.next());
          if (done === true) return;
          yield value;
        }
      },
    },
  };
}

/** A city that was loaded with the old chain, went on to judge, and whose operator names it to be filled anew. */
async function oldCity() {
  const client = dynamo.client();
  const tables = await makeCityTables(client, ["chain", "coins"]);
  const bucket = await makeCityBucket(fauxqs.s3());
  const table = createDynamoTable({ client, table: tables.chain });
  const objects = createS3Objects({ client: fauxqs.s3(), bucket });
  const packed = createPackedBlocks({ chain: table, objects, segmentBlocks: SEGMENT });
  const rigs = {
    old: await cityOf({ has: undefined, prepared: preparedOld }),
    new: await cityOf({ has: undefined, prepared }),
  };
  const { clock } = rigs.new;
  const { dialect } = network.consensus;
  const entropy = createSeededEntropy("city");
  const blocks = createAwsBlockStore({ chain: table, objects, packed });
  const headers = createDynamoHeaderStore({ chain: table, packed, clock });
  const ports = {
    ...rigs.new.ports,
    coins: createDynamoCoinStore({ client, tables, dialect, clock, entropy, sort: sortHere }),
    generations: createDynamoGenerations({ chain: table, coins: tables.coins, clock }),
    headers: { ...rigs.new.ports.headers, ...headers },
    blocks,
    segments: createAwsSegments({ chain: table, objects, blocks }),
    leases: createDynamoLeases(table),
    notice: createDynamoTipNotice(table),
  };
  // Nobody asks the city's own list here.
  const over = ports as unknown as Parameters<typeof rigs.new.depsOf>[0];
  await runLoad(rigs.old.depsOf(over, "first"), ALIVE);
  if (bad === undefined || next === undefined) throw new RangeError("no blocks");
  await headers.put(bad.record);
  const verdict = { code: "bad-cs-amount", stage: "full", effect: "invalid", detail: {} } as const;
  await headers.setRejected(bad.record.hash, verdict);
  await headers.addCandidate({ work: next.record.work, hash: next.record.hash });
  const refill = (owner: string, of: DynamoTable) =>
    runLoad(
      { ...rigs.new.depsOf(over, owner), refill: true, forget: (what) => forgetChain(of, what) },
      ALIVE,
    );
  const deps = sharedValidator(network, START);
  const shared = { ...deps.shared, leases: ports.leases, notice: ports.notice };
  const hinted = { attempt: 1, deadlineMs: Number.POSITIVE_INFINITY };
  const { coins } = ports;
  const connect = () => connectHinted(hinted, { ...deps, coins, headers, blocks, clock, shared });
  return { ports, table, refill, connect, clock };
}

describe("a city that forgets its chain", { timeout: 900_000 }, () => {
  it("ends alike when the task is killed at any request of it and another one begins", async () => {
    const expected = await coinsOf(await storesWith(chain));
    const segment = (await segmentsOf()).toString();
    let call = 0;
    for (let isDone = false; !isDone; ) {
      call++;
      for (const when of ["before", "after"] as const) {
        const where = `${when} call ${call}`;
        const { ports, table, refill, connect, clock } = await oldCity();
        const rev = (await ports.coins.tip())?.rev ?? 0;
        const dying = dyingTable(table, { call, when });
        const died = await refill("second", dying.table).then(
          () => false,
          (cause: unknown) => cause instanceof CrashError || Promise.reject(cause),
        );
        if (!died) isDone = true;
        expect(died, where).toBe(dying.calls() >= call);
        // The lease of the dead runs out.
        clock.advance(61_000);
        // Its end turned `connect` on, and a block came.
        await connect();
        expect((await refill("third", table)).state, where).toBe("loaded");
        const tip = await ports.coins.tip();
        expect(tip, where).toMatchObject({ height: LOADED, hash: chain.at(-1)?.record.hash });
        // Whoever held a tip of before sees that this one is newer.
        expect(tip?.rev, where).toBeGreaterThan(rev);
        expect(await coinsOf(ports), where).toEqual(expected);
        // Of the old chain nothing speaks any more.
        const { headers, segments } = ports;
        expect(
          (await headers.get(bad?.record.hash ?? chainHash()))?.rejected,
          where,
        ).toBeUndefined();
        expect(await headers.candidates(0n, 8), where).toEqual([]);
        expect((await segments.info(0))?.sha256.toString(), where).toBe(segment);
        expect(await segments.info(2), where).toBeUndefined();
      }
    }
    process.stdout.write(
      `forgetting: killed at each of ${2 * (call - 1)} requests, and run again\n`,
    );
    expect(call).toBeGreaterThan(10);
  });
});

/** SHA-256 of the first segment, in a city that never had another chain. */
async function segmentsOf(): Promise<Uint8Array> {
  const { ports, depsOf } = await cityOf({ has: undefined, prepared });
  await runLoad(depsOf(ports), ALIVE);
  return (await ports.segments.info(0))?.sha256 ?? new Uint8Array();
}

function chainHash(): never {
  throw new RangeError("no such block");
}
