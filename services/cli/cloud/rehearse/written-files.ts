import { opendir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Written } from "#services/cli/cloud/rehearse/written.ts";

/** Every file below a folder, with the names of links and folders; what goes meanwhile is left out. */
export async function* writtenFiles(folder: string): AsyncGenerator<Written> {
  for await (const entry of await opendir(folder, { recursive: true })) {
    const place = join(entry.parentPath, entry.name);
    if (!entry.isFile()) continue;
    const content = await readFile(place).catch(() => undefined);
    if (content === undefined) continue;
    const bytes = Buffer.concat([Buffer.from(`${place}\n`), content]);
    yield { kind: "files", place, bytes };
  }
}
