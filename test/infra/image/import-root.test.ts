import { describe, expect, it } from "vitest";
import type { ContainerTool } from "#infra/image/container-tool.ts";
import { ImageFault } from "#infra/image/image-fault.ts";
import { imageIdOf } from "#infra/image/image-id-of.ts";
import { importRoot } from "#infra/image/import-root.ts";

/** A tool that answers, and fails at one word. */
function toolOf(name: ContainerTool["name"], failsAt?: string) {
  const asked: string[] = [];
  const run: ContainerTool["run"] = (words) => {
    asked.push(words.join(" "));
    const status = words[0] === failsAt ? 125 : 0;
    const stdout = words[0] === "from" ? "working-container\n" : "sha-of-it\n";
    return Promise.resolve({ status, stdout, stderr: status === 0 ? "" : "no space" });
  };
  return { name, run, asked };
}
const given = { archive: "/tmp/root.tar", name: "localhost/base:1" } as const;

describe("a root folder as an image", () => {
  it("is imported for another platform as each tool is told of one", async () => {
    const platform = process.arch === "arm64" ? "linux/amd64" : "linux/arm64";
    const [, processor] = platform.split("/");
    const docker = toolOf("docker");
    await importRoot(docker, { ...given, platform });
    expect(docker.asked).toEqual([`import --platform=${platform} /tmp/root.tar localhost/base:1`]);
    const podman = toolOf("podman");
    await importRoot(podman, { ...given, platform });
    expect(podman.asked).toEqual([
      `import --os=linux --arch=${processor} /tmp/root.tar localhost/base:1`,
    ]);
    const buildah = toolOf("buildah");
    await importRoot(buildah, { ...given, platform });
    expect(buildah.asked).toEqual([
      `from --platform=${platform} scratch`,
      "add --quiet working-container /tmp/root.tar /",
      "commit --quiet working-container localhost/base:1",
      "rm working-container",
    ]);
  });

  it("leaves no container behind where it failed", async () => {
    const buildah = toolOf("buildah", "add");
    const imported = importRoot(buildah, { ...given, platform: "linux/arm64" });
    await expect(imported).rejects.toThrow(ImageFault);
    expect(buildah.asked.at(-1)).toBe("rm working-container");
  });

  it("is known by an identifier, or not at all", async () => {
    for (const name of ["docker", "podman", "buildah"] as const) {
      expect(await imageIdOf(toolOf(name), "x")).toBe("sha-of-it");
    }
    expect(await imageIdOf(toolOf("podman", "image"), "x")).toBeUndefined();
    expect(await imageIdOf(toolOf("buildah", "inspect"), "x")).toBeUndefined();
  });
});
