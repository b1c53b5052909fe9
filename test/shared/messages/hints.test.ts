import { describe, expect, it } from "vitest";
import { acceptedHint, parseAcceptedHint } from "#shared/messages/accepted-hint.ts";
import { badHint } from "#shared/messages/bad-hint.ts";
import { blockHint } from "#shared/messages/block-hint.ts";
import { moreHint } from "#shared/messages/more-hint.ts";
import { parseBlockHint } from "#shared/messages/parse-block-hint.ts";
import { parseTransactionHint } from "#shared/messages/parse-transaction-hint.ts";
import { readAnnounceHint, readConnectHint } from "#shared/messages/queue-hints.ts";
import { readHint, writeHint } from "#shared/messages/read-hint.ts";
import { tickHint } from "#shared/messages/tick-hint.ts";
import { parseTipHint, tipHint } from "#shared/messages/tip-hint.ts";
import { transactionHint } from "#shared/messages/transaction-hint.ts";
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

describe("a queue's text", () => {
  it.each([blockHint("connect", HASH), tickHint(), moreHint(12)])(
    "of connect is read: %j",
    (hint) => {
      expect(readConnectHint(writeHint(hint))).toEqual(hint);
      expect(readAnnounceHint(writeHint(hint))).toBeUndefined();
    },
  );

  it.each([
    tipHint({ rev: 3, height: 2, hash: HASH }),
    acceptedHint(HASH),
    badHint({ hash: HASH, code: "bad-cs-amount", peer: "10.1" }),
    badHint({ hash: HASH, code: "bad-txnmrklroot" }),
  ])("of announce is read: %j", (hint) => {
    expect(readAnnounceHint(writeHint(hint))).toEqual(hint);
    expect(readConnectHint(writeHint(hint))).toBeUndefined();
  });

  it("of transactions is read", () => {
    const hint = transactionHint(HASH);
    expect(readHint(writeHint(hint), [parseTransactionHint])).toEqual(hint);
  });

  it.each([
    ["no JSON", "{"],
    ["no object", "null"],
    ["a revision below zero", '{"v":1,"kind":"more","rev":-1}'],
    ["a revision that is half", '{"v":1,"kind":"more","rev":0.5}'],
    ["a later version", '{"v":2,"kind":"tick"}'],
    ["a field too many", '{"v":1,"kind":"tick","rev":1}'],
    ["a hash in capitals", `{"v":1,"kind":"bad","hash":"${HASH.toUpperCase()}","code":"x"}`],
    ["a code without end", `{"v":1,"kind":"bad","hash":"${HASH}","code":"${"x".repeat(65)}"}`],
    ["no code", `{"v":1,"kind":"bad","hash":"${HASH}","code":""}`],
    ["a short id", '{"v":1,"kind":"transaction","txid":"ab"}'],
  ])("that holds %s is no hint", (_, text) => {
    expect(readConnectHint(text)).toBeUndefined();
    expect(readAnnounceHint(text)).toBeUndefined();
    expect(readHint(text, [parseTransactionHint])).toBeUndefined();
  });

  it("is at most 1,024 bytes, sent or received", () => {
    const tick = JSON.stringify(tickHint());
    expect(readConnectHint(tick.padEnd(1_024))).toEqual(tickHint());
    expect(readConnectHint(tick.padEnd(1_025))).toBeUndefined();
    expect(writeHint("x".repeat(1_022))).toHaveLength(1_024);
    expect(() => writeHint("x".repeat(1_023))).toThrow(RangeError);
  });
});
