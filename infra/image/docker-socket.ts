import { runCommand } from "./run-command.ts";

const ANSWER_MS = 15_000;
const USUAL = "unix:///var/run/docker.sock";
/** How Docker names itself among the parts of its daemon; podman, in its place, is `Podman Engine`. */
const DOCKER = /"Name":"Engine"/;

/**
 * Where the Docker daemon of this machine is reached by what runs in its containers.
 *
 * @returns a path; `undefined` where none answers, another engine does so in its place, or it is on
 *   another machine
 */
export async function dockerSocket(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const [, path] = /^unix:\/\/(\/.+)$/.exec(environment["DOCKER_HOST"] ?? USUAL) ?? [];
  if (path === undefined) return undefined;
  const words = ["version", "--format", "{{json .Server}}"];
  const { status, stdout } = await runCommand("docker", words, {
    environment,
    timeoutMs: ANSWER_MS,
  });
  return status === 0 && DOCKER.test(stdout) ? path : undefined;
}
