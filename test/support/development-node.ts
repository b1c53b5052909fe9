import { runInProcess } from "./run-in-process.ts";

/** `exos dev` in this process, on ports of its own. Dispose of it to stop it, as Ctrl-C does. */
export interface DevelopmentNode extends AsyncDisposable {
  readonly httpPort: number;
  readonly address: string;
  /** What tells a command where this node is. */
  readonly environment: Readonly<Record<string, string>>;
}

export async function openDevelopmentNode(
  folder: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<DevelopmentNode> {
  const stop = new AbortController();
  const environment = {
    ...settings,
    ...{ EXOS_DATADIR: folder, EXOS_HTTPPORT: "0", EXOS_RPCPORT: "0" },
  };
  const ready = Promise.withResolvers<string>();
  const running = runInProcess(["dev", "--json"], {
    environment,
    signal: stop.signal,
    onOutput: (out) => out.includes("\n") && ready.resolve(out),
  });
  const ended = running.then(({ err }) => Promise.reject(new RangeError(`it ended: ${err}`)));
  const { httpUrl, rpcUrl, address } = JSON.parse(await Promise.race([ready.promise, ended]));
  ended.catch(() => undefined);
  const [httpPort, rpcPort] = [httpUrl, rpcUrl].map((url: string) => new URL(url).port);
  return {
    httpPort: Number(httpPort),
    address,
    environment: {
      EXOS_DATADIR: folder,
      EXOS_HTTPPORT: String(httpPort),
      EXOS_RPCPORT: String(rpcPort),
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      const { code, err } = await running;
      if (code !== 0) throw new RangeError(`it ended with ${code}: ${err}`);
    },
  };
}
