import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { temporaryFolder } from "./temporary-folder.ts";

/** A container tool that starts nothing and never says that it has, and what it was called with. */
export function sleepingTool(tool: "docker" | "podman") {
  const folder = temporaryFolder();
  const said = join(folder, "said");
  const lines = ["#!/bin/sh", `echo "$$ $*" >>'${said}'`, '[ "$1" = rm ] || exec sleep 1000000'];
  writeFileSync(join(folder, tool), lines.join("\n"));
  chmodSync(join(folder, tool), 0o755);
  const calls = () =>
    readFileSync(said, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => {
        const [pid, ...words] = line.split(" ");
        return { pid: Number(pid), words };
      });
  return {
    environment: { PATH: `${folder}:/usr/bin:/bin` },
    calls,
    async called() {
      await expect.poll(() => existsSync(said), { timeout: 60_000 }).toBe(true);
    },
  };
}
