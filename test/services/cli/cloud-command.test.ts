import { expect, it } from "vitest";
import { cloudFolderOf, writeCloudState } from "#services/cli/cloud/cloud-state.ts";
import { runInProcess } from "../../support/run-in-process.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

it("names the command that clears away after an interruption where there is something left", async () => {
  const datadir = temporaryFolder();
  const url = "http://127.0.0.1:9";
  const interrupted = () =>
    runInProcess(["cloud", "up", "--process"], {
      environment: { EXOS_DATADIR: datadir, AWS_ENDPOINT_URL: url },
      signal: AbortSignal.abort(),
    });
  expect(await interrupted()).toMatchObject({ code: 130, err: "stopped\n" });
  const endpoint = { kind: "given", url } as const;
  await writeCloudState(cloudFolderOf({ datadir }).state, {
    ...{ schema: "exos.cloud.v1", endpoint, deployed: true, driven: false },
  });
  const err = "stopped; exos cloud down clears away what was started\n";
  expect(await interrupted()).toMatchObject({ code: 130, err });
});
