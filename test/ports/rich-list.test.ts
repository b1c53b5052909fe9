import { PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createS3Objects } from "#shared/adapters/aws/s3-objects.ts";
import { createS3RichList } from "#shared/adapters/aws/s3-rich-list.ts";
import { createMemoryAddressIndex } from "#shared/adapters/embedded/memory-address-index.ts";
import { richestOfSet } from "#shared/adapters/embedded/richest-of-set.ts";
import {
  openSqliteAddressIndex,
  type SqliteAddressIndex,
} from "#shared/adapters/embedded/sqlite-address-index.ts";
import type { AddressIndexWriter } from "#shared/ports/address-index.ts";
import type { RichList } from "#shared/ports/rich-list.ts";
import { makeCityBucket } from "../support/aws/city-bucket.ts";
import {
  FAUXQS_TRAITS,
  type FauxqsEndpoint,
  openFauxqsEndpoint,
} from "../support/aws/fauxqs-endpoint.ts";
import { chainOf, growBlock, type TreeBlock } from "../support/block-tree.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { EXOS_WIRE } from "../support/wires.ts";
import { writeTreeSet } from "../support/write-tree-set.ts";
import { contractOn } from "./contract-cases.ts";
import { type ListedChain, richListContract } from "./rich-list.contract.ts";

const ofIndex = (index: RichList & AddressIndexWriter): ListedChain => ({
  list: index,
  async follow(tip) {
    await index.add(
      chainOf(tip).map(({ bytes, ...block }) => ({ ...block, bytes: bytes.slice() })),
    );
    await index.follow(tip.hash);
  },
});

describe("rich list of the memory index", () =>
  richListContract(async () => ofIndex(createMemoryAddressIndex({ wire: EXOS_WIRE }))));

describe("rich list of the sqlite index", () => {
  let index: SqliteAddressIndex;
  beforeAll(async () => {
    index = await openSqliteAddressIndex({ path: ":memory:", wire: EXOS_WIRE });
  });
  afterAll(() => index[Symbol.asyncDispose]());
  richListContract(async () => {
    await index.clear();
    return ofIndex(index);
  });
});

describe("rich list in a bucket", () => {
  let endpoint: FauxqsEndpoint;
  beforeAll(async () => {
    endpoint = await openFauxqsEndpoint();
  });
  afterAll(() => endpoint[Symbol.asyncDispose]());

  async function open(coinsAPass?: number) {
    const client = endpoint.s3();
    const bucket = await makeCityBucket(client);
    const list = createS3RichList(createS3Objects({ client, bucket }));
    async function follow(tip: TreeBlock): Promise<void> {
      const folder = temporaryFolder();
      await writeTreeSet(folder, tip);
      await list.write(await richestOfSet(folder, coinsAPass));
    }
    return { client, bucket, list, follow };
  }

  contractOn("rich-list", FAUXQS_TRAITS, () => richListContract(() => open()));
  contractOn("rich-list in passes of ten coins", FAUXQS_TRAITS, () =>
    richListContract(() => open(10)),
  );

  it("is none where what lies there cannot be read", async () => {
    const { client, bucket, list, follow } = await open();
    await follow(growBlock(undefined, 0, []));
    expect(await list.richest(9)).toMatchObject({ holders: [] });
    const one = { script: "51", balance: "5", coins: 1 };
    const whole = { schema: "exos.rich-list.v1", height: 0, hash: "11".repeat(32), holders: [one] };
    const put = (Body: string) =>
      client.send(new PutObjectCommand({ Bucket: bucket, Key: "state/rich-list.json", Body }));
    await put(JSON.stringify(whole));
    expect((await list.richest(9))?.holders).toHaveLength(1);
    for (const wrong of [
      {},
      { ...whole, schema: "exos.rich-list.v2" },
      { ...whole, height: -1 },
      { ...whole, hash: "11" },
      { ...whole, holders: [one, { ...one, balance: "-5" }] },
      { ...whole, holders: [one, { ...one, script: "5" }] },
      { ...whole, holders: [one, { ...one, coins: 1.5 }] },
    ]) {
      await put(JSON.stringify(wrong));
      expect(await list.richest(9), JSON.stringify(wrong)).toBeUndefined();
    }
    await put("{");
    expect(await list.richest(9)).toBeUndefined();
  });
});
