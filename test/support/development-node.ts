import { join } from "node:path";
import { DEVELOPMENT_PASSWORD, DEVELOPMENT_WALLET } from "#services/cli/dev/development-wallet.ts";
import { openKeystoreFolder } from "#shared/adapters/embedded/keystore-folder.ts";
import { startInline } from "#shared/adapters/embedded/keystore-thread.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { runInProcess } from "./run-in-process.ts";
import { KNOWN_WORDS } from "./wallet-vectors.ts";

/** `exos dev` in this process, on ports of its own. Dispose of it to stop it, as Ctrl-C does. */
export interface DevelopmentNode extends AsyncDisposable {
  readonly httpPort: number;
  readonly address: string;
  /** What tells a command where this node is. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * The wallet that a development node would make, with a password that is checked at once: making it
 * as for an owner takes two threads and three times the work that is to hold a thief up.
 *
 * @param folder of the data; nothing where it has the wallet
 */
export async function layDevelopmentWallet(folder: string): Promise<void> {
  const keystores = openKeystoreFolder({
    folder: join(folder, exosRegtest.name, "wallets"),
    network: exosRegtest,
    clock: createSystemClock(),
    log: createMemoryLog(),
    cost: { name: "argon2id", m: 8, t: 1, p: 1 },
    start: startInline,
  });
  await keystores.create({
    name: DEVELOPMENT_WALLET,
    password: DEVELOPMENT_PASSWORD,
    source: { kind: "text", text: KNOWN_WORDS },
    scheme: "exos-105",
  });
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
  await layDevelopmentWallet(folder);
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
