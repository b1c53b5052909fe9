import { hexToBytes } from "@noble/hashes/utils.js";
import { describe, expect, it } from "vitest";
import type { ChainFile } from "#services/validate/chain-file.ts";
import { createValidator } from "#services/validate/core.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { type HashHex, unixSeconds } from "#shared/primitives/brand.ts";
import { loadChain } from "../../support/chain-file.ts";
import { memoryValidator } from "../../support/memory-validator.ts";
import { loadVectors } from "../../support/vectors.ts";

interface Case {
  readonly via: string;
  readonly code: string;
  readonly parentHeight: number;
  readonly now: number;
  readonly block: string;
}

const judged = loadVectors<{ readonly cases: readonly Case[] }>("exos-regtest/blocks.json");
const odd = loadChain("exos-regtest/odd-chain.dat", 4);
const bad = judged?.cases.find(
  ({ via, code }) => via === "block" && code === "bad-txns-script-failed",
);

/** The chain up to the bad block's parent, then that block, by its length alone. */
function fileWith(blocks: readonly Uint8Array[]): ChainFile {
  const pieces = blocks.flatMap((block) => [new Uint32Array([block.length]), block]);
  const bytes = new Uint8Array(
    Buffer.concat(
      pieces.map((piece) => new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength)),
    ),
  );
  return {
    name: "blocks.bin",
    sizeBytes: bytes.length,
    read: async (offset, length) => bytes.slice(offset, offset + length),
  };
}

describe.skipIf(bad === undefined || odd === undefined)("a block with a bad script", () => {
  const { parentHeight = 0, now = 0, block = "" } = bad ?? {};
  const file = fileWith([...(odd ?? []).slice(0, parentHeight), hexToBytes(block)]);
  const run = async (assumeValid?: HashHex) => {
    const validator = createValidator(memoryValidator(exosRegtest, unixSeconds(now)));
    const options = assumeValid === undefined ? {} : { assumeValid };
    return { imported: await validator.importChain([file], options), tip: await validator.tip() };
  };

  it("is refused, unless the operator vouches for it; and one vouched for elsewhere helps nobody", async () => {
    const refused = await run();
    expect(refused.imported).toMatchObject({
      error: {
        code: "EXOS-E2002",
        fields: { code: "bad-txns-script-failed", height: parentHeight + 1 },
      },
    });
    expect(refused.tip.height).toBe(parentHeight);
    const hash = refused.imported.ok ? undefined : refused.imported.error.fields["hash"];

    const vouched = await run(String(hash) as HashHex);
    expect(vouched.imported).toMatchObject({ ok: true, value: { height: parentHeight + 1, hash } });
    expect((await run("ab".repeat(32) as HashHex)).imported).toMatchObject({ ok: false });
  });
});
