/**
 * `npm run bench [-- PART …] [--short]`: every figure that has a bar, in one table. Ratios are to
 * the calibration of the same run; figures of a busy machine are low, their ratios hold. No time is a
 * test; what does not depend on how busy a machine is, memory, sizes and units, is: beyond its bar the
 * exit status is 1.
 * @module
 */
import { benchCoinStore } from "./coin-store.ts";
import { benchDownload } from "./download.ts";
import { benchHashes } from "./hashes.ts";
import { benchImport } from "./import.ts";
import { benchKernel } from "./kernel.ts";
import { benchLoad } from "./load.ts";
import { benchMempool } from "./mempool.ts";
import { benchRpc } from "./rpc.ts";
import { benchScript } from "./script.ts";
import { benchSign } from "./sign.ts";
import { benchStart } from "./start.ts";
import { benchStores } from "./stores.ts";
import { benchTables, CONNECT_MEMORY_MB, TASK_MEMORY_MB } from "./tables.ts";
import { benchVerify } from "./verify.ts";
import { benchX13 } from "./x13.ts";

/** One line of the table. */
interface Row {
  readonly name: string;
  readonly figure: number;
  readonly unit: string;
  /** To the calibration, or to what the name says. */
  readonly ratio?: number;
  readonly bar?: string;
  readonly ok?: boolean;
  /** Whether the run fails beyond the bar: only where no time is measured. */
  readonly isHard?: boolean;
}

type Part = (short: boolean) => Promise<readonly Row[] | undefined>;

const least = (value: number, bar: number) => ({ bar: `>= ${bar}`, ok: value >= bar });
const most = (value: number, bar: number) => ({ bar: `<= ${bar}`, ok: value <= bar });
/** Of a size, which a slow machine does not change. */
const fits = (value: number, bar: number) => ({ ...most(value, bar), isHard: true });

async function x13(short: boolean): Promise<Row[]> {
  const { batch, batchRatio, oneByOne, oneByOneRatio } = benchX13(short ? 5 : 15);
  return [
    {
      name: "X13 in batches",
      figure: batch,
      unit: "/s",
      ratio: batchRatio,
      ...least(batchRatio, 4.5),
    },
    { name: "X13 one by one", figure: oneByOne, unit: "/s", ratio: oneByOneRatio },
  ];
}

async function verify(short: boolean): Promise<Row[]> {
  const { batch, oneByOne, calibration, ratio } = benchVerify(short ? 5 : 15);
  return [
    { name: "verification", figure: batch, unit: "/s", ratio, ...least(ratio, 0.95) },
    { name: "one by one", figure: oneByOne, unit: "/s", ratio: oneByOne / calibration },
    { name: "calibration: npm secp256k1 5.0.2", figure: calibration, unit: "/s", ratio: 1 },
  ];
}

async function hashes(short: boolean): Promise<Row[]> {
  const figures = benchHashes(short ? 7 : 31);
  return [
    {
      name: "double SHA-256 in bulk (to @noble)",
      figure: figures.bulk,
      unit: "us",
      ratio: figures.noble / figures.bulk,
    },
    { name: "Merkle root", figure: figures.merkle, unit: "us" },
    { name: "set hash, one coin", figure: figures.element, unit: "us" },
  ];
}

/** The ratio is to double SHA-256 of as many bytes, one by one. */
async function kernel(short: boolean): Promise<Row[]> {
  const { kernels, plain } = benchKernel(short ? 7 : 31);
  return [
    { name: "kernels tried", figure: kernels, unit: "/s", ratio: kernels / plain },
    { name: "double SHA-256 of 76 bytes", figure: plain, unit: "/s", ratio: 1 },
  ];
}

async function sign(short: boolean): Promise<Row[]> {
  const { signatures, inputs, unlockMs } = benchSign(short ? 3 : 15);
  return [
    { name: "signatures", figure: signatures, unit: "/s" },
    { name: "inputs signed and verified", figure: inputs, unit: "/s" },
    { name: "opening a keystore", figure: unlockMs, unit: "ms" },
  ];
}

async function script(short: boolean): Promise<Row[] | undefined> {
  const figures = benchScript(short ? 3 : 9);
  if (figures === undefined) return undefined;
  const { decodeMegabytesPerSecond, inputsPerSecond, ratio, overheadMicroseconds } = figures;
  return [
    {
      name: "decoding blocks",
      figure: decodeMegabytesPerSecond,
      unit: "MB/s",
      ...least(decodeMegabytesPerSecond, 30),
    },
    { name: "inputs by key hash", figure: inputsPerSecond, unit: "/s", ratio },
    {
      name: "an input beside its signature",
      figure: overheadMicroseconds,
      unit: "us",
      ...most(overheadMicroseconds, 15),
    },
  ];
}

async function coinStore(short: boolean): Promise<Row[]> {
  const { blocksPerSecond } = await benchCoinStore(short ? 20 : 60);
  const name = "2,000 gets, deletes, puts, synced";
  return [{ name, figure: blocksPerSecond, unit: "blk/s", ...least(blocksPerSecond, 40) }];
}

/** Ratios are to what the SDK's client of tables and one response take, bundled alike. */
async function start(short: boolean): Promise<Row[]> {
  const figures = await benchStart(short ? 3 : 15);
  const { kilobytes, startKilobytes, clientMs, readyMs } = figures;
  const toClient = (name: string, figure: number): Row => ({
    ...{ name, figure, unit: "ms" },
    ratio: figure / clientMs,
  });
  return [
    { name: "bundle of rpc", figure: kilobytes, unit: "KB", ...fits(kilobytes, 1_200) },
    { name: "of it compiled at a start", figure: startKilobytes, unit: "KB" },
    { ...toClient("rpc, import to ready for events", readyMs), ...most(readyMs, 150) },
    toClient("the same, fastest process", figures.fastestMs),
    toClient("the same, user and system time", figures.readyCpuMs),
    toClient("a client of tables alone, to ready", clientMs),
    toClient("import to the first /healthz", figures.answerMs),
    toClient("import to the first getblock", figures.blockMs),
    toClient("that getblock once more", figures.againMs),
    toClient("import to the first route of /v1", figures.routeMs),
  ];
}

/** The ratio is to the time that the same requests take alone. */
async function tables(short: boolean): Promise<Row[]> {
  const { connectMs, ratio, megabytes, staked } = await benchTables(short ? 10 : 60);
  // Index and cursors of two followers, as their own metered tests have them.
  const writes = staked.writes + 6;
  return [
    {
      name: "connecting a block over tables (to its requests)",
      figure: connectMs,
      unit: "ms",
      ratio,
      ...most(ratio, 1.5),
    },
    {
      name: "write units of a staked block, all in",
      figure: writes,
      unit: "",
      ...fits(writes, 38),
    },
    ...[
      { name: "memory of it (to a task's)", has: TASK_MEMORY_MB },
      { name: "the same (to its function's)", has: CONNECT_MEMORY_MB },
    ].map(({ name, has }) => ({
      name,
      figure: megabytes,
      unit: "MB",
      ratio: megabytes / has,
      ...fits(megabytes, has),
    })),
  ];
}

async function stores(short: boolean): Promise<Row[] | undefined> {
  const figures = await benchStores(`exos-regtest/${short ? "chain" : "heavy"}.dat`);
  if (figures === undefined) return undefined;
  const { bodiesPerSecond, headersPerSecond, transactions, indexSeconds } = figures;
  return [
    { name: "bodies written", figure: bodiesPerSecond, unit: "/s" },
    { name: "headers and three facts written", figure: headersPerSecond, unit: "/s" },
    { name: "transactions indexed", figure: transactions / indexSeconds, unit: "/s" },
  ];
}

/** Every chain whole, also in a short run: a part of one would not end in its set hash. */
async function importing(): Promise<Row[] | undefined> {
  const figures = await benchImport();
  if (figures.length === 0) return undefined;
  const rows = figures.map(({ file, blocksPerSecond, inputsPerSecond, ratio }): Row => {
    if (inputsPerSecond === undefined || ratio === undefined) {
      return {
        name: file,
        figure: blocksPerSecond,
        unit: "blk/s",
        ...least(blocksPerSecond, 1_000),
      };
    }
    return { name: file, figure: inputsPerSecond, unit: "inputs/s", ratio, ...least(ratio, 0.6) };
  });
  const loop = Math.max(...figures.map(({ loopMs }) => loopMs.p999));
  const memory = Math.max(...figures.map(({ rssMebibytes }) => rssMebibytes));
  return [
    ...rows,
    { name: "event loop p99.9", figure: loop, unit: "ms", ...most(loop, 100) },
    { name: "resident memory", figure: memory, unit: "MiB", ...fits(memory, 600) },
  ];
}

/** What the task does that fills a city. */
async function loading(): Promise<Row[] | undefined> {
  const figures = await benchLoad();
  if (figures === undefined) return undefined;
  const { blocksPerSecond, coinsPerSecond, indexedPerSecond } = figures;
  return [
    {
      name: "loading a city",
      figure: blocksPerSecond,
      unit: "blk/s",
      ...least(blocksPerSecond, 400),
    },
    { name: "items of its set", figure: coinsPerSecond, unit: "/s" },
    { name: "files of its index", figure: indexedPerSecond, unit: "blk/s" },
  ];
}

/** Every chain whole, as in `importing`. */
async function downloading(): Promise<Row[] | undefined> {
  const figures = await benchDownload();
  if (figures.length === 0) return undefined;
  return figures.map(({ file, blocksPerSecond, inputsPerSecond, ratio }): Row => {
    if (inputsPerSecond === undefined || ratio === undefined) {
      return {
        name: file,
        figure: blocksPerSecond,
        unit: "blk/s",
        ...least(blocksPerSecond, 800),
      };
    }
    return { name: file, figure: inputsPerSecond, unit: "inputs/s", ratio, ...least(ratio, 0.45) };
  });
}

async function mempool(short: boolean): Promise<Row[]> {
  const figures = await benchMempool(short ? 1_000 : 4_000);
  const { acceptedPerSecond, ratio, calibration, templateMs, memberBytes, estimatedBytes } =
    figures;
  return [
    { name: "transactions accepted", figure: acceptedPerSecond, unit: "/s", ratio },
    { name: "calibration of the same minute", figure: calibration, unit: "/s", ratio: 1 },
    { name: "a block's worth chosen", figure: templateMs, unit: "ms" },
    // The estimate holds `maxmempool`: as much as is taken, or more.
    { name: "memory of one", figure: memberBytes, unit: "B", ratio: memberBytes / estimatedBytes },
  ];
}

/** Ratios are to a bare server of `node:http` in the same run. */
async function rpc(short: boolean): Promise<Row[] | undefined> {
  const figures = await benchRpc(short ? 0.1 : 0.5);
  return figures?.map(({ name, perSecond, ratio }) => ({
    name,
    figure: perSecond,
    unit: "/s",
    ratio,
  }));
}

const PARTS: Readonly<Record<string, Part>> = {
  x13,
  verify,
  hashes,
  kernel,
  sign,
  script,
  "coin-store": coinStore,
  stores,
  tables,
  start,
  import: importing,
  download: downloading,
  load: loading,
  rpc,
  mempool,
};

const print = (line: string) => process.stdout.write(`${line}\n`);

function show({ name, figure, unit, ratio, bar, ok }: Row): void {
  const digits = figure < 100 ? figure.toFixed(1) : Math.round(figure).toLocaleString("en");
  const columns = [
    `  ${name}`.padEnd(38),
    `${digits} ${unit}`.padStart(16),
    (ratio?.toFixed(2) ?? "").padStart(8),
    (bar ?? "").padStart(10),
    ok === undefined ? "" : ok ? "ok" : "BELOW THE BAR",
  ];
  print(columns.join(" ").trimEnd());
}

const short = process.argv.includes("--short");
const named = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const unknown = named.find((name) => PARTS[name] === undefined);
if (unknown !== undefined) {
  print(`there is no part "${unknown}"; there are ${Object.keys(PARTS).join(", ")}`);
  process.exitCode = 2;
} else {
  print(`Node ${process.version}${short ? ", short rounds" : ""}`);
  print(`${"".padEnd(38)} ${"figure".padStart(16)} ${"ratio".padStart(8)} ${"bar".padStart(10)}`);
  for (const [name, part] of Object.entries(PARTS)) {
    if (named.length > 0 && !named.includes(name)) continue;
    print(name);
    const rows = await part(short);
    if (rows === undefined) print("  skipped: the shared vectors it reads are absent");
    else for (const row of rows) show(row);
    if (rows?.some(({ ok, isHard }) => isHard === true && ok === false)) process.exitCode = 1;
  }
}
