/**
 * `node test/e2e/image.ts`: the image of all services, built here and started as an external city
 * runs it, with the arguments that are rendered for it: read-only root, user 10001, 512 MiB, one volume
 * and the key of the edge. Exit code 77 where no tool for
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
import { nodeArguments } from "#services/cli/fleet/external-city.ts";
import { startCli } from "../support/cli-process.ts";
import {
  type ImageRig,
  openImageRig,
  secretVolume,
  startContained,
  stopContained,
  volume,
} from "../support/contained.ts";
import { EDGE_KEY_TEXT, NEW_YORK, stampOf } from "../support/external-city.ts";
import { temporaryFolder } from "../support/test-node.ts";

const SKIPPED = 77;
const BLOCKS = 20;
const P2P = 4562;
/** As the arguments have them. */
const HTTP_PORT = 39_120;
const OPERATOR_PORT = 4_561;
const RELEASE = "2026.11.1";
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
  const where = [`--network=${NETWORK}`, `--rpcport=${OPERATOR_PORT}`];
  const line = [NODE, "services/cli/main.ts", "rpc", ...where, ...words];
  const { output, exitCode } = await container.exec(line);
  if (exitCode !== 0) throw new RangeError(`${words.join(" ")}: ${output}`);
  return output.trim();
}

/** Ask until it is so. @throws RangeError with what was said last, when it takes too long */
async function until(what: string, holds: () => Promise<boolean>): Promise<number> {
  const startedMs = performance.now();
  for (;;) {
    const is = await holds().catch((cause: unknown) => String(cause));
    if (is === true) return (performance.now() - startedMs) / 1_000;
    if (performance.now() - startedMs > WAIT_MS_MAX) throw new RangeError(`not so: ${what}: ${is}`);
    await sleep(200);
  }
}

const externalCity = (folder: string) => ({
  words: ["services/cli/main.ts", ...nodeArguments({ ...NEW_YORK, peerPort: P2P })],
  data: volume(join(folder, "city")),
  secrets: secretVolume(join(folder, "secrets"), "edge-key", EDGE_KEY_TEXT),
  environment: { EXOS_RELEASE: RELEASE },
  ports: [P2P, HTTP_PORT],
  says: /./,
});

/** That the container answers the edge as the city that it is, and nobody else. */
async function lookThroughTheEdge(container: StartedTestContainer): Promise<void> {
  const origin = `http://${container.getHost()}:${container.getMappedPort(HTTP_PORT)}`;
  const ask = (headers: Record<string, string>) => fetch(`${origin}/readyz`, { headers });
  await until("it is ready", async () => (await ask(stampOf())).status === 200);
  const answer = await ask(stampOf());
  const said = await answer.text();
  const city = answer.headers.get("x-exos-city");
  const isNamed = city === NEW_YORK.code && said.includes(`"version":"${RELEASE}"`);
  bar("it answers the edge as a city", isNamed, `${city}, release ${RELEASE}, ready`);
  const strangers = await Promise.all([ask({}), ask(stampOf("another key"))]);
  const statuses = strangers.map(({ status }) => status).join(" and ");
  bar("and nobody else", statuses === "403 and 403", `${statuses} without its stamp`);
}

/** As a task has it: nothing of this machine is mounted where it writes. */
async function keepFilesAlone(rig: ImageRig): Promise<void> {
  const own = [`--network=${NETWORK}`, `--rpcport=${OPERATOR_PORT}`];
  const words = ["services/cli/main.ts", "start", ...own];
  const container = await startContained(rig.image, { words, ports: [P2P], says: /./ });
  await until("it has a folder", async () => (await rpc(container, "getblockcount")) === "0");
  const asked = ["inspect", "--format", "{{range .Mounts}}{{.Name}} {{end}}", container.getId()];
  const names = (await rig.tool.run(asked)).stdout.trim().split(/\s+/);
  const look = `const { uid, gid } = require("fs").statSync("/data"); console.log(uid, gid)`;
  const owner = (await container.exec([NODE, "-e", look])).output.trim();
  bar("an empty volume is its user's", owner === "10001 10001", `/data of ${owner}`);
  await stopContained(container, rig, STOP_SECONDS_MAX);
  const left = await Promise.all(names.map((name) => rig.tool.run(["volume", "inspect", name])));
  const gone = left.filter(({ status }) => status !== 0).length;
  bar("and goes with its container", names[0] !== "" && gone === names.length, `${gone} gone`);
}

async function run(rig: ImageRig): Promise<void> {
  const { tool, base, image } = rig;
  print(`${tool.name} ${tool.version}, base ${base.source}, ${(image.bytes / 1e6).toFixed(0)} MB`);
  print(`digest ${image.id}`);
  const again = await rig.build();
  if (tool.name !== "docker")
    bar("the same sources, the same digest", again.id === image.id, again.id.slice(0, 19));

  await layOut(rig);
  await keepFilesAlone(rig);
  using folder = temporaryFolder();
  const city = externalCity(folder.path);
  const first = await startContained(image, city);
  const seconds = await until(
    "it answers",
    async () => (await rpc(first, "getblockcount")) === "0",
  );
  bar("the container answers", true, `after ${seconds.toFixed(1)} s`);
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
  bar("a node beside it downloads its chain", true, `${BLOCKS} blocks in ${joined.toFixed(1)} s`);

  await lookThroughTheEdge(first);

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
