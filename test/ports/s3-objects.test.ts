import { afterAll, describe, expect, it } from "vitest";
import { lateS3Objects } from "#shared/adapters/aws/late-s3-objects.ts";
import { createS3Objects } from "#shared/adapters/aws/s3-objects.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import { makeCityBucket } from "../support/aws/city-bucket.ts";
import { FAUXQS_TRAITS, openFauxqsEndpoint } from "../support/aws/fauxqs-endpoint.ts";
import { contractOn } from "./contract-cases.ts";

const endpoint = await openFauxqsEndpoint();
afterAll(() => endpoint[Symbol.asyncDispose]());

/** As every door of a city has them, which loads its client late. */
async function open(sizes: { readonly partBytes?: number; readonly pageKeys?: number } = {}) {
  const client = endpoint.s3();
  const bucket = await makeCityBucket(client);
  return lateS3Objects(bucket, async () => createS3Objects({ client, bucket, ...sizes }));
}

async function* inPieces(sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (const [at, size] of sizes.entries()) yield new Uint8Array(size).fill(at + 1);
}

const lengths = (sizes: readonly number[]) =>
  Uint8Array.from(sizes.flatMap((size, at) => Array.from({ length: size }, () => at + 1)));

describe("objects of a bucket", () => {
  it("says that there is none, of a whole, a range and a stream alike", async () => {
    const objects = await open();
    expect(await objects.get("recent/ab")).toBeUndefined();
    expect(await objects.range("recent/ab", 0, 10)).toBeUndefined();
    expect(await objects.read("recent/ab")).toBeUndefined();
    await objects.delete("recent/ab");
  });

  it("gives the bytes asked for, and as many as there are", async () => {
    const objects = await open();
    await objects.put("a", Uint8Array.of(1, 2, 3, 4, 5));
    expect(await objects.range("a", 1, 2)).toEqual(Uint8Array.of(2, 3));
    expect(await objects.range("a", 3, 10)).toEqual(Uint8Array.of(4, 5));
    expect((await objects.range("a", 0, 5))?.constructor).toBe(Uint8Array);
    expect((await objects.get("a"))?.bytes.constructor).toBe(Uint8Array);
  });

  it("lists more than a page, in order", async () => {
    const objects = await open({ pageKeys: 3 });
    const keys = Array.from({ length: 10 }, (_, at) => `x/${String(at).padStart(4, "0")}`);
    await Promise.all(keys.map((key) => objects.put(key, Uint8Array.of(1, 2))));
    await objects.put("y/other", Uint8Array.of(1));
    const found = [];
    for await (const listed of objects.list("x/")) found.push(listed);
    expect(found).toEqual(keys.map((key) => ({ key, bytes: 2 })));
  });

  it.each([
    ["nothing", [], 10],
    ["one piece", [4], 10],
    ["exactly one part", [6, 4], 10],
    ["parts cut across pieces", [3, 9, 1, 30, 2], 5 * 1_048_576],
  ])("writes %s and reads it back piece by piece", async (_, sizes, partBytes) => {
    const objects = await open({ partBytes });
    expect(await objects.writeIfAbsent("seg", inPieces(sizes))).toBe(true);
    const read: number[] = [];
    for await (const piece of (await objects.read("seg")) ?? []) read.push(...piece);
    expect(Uint8Array.from(read)).toEqual(lengths(sizes));
  });

  it("writes a large object in parts", async () => {
    const part = 5 * 1_048_576;
    const objects = await open({ partBytes: part });
    const sizes = [part - 1, 2, 17];
    await objects.writeIfAbsent("seg", inPieces(sizes));
    const bytes = (await objects.get("seg"))?.bytes ?? new Uint8Array(0);
    const expected = new Uint8Array(part + 18).fill(1);
    expected.fill(2, part - 1, part + 1).fill(3, part + 1);
    expect(bytes.length).toBe(expected.length);
    expect(equalBytes(bytes, expected)).toBe(true);
  });

  it("leaves nothing of an object whose last piece never came", async () => {
    const objects = await open({ partBytes: 5 * 1_048_576 });
    async function* broken() {
      yield* inPieces([6 * 1_048_576, 5 * 1_048_576]);
      throw new RangeError("no more pieces");
    }
    await expect(objects.writeIfAbsent("seg", broken())).rejects.toThrow("no more pieces");
    expect(await objects.get("seg")).toBeUndefined();
  });

  it("calls a bucket that does not exist a fault, not a miss", async () => {
    const objects = createS3Objects({ client: endpoint.s3(), bucket: "exos-nowhere" });
    await expect(objects.get("a")).rejects.toMatchObject({ code: "EXOS-E8102", retryable: false });
  });

  it("are opened once, by whoever asks for one first", async () => {
    const client = endpoint.s3();
    const bucket = await makeCityBucket(client);
    let opened = 0;
    const objects = lateS3Objects(bucket, async () => {
      opened++;
      return createS3Objects({ client, bucket });
    });
    expect([objects.bucket, opened]).toEqual([bucket, 0]);
    await Promise.all([objects.get("a"), objects.put("b", Uint8Array.of(1)), objects.delete("c")]);
    expect(opened).toBe(1);
  });
});

contractOn("s3-objects", FAUXQS_TRAITS, ({ needing }) => {
  needing("conditional-objects")("keeps the first of two", async () => {
    const objects = await open();
    expect(await objects.putIfAbsent("a", Uint8Array.of(1))).toBe(true);
    expect(await objects.putIfAbsent("a", Uint8Array.of(2))).toBe(false);
    expect((await objects.get("a"))?.bytes).toEqual(Uint8Array.of(1));
  });

  needing("conditional-objects", "conditional-deletes")("deletes only what was read", async () => {
    const objects = await open();
    await objects.put("a", Uint8Array.of(1));
    const read = await objects.get("a");
    await objects.put("a", Uint8Array.of(3));
    await objects.deleteIf("a", read?.etag ?? "");
    expect((await objects.get("a"))?.bytes).toEqual(Uint8Array.of(3));
  });
});
