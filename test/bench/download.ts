import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { openPeerNode, type PeerNode } from "../support/peer-node.ts";
import { LONG_CHAINS, type RecordedChain, SHORT_CHAINS } from "../support/recorded-chains.ts";
import { importFile, temporaryFolder } from "../support/test-node.ts";
import { vectorsPath } from "../support/vectors.ts";
import { calibrate } from "./calibration.ts";
import { INPUTS } from "./import.ts";

const CHAINS = [...LONG_CHAINS, ...SHORT_CHAINS].filter(
  ({ file }) => file in INPUTS || file === "stratis/blk0001.dat",
);
/** Verifying workers of the one who downloads. */
const JOBS = 2;
/** Rounds of the calibration before and after each download. */
const ROUNDS = 20;
/** What the serving process says when it stands at its tip, before its port. */
const READY = "serving on ";

export interface DownloadFigures {
  readonly file: string;
  /** From the first dial until the tip is on disk. */
  readonly seconds: number;
  readonly blocksPerSecond: number;
  /** `undefined` where a chain is told by its blocks. */
  readonly inputsPerSecond: number | undefined;
  /** Inputs a second divided by the calibration of the same minute. */
  readonly ratio: number | undefined;
  readonly calibration: number;
}

/**
 * Download recorded chains over loopback with every rule and script: one process serves, another,
 * whose folder is empty, downloads, and both have the machine to themselves.
 *
 * @returns a row for each chain whose file is there
 * @throws RangeError when a chain does not end in its set hash: a figure for it would be a lie
 */
export async function benchDownload(
  chains: readonly RecordedChain[] = CHAINS,
): Promise<DownloadFigures[]> {
  const figures: DownloadFigures[] = [];
  for (const chain of chains) {
    if (vectorsPath(chain.file) !== undefined) figures.push(await measureApart(chain));
  }
  return figures;
}

async function measureApart({ file }: RecordedChain): Promise<DownloadFigures> {
  const server = spawn(process.execPath, [import.meta.filename, "serve", file], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  try {
    const port = await portOf(server);
    const args = [import.meta.filename, "download", file, port];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: "utf8" });
    if (status !== 0) throw new RangeError(`${file} was not measured: ${stderr}`);
    const row: DownloadFigures = JSON.parse(stdout);
    return row;
  } finally {
    const closed = once(server, "close");
    server.stdin?.end();
    await closed;
  }
}

async function portOf(server: ChildProcess): Promise<string> {
  if (server.stdout === null) throw new RangeError("the server has no output");
  for await (const line of createInterface(server.stdout)) {
    if (line.startsWith(READY)) return line.slice(READY.length);
  }
  throw new RangeError("the server ended before it served");
}

function open({ network }: RecordedChain, root: string): Promise<PeerNode> {
  return openPeerNode(network, root, { jobs: JOBS, log: createMemoryLog() });
}

/** Import the chain, then serve it until the standard input ends. */
async function serve(chain: RecordedChain): Promise<void> {
  using folder = temporaryFolder();
  await using server = await open(chain, folder.path);
  const imported = await importFile(server.node, vectorsPath(chain.file) ?? "");
  if (!imported.ok) throw new RangeError(`${chain.file} is not imported`);
  await server.ingest.tipMoved();
  process.stdout.write(`${READY}${server.endpoint.port}\n`);
  process.stdin.resume();
  await once(process.stdin, "end");
}

async function download(chain: RecordedChain, port: number): Promise<DownloadFigures> {
  using folder = temporaryFolder();
  const calibration = calibrate();
  for (let round = 0; round < ROUNDS; round++) calibration.round();
  await using client = await open(chain, folder.path);
  const { node } = client;
  const from = (await node.tip()).height;
  const started = performance.now();
  await client.connect({ host: "127.0.0.1", port });
  await client.until(async () => (await node.tip()).hash === chain.hash || client.ends.length > 0);
  await node.flush();
  const seconds = (performance.now() - started) / 1_000;
  for (let round = 0; round < ROUNDS; round++) calibration.round();

  const tip = await node.coins.tip();
  const muhash = tip === undefined ? undefined : (await node.coins.totals(tip)).muhash;
  if (muhash === undefined || toHashHex(muhash) !== chain.muhash || tip?.hash !== chain.hash) {
    throw new RangeError(`${chain.file} did not end as it should: ${JSON.stringify(client.ends)}`);
  }
  const inputs = INPUTS[chain.file];
  const inputsPerSecond = inputs === undefined ? undefined : inputs / seconds;
  const perSecond = calibration.verificationsPerSecond;
  return {
    file: chain.file,
    seconds,
    blocksPerSecond: (chain.height - from) / seconds,
    inputsPerSecond,
    ratio: inputsPerSecond === undefined ? undefined : inputsPerSecond / perSecond,
    calibration: perSecond,
  };
}

if (import.meta.main) {
  const [role, file, port] = process.argv.slice(2);
  const chain = CHAINS.find((one) => one.file === file);
  if (role === "serve" && chain !== undefined) await serve(chain);
  else if (role === "download" && chain !== undefined) {
    process.stdout.write(JSON.stringify(await download(chain, Number(port))));
  } else {
    const named = CHAINS.filter((one) => role === undefined || one.file === role);
    for (const one of named) {
      const [row] = await benchDownload([one]);
      process.stdout.write(`${JSON.stringify(row)}\n`);
    }
  }
}
