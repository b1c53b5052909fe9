import { describe, expect, it } from "vitest";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { hashTransaction } from "#shared/codec/decode-transaction.ts";
import { encodeHeader, hashHeader } from "#shared/codec/header.ts";
import { encodeHeaders, encodeProvenHeaders } from "#shared/codec/messages/headers.ts";
import { decodeInventory } from "#shared/codec/messages/inventory.ts";
import {
  decodeProvenHeader,
  type ProvenHeader,
  provenHeaderOf,
} from "#shared/codec/proven-header.ts";
import { hashNumber } from "#shared/consensus/hash-number.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { x13 } from "#shared/crypto/x13.ts";
import { amount, type Hash256, unixSeconds } from "#shared/primitives/brand.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { fromHex } from "#shared/primitives/hex.ts";
import { loadChain } from "../support/chain-file.ts";
import { type JudgedCase, loadJudgedCases } from "../support/judged-cases.ts";
import { openPeerNode, type PeerNode } from "../support/peer-node.ts";
import { importFile, temporaryFolder } from "../support/test-node.ts";
import { reportVectors } from "../support/vector-report.ts";
import { vectorsPath } from "../support/vectors.ts";
import { WirePeer } from "../support/wire-peer.ts";

const COMMON_HEIGHT = 532;
const QUIET_MS = 120;
const { wire } = exosRegtest.consensus;
const judged = loadJudgedCases();
const odd = loadChain("exos-regtest/odd-chain.dat", 4);
const path = vectorsPath("exos-regtest/odd-chain.dat");

function provenOf(block: Uint8Array): ProvenHeader {
  const decoded = decodeBlock(block, wire);
  const proven = decoded.ok ? provenHeaderOf(decoded.value) : undefined;
  if (proven === undefined) throw new RangeError("no block");
  return proven;
}

/** The same proven header whose coinstake has more than a million bytes. */
function swollen(proven: ProvenHeader): ProvenHeader {
  const { coinstake } = proven;
  const large = { value: amount(0n), scriptPubKey: new Uint8Array(1_000_000) };
  return {
    ...proven,
    coinstake: hashTransaction({ ...coinstake, outputs: [...coinstake.outputs, large] }, wire),
  };
}

/** A header whose work misses the target, and a child of it. */
function badParentAndChild(proven: ProvenHeader): ProvenHeader[] {
  let { header } = provenOf(odd?.[568] ?? new Uint8Array());
  for (;;) {
    const fields = { ...header, nonce: header.nonce + 1 };
    header = { ...fields, bytes: encodeHeader(fields) };
    if (hashNumber(x13(header.bytes)) >> 255n === 1n) break;
  }
  const parent = { ...proven, header, hash: hashHeader(header, wire) };
  const fields = { ...proven.header, prev: parent.hash };
  const child = { ...fields, bytes: encodeHeader(fields) };
  return [parent, { ...proven, header: child, hash: hashHeader(child, wire) }];
}

/** How each case of `p2p` is sent; every other announces its block by the header built from it. */
const SENT: Readonly<Record<string, (proven: ProvenHeader) => [string, Uint8Array]>> = {
  "header: announced with a legacy headers message": ({ header }) => [
    "headers",
    encodeHeaders([header], wire),
  ],
  "header: proven header, coinstake over 1,000,000 bytes": (proven) => [
    "provhdr",
    encodeProvenHeaders([swollen(proven)]),
  ],
  "header: two headers that do not link": (proven) => [
    "provhdr",
    encodeProvenHeaders([proven, proven]),
  ],
  "header: 2001 headers in one message": (proven) => [
    "provhdr",
    encodeProvenHeaders(new Array<ProvenHeader>(2_001).fill(proven)),
  ],
  "header: child of a rejected header": (proven) => [
    "provhdr",
    encodeProvenHeaders(badParentAndChild(proven)),
  ],
};

/** Ends that have a name of their own in the vectors. */
const ENDS: Readonly<Record<string, string>> = {
  "headers do not follow one another": "nonconsecutive-headers",
  "more than 2000 headers": "protocol-violation",
};

/**
 * Where our answer is right and not the recorded one, so that what the reference did to the peer
 * says nothing: ours is banned as for any other bad block.
 */
const OWN_ANSWERS: Readonly<Record<string, string>> = {
  "full: OP_RETURN output of an earlier block spent":
    "its coin is missing here, its script fails there",
  "full: OP_RETURN output of the same block spent":
    "its coin is missing here, its script fails there",
  "partial: output sum overflows": "its worker for partial validation died of the overflow",
  "wedge: coinbase output sum overflows": "its worker for partial validation died of the overflow",
  "wedge: coinstake output 1 P2PK with a point off the curve": "its message handler threw",
};

function announcementOf({ name, block, provenHeader }: JudgedCase): [string, Uint8Array] {
  const given =
    provenHeader === undefined ? undefined : decodeProvenHeader(fromHex(provenHeader), wire);
  const proven = given?.ok === true ? given.value : provenOf(fromHex(block));
  return SENT[name]?.(proven) ?? ["provhdr", encodeProvenHeaders([proven])];
}

interface Answer {
  readonly code: string;
  readonly banned: boolean;
}

/** Announce a block, deliver it when it is asked for, and see what becomes of it and of us. */
async function offer(node: PeerNode, one: JudgedCase): Promise<Answer> {
  using peer = await WirePeer.dial(exosRegtest, node.endpoint);
  const before = node.ends.length;
  const block = fromHex(one.block);
  const decoded = decodeBlock(block, wire);
  const hash: Hash256 | undefined = decoded.ok ? decoded.value.hash : undefined;
  peer.send(...announcementOf(one));
  const asks = (payload: Uint8Array): boolean => {
    const items = decodeInventory(payload);
    return (
      items.ok && hash !== undefined && items.value.some((item) => equalBytes(item.hash, hash))
    );
  };
  const deliver = async (): Promise<void> => {
    if ((await peer.next("getdata", asks)) !== undefined) peer.send("block", block);
  };
  void deliver();
  let quietSince = performance.now();
  let tip = "";
  await node.until(async () => {
    tip = (await node.node.tip()).hash;
    if (node.ends.length > before || (hash !== undefined && tip === toHashHex(hash))) return true;
    if (one.right[0] !== "ignored") quietSince = performance.now();
    return performance.now() - quietSince > QUIET_MS;
  });
  const end = node.ends[before];
  if (end === undefined) {
    const accepted = hash !== undefined && tip === toHashHex(hash);
    return { code: accepted ? "accepted" : "ignored", banned: false };
  }
  const code = ENDS[end.reason] ?? end.detail.replace(/^(\S+).*$/s, "$1");
  return { code, banned: end.kind === "ban" };
}

describe("blocks offered by peers", () => {
  it.skipIf(judged === undefined || odd === undefined)(
    "are answered as the reference judged them, and who offers a bad one is banned",
    async () => {
      using folder = temporaryFolder();
      const clock = createSystemClock();
      await using node = await openPeerNode(exosRegtest, folder.path, { clock });
      await importFile(node.node, path ?? "", { stopHeight: COMMON_HEIGHT });
      await node.ingest.tipMoved();

      const answers: Record<string, Answer> = {};
      const expected: Record<string, Answer> = {};
      for (const one of judged ?? []) {
        clock.mock(unixSeconds(one.now));
        for (let at = (await node.node.tip()).height + 1; at <= one.parentHeight; at++) {
          await node.node.validator.submit(odd?.[at - 1] ?? new Uint8Array());
        }
        await node.ingest.tipMoved();
        const answer = await offer(node, one);
        answers[one.name] = answer;
        const code = one.right.includes(answer.code) ? answer.code : one.right.join(" or ");
        expected[one.name] = {
          code,
          banned: one.name in OWN_ANSWERS || one.banned,
        };
      }
      expect(answers).toEqual(expected);
      const own = judged?.filter(({ name, code }) => answers[name]?.code !== code) ?? [];
      expect(own.map(({ name }) => name).sort()).toEqual(Object.keys(OWN_ANSWERS).sort());
      const run = Object.keys(answers).length;
      reportVectors({ name: "exos-regtest/blocks.json (by P2P)", run });
    },
  );
});
