import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  type CloudState,
  cloudFolderOf,
  forgetCloudState,
  readCloudState,
  writeCloudState,
} from "#services/cli/cloud/cloud-state.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

const state: CloudState = {
  schema: "exos.cloud.v1",
  endpoint: { kind: "ministack", url: "http://127.0.0.1:4566" },
  emulator: { pid: 12, log: "/x/ministack.log" },
  deployed: true,
  driven: false,
  ingest: { kind: "container", tool: "podman", id: "abc", environment: { A: "b" } },
};

describe("what is written down of a local city", () => {
  it("is read back, and forgotten", async () => {
    const folder = cloudFolderOf({ datadir: join(temporaryFolder(), "not-there-yet") });
    expect(await readCloudState(folder.state)).toBeUndefined();
    await writeCloudState(folder.state, state);
    expect(await readCloudState(folder.state)).toEqual(state);
    await forgetCloudState(folder.state);
    expect(await readCloudState(folder.state)).toBeUndefined();
  });

  it("counts as nothing when it was cut short, or is of another version", async () => {
    const folder = cloudFolderOf({ datadir: temporaryFolder() });
    await writeCloudState(folder.state, state);
    const text = readFileSync(folder.state, "utf8");
    for (const broken of [text.slice(0, -5), text.replace("cloud.v1", "cloud.v2"), ""]) {
      writeFileSync(folder.state, broken);
      expect(await readCloudState(folder.state), broken).toBeUndefined();
    }
  });
});
