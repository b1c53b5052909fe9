import type { ContainerTool } from "./container-tool.ts";
import { outputOf } from "./image-fault.ts";
import { HOST_PLATFORM, type Platform } from "./platform.ts";

/** An image of one layer. */
export interface ImportedRoot {
  /** A tar of its root folder. */
  readonly archive: string;
  readonly name: string;
  readonly platform: Platform;
}

/**
 * Make an image of a root folder, for any platform: nothing of it is run.
 *
 * @throws ImageFault when the tool failed
 */
export async function importRoot(
  tool: Pick<ContainerTool, "name" | "run">,
  { archive, name, platform }: ImportedRoot,
): Promise<void> {
  const run = async (words: readonly string[]) =>
    outputOf(`importing ${name}`, await tool.run(words));
  if (tool.name !== "buildah") {
    await run(["import", ...foreign(tool, platform), archive, name]);
    return;
  }
  // It knows no import: what it adds to nothing is the same.
  const container = await run(["from", `--platform=${platform}`, "scratch"]);
  try {
    await run(["add", "--quiet", container, archive, "/"]);
    await run(["commit", "--quiet", container, name]);
  } finally {
    await run(["rm", container]);
  }
}

/** How a tool is told that what it imports is not for this host. */
function foreign({ name }: Pick<ContainerTool, "name">, platform: Platform): readonly string[] {
  if (platform === HOST_PLATFORM) return [];
  const [os = "", architecture = ""] = platform.split("/");
  return name === "docker" ? [`--platform=${platform}`] : [`--os=${os}`, `--arch=${architecture}`];
}
