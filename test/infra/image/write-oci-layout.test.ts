import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { ContainerTool } from "#infra/image/container-tool.ts";
import { layOutDockerArchive } from "#infra/image/lay-out-docker-archive.ts";
import type { Platform } from "#infra/image/platform.ts";
import { writeOciLayout } from "#infra/image/write-oci-layout.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** What images are built for; all others for the other one. */
const PROCESSORS: Readonly<Record<string, string>> = { "id-arm": "arm64" };

/** Lays out an image of one layer of its own and one that all have, as podman does. */
function saveLayout(folder: string, id: string): void {
  const own = join(folder, "blobs", "sha256");
  mkdirSync(own, { recursive: true });
  const put = (text: string) => {
    writeFileSync(join(own, sha256(text)), text);
    return { digest: `sha256:${sha256(text)}`, size: text.length };
  };
  const layers = [put("of all"), put(`of ${id}`)];
  const config = put(JSON.stringify({ os: "linux", architecture: PROCESSORS[id] ?? "amd64" }));
  const manifest = put(JSON.stringify({ mediaType: MANIFEST, config, layers }));
  const index = { schemaVersion: 2, manifests: [{ mediaType: MANIFEST, ...manifest }] };
  writeFileSync(join(folder, "index.json"), JSON.stringify(index));
}

const podman: ContainerTool = {
  ...{ name: "podman", version: "4.3", runs: true, environment: {} },
  async run(words) {
    const output = words.find((word) => word.startsWith("--output="))?.slice("--output=".length);
    saveLayout(output ?? "", words.at(-1) ?? "");
    return { status: 0, stdout: "", stderr: "" };
  },
};

describe("a layout of several platforms", () => {
  const images = new Map<Platform, string>([
    ["linux/arm64", "id-arm"],
    ["linux/amd64", "id-x86"],
  ]);

  it("has one index that names an image for each, and every part of both", async () => {
    const folder = join(temporaryFolder(), "layout");
    const { digest, platforms } = await writeOciLayout(podman, images, folder);
    const text = readFileSync(join(folder, "index.json"), "utf8");
    expect(digest).toBe(`sha256:${sha256(text)}`);
    expect(platforms).toEqual(["linux/arm64", "linux/amd64"]);
    const { manifests } = JSON.parse(text);
    expect(manifests.map((one: { platform: object }) => one.platform)).toEqual([
      { os: "linux", architecture: "arm64" },
      { os: "linux", architecture: "amd64" },
    ]);
    const blobs = join(folder, "blobs", "sha256");
    // Two manifests, a configuration and a layer of each, and the layer that they share.
    expect(readdirSync(blobs)).toHaveLength(7);
    for (const [at, id] of [...images.values()].entries()) {
      const named = manifests[at].digest.replace("sha256:", "");
      const manifest = readFileSync(join(blobs, named), "utf8");
      expect(sha256(manifest)).toBe(named);
      expect(manifests[at].size).toBe(manifest.length);
      expect(manifest).toContain(sha256(`of ${id}`));
    }
  });

  it("is called alike each time, and otherwise where an image is another one", async () => {
    const write = async (given: ReadonlyMap<Platform, string>) =>
      (await writeOciLayout(podman, given, join(temporaryFolder(), "layout"))).digest;
    const first = await write(images);
    expect(await write(images)).toBe(first);
    expect(await write(new Map([...images, ["linux/amd64", "other"]]))).not.toBe(first);
  });

  it("is not made of an image that says that it is for another processor", async () => {
    const swapped = new Map<Platform, string>([["linux/arm64", "id-x86"]]);
    const written = writeOciLayout(podman, swapped, join(temporaryFolder(), "layout"));
    await expect(written).rejects.toThrow(
      "the image for linux/arm64 says that it is for linux/amd64",
    );
  });
});

describe("what Docker saved before it wrote layouts", () => {
  /** As Docker 20 saves what it was told to build for another processor. */
  function saved(): string {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "one"));
    writeFileSync(join(folder, "one", "layer.tar"), "of one layer");
    const config = { architecture: "amd64", os: "linux", rootfs: { type: "layers" } };
    writeFileSync(join(folder, "c.json"), JSON.stringify(config));
    const [Config, Layers] = ["c.json", ["one/layer.tar"]];
    writeFileSync(join(folder, "manifest.json"), JSON.stringify([{ Config, Layers }]));
    return folder;
  }

  it("becomes one, and names the processor that was asked for", () => {
    const folder = saved();
    layOutDockerArchive(folder, "linux/arm64");
    const read = (digest: string) =>
      readFileSync(join(folder, "blobs", "sha256", digest.replace("sha256:", "")));
    const index = JSON.parse(readFileSync(join(folder, "index.json"), "utf8"));
    const [{ mediaType, digest, size }] = index.manifests;
    expect(mediaType).toBe(MANIFEST);
    expect(read(digest)).toHaveLength(size);
    const manifest = JSON.parse(read(digest).toString());
    expect(JSON.parse(read(manifest.config.digest).toString())).toEqual({
      architecture: "arm64",
      os: "linux",
      rootfs: { type: "layers" },
    });
    const [layer] = manifest.layers;
    expect(layer.mediaType).toBe("application/vnd.oci.image.layer.v1.tar+gzip");
    expect(gunzipSync(read(layer.digest)).toString()).toBe("of one layer");
  });

  it("is said to be something else where it is", () => {
    const folder = temporaryFolder();
    const layOut = () => layOutDockerArchive(folder, "linux/arm64");
    expect(layOut).toThrow("does not tell what Docker saved");
    writeFileSync(join(folder, "manifest.json"), "[]");
    expect(layOut).toThrow("names no image");
  });
});
