import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BaseOptions } from "./make-base.ts";

/** Node as the project pins it: the binary that its `node` package brought, and that one's version. */
export function nodeOf(project: string): Pick<BaseOptions, "node" | "nodeVersion"> {
  const folder = join(project, "node_modules", "node");
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return { node: join(folder, "bin", "node"), nodeVersion: String(version) };
}
