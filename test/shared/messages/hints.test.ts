import { describe, expect, it } from "vitest";
import { acceptedHint, parseAcceptedHint } from "#shared/messages/accepted-hint.ts";
import { blockHint, parseBlockHint } from "#shared/messages/block-hint.ts";
import { parseTipHint, tipHint } from "#shared/messages/tip-hint.ts";
import type { HashHex } from "#shared/primitives/brand.ts";

const HASH = "ab".repeat(32) as HashHex;

describe("hints", () => {
  it("come through JSON unchanged", () => {
    const block = blockHint("connect", HASH);
    expect(parseBlockHint(JSON.parse(JSON.stringify(block)))).toEqual(block);
    const tip = tipHint({ rev: 3, height: 2, hash: HASH });
    expect(parseTipHint(JSON.parse(JSON.stringify(tip)))).toEqual(tip);
    const accepted = acceptedHint(HASH);
    expect(parseAcceptedHint(JSON.parse(JSON.stringify(accepted)))).toEqual(accepted);
  });

  it.each([
    ["a later version", { v: 2, kind: "block", hash: HASH }],
    ["an unknown kind", { v: 1, kind: "sale", hash: HASH }],
    ["a hash in capitals", { v: 1, kind: "block", hash: HASH.toUpperCase() }],
    ["a field too many", { v: 1, kind: "block", hash: HASH, height: 3 }],
    ["nothing", undefined],
  ])("that are %s are no block hints", (_, message) => {
    expect(parseBlockHint(message)).toBeUndefined();
  });

  it.each([
    ["a negative height", { v: 1, kind: "tip", rev: 1, height: -1, hash: HASH }],
    ["half a revision", { v: 1, kind: "tip", rev: 1.5, height: 1, hash: HASH }],
    ["a short hash", { v: 1, kind: "tip", rev: 1, height: 1, hash: "ab" }],
  ])("with %s are no tip hints", (_, message) => {
    expect(parseTipHint(message)).toBeUndefined();
  });

  it.each([
    ["a later version", { v: 2, kind: "accepted", txid: HASH }],
    ["a hash in capitals", { v: 1, kind: "accepted", txid: HASH.toUpperCase() }],
    ["a field too many", { v: 1, kind: "accepted", txid: HASH, fee: 1 }],
    ["a short hash", { v: 1, kind: "accepted", txid: "ab" }],
    ["another kind", { v: 1, kind: "block", txid: HASH }],
  ])("with %s are no accepted hints", (_, message) => {
    expect(parseAcceptedHint(message)).toBeUndefined();
  });
});
