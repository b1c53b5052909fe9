import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { freePort } from "#services/cli/cloud/free-port.ts";
import { pushImage } from "#services/cli/fleet/push-image.ts";
import { findImage, saveImage } from "#services/cli/fleet/stored-image.ts";
import { createEcrRegistry } from "#shared/adapters/aws/ecr-registry.ts";
import { openCannedEndpoint } from "../../../support/aws/canned-endpoint.ts";
import { memoryReleases, smallImage } from "../../../support/memory-releases.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

/** The registry of the distribution project, as Debian has it; without it there is nothing to try. */
const PROGRAM = "docker-registry";
const isAbsent = spawnSync(PROGRAM, ["--version"], { stdio: "ignore" }).error !== undefined;

async function openRegistry() {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "data"));
  const port = await freePort("127.0.0.1");
  const config = {
    version: 0.1,
    log: { level: "error" },
    storage: { filesystem: { rootdirectory: join(folder, "data") } },
    http: { addr: `127.0.0.1:${port}` },
  };
  // JSON is YAML.
  writeFileSync(join(folder, "config.yml"), JSON.stringify(config));
  const server = spawn(PROGRAM, ["serve", join(folder, "config.yml")], { stdio: "ignore" });
  const url = `http://127.0.0.1:${port}`;
  while ((await fetch(`${url}/v2/`).catch(() => undefined))?.ok !== true) {
    if (server.exitCode !== null) throw new RangeError(`${PROGRAM} ended`);
    await new Promise(setImmediate);
  }
  return {
    url,
    async [Symbol.asyncDispose]() {
      server.kill("SIGTERM");
      await once(server, "exit");
    },
  };
}

describe.skipIf(isAbsent)("a registry that is none of ours", () => {
  it("takes an image byte by byte, under its own digest, once", async () => {
    await using server = await openRegistry();
    const door = { authorizationToken: "QVdTOng=", proxyEndpoint: server.url };
    await using token = await openCannedEndpoint(() =>
      JSON.stringify({ authorizationData: [door] }),
    );
    const registry = createEcrRegistry({
      repository: "exos-test-loc-node",
      caller: {
        region: async () => "us-east-1",
        keys: async () => ({ accessKeyId: "a", secretAccessKey: "s" }),
        endpoint: token.url,
        fetch,
        wallMs: Date.now,
      },
    });
    const objects = memoryReleases();
    await saveImage("1", smallImage("one"), objects);
    const image = await findImage("1", objects);
    if (image === undefined) throw new RangeError("no image");
    const what = { version: "1", image };
    // This one makes a repository as it is pushed to, and calls it unknown before.
    const open = {
      ...registry,
      find: async (digest: string) => {
        const found = await registry.find(digest);
        return found === "no repository" ? "missing" : found;
      },
    };
    expect(await pushImage(what, { objects, registry: open })).toBe("pushed");
    expect(await pushImage(what, { objects, registry })).toBe("there");
    const accept = "application/vnd.oci.image.index.v1+json";
    const at = `${server.url}/v2/exos-test-loc-node/manifests/1`;
    const found = await fetch(at, { headers: { accept } });
    expect(found.headers.get("docker-content-digest")).toBe(image.digest);
  });
});
