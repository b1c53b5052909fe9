import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { dockerSocket } from "#infra/image/docker-socket.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

/** A client of Docker that says this of its daemon; one that says nothing fails. */
function client(says: string | undefined): { readonly PATH: string } {
  const folder = temporaryFolder();
  const body = says === undefined ? "exit 1" : `echo '${says}'`;
  writeFileSync(join(folder, "docker"), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return { PATH: `${folder}:/usr/bin:/bin` };
}

const docker = () => client('{"Platform":{"Name":"Docker"},"Components":[{"Name":"Engine"}]}');
const podman = () => client('{"Components":[{"Name":"Podman Engine"},{"Name":"Conmon"}]}');

describe("the socket of Docker's daemon", () => {
  it("is where the operator says, or where it usually is", async () => {
    expect(await dockerSocket(docker())).toBe("/var/run/docker.sock");
    const elsewhere = { ...docker(), DOCKER_HOST: "unix:///run/user/1000/docker.sock" };
    expect(await dockerSocket(elsewhere)).toBe("/run/user/1000/docker.sock");
  });

  it.each([
    ["another engine answers in its place", podman],
    ["nobody answers", () => client(undefined)],
    ["it is on another machine", () => ({ ...docker(), DOCKER_HOST: "tcp://10.0.0.1:2375" })],
    ["there is no such program", () => ({ PATH: temporaryFolder() })],
  ])("is nowhere where %s", async (_, environment) => {
    expect(await dockerSocket(environment())).toBeUndefined();
  });
});
