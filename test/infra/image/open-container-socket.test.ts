import { expect, it } from "vitest";
import { openContainerSocket } from "#infra/image/open-container-socket.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

it("refuses a podman that cannot be started", async () => {
  const tool = { name: "podman", environment: { PATH: temporaryFolder() } } as const;
  await expect(openContainerSocket(tool)).rejects.toThrow("podman did not serve its socket");
});
