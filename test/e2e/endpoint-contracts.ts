/**
 * The contract suites of the adapters that name AWS, against the local endpoint: somebody else's
 * reading of the same services. `node test/e2e/endpoint-contracts.ts [FILTER …]`; with `--chains`
 * the recorded chains of `city-chains.ts` instead.
 * @module
 */
import { spawnSync } from "node:child_process";
import { globSync, mkdtempDisposableSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installMinistack } from "#services/cli/cloud/install-ministack.ts";
import { clientEnvironment } from "#services/cli/cloud/local-endpoint.ts";
import { endGroup } from "#services/cli/cloud/process-group.ts";
import { startMinistack } from "#services/cli/cloud/start-ministack.ts";

/** What opens an endpoint in a test: with `AWS_ENDPOINT_URL` set, the one that is given. */
const OPENS = /support\/aws\/(dynamo|fauxqs)-endpoint\.ts/;
const END_MS_MAX = 15_000;
const print = (line: string) => process.stdout.write(`${line}\n`);

const files = globSync("test/**/*.test.ts").filter((file) =>
  OPENS.test(readFileSync(file, "utf8")),
);
using folder = mkdtempDisposableSync(join(tmpdir(), "exos-contracts-"));
const { signal } = new AbortController();
const python = await installMinistack({ onNote: print, environment: process.env, signal });
const { endpoint, pid } = await startMinistack({ python, folder: join(folder.path, "m"), signal });
const words = process.argv.slice(2);
const suites = [
  "node_modules/vitest/vitest.mjs",
  "run",
  "--dir=test",
  "--maxWorkers=2",
  "--testTimeout=300000",
  "--hookTimeout=300000",
  ...(words.length > 0 ? words : files),
];
const isChains = words[0] === "--chains";
print(isChains ? "recorded chains against MiniStack" : `${files.length} files against MiniStack`);
const run = isChains ? ["test/e2e/city-chains.ts", ...words.slice(1)] : suites;
const { status } = spawnSync(process.execPath, run, {
  stdio: ["ignore", "inherit", "inherit"],
  env: { ...process.env, ...clientEnvironment(endpoint), EXOS_TEST_ENDPOINT: "ministack" },
});
await endGroup(pid, END_MS_MAX);
process.exitCode = status === 0 ? 0 : 1;
