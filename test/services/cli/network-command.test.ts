import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runInProcess } from "../../support/run-in-process.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

/** The file of a private network: what `network show` prints, changed. */
async function networkFile(change: (network: Record<string, unknown>) => void): Promise<string> {
  const { out } = await runInProcess(["network", "show", "exos-regtest", "--json"]);
  const network: Record<string, unknown> = JSON.parse(out);
  change(network);
  const path = join(temporaryFolder(), "network.json");
  writeFileSync(path, JSON.stringify(network));
  return path;
}

it("reads back what it shows, under another name", async () => {
  const path = await networkFile((network) => {
    network["name"] = "my-net";
  });
  const { code, out } = await runInProcess(["network", "validate", path]);
  expect(code).toBe(0);
  expect(out).toContain("network my-net is valid");
});

it("names the file, the field and the reason", async () => {
  const path = await networkFile((network) => {
    network["name"] = "my-net";
    network["magic"] = "4adb";
    network["colour"] = "blue";
  });
  const { code, err } = await runInProcess(["network", "validate", path]);
  expect(code).toBe(2);
  expect(err).toMatch(/^EXOS-E0005 /);
  expect(err).toContain(`${path}: magic: `);
  expect(err).toContain(`${path}: colour: is no field of a network`);
});

it("keeps the names of built-in networks for them", async () => {
  const path = await networkFile(() => undefined);
  const { code, err } = await runInProcess(["network", "validate", path]);
  expect(code).toBe(2);
  expect(err).toContain("name: is the name of a built-in network");
});
