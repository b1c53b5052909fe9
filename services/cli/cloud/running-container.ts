import type { RunningContainer } from "#services/cli/cloud/cloud-state.ts";
import { runProgram } from "#services/cli/cloud/run-program.ts";
import type { Environment } from "#services/cli/command.ts";

/** On whose behalf a container tool is run. */
export interface ToolOptions {
  readonly environment: Environment;
  readonly signal: AbortSignal;
}

/** Run the tool of a container. @returns what it said */
function ask(
  { tool, environment: settings }: Omit<RunningContainer, "id">,
  words: readonly string[],
  { environment, signal, doing }: ToolOptions & { readonly doing: string },
): Promise<string> {
  return runProgram(tool, words, { doing, env: { ...environment, ...settings }, signal });
}

/** What it said so far, on both streams. */
export async function containerLog(
  container: RunningContainer,
  { environment, signal }: ToolOptions,
): Promise<string> {
  const lines: string[] = [];
  await runProgram(container.tool, ["logs", container.id], {
    doing: "reading the log",
    env: { ...environment, ...container.environment },
    signal,
    onLine: (line) => void lines.push(line),
  });
  return lines.join("\n");
}

/** Whether it runs. */
export async function isContainerUp(
  container: RunningContainer,
  options: ToolOptions,
): Promise<boolean> {
  const words = ["inspect", "--format", "{{.State.Running}}", container.id];
  try {
    const said = await ask(container, words, { ...options, doing: "looking at the container" });
    return said.trim() === "true";
  } catch {
    // No such container: it was removed.
    return false;
  }
}

/** End it and all it holds, volumes that have no name too, at once; nothing where there is none. */
export async function removeContainer(
  container: RunningContainer,
  options: ToolOptions,
): Promise<void> {
  const words = ["rm", "--force", "--volumes", "--ignore", container.id];
  // Docker says nothing of one that is not there, and knows no word for it.
  const known = container.tool === "podman" ? words : words.filter((word) => word !== "--ignore");
  await ask(container, known, { ...options, doing: "removing the container" });
}

/** Likewise those of functions, which LocalStack names after its own and leaves where it is killed. */
export async function removeBeside(
  container: RunningContainer,
  options: ToolOptions,
): Promise<void> {
  const doing = "removing the containers of functions";
  const filter = `name=^${container.id}-lambda-`;
  const words = ["ps", "--all", "--quiet", "--filter", filter];
  const ids = (await ask(container, words, { ...options, doing })).split("\n").filter(Boolean);
  if (ids.length === 0) return;
  await ask(container, ["rm", "--force", "--volumes", ...ids], { ...options, doing });
}
