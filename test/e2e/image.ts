/**
 * `node test/e2e/image.ts`: the image of all services, built here and started as an external city
 * runs it: read-only root, user 10001, 512 MiB, one volume. Exit code 77 where no tool for
 * containers can be had, 1 when a bar does not hold.
 *
 * @source cloud.md 12, 14.5, 16 row 21
 * @module
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { StartedTestContainer } from "testcontainers";
import { HOST_PLATFORM } from "#infra/image/platform.ts";
import { writeOciLayout } from "#infra/image/write-oci-layout.ts";
import { startCli } from "../support/cli-process.ts";
import {
  type ImageRig,
  openImageRig,
  startContained,
  stopContained,
  volume,
} from "../support/contained.ts";
import { temporaryFolder } from "../support/test-node.ts";

const SKIPPED = 77;
const BLOCKS = 20;
const P2P = 4562;
const STOP_SECONDS_MAX = 20;
const WAIT_MS_MAX = 120_000;
const NODE = "/usr/local/bin/node";
const NETWORK = "exos-regtest";

const print = (line: string) => process.stdout.write(`${line}\n`);
const failures: string[] = [];
function bar(what: string, holds: boolean, figure: string): void {
  print(`${holds ? "ok    " : "FAILED"} ${what}: ${figure}`);
  if (!holds) failures.push(what);
}

/** A line of `exos rpc` inside the container. */
async function rpc(container: StartedTestContainer, ...words: string[]): Promise<string> {
  const line = [NODE, "services/cli/main.ts", "rpc", `--network=${NETWORK}`, ...words];
  const { output, exitCode } = await container.exec(line);
  if (exitCode !== 0) throw new RangeError(`${words.join(" ")}: ${output}`);
  return output.trim();
}

/** Ask until it is so. @throws RangeError when it takes too long */
async function until(what: string, holds: () => Promise<boolean>): Promise<number> {
  const startedMs = performance.now();
  while (!(await holds().catch(() => false))) {
    if (performance.now() - startedMs > WAIT_MS_MAX) throw new RangeError(`not so: ${what}`);
    await sleep(200);
  }
  return (performance.now() - startedMs) / 1_000;
}

const externalCity = (data: string) => ({
  words: [
    "services/cli/main.ts",
    "start",
    `--network=${NETWORK}`,
    "--listen=1",
    `--port=${P2P}`,
    "--bind=0.0.0.0",
  ],
  data,
  ports: [P2P],
  says: /./,
});

async function run(rig: ImageRig): Promise<void> {
  const { tool, base, image } = rig;
  print(`${tool.name} ${tool.version}, base ${base.source}, ${(image.bytes / 1e6).toFixed(0)} MB`);
  print(`digest ${image.id}`);
  const again = await rig.build();
  if (tool.name !== "docker")
    bar("the same sources, the same digest", again.id === image.id, again.id.slice(0, 19));

  await layOut(rig);
  using folder = temporaryFolder();
  const city = externalCity(volume(join(folder.path, "city")));
  const first = await startContained(image, city);
  const seconds = await until(
    "it answers",
    async () => (await rpc(first, "getblockcount")) === "0",
  );
  bar("the container answers", seconds < 30, `after ${seconds.toFixed(1)} s`);
  const root = await first.exec([NODE, "-e", "require('fs').writeFileSync('/app/x', '')"]);
  bar("its root is read-only", /EROFS/.test(root.output), "write below /app refused");
  const self = "console.log(process.getuid(), process.constrainedMemory() / 2 ** 20)";
  const limits = (await first.exec([NODE, "-e", self])).output.trim();
  bar("user and memory", limits === "10001 512", `user and MiB ${limits}`);
  await rpc(first, "generate", String(BLOCKS));
  const tip = await rpc(first, "getbestblockhash");

  const environment = {
    EXOS_DATADIR: join(folder.path, "peer"),
    EXOS_HTTPPORT: "0",
    EXOS_RPCPORT: "0",
  };
  const connect = `--connect=${first.getHost()}:${first.getMappedPort(P2P)}`;
  await using peer = startCli(["start", `--network=${NETWORK}`, connect, "--json"], {
    environment,
  });
  const { rpcUrl } = JSON.parse((await peer.says(/\{.*"rpcUrl".*\}/))[0]);
  const joined = await until(
    "a peer has its chain",
    async () => (await ask(rpcUrl, environment.EXOS_DATADIR)) === tip,
  );
  bar(
    "a node beside it downloads its chain",
    joined < 30,
    `${BLOCKS} blocks in ${joined.toFixed(1)} s`,
  );

  const stopped = await stopContained(first, rig, STOP_SECONDS_MAX);
  const ended = `${stopped.seconds.toFixed(1)} s, exit code ${stopped.exitCode}`;
  bar("SIGTERM ends it", stopped.exitCode === 0 && stopped.seconds <= STOP_SECONDS_MAX, ended);
  const second = await startContained(image, city);
  await until("it answers again", async () => (await rpc(second, "getbestblockhash")) === tip);
  bar("nothing was lost", true, tip);
  await stopContained(second, rig, STOP_SECONDS_MAX);
}

/** What every repository of the fleet is given: its digest is known before it is pushed anywhere. */
async function layOut({ tool, image }: ImageRig): Promise<void> {
  using folder = temporaryFolder();
  const images = new Map([[HOST_PLATFORM, image.id]]);
  const first = await writeOciLayout(tool, images, join(folder.path, "first"));
  const second = await writeOciLayout(tool, images, join(folder.path, "second"));
  bar("a layout twice, one digest", first.digest === second.digest, first.digest.slice(0, 19));
  const blobs = join(folder.path, "first", "blobs", "sha256");
  const names = readdirSync(blobs);
  let bytes = 0;
  const wrong = names.filter((name) => {
    const blob = readFileSync(join(blobs, name));
    bytes += blob.length;
    return createHash("sha256").update(blob).digest("hex") !== name;
  });
  const figure = `${names.length} in ${(bytes / 1e6).toFixed(0)} MB`;
  bar("its parts have their digests for names", wrong.length === 0 && bytes > 0, figure);
}

/** The best block of a node on this machine. */
async function ask(rpcUrl: string, folder: string): Promise<string> {
  const login = readFileSync(join(folder, NETWORK, ".cookie"), "utf8").trim();
  const body = JSON.stringify({ id: 1, method: "getbestblockhash", params: [] });
  const headers = { authorization: `Basic ${btoa(login)}`, "content-type": "application/json" };
  const answer: unknown = await (await fetch(rpcUrl, { method: "POST", body, headers })).json();
  return typeof answer === "object" && answer !== null && "result" in answer
    ? String(answer.result)
    : "";
}

const rig = await openImageRig();
if (typeof rig === "string") {
  print(`skipped: image: ${rig}`);
  process.exit(SKIPPED);
}
try {
  await run(rig);
} finally {
  await rig[Symbol.asyncDispose]();
}
process.exitCode = failures.length === 0 ? 0 : 1;
