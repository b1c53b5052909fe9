/** `node test/e2e/fleet.ts [CITIES FIRST SECOND]`: a fleet in one process, with what it measured. */
import { mkdtempDisposableSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { playFleet } from "./fleet-scenario.ts";

/** What thirteen cities may take to the same tip: printed, since no time fails a run. @source cloud.md 16 (6) */
const CONVERGE_MS_BAR = 10_000;

const [cities = 13, first = 6, second = 7] = process.argv.slice(2).map(Number);
using folder = mkdtempDisposableSync(join(tmpdir(), "exos-fleet-"));
const figures = await playFleet(folder.path, cities, [first, second]);
const seconds = (milliseconds: number) => `${(milliseconds / 1_000).toFixed(1)} s`;
const isMet = figures.convergeMs < CONVERGE_MS_BAR;
const resident = Math.round(process.memoryUsage().rss / 1_048_576);
process.stdout.write(
  `${cities} nodes: answering ${seconds(figures.readyMs)} after the start, on one tip of 200 blocks ` +
    `after ${seconds(figures.convergeMs)} (bar ${seconds(CONVERGE_MS_BAR)}: ${isMet ? "met" : "NOT MET"}); cut ${first}/${second} and healed to one tip in ` +
    `${seconds(figures.healMs)}; all restarted, on one tip after ${seconds(figures.restartMs)}; ` +
    `a city outside AWS, as it is rendered, joined in ${seconds(figures.externalMs)}; ` +
    `${resident} MiB resident\n`,
);
