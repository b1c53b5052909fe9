import type { ContainerTool } from "./container-tool.ts";

/**
 * The identifier of an image that a tool has.
 *
 * @param reference name or identifier
 * @returns `undefined` where there is no such image
 */
export async function imageIdOf(
  tool: Pick<ContainerTool, "name" | "run">,
  reference: string,
): Promise<string | undefined> {
  const words =
    tool.name === "buildah"
      ? ["inspect", "--type=image", "--format={{.FromImageID}}", reference]
      : ["image", "inspect", "--format={{.Id}}", reference];
  const { status, stdout } = await tool.run(words);
  return status === 0 ? stdout.trim() : undefined;
}
