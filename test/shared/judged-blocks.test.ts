import { describe, expect, it } from "vitest";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import {
  decodeProvenHeader,
  type ProvenHeader,
  provenHeaderOf,
} from "#shared/codec/proven-header.ts";
import { judgeBlockHeader } from "#shared/consensus/judge-header.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { Block } from "#shared/primitives/block.ts";
import { fromHex } from "#shared/primitives/hex.ts";
import { loadChain } from "../support/chain-file.ts";
import { type JudgedCase, loadJudgedCases } from "../support/judged-cases.ts";
import { reportVectors } from "../support/vector-report.ts";
import { JudgedChain } from "../support/whole-judge.ts";

const { wire } = exosRegtest.consensus;
const cases = loadJudgedCases();
const raws = loadChain("exos-regtest/odd-chain.dat", 4);

function blockOf(raw: Uint8Array): Block {
  const decoded = decodeBlock(raw, wire);
  if (!decoded.ok) throw decoded.error;
  return decoded.value;
}

/**
 * What the header was announced with, where that was not built from the block itself. The blocks of
 * two cases were delivered with another signature than their header had been announced with; the
 * honest one is that of a third, less the byte appended there.
 */
function provenOf({ name, block, provenHeader }: JudgedCase): ProvenHeader | undefined {
  if (name.startsWith("integrity: PoS block delivered with")) {
    const trailing = cases?.find((row) => row.name === "integrity: signature with trailing byte");
    const { signature } = blockOf(fromHex(trailing?.block ?? ""));
    return provenHeaderOf({ ...blockOf(fromHex(block)), signature: signature.slice(0, -1) });
  }
  if (provenHeader === undefined) return undefined;
  const decoded = decodeProvenHeader(fromHex(provenHeader), wire);
  if (!decoded.ok) throw decoded.error;
  return decoded.value;
}

/** The odd chain up to a height; that each of its blocks is right, another suite shows. */
function advance(chain: JudgedChain, height: number): void {
  for (const raw of (raws ?? []).slice(chain.tip.height, height)) chain.append(blockOf(raw));
}

describe.skipIf(cases === undefined || raws === undefined)("blocks.json", () => {
  const chain = new JudgedChain(exosRegtest);
  const judged = (cases ?? []).filter(({ via }) => via !== "p2p");

  it("has the cases that are told apart here", () => {
    expect(cases?.length).toBe(158);
    expect(judged.length).toBe(147);
    reportVectors({
      name: "exos-regtest/blocks.json",
      run: judged.length,
      skipped: { count: 11, reason: "via p2p: shown over sockets, in the row below" },
    });
  });

  it.each(judged.map((row, index) => ({ ...row, index })))("$index $name", (row) => {
    advance(chain, row.parentHeight);
    expect(chain.tip.hash).toBe(row.parent);
    const verdict = chain.offer(blockOf(fromHex(row.block)), row.now, provenOf(row));
    const code = verdict?.code ?? "accepted";
    expect(row.right).toContain(code);
    if (code === row.code && verdict !== undefined) expect(verdict.stage).toBe(row.stage);
    if (row.code === "reference-crash") expect(verdict?.stage).toBe(row.stage);
  });
});

/**
 * What the judge says of the blocks whose fault lies in how they were sent: nothing that condemns
 * an honest hash. Where it says nothing the block is right, and a peer's manners are at fault.
 */
const SENT: readonly (readonly [string, string | undefined, string | undefined])[] = [
  ["header: unknown previous block", "proven-header-invalid-previous-header", "unknown"],
  ["header: announced with a legacy headers message", undefined, undefined],
  ["header: coinstake of an unknown coin", "read-txPrev-failed-insufficient", "unknown"],
  // The reference waits for the output for ever; the parent's own view shows that it never was.
  [
    "header: coinstake output index out of range",
    "verify-signature-failed-on-coinstake",
    "invalid",
  ],
  ["header: proven header, coinstake over 1,000,000 bytes", undefined, undefined],
  ["header: two headers that do not link", undefined, undefined],
  ["header: 2001 headers in one message", undefined, undefined],
  ["header: child of a rejected header", "proven-header-invalid-previous-header", "unknown"],
  ["again: the same block once more", undefined, undefined],
  ["again: child of the rejected block", "proven-header-invalid-previous-header", "unknown"],
  ["wedge: same, announced honestly", "bad-block-signature", "bytes"],
];

describe.skipIf(cases === undefined || raws === undefined)("blocks.json over P2P", () => {
  const chain = new JudgedChain(exosRegtest);
  const sent = (cases ?? []).filter(({ via }) => via === "p2p");

  it("has the cases that are listed here", () => {
    expect(sent.map(({ name }) => name)).toEqual(SENT.map(([name]) => name));
  });

  it.each(SENT)("%s: header %s", (name, code, effect) => {
    const row = sent.find((one) => one.name === name);
    if (row === undefined) throw new Error(`no case ${name}`);
    advance(chain, row.parentHeight);
    const found = judgeBlockHeader(blockOf(fromHex(row.block)), chain.env(row.now));
    expect(found?.code).toBe(code);
    expect(found?.effect).toBe(effect);
  });
});
