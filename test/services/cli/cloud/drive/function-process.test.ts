import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startFunctionProcess } from "#services/cli/cloud/drive/function-process.ts";
import { temporaryFolder } from "../../../../support/temporary-folder.ts";

const BUNDLE = `
export async function handler(event, context) {
  if (event.say === "die") process.exit(9);
  if (event.say === "throw") throw new TypeError("as it was told");
  const left = context.getRemainingTimeInMillis();
  return { said: event.say, of: process.env.EXOS_CITY, city: context.functionName, whole: Number.isInteger(left) && left <= 5000 };
}
`;

it("runs a bundle with the environment of its function, and says what became of it", async () => {
  const bundles = temporaryFolder();
  mkdirSync(join(bundles, "echo"));
  writeFileSync(join(bundles, "echo", "lambda.mjs"), BUNDLE);
  const driven = {
    name: "exos-local-loc-echo",
    bundle: "echo",
    environment: { EXOS_CITY: "loc" },
    timeoutSeconds: 5,
    memoryMb: 128,
  };
  await using started = startFunctionProcess(driven, { bundles, client: {} });
  expect(await started.run({ say: "hello" })).toEqual({
    said: "hello",
    of: "loc",
    city: "exos-local-loc-echo",
    whole: true,
  });
  await expect(started.run({ say: "throw" })).rejects.toThrow("TypeError: as it was told");
  expect(started.isAlive).toBe(true);
  await expect(started.run({ say: "die" })).rejects.toThrow("its process ended");
  expect(started.isAlive).toBe(false);
  await expect(started.run({ say: "hello" })).rejects.toThrow("its process ended");
});
