import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { freePort } from "#services/cli/cloud/free-port.ts";

/** The version that is built and spoken with. */
const VERSION = "0.26.2";
const MODULE = `github.com/btcsuite/btcd@v${VERSION}`;
/** Its answers to calls that come too early are refused connections. */
const START_MS_MAX = 30_000;
const POLL_MS = 50;

/** Whether there is a Go that could build it. */
export function hasGo(): boolean {
  return spawnSync("go", ["version"], { stdio: "ignore" }).status === 0;
}

/**
 * btcd as the Go module proxy has it, built once into the user's cache folder.
 *
 * @returns the path of the program
 * @throws RangeError when it cannot be built
 */
export function buildBtcd(): string {
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const folder = join(cache, "exos", `btcd-${VERSION}`);
  const program = join(folder, "btcd");
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  const env = { ...process.env, GOBIN: folder };
  const { status, stderr } = spawnSync("go", ["install", MODULE], { env, encoding: "utf8" });
  if (status !== 0) throw new RangeError(`${MODULE} was not built: ${stderr}`);
  return program;
}

/** A running btcd on its regtest, with one peer. */
export class BtcdProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #url: string;
  #said = "";
  #calls = 0;

  private constructor(child: ChildProcess, rpcPort: number) {
    this.#child = child;
    this.#url = `http://127.0.0.1:${rpcPort}/`;
    const hear = (text: string) => {
      this.#said = (this.#said + text).slice(-4_000);
    };
    child.stdout?.setEncoding("utf8").on("data", hear);
    child.stderr?.setEncoding("utf8").on("data", hear);
  }

  /** @param folder everything it writes lies there @param miningAddress gets its rewards */
  static async start(
    folder: string,
    { peer, miningAddress }: { readonly peer: number; readonly miningAddress: string },
  ): Promise<BtcdProcess> {
    const rpcPort = await freePort();
    const args = [
      "--regtest",
      `--configfile=${join(folder, "btcd.conf")}`,
      `--datadir=${join(folder, "data")}`,
      `--logdir=${join(folder, "logs")}`,
      `--connect=127.0.0.1:${peer}`,
      `--rpclisten=127.0.0.1:${rpcPort}`,
      "--rpcuser=user",
      "--rpcpass=pass",
      "--notls",
      "--nodnsseed",
      "--trickleinterval=100ms",
      `--miningaddr=${miningAddress}`,
    ];
    const child = spawn(buildBtcd(), args, {
      env: { ...process.env, HOME: folder },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const btcd = new BtcdProcess(child, rpcPort);
    await btcd.#answers();
    return btcd;
  }

  /** What it printed last. */
  get said(): string {
    return this.#said;
  }

  /** @returns the result of one method @throws RangeError with its error */
  async call(method: string, ...params: readonly unknown[]): Promise<unknown> {
    const response = await fetch(this.#url, {
      method: "POST",
      headers: { authorization: `Basic ${btoa("user:pass")}` },
      body: JSON.stringify({ jsonrpc: "1.0", id: ++this.#calls, method, params }),
    });
    const { result, error } = JSON.parse(await response.text());
    if (error !== null) throw new RangeError(`${method}: ${JSON.stringify(error)}`);
    return result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const closed = once(this.#child, "close");
    this.#child.kill("SIGINT");
    await closed;
  }

  async #answers(): Promise<void> {
    const until = performance.now() + START_MS_MAX;
    for (;;) {
      try {
        await this.call("getblockcount");
        return;
      } catch (cause) {
        if (performance.now() < until && this.#child.exitCode === null) {
          await new Promise((resolve) => setTimeout(resolve, POLL_MS));
          continue;
        }
        this.#child.kill("SIGKILL");
        throw new RangeError(`btcd does not answer: ${this.#said}`, { cause });
      }
    }
  }
}
