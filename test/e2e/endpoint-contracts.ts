/**
 * The contract suites of the adapters that name AWS, against a local endpoint: somebody else's
 * reading of the same services. `node test/e2e/endpoint-contracts.ts [--localstack] [--short] [FILTER …]`;
 * `--short` leaves the suites out that take their time, and with `--chains` the recorded chains of
 * `city-chains.ts` are run instead. MiniStack, or with `--localstack` that
 * one, in a container: exit code 77 where nothing runs containers.
 * @module
 */
import { spawnSync } from "node:child_process";
import { globSync, mkdtempDisposableSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installMinistack } from "#services/cli/cloud/install-ministack.ts";
import { clientEnvironment, type LocalEndpoint } from "#services/cli/cloud/local-endpoint.ts";
import { endGroup } from "#services/cli/cloud/process-group.ts";
import { removeContainer } from "#services/cli/cloud/running-container.ts";
import { startLocalstack } from "#services/cli/cloud/start-localstack.ts";
import { startMinistack } from "#services/cli/cloud/start-ministack.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { runSuites, SLOW } from "../support/run-suites.ts";

/** What opens an endpoint in a test: with `AWS_ENDPOINT_URL` set, the one that is given. */
const OPENS = /support\/aws\/(dynamo|fauxqs|queue)-endpoint\.ts/;
const END_MS_MAX = 15_000;
const SKIPPED = 77;
const print = (line: string) => process.stdout.write(`${line}\n`);

interface Opened extends AsyncDisposable {
  readonly name: string;
  readonly endpoint: LocalEndpoint;
}

const { signal } = new AbortController();
const environment = process.env;

async function openMinistack(folder: string): Promise<Opened> {
  const python = await installMinistack({ onNote: print, environment, signal });
  const { endpoint, ...started } = await startMinistack({ python, folder, signal });
  const end = async () => void (await endGroup(started, END_MS_MAX));
  return { name: "ministack", endpoint, [Symbol.asyncDispose]: end };
}

async function openLocalstack(): Promise<Opened> {
  const install = environment["CI"] !== undefined;
  const { endpoint, container } = await startLocalstack({
    onNote: print,
    environment,
    signal,
    install,
    functions: false,
  });
  const end = () => removeContainer(container, { environment, signal });
  return { name: "localstack", endpoint, [Symbol.asyncDispose]: end };
}

async function run(given: readonly string[]): Promise<number> {
  using folder = mkdtempDisposableSync(join(tmpdir(), "exos-contracts-"));
  const isLocalstack = given.includes("--localstack");
  await using opened = await (isLocalstack
    ? openLocalstack()
    : openMinistack(join(folder.path, "m")));
  const { name, endpoint } = opened;
  const words = given.filter((word) => word !== "--localstack" && word !== "--short");
  const exclude = given.includes("--short") ? [SLOW] : [];
  const files = globSync("test/**/*.test.ts", { exclude }).filter((file) =>
    OPENS.test(readFileSync(file, "utf8")),
  );
  const isChains = words[0] === "--chains";
  print(`${isChains ? "recorded chains" : `${files.length} files`} against ${name}`);
  const env = { ...clientEnvironment(endpoint), EXOS_TEST_ENDPOINT: name };
  const ok = isChains
    ? spawnSync(process.execPath, ["test/e2e/city-chains.ts", ...words.slice(1)], {
        stdio: ["ignore", "inherit", "inherit"],
        env: { ...environment, ...env },
      }).status === 0
    : runSuites(words.length > 0 ? words : files, env);
  return ok ? 0 : 1;
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (cause) {
  if (!(cause instanceof CommandFailure && cause.code === "EXOS-E8187")) throw cause;
  print(`skipped: ${cause.message}`);
  process.exitCode = SKIPPED;
}
