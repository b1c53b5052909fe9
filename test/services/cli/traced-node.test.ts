import { expect, it } from "vitest";
import { openNode } from "#services/cli/embedded/open-node.ts";
import { readConfig } from "#services/cli/read-config.ts";
import { traceSettingsOf } from "#services/cli/trace-settings-of.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { forkedChain } from "../../support/forked-chain.ts";
import { temporaryFolder } from "../../support/test-node.ts";
import { openTraceCollector } from "../../support/trace-collector.ts";

const settingsOf = (environment: Readonly<Record<string, string>>) =>
  traceSettingsOf(readConfig({ flags: [], environment }), "local");

it("follows a block of one's own node from the store to the pool, and tells the rest at its end", async () => {
  await using collector = await openTraceCollector();
  using folder = temporaryFolder();
  const environment = { EXOS_TRACES: collector.endpoint, EXOS_TRACES_PERCENT: "100" };
  const traces = settingsOf({ EXOS_NETWORK: "exos-regtest", ...environment });
  const stop = new AbortController();
  {
    const log = createMemoryLog();
    await using node = await openNode({
      network: exosRegtest,
      root: folder.path,
      log,
      jobs: 0,
      traces,
    });
    const running = node.run(stop.signal);
    const [first] = forkedChain().trunk;
    if (first === undefined) throw new RangeError("no block");
    await node.validator.accept(first.bytes);
    await expect.poll(async () => (await node.tip()).hash).toBe(first.record.hash);
    stop.abort();
    await running;
  }
  const named = (name: string) => collector.spans.find((span) => span.name === name);
  const [sent, connected] = [named("send connect"), named("process connect")];
  expect(sent).toMatchObject({ kind: 4, parentSpanId: undefined });
  expect(connected).toMatchObject({ kind: 5, traceId: sent?.traceId, parentSpanId: sent?.spanId });
  expect(connected?.attributes).toMatchObject({
    "messaging.destination.name": "connect",
    "messaging.operation.type": "process",
  });
  expect(named("send pool")?.parentSpanId).toBe(connected?.spanId);
  expect(connected?.resource).toMatchObject({
    "service.name": "exos-node",
    "exos.network": "exos-regtest",
    "exos.city": "local",
  });
});

it("traces nothing unless told where to, one of a hundred unless told how many", () => {
  expect(settingsOf({})).toBeUndefined();
  expect(settingsOf({ EXOS_TRACES_PERCENT: "50" })).toBeUndefined();
  expect(settingsOf({ EXOS_TRACES: "https://[::1]:4318/base/" })).toMatchObject({ percent: 1 });
  expect(() => settingsOf({ EXOS_TRACESPERCENT: "101" })).toThrow("0 to 100");
});

it.each([
  "127.0.0.1:4318",
  "ftp://a",
  "http://user:word@a",
  "http://a/?key=1",
  "http://",
  "http://a b",
])("refuses %s for an endpoint", (endpoint) => {
  expect(() => settingsOf({ EXOS_TRACES: endpoint })).toThrow(/^traces: /);
});
