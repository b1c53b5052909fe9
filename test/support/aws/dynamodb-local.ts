import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { freePort } from "#services/cli/cloud/free-port.ts";

/** Amazon's own engine, from Maven; never part of this tree, since its licence is not ours. */
const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId><artifactId>dynamodb-local</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>software.amazon.dynamodb</groupId><artifactId>DynamoDBLocal</artifactId>
    <version>3.0.0</version>
  </dependency></dependencies>
</project>
`;
const MAIN = "software.amazon.dynamodb.services.local.main.ServerRunner";
const JAVA_MIN = 17;
const START_MS_MAX = 60_000;

/** @returns what is absent here; `undefined` where DynamoDB Local can run */
export function lacksDynamoLocal(): string | undefined {
  if (process.arch !== "x64") return "an x86 machine";
  const { stderr } = spawnSync("java", ["-version"], { encoding: "utf8" });
  const version = Number(/version "(\d+)/.exec(stderr ?? "")?.[1] ?? 0);
  if (version < JAVA_MIN) return `Java ${JAVA_MIN} or newer`;
  return spawnSync("mvn", ["-v"]).status === 0 ? undefined : "Maven";
}

export interface DynamoLocal extends AsyncDisposable {
  readonly url: string;
}

/**
 * Start DynamoDB Local 3.0.0 in memory.
 *
 * @param folder empty; takes 46 MB of jars
 * @source cloud.md 14.1
 */
export async function startDynamoLocal(folder: string): Promise<DynamoLocal> {
  writeFileSync(join(folder, "pom.xml"), POM);
  const jars = join(folder, "jars");
  const words = ["-q", "-B", "dependency:copy-dependencies", `-DoutputDirectory=${jars}`];
  if (spawnSync("mvn", words, { cwd: folder, stdio: "inherit" }).status !== 0) {
    throw new RangeError("Maven brought no DynamoDB Local");
  }
  const port = await freePort();
  const child = spawn(
    "java",
    [
      `-Djava.library.path=${jars}`,
      "-cp",
      [join(jars, "*")].join(delimiter),
      MAIN,
      "-inMemory",
      "-port",
      String(port),
    ],
    // It writes a file where it is started, and tells its maker how it is used unless told not to.
    { stdio: "ignore", cwd: folder, env: { ...process.env, DDB_LOCAL_TELEMETRY: "0" } },
  );
  const url = `http://127.0.0.1:${port}`;
  await untilItAnswers(child, url);
  return {
    url,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return;
      child.kill();
      await once(child, "exit");
    },
  };
}

async function untilItAnswers(child: ChildProcess, url: string): Promise<void> {
  const started = performance.now();
  while (performance.now() - started < START_MS_MAX && child.exitCode === null) {
    try {
      await fetch(url);
      return;
    } catch {
      // Not listening yet.
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  throw new RangeError("DynamoDB Local does not start");
}
