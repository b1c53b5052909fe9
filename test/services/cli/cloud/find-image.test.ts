import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { imageOf } from "#services/cli/cloud/find-image.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

/** What is made here is kept, nothing else is, and no image takes another name. */
const PODMAN = `#!/bin/sh
case "$*" in
  version*) echo 4.3.1 ;;
  unshare*) ;;
  image*localhost/*) echo sha256:abc ;;
  *) echo "no space left" >&2; exit 125 ;;
esac
`;
const { signal } = new AbortController();

function image(program: string, tools: Readonly<Record<string, string>>) {
  const folder = temporaryFolder();
  for (const [name, script] of Object.entries(tools)) {
    writeFileSync(join(folder, name), script, { mode: 0o755 });
  }
  const environment = { PATH: folder, CONTAINERS_CONF: "/dev/null" };
  return imageOf(program, { environment, signal, install: false, functions: true });
}

describe("an image that a program makes", () => {
  it("is none, and it is said why, where nothing runs containers", async () => {
    expect(await image("localstack.ts", {})).toContain("neither a Docker daemon nor podman");
  });

  it.each([
    ["a step of it", "localstack.ts", "failed (125): no space left"],
    ["its program", "no-such-program.ts", "no-such-program.ts"],
  ])("fails where %s does", async (_what, program, said) => {
    await expect(image(program, { podman: PODMAN })).rejects.toMatchObject({
      code: "EXOS-E8188",
      message: expect.stringContaining(said),
    });
  });
});
