/**
 * SIGKILL at moments spread evenly over the bytes of two chains, every fifth inside a flush. After
 * each the next process goes on where the stores stand, and the end is the same tip and set hash.
 * `node test/e2e/kill.ts [moments]`, 50 unless given; the exit status says whether it held.
 * @module
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { loadChain } from "../support/chain-file.ts";
import {
  LONG_CHAINS,
  type RecordedChain,
  SHORT_CHAINS,
  totalsOf,
} from "../support/recorded-chains.ts";
import { temporaryFolder } from "../support/test-node.ts";
import { vectorsPath } from "../support/vectors.ts";

const MOMENTS = 50;
/** Every how many moments the kill comes inside a flush. */
const FLUSH_EVERY = 5;
const CHAINS = [...LONG_CHAINS, ...SHORT_CHAINS].filter(({ file }) =>
  /heavy\.dat$|\/chain\.dat$/.test(file),
);

const print = (line: string) => process.stdout.write(`${line}\n`);

interface Event {
  readonly event: "open" | "kill" | "end";
  readonly height: number;
}

/** Heights at which the file's bytes are cut into equal parts. */
function heightsAt(chain: RecordedChain, moments: number): number[] {
  const blocks = loadChain(chain.file, chain.framing === "magic" ? 4 : 0) ?? [];
  const total = blocks.reduce((sum, block) => sum + block.length, 0);
  const heights: number[] = [];
  let bytes = 0;
  for (const [index, block] of blocks.entries()) {
    bytes += block.length;
    if (bytes >= ((heights.length + 1) * total) / (moments + 1)) heights.push(index + chain.from);
  }
  return heights.slice(0, moments);
}

function runChild(chain: RecordedChain, root: string, kill: readonly string[]): Event[] {
  const child = join(import.meta.dirname, "kill-child.ts");
  const path = vectorsPath(chain.file) ?? "";
  const { stdout, stderr, signal } = spawnSync(
    process.execPath,
    [child, chain.network.name, path, root, ...kill],
    { encoding: "utf8", timeout: 300_000 },
  );
  if (signal === null && kill.length > 0) print(`  the child was not killed: ${stderr}`);
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line): Event => JSON.parse(line));
}

/**
 * @param before kills of the chains before it, so that every fifth of all comes inside a flush
 * @returns whether the chain ended as its table says
 */
function killThrough(chain: RecordedChain, moments: number, before: number): boolean {
  using folder = temporaryFolder();
  print(`${chain.file}: ${moments} kills`);
  let last = 0;
  let killed: { readonly height: number; readonly how: string } | undefined;
  const tell = (opened: number) => {
    if (killed === undefined) return;
    print(`  killed at height ${killed.height}${killed.how}, went on at ${opened}`);
    if (opened < last) print(`  WRONG: an earlier process had gone on at ${last}`);
  };
  let held = true;
  for (const [index, height] of heightsAt(chain, moments).entries()) {
    const inFlush = (before + index + 1) % FLUSH_EVERY === 0;
    const kill = [String(height), ...(inFlush ? ["flush"] : [])];
    const events = runChild(chain, folder.path, kill);
    const opened = events.find(({ event }) => event === "open")?.height ?? -1;
    const at = events.find(({ event }) => event === "kill")?.height;
    tell(opened);
    held &&= opened >= last && at !== undefined && !events.some(({ event }) => event === "end");
    last = opened;
    killed = { height: at ?? -1, how: inFlush ? " inside a flush" : "" };
  }
  const events = runChild(chain, folder.path, []);
  tell(events.find(({ event }) => event === "open")?.height ?? -1);
  const end: object | undefined = events.find(({ event }) => event === "end");
  const wanted = Object.entries(totalsOf(chain));
  const same = wanted.every(([key, value]) => end !== undefined && Object(end)[key] === value);
  print(`  ${same ? "same tip, coins, supply and muhash" : `WRONG: ${JSON.stringify(end)}`}`);
  return held && same;
}

const moments = Number(process.argv[2] ?? MOMENTS);
const present = CHAINS.filter(({ file }) => vectorsPath(file) !== undefined);
if (present.length < CHAINS.length) print("skipped: the vectors of exos-regtest are absent");
// Both chains get their half, the first one the odd moment.
const half = Math.ceil(moments / 2);
const results = present.map((chain, index) =>
  killThrough(chain, index === 0 ? half : moments - half, index * half),
);
process.exitCode = results.every(Boolean) ? 0 : 1;
