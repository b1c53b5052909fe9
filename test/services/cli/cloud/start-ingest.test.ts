import { expect, it } from "vitest";
import { startIngest } from "#services/cli/cloud/start-ingest.ts";
import { sleepingTool } from "../../../support/sleeping-tool.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

it("removes the container of a peer process whose start was interrupted", async () => {
  const stop = new AbortController();
  const { environment, called, calls } = sleepingTool("docker");
  const image = { tool: "docker", image: "exos-node", environment: {} } as const;
  const started = startIngest(image, {
    endpoint: { kind: "given", url: "http://127.0.0.1:9", certificate: undefined },
    variables: {},
    peers: [],
    folder: temporaryFolder(),
    environment,
    signal: stop.signal,
  });
  const refused = expect(started).rejects.toThrow("aborted");
  await called();
  stop.abort();
  await refused;
  const [run, remove] = calls().map(({ words }) => words);
  const name = run?.[(run?.indexOf("--name") ?? -1) + 1] ?? "";
  expect(name).toMatch(/^exos-ingest-/);
  expect(remove).toEqual(["rm", "--force", "--volumes", name]);
});
