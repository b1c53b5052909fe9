import { describe, expect, it } from "vitest";
import { type ChainFile, detectFraming, readChainFile } from "#services/validate/chain-file.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { stratis } from "#shared/consensus/networks/stratis.ts";

/** A file of these pieces, in memory. */
function fileOf(...pieces: readonly (Uint8Array | readonly number[])[]): ChainFile {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return {
    name: "blocks.dat",
    sizeBytes: bytes.length,
    read: async (offset, length) => bytes.slice(offset, offset + length),
  };
}

const block = (length: number, fill: number) => new Uint8Array(length).fill(fill);
const u32 = (value: number) => new Uint8Array(new Uint32Array([value]).buffer);
function framed(body: Uint8Array): Uint8Array {
  return Uint8Array.from([...exosRegtest.magic, ...u32(body.length), ...body]);
}

async function readAll(file: ChainFile, kind: "magic" | "length" = "magic", from = 0) {
  const sizes: number[] = [];
  for await (const slice of readChainFile(file, { kind, magic: exosRegtest.magic }, from)) {
    if (!slice.ok) {
      return { sizes, refused: slice.error.code, offset: slice.error.fields["offset"] };
    }
    sizes.push(...slice.value.map((record) => record.block.length));
  }
  return { sizes };
}

describe("a chain file", () => {
  it("is read block by block, with the magic or the length alone before each", async () => {
    const withMagic = fileOf(framed(block(81, 1)), framed(block(200, 2)));
    expect(await readAll(withMagic)).toEqual({ sizes: [81, 200] });
    const lengthAlone = fileOf(u32(81), block(81, 1), u32(90), block(90, 2));
    expect(await readAll(lengthAlone, "length")).toEqual({ sizes: [81, 90] });
  });

  it("gives blocks larger than its slices, and goes on from any frame", async () => {
    const file = fileOf(framed(block(100, 1)), framed(block(3_000_000, 2)), framed(block(90, 3)));
    expect(await readAll(file)).toEqual({ sizes: [100, 3_000_000, 90] });
    expect(await readAll(file, "magic", 108)).toEqual({ sizes: [3_000_000, 90] });
  });

  it("may end in zeros that some program allocated ahead, with no block behind them", async () => {
    const zeros = new Uint8Array(2_500_000);
    expect(await readAll(fileOf(framed(block(81, 1)), zeros))).toEqual({ sizes: [81] });
    expect(await readAll(fileOf(framed(block(81, 1)), new Uint8Array(3)))).toEqual({ sizes: [81] });
    const hidden = fileOf(framed(block(81, 1)), new Uint8Array(20), framed(block(81, 2)));
    expect(await readAll(hidden)).toEqual({ sizes: [81], refused: "EXOS-E2010", offset: 89 });
  });

  it.each([1, 7, 8, 9, 88])("that ends %i bytes into a block is refused there", async (kept) => {
    const file = fileOf(framed(block(81, 1)), framed(block(81, 2)).slice(0, kept));
    expect(await readAll(file)).toEqual({ sizes: [81], refused: "EXOS-E2004", offset: 89 });
  });

  it.each([
    ["a foreign magic", [...stratis.magic, ...u32(81), ...block(81, 2)]],
    ["a length below the smallest block", [...exosRegtest.magic, ...u32(80), ...block(80, 2)]],
    ["a length above the largest", [...exosRegtest.magic, ...u32(4_194_305), ...block(90, 2)]],
  ])("with %s in the middle is refused there", async (_, piece) => {
    const file = fileOf(framed(block(81, 1)), piece);
    expect(await readAll(file)).toEqual({ sizes: [81], refused: "EXOS-E2010", offset: 89 });
  });
});

describe("detectFraming", () => {
  it.each([
    ["the magic", fileOf(framed(block(81, 1))), "magic"],
    ["a length alone", fileOf(u32(81), block(81, 1)), "length"],
  ])("knows %s", async (_, file, framing) => {
    expect(await detectFraming(file, exosRegtest)).toEqual({ ok: true, value: framing });
  });

  it.each([
    ["an empty file", fileOf(), "EXOS-E2006"],
    ["the magic of another network", fileOf(stratis.magic, u32(81), block(81, 1)), "EXOS-E2005"],
    ["text", fileOf(new TextEncoder().encode("hello, world")), "EXOS-E2006"],
  ])("refuses %s", async (_, file, code) => {
    const framing = await detectFraming(file, exosRegtest);
    expect(framing).toMatchObject({ ok: false, error: { code, fields: { file: "blocks.dat" } } });
  });
});
