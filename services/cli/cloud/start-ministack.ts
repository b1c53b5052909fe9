import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { LocalEndpoint } from "#services/cli/cloud/local-endpoint.ts";
import { isAlive } from "#services/cli/cloud/process-group.ts";
import { trustCertificate } from "#services/cli/cloud/trust-certificate.ts";
import { CommandFailure } from "#services/cli/failure.ts";

/** MiniStack while it runs; it goes on when this process ends. */
export interface RunningMinistack {
  readonly endpoint: LocalEndpoint;
  /** Of the emulator, which leads a process group of its own with its functions. */
  readonly pid: number;
  /** What it and the functions said. */
  readonly log: string;
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
const LOOK_MS = 50;

async function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.once("error", reject).listen(0, HOST, () => {
    const address = server.address();
    server.close(() => resolve(typeof address === "object" ? (address?.port ?? 0) : 0));
  });
  return promise;
}

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

interface Awaited {
  readonly url: string;
  /** Which the emulator makes before it listens. */
  readonly certificate: string | undefined;
}

async function waitUntilReady(
  pid: number,
  { url, certificate }: Awaited,
  signal: AbortSignal,
): Promise<boolean> {
  const started = performance.now();
  while (performance.now() - started < READY_MS_MAX && isAlive(pid)) {
    signal.throwIfAborted();
    try {
      trustCertificate(certificate);
      if ((await fetch(`${url}/_ministack/health`)).ok) return true;
    } catch {
      // Not listening yet.
    }
    await wait(LOOK_MS, undefined, { signal });
  }
  return false;
}

/** @throws CommandFailure `EXOS-E8181` with the end of its log, where it does not become ready */
export async function startMinistack(options: StartOptions): Promise<RunningMinistack> {
  const { python, folder, roles = false, signal } = options;
  const port = await freePort();
  const environment = environmentOf(folder, port, roles);
  await rm(folder, { recursive: true, force: true });
  for (const name of ["home", "tmp", "state", "s3"]) {
    await mkdir(join(folder, name), { recursive: true, mode: 0o700 });
  }
  const log = join(folder, "ministack.log");
  const file = openSync(log, "a", 0o600);
  const child = spawn(python, ["-m", "ministack"], {
    cwd: folder,
    env: environment,
    stdio: ["ignore", file, file],
    detached: true,
  });
  closeSync(file);
  child.unref();
  const { pid } = child;
  const url = `${roles ? "https" : "http"}://${HOST}:${port}`;
  const certificate = roles ? join(folder, "tmp", "ministack-tls", "server.crt") : undefined;
  if (pid !== undefined && (await waitUntilReady(pid, { url, certificate }, signal))) {
    return { endpoint: { kind: "ministack", url, certificate }, pid, log };
  }
  const said = (await readFile(log, "utf8").catch(() => "")).split("\n").slice(-20).join("\n");
  throw new CommandFailure(`MiniStack did not become ready\n${said}`, { code: "EXOS-E8181" });
}
