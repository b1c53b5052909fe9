import { CITY_KEYS } from "#services/cli/config/city-keys.ts";
import { PEER_KEYS } from "#services/cli/config/peer-keys.ts";
import { POOL_KEYS } from "#services/cli/config/pool-keys.ts";
import { STAKING_KEYS } from "#services/cli/config/staking-keys.ts";
import { TRACE_KEYS } from "#services/cli/config/trace-keys.ts";
import { WALLET_KEYS } from "#services/cli/config/wallet-keys.ts";

/** How the text of a value is read. `list` splits at commas and may be given several times. */
export type ValueKind = "text" | "integer" | "boolean" | "list";

export interface ConfigKey {
  readonly kind: ValueKind;
  /** As it would be written; `undefined`: nothing, or what the network's data says. */
  readonly fallback?: string;
  /** Inclusive bounds of an integer. */
  readonly min?: number;
  readonly max?: number;
  /** The only values a text may have. */
  readonly choices?: readonly string[];
  /** Never printed; takes `@file:<path>`. */
  readonly secret?: true;
  readonly meaning: string;
}

const port = (meaning: string): ConfigKey => ({ kind: "integer", min: 0, max: 65_535, meaning });

/**
 * Every key that the node understands: the flag `--key`, the environment's `EXOS_KEY`, and the line
 * `key=value` of `exos.conf`. @source interfaces.md 7.1
 */
export const CONFIG_KEYS = {
  network: {
    kind: "text",
    fallback: "exos-regtest",
    meaning: "network by name, or the path of a private network's JSON file",
  },
  datadir: {
    kind: "text",
    fallback: "~/.exos",
    meaning: "folder that holds one data folder per network",
  },
  conf: { kind: "text", meaning: "configuration file; default: exos.conf in the data folder" },
  loglevel: {
    kind: "text",
    fallback: "info",
    choices: ["debug", "info", "warn", "error"],
    meaning: "least level that is logged",
  },
  logformat: {
    kind: "text",
    fallback: "auto",
    choices: ["auto", "human", "json"],
    meaning: "auto: lines for people on a terminal, JSON lines elsewhere",
  },
  httpbind: { kind: "text", fallback: "127.0.0.1", meaning: "address the HTTP API listens on" },
  httpport: port("port of the HTTP API; 0: any free one; default: the network's"),
  httphosts: { kind: "list", fallback: "", meaning: "host names accepted besides loopback" },
  httporigins: { kind: "list", fallback: "", meaning: "origins that browsers may call from" },
  ratelimit: {
    kind: "boolean",
    fallback: "1",
    meaning: "whether callers from other machines, and all of a city, have an allowance",
  },
  rpcbind: { kind: "text", fallback: "127.0.0.1", meaning: "address JSON-RPC listens on" },
  rpcport: port("port of JSON-RPC; 0: any free one; default: the network's"),
  rpcuser: { kind: "text", meaning: "name for JSON-RPC beside the cookie (prefer rpcauth)" },
  rpcpassword: { kind: "text", secret: true, meaning: "password of rpcuser (prefer rpcauth)" },
  rpcauth: { kind: "list", fallback: "", meaning: "logins as <name>:<salt>$<HMAC-SHA256 hex>" },
  rpcallowip: {
    kind: "list",
    fallback: "",
    meaning: "addresses or networks let in besides loopback",
  },
  rpcwhitelist: {
    kind: "list",
    fallback: "",
    meaning: "methods a login may call, as <name>:<a;b>",
  },
  port: port("port peers connect to; 0: any free one; default: the network's"),
  ...PEER_KEYS,
  ...POOL_KEYS,
  ...WALLET_KEYS,
  ...STAKING_KEYS,
  ...CITY_KEYS,
  ...TRACE_KEYS,
  jobs: {
    kind: "integer",
    min: 0,
    max: 64,
    meaning: "script-verifying workers beside the main thread; default: cores, at most 4",
  },
  dbcache: {
    kind: "integer",
    fallback: "256",
    min: 16,
    max: 16_384,
    meaning: "memory for unwritten chain state, MiB",
  },
  prune: {
    kind: "integer",
    fallback: "0",
    min: 0,
    max: 1_000_000_000,
    meaning: "blocks whose bodies are kept, and no fewer than a reorganisation may want; 0: all",
  },
  checkpoints: {
    kind: "text",
    choices: ["assert", "skip"],
    meaning:
      "assert: they only have to match; skip: blocks below the last are not judged; default: skip where the public main network is downloaded",
  },
  assumevalid: {
    kind: "text",
    meaning: "block hash whose ancestors' rules are skipped; 1: the network's own; default: none",
  },
  readymaxlag: {
    kind: "integer",
    fallback: "2",
    min: 0,
    max: 100_000,
    meaning: "blocks behind at which /readyz still says yes",
  },
  readymaxage: {
    kind: "integer",
    fallback: "1800",
    min: 1,
    max: 31_536_000,
    meaning: "age of the tip in seconds at which /readyz still says yes; off without peers",
  },
} as const satisfies Record<string, ConfigKey>;

export type ConfigName = keyof typeof CONFIG_KEYS;

/** Names of the reference node and EXOS-Qt for keys of ours. */
export const ALIASES: Readonly<Record<string, ConfigName>> = {
  apiport: "httpport",
  apiuri: "httpbind",
  par: "jobs",
  stake: "staking",
  debuglevel: "loglevel",
  maxinboundconnections: "maxinbound",
  maxoutboundconnections: "maxoutbound",
  maxuploadtarget: "maxuploadperday",
};

/** Flags of the reference that choose a network. */
export const NETWORK_FLAGS: Readonly<Record<string, string>> = {
  testnet: "exos-test",
  regtest: "exos-regtest",
  mainnet: "exos",
};
