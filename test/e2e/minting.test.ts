import { describe, expect, it } from "vitest";
import { openDevelopmentNode } from "../support/development-node.ts";
import { runInProcess } from "../support/run-in-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** A node that mints nothing for so long, on however busy a machine, never will. */
const FIRST_BLOCK_MS_MAX = 240_000;
/** The last block that is mined before anybody stakes. */
const MINED_HEIGHT = 12;
const LOOK_MS = 100;

describe("a development node", () => {
  it("mints by stake, says how it stakes, and stops when told", async () => {
    const startedMs = performance.now();
    await using node = await openDevelopmentNode(temporaryFolder());
    const { environment, httpPort } = node;
    const tip = async () => {
      const answer = await fetch(`http://127.0.0.1:${httpPort}/v1/tip`);
      return (await answer.json()) as { readonly height: number; readonly hash: string };
    };
    while ((await tip()).height <= MINED_HEIGHT) {
      if (performance.now() - startedMs > FIRST_BLOCK_MS_MAX) throw new RangeError("no block");
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    const { hash } = await tip();
    const block = await fetch(`http://127.0.0.1:${httpPort}/v1/blocks/${hash}`);
    expect(await block.json()).toMatchObject({ proof: "stake" });

    const said = async (words: string) => runInProcess(words.split(" "), { environment });
    expect(await said("stake why")).toMatchObject({
      code: 0,
      out: expect.stringMatching(
        /^searching: Kernels are tried; .*\n[\s\S]*\nwon: Block 13 won 1\./,
      ),
    });
    expect(await said("stake status --json")).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\{"schema":"exos\.stake\.v1","enabled":true,.*\}\n$/),
    });
    const split = await said("rpc splitcoins 7500000 3");
    expect(split).toMatchObject({ code: 0, out: expect.stringMatching(/^[0-9a-f]{64}\n$/) });
    const entry = await said(`rpc getrawtransaction ${split.out.trim()} 1`);
    expect(entry.out.match(/2500000\.00000000/g)).toHaveLength(3);
    expect(await said("rpc splitcoins 0 3")).toMatchObject({ code: 2 });
    expect(await said("stake stop")).toMatchObject({ out: expect.stringMatching(/^off: /) });
    expect(await said("stake start")).toMatchObject({ out: expect.stringMatching(/^searching: /) });
    expect(await said("stake twice")).toMatchObject({ code: 2 });
  });
});
