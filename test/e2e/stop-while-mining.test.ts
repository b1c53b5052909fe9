import { expect, it } from "vitest";
import { controlOf } from "#services/cli/embedded/node-control.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { mineChain } from "../support/mine.ts";
import { openTestNode, temporaryFolder } from "../support/test-node.ts";

const SCRIPT = Uint8Array.of(0x51);

it("a block handed in when nobody connects any more is answered, kept and connected at the next start", async () => {
  using folder = temporaryFolder();
  const [first, second] = await mineChain(genesisRecord(exosRegtest), 2, {
    script: SCRIPT,
    network: exosRegtest,
  });
  if (first === undefined || second === undefined) throw new RangeError("nothing was mined");
  {
    await using node = await openTestNode(exosRegtest, folder.path);
    const stop = new AbortController();
    const running = node.run(stop.signal);
    expect(await node.validator.submit(first.bytes)).toMatchObject({ answer: null });
    const late = node.validator.submit(second.bytes);
    stop.abort();
    await running;
    const { hash } = second.record;
    expect(["inconclusive", null]).toContain(
      await late.then((answer) => (answer.state === "judged" ? answer.answer : answer.state)),
    );
    expect(await node.validator.submit(second.bytes)).toMatchObject({ hash, answer: "duplicate" });
    const third = (await mineChain(second.record, 1, { script: SCRIPT, network: exosRegtest }))[0];
    if (third === undefined) throw new RangeError("nothing was mined");
    expect(await node.validator.submit(third.bytes)).toMatchObject({ answer: "inconclusive" });
  }
  await using node = await openTestNode(exosRegtest, folder.path);
  const stop = new AbortController();
  const running = node.run(stop.signal);
  while ((await node.tip()).height < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  stop.abort();
  await running;
});

it("mining ends with the blocks that it has when a stop begins", async () => {
  using folder = temporaryFolder();
  await using node = await openTestNode(exosRegtest, folder.path);
  const stop = new AbortController();
  const running = node.run(stop.signal);
  const options = { rewardScript: SCRIPT, stop: () => stop.abort(), stopped: stop.signal };
  const mining = controlOf(node, options).development?.generate(10_000, SCRIPT);
  while ((await node.tip()).height < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  stop.abort();
  await running;
  const mined = await mining;
  if (mined?.ok !== true) throw new RangeError(mined?.error.message ?? "no development network");
  expect(mined.value.length).toBeGreaterThanOrEqual(2);
  expect(mined.value.length).toBeLessThan(10_000);
});
