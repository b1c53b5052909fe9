import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  type CloudState,
  cloudFolderOf,
  readCloudState,
  writeCloudState,
} from "#services/cli/cloud/cloud-state.ts";
import { endGroup, isAlive } from "#services/cli/cloud/process-group.ts";
import { startDetached } from "#services/cli/cloud/start-detached.ts";
import { openCannedEndpoint, xmlAnswer } from "../../../support/aws/canned-endpoint.ts";
import { runInProcess } from "../../../support/run-in-process.ts";
import { disposedOf, temporaryFolder } from "../../../support/temporary-folder.ts";

/** Nothing listens there. */
const NOWHERE = "http://127.0.0.1:9";

/** A city at an endpoint that was given, with a sleeper as the node it follows. */
async function cityAt(url: string, { deployed }: { readonly deployed: boolean }) {
  const datadir = temporaryFolder();
  const folder = cloudFolderOf({ datadir });
  mkdirSync(folder.assembly, { recursive: true });
  writeFileSync(join(folder.assembly, "manifest.json"), "{}");
  const peer = await startDetached({
    ...{ command: "/bin/sleep", words: ["1000000"], env: {}, cwd: datadir },
    log: `${folder.peer}.log`,
  });
  onTestFinished(async () => void (await endGroup({ pid: peer.pid }, 0)));
  const state: CloudState = {
    schema: "exos.cloud.v1",
    endpoint: { kind: "given", url },
    deployed,
    driven: false,
    peer,
  };
  await writeCloudState(folder.state, state);
  return { folder, peer, environment: { EXOS_DATADIR: datadir } };
}

describe("exos cloud down", () => {
  it("ends what runs here when the endpoint that was given has ended, and says so", async () => {
    const { folder, peer, environment } = await cityAt(NOWHERE, { deployed: true });
    const { code, out } = await runInProcess(["cloud", "down"], { environment });
    expect(out).toMatch(/^The local city is down\.\n.*127\.0\.0\.1:9 was not removed: .*\n$/);
    expect(code).toBe(0);
    expect(isAlive(peer.pid)).toBe(false);
    expect(await readCloudState(folder.state)).toBeUndefined();
  });

  it("keeps what is written down when the endpoint answers and cannot be asked all", async () => {
    const account = xmlAnswer("GetCallerIdentity", "<Account>000000000000</Account>");
    const refused = { status: 400, text: "{}" };
    const endpoint = openCannedEndpoint(({ what }) =>
      what === "GetCallerIdentity" ? account : refused,
    );
    const { url } = disposedOf(await endpoint);
    const { folder, peer, environment } = await cityAt(url, { deployed: false });
    const { code, err } = await runInProcess(["cloud", "down"], { environment });
    expect(err).toContain("listing exos-local-loc");
    expect(code).not.toBe(0);
    expect(isAlive(peer.pid)).toBe(false);
    expect(await readCloudState(folder.state)).toBeDefined();
  });

  it("leaves a process alone that has the number of one of ours by now", async () => {
    const { folder, peer, environment } = await cityAt(NOWHERE, { deployed: true });
    const state = await readCloudState(folder.state);
    if (state === undefined) throw new RangeError("nothing is written down");
    expect(state.peer).toEqual(peer);
    const another = { ...peer, start: "another-boot 12" };
    await writeCloudState(folder.state, {
      ...{ ...state, peer: another, driver: another, emulator: another, containers: another },
      ingest: { kind: "process", ...another },
    });
    const { code } = await runInProcess(["cloud", "down"], { environment });
    expect(code).toBe(0);
    expect(isAlive(peer.pid)).toBe(true);
    expect(await readCloudState(folder.state)).toBeUndefined();
  });

  it("tells programs, too", async () => {
    const { environment } = await cityAt(NOWHERE, { deployed: true });
    const { out } = await runInProcess(["cloud", "down", "--json"], { environment });
    expect(JSON.parse(out)).toEqual({
      schema: "exos.cloud-down.v1",
      survivors: [],
      unasked: expect.stringContaining(`${NOWHERE} does not answer as an emulator`),
    });
  });
});
