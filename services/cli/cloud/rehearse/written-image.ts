import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunningIngest } from "#services/cli/cloud/cloud-state.ts";
import type { Written } from "#services/cli/cloud/rehearse/written.ts";
import { runProgram } from "#services/cli/cloud/run-program.ts";
import { containerLog, type ToolOptions } from "#services/cli/cloud/running-container.ts";

/**
 * The peer process, where it is a container: its image with all layers and how they came about, its
 * configuration and variables, and what it said.
 */
export async function* writtenImage(
  running: RunningIngest,
  options: ToolOptions,
): AsyncGenerator<Written> {
  if (running.kind !== "container") return;
  const { tool, id } = running;
  const env = { ...options.environment, ...running.environment };
  const ask = (...words: readonly string[]) =>
    runProgram(tool, words, { doing: "reading the image", env, signal: options.signal });
  const container = await ask("inspect", id);
  yield { kind: "settings", place: `${tool} inspect ${id}`, bytes: Buffer.from(container) };
  const image = (await ask("inspect", "--format", "{{.Image}}", id)).trim();
  for (const words of [
    ["image", "inspect"],
    ["history", "--no-trunc"],
  ]) {
    const bytes = Buffer.from(await ask(...words, image));
    yield { kind: "images", place: [tool, ...words, image].join(" "), bytes };
  }
  const folder = await mkdtemp(join(tmpdir(), "exos-saved-image-"));
  try {
    const file = join(folder, "image.tar");
    await ask("save", "--output", file, image);
    yield { kind: "images", place: `${tool} save ${image}`, bytes: await readFile(file) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const lines = (await containerLog(running, options)).split("\n");
  for (const [at, line] of lines.entries()) {
    yield { kind: "log lines", place: `${tool} logs ${id}, ${at + 1}`, bytes: Buffer.from(line) };
  }
}
