/**
 * `node test/e2e/cloud-up.ts`: `exos cloud up` and `exos cloud down` as programs and people run them: on
 * the emulator that they start, with a node that they start, then on one that `AWS_ENDPOINT_URL` names,
 * with the node of `--connect`. Its peer process is a plain one; the image is the rehearsal's.
 * @module
 */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { mkdtempDisposableSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";
import { askRpc } from "#services/cli/cloud/ask-city.ts";
import { installMinistack } from "#services/cli/cloud/install-ministack.ts";
import { endGroup } from "#services/cli/cloud/process-group.ts";
import { createMiningNode } from "#services/cli/cloud/rehearse/mining-node.ts";
import { startMinistack } from "#services/cli/cloud/start-ministack.ts";
import { startPeer } from "#services/cli/cloud/start-peer.ts";
import { EXIT } from "#services/cli/exit-codes.ts";
import { type Ended, runCli } from "../support/cli-process.ts";

const END_MS_MAX = 20_000;
/** A node of one's own mints on each slot; on a busy machine it misses some. */
const MINT_MS_MAX = 180_000;
const LOOK_MS = 500;
/** What each city of the environment `local` goes without, and one on MiniStack. */
const [COMMON, OF_MINISTACK] = ["edge stack", "leading keys, permission boundaries"];
const BLOCKS = 3;

const UP = z.strictObject({
  schema: z.literal("exos.cloud-up.v1"),
  endpoint: z.url(),
  rpcUrl: z.url(),
  eventsUrl: z.url(),
  peers: z.string().regex(/^127\.0\.0\.1:\d+$/),
  follows: z.string().regex(/^127\.0\.0\.1:\d+$/),
  height: z.int(),
  leftOut: z.record(z.string(), z.string()),
});

const print = (line: string) => process.stdout.write(`${line}\n`);
const { signal } = new AbortController();
using folder = mkdtempDisposableSync(join(tmpdir(), "exos-cloud-up-"));
await using stack = new AsyncDisposableStack();

/** `exos cloud` with these words, on the endpoint of this URL, or one of its own. */
function cloud(words: readonly string[], url = ""): Promise<Ended> {
  const place = ["--datadir", join(folder.path, "city")];
  return runCli(["cloud", ...words, ...place], { environment: { AWS_ENDPOINT_URL: url } });
}

/** @returns what it answered */
function done({ code, out, err }: Ended): string {
  equal(code, EXIT.done, err);
  return out;
}

function refused({ code, out, err }: Ended, exit: number, named: string): void {
  deepEqual([code, out], [exit, ""], err);
  ok(err.includes(named), err);
}

/** @param url as it is printed */
async function heightAt(url: string): Promise<number> {
  const ask = { method: "getblockcount", params: [] };
  return z.int().parse(await askRpc(url.replace(/\/$/, ""), ask));
}

async function onItsOwn(): Promise<void> {
  const up = UP.parse(JSON.parse(done(await cloud(["up", "--process", "--json"]))));
  ok(up.height >= 1);
  deepEqual([COMMON in up.leftOut, OF_MINISTACK in up.leftOut], [true, true]);
  const startedMs = performance.now();
  while ((await heightAt(up.rpcUrl)) <= up.height) {
    ok(performance.now() - startedMs < MINT_MS_MAX, `no block after ${up.height} was minted`);
    await wait(LOOK_MS);
  }
  print(`up         at height ${up.height}, and then at one that was minted meanwhile`);
  refused(await cloud(["up"]), EXIT.failed, "EXOS-E8184");
  const down = JSON.parse(done(await cloud(["down", "--json"])));
  deepEqual(down, { schema: "exos.cloud-down.v1", survivors: [] });
  refused(await cloud(["down"]), EXIT.notFound, "EXOS-E8185");
  print("down       nothing survives; a second up was refused, and so was a second down");
}

/** What follows a word of the table that `up` prints. */
function said(lines: string, word: string): string {
  const [, value = ""] = new RegExp(`^ {2}${word} +(\\S+)`, "m").exec(lines) ?? [];
  return value;
}

async function onAnother(): Promise<void> {
  const { env: environment } = process;
  const python = await installMinistack({ environment, signal, onNote: print });
  const own = join(folder.path, "emulator");
  const { endpoint, ...emulator } = await startMinistack({ python, folder: own, signal });
  stack.defer(async () => void (await endGroup(emulator, END_MS_MAX)));
  const place = { folder: join(folder.path, "node"), environment, signal };
  const peer = await startPeer({ ...place, minting: false });
  stack.defer(async () => void (await endGroup(peer, END_MS_MAX)));
  await createMiningNode(peer).mine(BLOCKS);

  const up = ["up", "--process", "--connect", peer.address];
  const lines = done(await cloud(up, endpoint.url));
  match(lines, /^A city of AWS on this machine, at height [123]\.$/m);
  deepEqual([said(lines, "follows"), said(lines, "endpoint")], [peer.address, endpoint.url]);
  for (const what of [COMMON, OF_MINISTACK]) ok(lines.includes(`  ${what}: `), lines);
  const height = await heightAt(said(lines, "JSON-RPC"));
  ok(height >= 1 && height <= BLOCKS, `${height} blocks`);
  print(`--connect  a city at ${endpoint.url} has ${height} of ${BLOCKS} blocks`);
  const left = done(await cloud(["down"], endpoint.url));
  match(left, /^The local city is down\.$/m);
  ok(!left.includes("survives") && left.includes(`${endpoint.url} keeps the stack CDKToolkit`));
  print("down       the stacks are gone, and the endpoint goes on");
}

// Whatever failed, nothing that was started goes on.
stack.defer(async () => void (await cloud(["down"])));
await onItsOwn();
await onAnother();
