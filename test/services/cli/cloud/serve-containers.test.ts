import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { expect, it } from "vitest";
import { isAlive } from "#services/cli/cloud/process-group.ts";
import { serveContainers } from "#services/cli/cloud/serve-containers.ts";
import { sleepingTool } from "../../../support/sleeping-tool.ts";

it("leaves neither a process nor a folder when it is interrupted", async () => {
  const stop = new AbortController();
  const { environment, called, calls } = sleepingTool("podman");
  const served = serveContainers({ environment, settings: {}, signal: stop.signal });
  const refused = expect(served).rejects.toThrow("aborted");
  await called();
  stop.abort();
  await refused;
  const [call] = calls();
  expect(isAlive(call?.pid ?? 0)).toBe(false);
  const socket = call?.words.at(-1)?.replace("unix://", "") ?? "";
  expect(socket).toMatch(/podman\.sock$/);
  expect(existsSync(dirname(socket))).toBe(false);
});
