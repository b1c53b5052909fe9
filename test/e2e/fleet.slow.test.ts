import { expect, it } from "vitest";
import { runInProcess } from "../support/run-in-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { playFleet } from "./fleet-scenario.ts";

it("four cities of one process converge, are cut, heal and restart", async () => {
  const figures = await playFleet(temporaryFolder(), 4, [2, 2]);
  expect(figures.healMs).toBeGreaterThan(0);
  expect(figures.externalMs).toBeGreaterThan(0);
});

it("sizes that do not divide the cities are refused before anything is opened", async () => {
  const environment = { EXOS_DATADIR: temporaryFolder(), EXOS_HTTPPORT: "0", EXOS_RPCPORT: "0" };
  for (const [words, code] of [
    [["--cities", "14"], "EXOS-E0002"],
    [["--cities", "0"], "EXOS-E0002"],
    [["--cities", "3", "--partition", "1/3"], "EXOS-E8002"],
    [["--cities", "3", "--partition", "x"], "EXOS-E8002"],
    [["--partition", "1/1"], "EXOS-E8002"],
    [["partition"], "EXOS-E0002"],
    [["heal", "now"], "EXOS-E0002"],
  ] as const) {
    const { code: exit, err } = await runInProcess(["dev", ...words], { environment });
    expect({ words, exit, code: err.slice(0, 10) }).toEqual({ words, exit: 2, code });
  }
});
