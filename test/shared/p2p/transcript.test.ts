import { readFileSync } from "node:fs";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { describe, expect, it } from "vitest";
import { decodePing } from "#shared/codec/messages/ping.ts";
import { decodeVersion } from "#shared/codec/messages/version-message.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { hash256 } from "#shared/crypto/hashes.ts";
import type { Result } from "#shared/primitives/result.ts";
import { loadChain } from "../../support/chain-file.ts";
import { PeerDriver } from "../../support/peer-driver.ts";
import { ServedChain } from "../../support/served-chain.ts";
import { reportVectors } from "../../support/vector-report.ts";
import { vectorsPath } from "../../support/vectors.ts";

interface Line {
  readonly dir: "open" | "in" | "out";
  readonly cmd: string;
  readonly len: number;
  readonly hex: string;
  readonly sha256?: string;
}

/** What of each command and direction the recording kept. */
const RECORDED_MAX = 12;

const path = vectorsPath("exos-regtest/transcript.jsonl");
const raws = loadChain("exos-regtest/chain.dat", 4);

function linesOf(file: string): Line[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line): Line => JSON.parse(line));
}

/** The sessions one after another, each from its "open" on. */
function sessionsOf(lines: readonly Line[]): Line[][] {
  const sessions: Line[][] = [];
  for (const line of lines) {
    if (line.dir === "open") sessions.push([]);
    else sessions.at(-1)?.push(line);
  }
  return sessions;
}

function decodedOf<T>(decoded: Result<T, Error>): T {
  if (!decoded.ok) throw decoded.error;
  return decoded.value;
}

function payloadOf(lines: readonly Line[], command: string): Uint8Array {
  const line = lines.find(({ dir, cmd }) => dir === "in" && cmd === command);
  return hexToBytes(line?.hex ?? "");
}

/** A message as the recording has it: whole, or by its double SHA-256 where it was cut. */
function record(command: string, payload: Uint8Array): string {
  const kept = payload.length > 30_000 ? bytesToHex(hash256(payload)) : bytesToHex(payload);
  return `${command} ${payload.length} ${kept}`;
}

describe.skipIf(path === undefined || raws === undefined)("the recorded sessions", () => {
  const lines = linesOf(path ?? "/dev/null");
  const chain = new ServedChain(exosRegtest, raws ?? []);

  it("are answered byte for byte as the reference answered", () => {
    const counts = new Map<string, number>();
    for (const session of sessionsOf(lines)) {
      const theirs = decodedOf(decodeVersion(payloadOf(session, "version")));
      const driver = new PeerDriver(
        {
          network: exosRegtest,
          chain,
          height: theirs.startHeight,
          time: Number(theirs.time),
        },
        {
          services: theirs.services,
          userAgent: theirs.userAgent,
          nonce: theirs.nonce,
          local: theirs.sender,
          remote: theirs.receiver,
          pingNonce: decodedOf(decodePing(payloadOf(session, "ping"))) - 1n,
        },
      );
      for (const { dir, cmd, hex } of session) {
        if (dir === "out") driver.message(cmd, hexToBytes(hex));
      }
      const sent = driver.sent.flatMap(({ command, payload }) => {
        const count = (counts.get(command) ?? 0) + 1;
        counts.set(command, count);
        return count > RECORDED_MAX ? [] : [record(command, payload)];
      });
      const recorded = session
        .filter(({ dir }) => dir === "in")
        .map(({ cmd, len, hex, sha256: hash }) => `${cmd} ${len} ${hash ?? hex}`);
      expect(sent, `at height ${theirs.startHeight}`).toEqual(recorded);
      expect(driver.end).toBeUndefined();
    }
    reportVectors({ name: "exos-regtest/transcript.jsonl", run: lines.length });
  });
});
