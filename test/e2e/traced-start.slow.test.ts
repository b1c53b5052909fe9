import { expect, it } from "vitest";
import { startCli } from "../support/cli-process.ts";
import { README_LINES } from "../support/readme-lines.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { openTraceCollector } from "../support/trace-collector.ts";

const LINE = README_LINES.find((line) => line.includes(" --traces "));

/** As the README shows it, to a collector and with ports of its own. */
function wordsOf(endpoint: string): readonly string[] {
  const words = (LINE ?? "").replace(/^npm start -- /, "").replace(/http:\/\/\S+/, endpoint);
  return [...words.split(" "), "--datadir", temporaryFolder(), "--httpport", "0", "--rpcport", "0"];
}

it("a node that is told where to sends its traces, the last of them as it ends", async () => {
  await using collector = await openTraceCollector();
  await using node = startCli(wordsOf(collector.endpoint));
  const [, url] = await node.says(/API {7}(http:\S+)\/v1\/node/);
  const answer = await fetch(`${url}/v1/tip`);
  expect(answer.status).toBe(200);
  await answer.arrayBuffer();
  node.signal("SIGTERM");
  expect(await node.ended()).toMatchObject({ code: 0 });
  expect(collector.spans.map(({ name }) => name)).toContain("GET /v1/tip");
  expect(collector.spans[0]?.resource).toMatchObject({ "service.name": "exos-node" });
});

it("a node whose collector is not there, or never answers, answers and ends as any other", async () => {
  await using collector = await openTraceCollector();
  collector.answer("never");
  await using node = startCli(wordsOf(collector.endpoint));
  const [, url] = await node.says(/API {7}(http:\S+)\/v1\/node/);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  node.signal("SIGTERM");
  const { code, out, err } = await node.ended();
  expect(code).toBe(0);
  expect(`${out}${err}`.match(/EXOS-E8150/g)).toHaveLength(1);
  expect(collector.spans).toEqual([]);
});
