import { spawnSync } from "node:child_process";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { openNode } from "#services/cli/embedded/open-node.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { LONG_CHAINS, type RecordedChain, SHORT_CHAINS } from "../support/recorded-chains.ts";
import { importFile, temporaryFolder } from "../support/test-node.ts";
import { vectorsPath } from "../support/vectors.ts";
import { calibrate } from "./calibration.ts";

/** Inputs with scripts, of the chains that are told by them. @source vectors/README.md */
export const INPUTS: Readonly<Record<string, number>> = {
  "exos-regtest/heavy.dat": 117_221,
  "bitcoin-regtest/chain.bin": 110_690,
};
const CHAINS = [...LONG_CHAINS, ...SHORT_CHAINS].filter(
  ({ file }) => file in INPUTS || file === "stratis/blk0001.dat",
);
/** Verifying workers. */
const JOBS = 2;
/** Rounds of the calibration before and after each import. */
const ROUNDS = 20;
const SAMPLE_MS = 100;

export interface ImportFigures {
  readonly file: string;
  readonly seconds: number;
  readonly blocksPerSecond: number;
  /** `undefined` where a chain is told by its blocks. */
  readonly inputsPerSecond: number | undefined;
  /** Inputs a second divided by the calibration of the same minute. */
  readonly ratio: number | undefined;
  readonly calibration: number;
  /** 99.9th percentile and longest of what the event loop was late by. */
  readonly loopMs: { readonly p999: number; readonly max: number };
  readonly rssMebibytes: number;
}

/**
 * Import recorded chains with every rule and script, each into an empty folder and by a process of
 * its own, whose memory is nobody else's.
 *
 * @returns a row for each chain whose file is there
 * @throws RangeError when a chain does not end in its set hash: a figure for it would be a lie
 */
export async function benchImport(): Promise<ImportFigures[]> {
  return CHAINS.filter(({ file }) => vectorsPath(file) !== undefined).map(({ file }) => {
    const args = [import.meta.filename, file];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: "utf8" });
    if (status !== 0) throw new RangeError(`${file} was not measured: ${stderr}`);
    const row: ImportFigures = JSON.parse(stdout);
    return row;
  });
}

async function measure(chain: RecordedChain, path: string): Promise<ImportFigures> {
  using folder = temporaryFolder();
  const calibration = calibrate();
  for (let round = 0; round < ROUNDS; round++) calibration.round();
  const { network } = chain;
  const log = createMemoryLog();
  await using node = await openNode({ network, root: folder.path, log, jobs: JOBS });

  let rss = 0;
  const sampler = setInterval(() => {
    rss = Math.max(rss, process.memoryUsage.rss());
  }, SAMPLE_MS);
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  const imported = await importFile(node, path);
  loop.disable();
  clearInterval(sampler);
  for (let round = 0; round < ROUNDS; round++) calibration.round();

  if (!imported.ok || imported.value.muhash !== chain.muhash) {
    throw new RangeError(`${chain.file} did not end as it should: ${JSON.stringify(imported)}`);
  }
  const { seconds, blocks } = imported.value;
  const inputs = INPUTS[chain.file];
  const inputsPerSecond = inputs === undefined ? undefined : inputs / seconds;
  const perSecond = calibration.verificationsPerSecond;
  return {
    file: chain.file,
    seconds,
    blocksPerSecond: blocks / seconds,
    inputsPerSecond,
    ratio: inputsPerSecond === undefined ? undefined : inputsPerSecond / perSecond,
    calibration: perSecond,
    loopMs: { p999: loop.percentile(99.9) / 1e6, max: loop.max / 1e6 },
    rssMebibytes: rss / 2 ** 20,
  };
}

const only = CHAINS.find(({ file }) => import.meta.main && file === process.argv[2]);
if (only !== undefined) {
  const row = await measure(only, vectorsPath(only.file) ?? "");
  process.stdout.write(JSON.stringify(row));
} else if (import.meta.main) {
  const figure = (value: number | undefined, digits = 0) =>
    value?.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits }) ??
    "-";
  for (const row of await benchImport()) {
    const cells = [
      row.file.padEnd(26),
      `${figure(row.seconds, 1)} s`.padStart(8),
      `${figure(row.blocksPerSecond)} blocks/s`.padStart(14),
      `${figure(row.inputsPerSecond)} inputs/s`.padStart(15),
      `ratio ${figure(row.ratio, 2)}`.padStart(11),
      `loop ${figure(row.loopMs.p999)}/${figure(row.loopMs.max)} ms`.padStart(16),
      `rss ${figure(row.rssMebibytes)} MiB`.padStart(12),
    ];
    process.stdout.write(`${cells.join(" ")}\n`);
  }
}
