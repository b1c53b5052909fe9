/**
 * `node test/e2e/dynamo-local.ts [--short] [FILTER …]`: the suites that open tables, against Amazon's
 * own engine: a third reading beside dynalite and MiniStack. `--short` leaves those out that take
 * their time.
 * @module
 */
import { globSync, mkdtempDisposableSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDynamoLocal } from "../support/aws/dynamodb-local.ts";
import { runSuites, SLOW } from "../support/run-suites.ts";

/** What asks of tables alone; whole cities are run on dynalite and MiniStack. */
const OPENS = /support\/aws\/dynamo-endpoint\.ts/;
const FILES = "test/{ports,shared,sim,support}/**/*.test.ts";

const given = process.argv.slice(2);
const words = given.filter((word) => word !== "--short");
const exclude = given.includes("--short") ? [SLOW] : [];
const files = globSync(FILES, { exclude }).filter((file) => OPENS.test(readFileSync(file, "utf8")));
using folder = mkdtempDisposableSync(join(tmpdir(), "exos-dynamo-"));
await using local = await startDynamoLocal(folder.path);
process.stdout.write(`${files.length} files against DynamoDB Local 3.0.0\n`);
const ok = runSuites(words.length > 0 ? words : files, {
  AWS_ENDPOINT_URL_DYNAMODB: local.url,
  EXOS_TEST_ENDPOINT: "dynamodb-local",
});
process.exitCode = ok ? 0 : 1;
