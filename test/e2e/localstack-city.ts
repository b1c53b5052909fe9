/**
 * `node test/e2e/localstack-city.ts`: `exos cloud rehearse --localstack`, with exit code 77 where
 * nothing runs containers; an image that cannot be had there is a failure.
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";

const SKIPPED = 77;
const NO_LOCALSTACK = "EXOS-E8187";
const WORDS = ["services/cli/main.ts", "cloud", "rehearse", "--localstack"];

const child = spawn(process.execPath, WORDS, { stdio: ["ignore", "inherit", "pipe"] });
let said = "";
child.stderr.setEncoding("utf8").on("data", (text: string) => {
  said += text;
  process.stderr.write(text);
});
const [status] = await once(child, "close");
const isSkipped = status !== 0 && said.includes(NO_LOCALSTACK);
if (isSkipped) process.stdout.write("skipped: localstack\n");
process.exitCode = isSkipped ? SKIPPED : (status ?? 1);
