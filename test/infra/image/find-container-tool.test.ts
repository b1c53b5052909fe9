import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findContainerTool } from "#infra/image/find-container-tool.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

/** A machine on which podman alone is, and can or cannot keep users of its own. */
function machine({ ranges }: { readonly ranges: boolean }) {
  const folder = temporaryFolder();
  const refusal = 'echo "no subuid ranges found" >&2; exit 125';
  const script = `#!/bin/sh
case "$1" in
  version) echo 4.3.1 ;;
  unshare) ${ranges ? "exit 0" : refusal} ;;
esac
`;
  writeFileSync(join(folder, "podman"), script, { mode: 0o755 });
  return { environment: { PATH: folder, CONTAINERS_CONF: "/dev/null" }, folder };
}

describe("a tool for containers", () => {
  it("is podman where it works, as root and as any user who has ranges of users", async () => {
    const found = { name: "podman", version: "4.3.1", runs: true };
    const user = 1_000;
    expect(await findContainerTool({ ...machine({ ranges: true }), user })).toMatchObject(found);
    const asRoot = { ...machine({ ranges: false }), user: 0 };
    expect(await findContainerTool(asRoot)).toMatchObject(found);
  });

  it("is none for a user without them, and it is said what is missing", async () => {
    const found = await findContainerTool({ ...machine({ ranges: false }), user: 1_000 });
    expect(found).toEqual({
      name: undefined,
      why: "podman needs root here, or newuidmap (Debian: uidmap) and ranges of this user in /etc/subuid and /etc/subgid: no subuid ranges found",
    });
  });
});
