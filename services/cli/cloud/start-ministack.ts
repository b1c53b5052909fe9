import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { freePort } from "#services/cli/cloud/free-port.ts";
import type { LocalEndpoint } from "#services/cli/cloud/local-endpoint.ts";
import { type DetachedProcess, startReady } from "#services/cli/cloud/start-detached.ts";
import { trustCertificate } from "#services/cli/cloud/trust-certificate.ts";

/** MiniStack while it runs. Its functions are of its process group, and say what they say in its log. */
export interface RunningMinistack extends DetachedProcess {
  readonly endpoint: LocalEndpoint;
}

export interface StartOptions {
  /** Python of an environment that has it. */
  readonly python: string;
  /** Absolute; home, state and temporary files of the emulator and its functions. */
  readonly folder: string;
  /** Whether roles are enforced. Then the endpoint is `https`, since bucket policies ask for it. */
  readonly roles?: boolean;
  readonly signal: AbortSignal;
}

const HOST = "127.0.0.1";
/** It is ready after 0.4 s on two idle cores. */
const READY_MS_MAX = 60_000;

/**
 * All that the emulator sees, and through it every function: nothing of ours but the place of our
 * Node, which runs functions whatever runtime they name.
 */
function environmentOf(folder: string, port: number, roles: boolean): Record<string, string> {
  return {
    PATH: [dirname(process.execPath), "/usr/local/bin", "/usr/bin", "/bin"].join(":"),
    LANG: "C.UTF-8",
    HOME: join(folder, "home"),
    TMPDIR: join(folder, "tmp"),
    STATE_DIR: join(folder, "state"),
    S3_DATA_DIR: join(folder, "s3"),
    BIND_HOST: HOST,
    MINISTACK_HOST: HOST,
    GATEWAY_PORT: String(port),
    IOT_MTLS_ENABLED: "0",
    SFTP_ENABLED: "0",
    PYTHONUNBUFFERED: "1",
    ...(roles ? { AUTH: "true", USE_SSL: "1" } : {}),
  };
}

/** @returns `true` once it answers */
async function answers(url: string, certificate: string | undefined): Promise<true | undefined> {
  try {
    // Made by the emulator before it listens.
    trustCertificate(certificate);
    return (await fetch(`${url}/_ministack/health`)).ok ? true : undefined;
  } catch {
    // Not listening yet.
    return undefined;
  }
}

/** @throws CommandFailure `EXOS-E8181` with the end of its log, where it does not become ready */
export async function startMinistack(options: StartOptions): Promise<RunningMinistack> {
  const { python, folder, roles = false, signal } = options;
  const port = await freePort(HOST);
  await rm(folder, { recursive: true, force: true });
  for (const name of ["home", "tmp", "state", "s3"]) {
    await mkdir(join(folder, name), { recursive: true, mode: 0o700 });
  }
  const url = `${roles ? "https" : "http"}://${HOST}:${port}`;
  const certificate = roles ? join(folder, "tmp", "ministack-tls", "server.crt") : undefined;
  const { found: _, ...started } = await startReady(
    {
      command: python,
      words: ["-m", "ministack"],
      env: environmentOf(folder, port, roles),
      cwd: folder,
      log: join(folder, "ministack.log"),
    },
    { name: "MiniStack", msMax: READY_MS_MAX, signal, look: () => answers(url, certificate) },
  );
  return { ...started, endpoint: { kind: "ministack", url, certificate } };
}
