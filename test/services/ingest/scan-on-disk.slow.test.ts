import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { composeAwsLoad } from "#services/ingest/compose-aws.ts";
import { coinItemKey, importedCoinItem } from "#shared/adapters/aws/dynamo-coin-item.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { RUN_ITEMS } from "#shared/adapters/embedded/sorted-items.ts";
import { type CoinKey, coinKeyOfChunk } from "#shared/coins/coin-key.ts";
import { BASE_HASH } from "#shared/coins/mark.ts";
import { height } from "#shared/primitives/brand.ts";
import { ZERO_HASH_HEX } from "#shared/primitives/hash.ts";
import { openCannedEndpoint } from "../../support/aws/canned-endpoint.ts";
import { testBlock, txidOf } from "../../support/coin-chain.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

/** A run goes to disk, and a few items stay in memory. */
const ITEMS = RUN_ITEMS + 5;
const PAGE_ITEMS = 4_000;
/** Coprime to the count, so that every item comes once and hardly one in order. */
const STRIDE = 7_919;

afterEach(() => void vi.unstubAllEnvs());

/** As the protocol writes bytes and sets of them. */
function wireForm(item: object): string {
  return JSON.stringify(item, (_, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value,
  );
}

/** A table of so many coins that nobody wants to write them: each differs from the next by its key. */
async function openLargeTable() {
  const [marks] = testBlock(1, "a", { x: 1 }).marks;
  if (marks === undefined) throw new RangeError("a block creates coins");
  const { k: _, ...rest } = importedCoinItem({
    ...marks,
    mark: { height: height(1), hash: BASE_HASH },
  });
  const content = wireForm(rest).slice(1);
  const base = Buffer.from(coinItemKey(coinKeyOfChunk(txidOf("x"), 0))["k"]?.B ?? []);
  const itemAt = (place: number) => {
    base.writeUInt32BE((place * STRIDE) % ITEMS, 0);
    return `{"k":{"B":"${base.toString("base64")}"},${content}`;
  };
  return openCannedEndpoint(({ what, body }) => {
    const { Segment, TotalSegments, ExclusiveStartKey } = JSON.parse(body);
    if (what !== "Scan") return { status: 400, text: `{"__type":"Unknown","message":"${what}"}` };
    const first = Number(ExclusiveStartKey?.k.N ?? Segment);
    const places: number[] = [];
    for (let at = first; at < ITEMS && places.length < PAGE_ITEMS; at += TotalSegments)
      places.push(at);
    const next = (places.at(-1) ?? first) + TotalSegments;
    const more = next < ITEMS ? `,"LastEvaluatedKey":{"k":{"N":"${next}"}}` : "";
    return `{"Items":[${places.map(itemAt).join(",")}]${more}}`;
  });
}

it("reads more coins than fit into memory by the disk that the task has, and no other", async () => {
  await using table = await openLargeTable();
  const folder = temporaryFolder();
  const elsewhere = join(temporaryFolder(), "no folder");
  writeFileSync(elsewhere, "");
  for (const [name, value] of Object.entries({
    AWS_ENDPOINT_URL_DYNAMODB: table.url,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    // As on a root that is read-only.
    TMPDIR: elsewhere,
  }))
    vi.stubEnv(name, value);
  const city = composeAwsLoad(
    {
      EXOS_ENVIRONMENT: "local",
      EXOS_CITY: "loc",
      EXOS_NETWORK: "exos-regtest",
      EXOS_TABLE_CHAIN: "exos-local-loc-chain",
      EXOS_TABLE_COINS: "exos-local-loc-coins",
      EXOS_TABLE_INDEX: "exos-local-loc-index",
      EXOS_BUCKET_CHAIN: "exos-local-loc-000000000000-chain",
      EXOS_TOPIC_FOLLOW: "arn:aws:sns:us-east-1:000000000000:exos-local-loc-follow",
    },
    { log: createMemoryLog(), refill: false, from: undefined, folder },
  );
  const zero = height(0);
  const view = { gen: 0, floor: zero, height: zero, hash: ZERO_HASH_HEX, work: 0n };
  let count = 0;
  let before: CoinKey | undefined;
  let unordered = 0;
  for await (const { key } of city.coins.scan({ ...view, base: zero, win: [] })) {
    if (count === 0) expect(readdirSync(folder)).toEqual([expect.stringMatching(/^exos-sort-/)]);
    if (before !== undefined && key <= before) unordered++;
    before = key;
    count++;
  }
  expect([count, unordered]).toEqual([ITEMS, 0]);
  expect(readdirSync(folder)).toEqual([]);
}, 300_000);
