import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packSegments } from "#services/ingest/pack-segments.ts";
import type { DynamoItem } from "#shared/adapters/aws/dynamo-item.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { makeCityBucket } from "../../support/aws/city-bucket.ts";
import { makeCityTables } from "../../support/aws/city-tables.ts";
import { type DynamoEndpoint, openDynamoEndpoint } from "../../support/aws/dynamo-endpoint.ts";
import { type FauxqsEndpoint, openFauxqsEndpoint } from "../../support/aws/fauxqs-endpoint.ts";
import {
  bodyOf,
  type CityClients,
  EMPTY_TOTALS,
  openPackingCity,
  recordChain,
} from "../../support/aws/packing-city.ts";

const START = 1_700_000_000;
const FIRST = "segments/000000.seg";
let tables: DynamoEndpoint;
let buckets: FauxqsEndpoint;
beforeAll(async () => {
  [tables, buckets] = await Promise.all([openDynamoEndpoint(), openFauxqsEndpoint()]);
});
afterAll(() => Promise.all([tables[Symbol.asyncDispose](), buckets[Symbol.asyncDispose]()]));

interface Plan {
  readonly chain: readonly HeaderRecord[];
  readonly base: number;
  readonly segmentBlocks: number;
}

type City = ReturnType<typeof openPackingCity>;

const open = (clients: CityClients, plan: Plan, process = 0): City =>
  openPackingCity(clients, {
    ...plan,
    owner: `process ${process}`,
    now: START + 3_600 * process,
  });

/** A city that holds every block of a chain, loose. */
async function fill(plan: Plan): Promise<CityClients> {
  const dynamo = tables.client();
  const s3 = buckets.s3();
  const { chain: table } = await makeCityTables(dynamo, ["chain"]);
  const clients = { dynamo, s3, table, bucket: await makeCityBucket(s3) };
  const { headers, blocks } = open(clients, plan);
  await Promise.all(
    plan.chain.map(async (record) => {
      const body = bodyOf(record);
      await blocks.put(record.hash, body);
      await headers.put(record);
      await headers.setBodySize(record.hash, body.length);
      await headers.setApplied(record.hash, 0, EMPTY_TOTALS.encode());
    }),
  );
  return clients;
}

/** Whoever begins now finds every block. */
async function expectAllThere(clients: CityClients, plan: Plan): Promise<void> {
  const { headers, blocks } = open(clients, plan, 9);
  const found = await headers.getMany(plan.chain.map(({ hash }) => hash));
  expect(found.map((header) => header?.record)).toEqual(plan.chain);
  for (const record of plan.chain) {
    expect(await blocks.get(record.hash), `body ${record.height}`).toEqual(bodyOf(record));
  }
}

/** All that lies in a city but its leases, as text that can be compared. */
async function contentOf(clients: CityClients, plan: Plan): Promise<string[]> {
  const { chain, objects } = open(clients, plan);
  const lines: string[] = [];
  for await (const page of chain.scan({ segment: 0, of: 1 })) lines.push(...page.map(textOf));
  for await (const { key, bytes } of objects.list("")) lines.push(`object ${key} ${bytes}`);
  return lines.filter((line) => !line.includes("L#pack")).sort();
}

function textOf(item: DynamoItem): string {
  const bytes = (value: Uint8Array) => Buffer.from(value).toString("hex");
  const fields = Object.entries(item).map(([name, { B, BS, ...rest }]) => {
    if (B !== undefined) return `${name}=${bytes(B)}`;
    if (BS !== undefined) return `${name}=${BS.map(bytes).sort()}`;
    return `${name}=${JSON.stringify(rest)}`;
  });
  return fields.sort().join(" ");
}

const kinds = (lines: readonly string[]) => {
  const count = (sign: string) => lines.filter((line) => line.includes(sign)).length;
  return { headers: count("H#"), bodies: count("B#"), recent: count("recent/") };
};

describe("packing segments", () => {
  const plan = { chain: recordChain(30), base: 25, segmentBlocks: 10 };

  it("moves what lies below the window into objects, and leaves the rest", async () => {
    const clients = await fill(plan);
    const city = open(clients, plan);
    expect(await packSegments(city.deps)).toBe(2);
    await expectAllThere(clients, plan);
    expect(kinds(await contentOf(clients, plan))).toEqual({ headers: 10, bodies: 7, recent: 3 });
    expect(await packSegments(city.deps)).toBe(0);
    expect(await packSegments(open(clients, plan, 1).deps)).toBe(0);
  });

  it("says of a segment what its object is, and the coins after its last block", async () => {
    const clients = await fill(plan);
    const { deps, objects, segments } = open(clients, plan);
    await packSegments(deps);
    const object = await objects.get("segments/000001.seg");
    const bytes = object?.bytes ?? new Uint8Array(0);
    expect(await segments.info(1)).toEqual({
      sha256: Uint8Array.from(createHash("sha256").update(bytes).digest()),
      bytes: bytes.length,
      muhash: toHashHex(EMPTY_TOTALS.totals().muhash),
    });
    expect(await segments.info(2)).toBeUndefined();
    const body = createHash("sha256").update(bytes.subarray(48)).digest();
    expect(bytes.subarray(16, 48)).toEqual(Uint8Array.from(body));
  });

  it("leaves it to another that holds the lease", async () => {
    const clients = await fill(plan);
    const { deps } = open(clients, plan);
    const ask = { owner: "another", now: deps.clock.now(), seconds: 60 };
    const lease = await deps.leases.take("pack", ask);
    expect(await packSegments(deps)).toBe(0);
    expect(kinds(await contentOf(clients, plan)).headers).toBe(30);
    if (lease !== undefined) await deps.leases.release(lease);
    expect(await packSegments(deps)).toBe(2);
  });

  /** The object of the first segment of a chain, and a city where another lies in its place. */
  async function withObject(change: (bytes: Uint8Array) => Uint8Array) {
    const clients = await fill(plan);
    const { deps, objects } = open(clients, plan);
    await packSegments(deps);
    const object = (await objects.get(FIRST))?.bytes ?? new Uint8Array(0);
    const other = await fill(plan);
    const there = open(other, plan);
    await there.objects.put(FIRST, change(object));
    // As a store does that keeps what is there; not every endpoint looks at the condition.
    const write: typeof there.segments.write = async (index, pieces) =>
      index === 0 ? undefined : there.segments.write(index, pieces);
    const segments = { ...there.segments, write };
    return { object, other, ...there, deps: { ...there.deps, segments } };
  }

  it("takes another packer's object of the same blocks", async () => {
    const marked = (bytes: Uint8Array) => bytes.slice();
    const { deps, other, objects, object } = await withObject(marked);
    expect(await packSegments(deps)).toBe(2);
    await expectAllThere(other, plan);
    expect((await objects.get(FIRST))?.bytes).toEqual(object);
  });

  it("replaces an object that a forgotten chain left, and that nobody declares", async () => {
    const wrong = (bytes: Uint8Array) => bytes.with(bytes.length - 1, 0xee);
    const { deps, other, objects, object } = await withObject(wrong);
    expect(await packSegments(deps)).toBe(2);
    await expectAllThere(other, plan);
    expect((await objects.get(FIRST))?.bytes).toEqual(object);
  });

  it.each([0, 1])(
    "packs anew what was declared of a forgotten chain: segment %i",
    async (index) => {
      const wrong = (bytes: Uint8Array) => bytes.with(bytes.length - 1, 0xee);
      const { deps, other, objects, segments, object } = await withObject(wrong);
      // By a packer that stood still while the city was filled anew.
      const info = { sha256: new Uint8Array(32), bytes: 9, muhash: undefined };
      expect(await segments.declare(index, info)).toBe(true);
      expect(await packSegments(deps)).toBe(2);
      await expectAllThere(other, plan);
      expect((await objects.get(FIRST))?.bytes).toEqual(object);
      expect(kinds(await contentOf(other, plan))).toEqual({ headers: 10, bodies: 7, recent: 3 });
      expect(await packSegments(deps)).toBe(0);
    },
  );

  it("declares a segment in place of none, of itself, or of the one that was seen", async () => {
    const { segments } = open(await fill(plan), plan);
    const info = (byte: number, muhash?: HashHex) => ({
      ...{ sha256: new Uint8Array(32).fill(byte), bytes: 9 },
      muhash,
    });
    const digest = toHashHex(EMPTY_TOTALS.totals().muhash);
    expect(await segments.declare(0, info(1))).toBe(true);
    expect(await segments.declare(0, info(1, digest))).toBe(true);
    expect(await segments.declare(0, info(2))).toBe(false);
    expect(await segments.declare(0, info(2), info(3))).toBe(false);
    expect(await segments.info(0)).toEqual(info(1, digest));
    expect(await segments.declare(0, info(2), info(1))).toBe(true);
    expect(await segments.info(0)).toEqual(info(2));
  });

  it.each([
    ["was declared meanwhile", "info"],
    ["is of a chain that was forgotten meanwhile", "tip"],
  ] as const)("replaces none whose segment %s", async (_, what) => {
    const { deps, other, objects } = await withObject((bytes) => bytes.subarray(0, 999));
    let isRead = false;
    const segments: typeof deps.segments = {
      ...deps.segments,
      async read(index) {
        const pieces = await deps.segments.read(index);
        if (what === "info" && !isRead) {
          await deps.segments.declare(0, {
            sha256: new Uint8Array(32),
            bytes: 0,
            muhash: undefined,
          });
        }
        isRead = true;
        return pieces;
      },
    };
    const coins: typeof deps.coins = {
      ...deps.coins,
      tip: async () => (what === "tip" && isRead ? undefined : deps.coins.tip()),
    };
    const fault = { code: "EXOS-E8107", retryable: false };
    await expect(packSegments({ ...deps, segments, coins })).rejects.toMatchObject(fault);
    expect((await objects.get(FIRST))?.bytes).toHaveLength(999);
    const { headers } = open(other, plan, 9);
    expect(await headers.getMany(plan.chain.map(({ hash }) => hash))).not.toContain(undefined);
  });

  it("packs no body that is another block's", async () => {
    const clients = await fill(plan);
    const { deps, blocks } = open(clients, plan);
    const [first, second] = plan.chain;
    if (first === undefined || second === undefined) throw new RangeError("no chain");
    await blocks.forget(first.hash);
    await blocks.put(first.hash, bodyOf(second));
    await expect(packSegments(deps)).rejects.toMatchObject({ retryable: true });
    expect(kinds(await contentOf(clients, plan)).headers).toBe(30);
  });
});

describe("packing that dies after any request", () => {
  const plan = { chain: recordChain(4), base: 3, segmentBlocks: 3 };

  /** Clients of a process that dies with its request of this number. @param sent counts them */
  function mortal(clients: CityClients, last: number, sent: { count: number }): CityClients {
    const wrap = <Client extends { send(...input: never[]): unknown }>(client: Client): Client =>
      new Proxy(client, {
        get(target, name) {
          const member: unknown = Reflect.get(target, name);
          if (name !== "send" || typeof member !== "function") return member;
          return async (...input: unknown[]) => {
            if (sent.count >= last) throw new RangeError("dead");
            sent.count++;
            return member.apply(target, input);
          };
        },
      });
    return { ...clients, dynamo: wrap(clients.dynamo), s3: wrap(clients.s3) };
  }

  it("ends, when it is repeated, where it ends without: after each of its requests", async () => {
    const whole = await fill(plan);
    const sent = { count: 0 };
    await packSegments(open(mortal(whole, Number.POSITIVE_INFINITY, sent), plan).deps);
    const expected = await contentOf(whole, plan);
    expect(kinds(expected)).toEqual({ headers: 1, bodies: 1, recent: 0 });
    expect(sent.count).toBeGreaterThan(25);

    for (let last = 0; last < sent.count; last++) {
      const clients = await fill(plan);
      const dying = open(mortal(clients, last, { count: 0 }), plan).deps;
      await expect(packSegments(dying), `request ${last}`).rejects.toThrow();
      await expectAllThere(clients, plan);
      await packSegments(open(clients, plan, 1).deps);
      expect(await contentOf(clients, plan), `died after ${last}`).toEqual(expected);
    }
  });
});
