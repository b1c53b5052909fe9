import { hexToBytes } from "@noble/hashes/utils.js";
import { describe, expect, it } from "vitest";
import type { EmbeddedNode } from "#services/cli/embedded/open-node.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { loadChain } from "../support/chain-file.ts";
import { loadJudgedCases } from "../support/judged-cases.ts";
import { importFile, openTestNode, temporaryFolder } from "../support/test-node.ts";
import { vectorsPath } from "../support/vectors.ts";

const COMMON_HEIGHT = 532;
const judged = loadJudgedCases();
const odd = loadChain("exos-regtest/odd-chain.dat", 4);
const path = vectorsPath("exos-regtest/odd-chain.dat");

/** What a case answers in the words of the vectors. */
async function submit(node: EmbeddedNode, block: Uint8Array): Promise<string> {
  const submission = await node.validator.submit(block);
  return submission.state === "judged" ? (submission.answer ?? "accepted") : "undecodable";
}

describe("blocks handed in", () => {
  it.skipIf(judged === undefined || odd === undefined)(
    "are answered as the reference judged them, in its order and by its clock",
    async () => {
      using folder = temporaryFolder();
      const clock = createSystemClock();
      await using node = await openTestNode(exosRegtest, folder.path, { clock });
      await importFile(node, path ?? "", { stopHeight: COMMON_HEIGHT });
      const stop = new AbortController();
      const running = node.run(stop.signal);

      const answers: Record<string, string> = {};
      const expected: Record<string, string> = {};
      const cases = judged?.filter(({ via }) => via === "block") ?? [];
      for (const { name, parentHeight, now, right, block } of cases) {
        clock.mock(unixSeconds(now));
        for (let at = (await node.tip()).height + 1; at <= parentHeight; at++) {
          const between = odd?.[at - 1];
          if (between !== undefined) expect(await submit(node, between), `${at}`).toBe("accepted");
        }
        const answer = await submit(node, hexToBytes(block));
        answers[name] = answer;
        expected[name] = right.includes(answer) ? answer : right.join(" or ");
      }
      expect(answers).toEqual(expected);
      expect(cases.length).toBeGreaterThan(100);

      stop.abort();
      await running;
    },
  );
});
