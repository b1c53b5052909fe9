import { describe, expect, it } from "vitest";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { encodeBlock } from "#shared/codec/encode-block.ts";
import { provenHeaderOf } from "#shared/codec/proven-header.ts";
import { judgeFull } from "#shared/consensus/judge-full.ts";
import { judgeBlockHeader, judgeHeader } from "#shared/consensus/judge-header.ts";
import { judgeIntegrity } from "#shared/consensus/judge-integrity.ts";
import { judgePartial } from "#shared/consensus/judge-partial.ts";
import { bitcoinRegtest } from "#shared/consensus/networks/bitcoin-regtest.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { CONSENSUS_CODES } from "#shared/consensus/verdict.ts";
import type { Block } from "#shared/primitives/block.ts";
import { pay } from "../support/provoke.ts";
import { RichChain } from "../support/rich-chain.ts";
import { createSeededRandom } from "../support/seeded-random.ts";
import { runJob } from "../support/whole-judge.ts";

const ROUNDS = 600;

/** Every stage of a block whatever the others say, as far as each can be asked. */
function codesOf(block: Block, chain: RichChain): readonly string[] {
  const env = chain.env(chain.now);
  const proven = provenHeaderOf(block);
  const full = judgeFull(block, env);
  const verdicts = [
    judgeBlockHeader(block, env),
    proven === undefined ? undefined : judgeHeader(proven, env),
    judgeIntegrity(block, env.params),
    judgePartial(block, env),
    full.ok ? full.settle(full.scripts.map((job) => runJob(job, env.params))) : full.error,
  ];
  return verdicts.flatMap((verdict) => (verdict === undefined ? [] : [verdict.code]));
}

describe("the judge", () => {
  it.each([
    ["exos-regtest", exosRegtest],
    ["bitcoin-regtest", bitcoinRegtest],
  ])("of %s answers whatever bytes decode, and never throws", (_name, network) => {
    const random = createSeededRandom(20_261_121);
    const chain = new RichChain(network);
    const { wire, stake } = network.consensus;
    const transactions = [pay(chain), pay(chain)];
    const blocks = [chain.work({ transactions })];
    if (stake !== undefined) blocks.push(chain.stake({ transactions }));
    const honest = blocks.map((block) => encodeBlock(block, wire));
    let judged = 0;
    const seen = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) {
      const bytes = (honest[round % honest.length] ?? new Uint8Array(0)).slice();
      for (let flips = random.below(3); flips >= 0; flips--) {
        bytes[random.below(bytes.length)] = random.below(256);
      }
      const decoded = decodeBlock(bytes, wire);
      if (!decoded.ok) continue;
      judged++;
      for (const code of codesOf(decoded.value, chain)) seen.add(code);
    }
    for (const code of seen) expect(code in CONSENSUS_CODES).toBe(true);
    expect(judged).toBeGreaterThan(ROUNDS / 3);
    expect(seen.size).toBeGreaterThan(8);
  });
});
