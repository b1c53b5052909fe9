import { randomBytes } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { BlockList, isIP } from "node:net";
import { join } from "node:path";
import { openSingleCity } from "#services/rpc/city/open-single-city.ts";
import type { Access, Readiness, RpcDeps, RunningCall } from "#services/rpc/deps.ts";
import { createRateLimit } from "#services/rpc/http/rate-limit.ts";
import { createStreamLimit } from "#services/rpc/http/stream-limit.ts";
import { COOKIE_USER, type Login, parseSaltedLogin } from "#services/rpc/json-rpc/login.ts";
import { METHODS } from "#services/rpc/methods/all.ts";
import { createFolderSecrets } from "#shared/adapters/embedded/folder-secrets.ts";
import { createSystemEntropy } from "#shared/adapters/embedded/system-entropy.ts";
import { EDGE_KEY } from "#shared/fleet/edge-stamp.ts";
import type { Secrets } from "#shared/ports/secrets.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";

/** What the process that embeds this service brings along. */
export type Shared = Omit<
  RpcDeps,
  "access" | "readiness" | "entropy" | "city" | "calls" | "methods"
>;

/** What the operator says about the listeners. Each is a key of the configuration. */
export interface RpcOptions {
  /** Folder of the network, which the cookie file is written to. */
  readonly folder: string;
  /** `<user>:<salt>$<hex>` each. */
  readonly rpcauth: readonly string[];
  readonly rpcuser: string | undefined;
  readonly rpcpassword: string | undefined;
  /** Addresses and networks beside loopback. */
  readonly rpcallowip: readonly string[];
  /** `<user>:<method;method>` each; a user without an entry may call everything. */
  readonly rpcwhitelist: readonly string[];
  readonly httphosts: readonly string[];
  readonly httporigins: readonly string[];
  readonly readiness: Readiness;
  /** `false`: callers from other machines, and all of a city, may ask as often as they like. */
  readonly ratelimit?: boolean;
  /** Name of the city in every answer; `local` unless said. */
  readonly city?: string | undefined;
  /** Makes it a city of the fleet, which answers everybody alike and only through the edge. */
  readonly role?:
    | {
        /** What the city says it runs. */
        readonly release: string;
        /** Holds the keys of the edge's stamps. */
        readonly secretsFolder: string;
      }
    | undefined;
}

export interface EmbeddedRpc extends AsyncDisposable {
  /** What callers are answered with. */
  readonly deps: RpcDeps;
  /** What the operator is answered with, by his login: the same, but at a city. */
  readonly own: RpcDeps;
  /** Where the cookie of this start lies. */
  readonly cookiePath: string;
}

export const COOKIE_FILE = ".cookie";

/**
 * The API of a node of one's own: whoever may read the node's folder may log in. As a city, that of
 * everybody besides. Dispose of it to remove the cookie.
 * @throws when the cookie file cannot be written, or an option has no meaning (RangeError)
 */
export async function composeEmbedded(shared: Shared, options: RpcOptions): Promise<EmbeddedRpc> {
  const cookiePath = join(options.folder, COOKIE_FILE);
  const password = randomBytes(32).toString("hex");
  // A file left by a killed process may have other rights: it goes first.
  await rm(cookiePath, { force: true });
  await writeFile(cookiePath, `${COOKIE_USER}:${password}`, { mode: 0o600, flag: "wx" });

  const cookie: Login = { kind: "plain", user: COOKIE_USER, password };
  const access = accessOf(options, [cookie, ...loginsOf(options, shared.log)]);
  const entropy = createSystemEntropy();
  const control = { ...shared.control, sizeOnDisk: rememberSize(shared) };
  const { readiness } = options;
  const city = options.city ?? "local";
  const calls = new Set<RunningCall>();
  const limits =
    options.ratelimit === false
      ? {}
      : { rate: createRateLimit(shared), streams: createStreamLimit() };
  const own = {
    ...{ ...shared, control, city, calls, access, readiness, entropy },
    ...limits,
    methods: async () => METHODS,
  };
  return {
    deps: await openRole(own, options.role),
    own,
    cookiePath,
    [Symbol.asyncDispose]: () => rm(cookiePath, { force: true }),
  };
}

async function openRole(own: RpcDeps, role: RpcOptions["role"]): Promise<RpcDeps> {
  if (role === undefined) return own;
  const { release, secretsFolder } = role;
  const secrets = createFolderSecrets({ folder: secretsFolder });
  await warnWithoutKey(secrets, own);
  return openSingleCity(own, { secrets, release });
}

/** Say it while nobody can be let in; the chain is followed meanwhile. */
async function warnWithoutKey(secrets: Secrets, { log, city }: RpcDeps): Promise<void> {
  try {
    if ((await secrets.get(EDGE_KEY)) !== undefined) return;
    log.warn("EXOS-E8020", "the city lacks the edge's key, and answers nobody", { city });
  } catch (fault) {
    // It may be mended while the node runs: what asks for it next reads it again.
    if (!(fault instanceof StoreFault)) throw fault;
    log.warn("EXOS-E8020", "the city cannot read the edge's key", { err: fault.message });
  }
}

/** Counting files takes a millisecond and more: a size is good for a minute. */
const SIZE_MS = 60_000;

function rememberSize({ control, clock }: Shared): () => Promise<number> {
  let size: Promise<number> | undefined;
  let countedMs = 0;
  return () => {
    const now = clock.elapsedMs();
    if (size === undefined || now - countedMs >= SIZE_MS) {
      countedMs = now;
      size = control.sizeOnDisk();
      size.catch(() => {
        size = undefined;
      });
    }
    return size;
  };
}

function loginsOf(options: RpcOptions, log: RpcDeps["log"]): Login[] {
  const salted = options.rpcauth.map((text) => {
    const login = parseSaltedLogin(text);
    if (login === undefined) throw new RangeError("rpcauth is not <user>:<salt>$<64 hex digits>");
    return login;
  });
  const { rpcuser, rpcpassword } = options;
  if (rpcuser === undefined || rpcpassword === undefined) return salted;
  log.warn("EXOS-E0002", "rpcuser and rpcpassword keep a password in plain text: use rpcauth");
  return [...salted, { kind: "plain", user: rpcuser, password: rpcpassword }];
}

function accessOf(options: RpcOptions, logins: readonly Login[]): Access {
  const peers = peerList(options.rpcallowip);
  const allowed = new Map(options.rpcwhitelist.map(parseWhitelist));
  return {
    kind: "node",
    logins,
    hosts: options.httphosts.map((host) => host.toLowerCase()),
    origins: options.httporigins,
    mayCall: (user, method) => allowed.get(user)?.includes(method) ?? true,
    allowsAddress: (address) => peers.check(address, isIP(address) === 6 ? "ipv6" : "ipv4"),
  };
}

function parseWhitelist(entry: string): [string, readonly string[]] {
  const colon = entry.indexOf(":");
  const methods = entry.slice(colon + 1).split(/[;,]/);
  return [entry.slice(0, colon), methods.map((method) => method.trim())];
}

/** Loopback, and what `rpcallowip` adds: addresses, or networks as `address/bits`. */
function peerList(added: readonly string[]): BlockList {
  const peers = new BlockList();
  peers.addSubnet("127.0.0.0", 8);
  peers.addAddress("::1", "ipv6");
  for (const entry of added) {
    const [address = "", bits] = entry.split("/");
    const version = isIP(address);
    if (version === 0) throw new RangeError(`rpcallowip: ${entry} is no address or network`);
    const family = version === 6 ? "ipv6" : "ipv4";
    if (bits === undefined) peers.addAddress(address, family);
    else peers.addSubnet(address, Number(bits), family);
  }
  return peers;
}
