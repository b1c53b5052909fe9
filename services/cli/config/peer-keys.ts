import type { ConfigKey } from "#services/cli/config/config-keys.ts";

/** Keys about other nodes. @source interfaces.md 7.1; exos-l1.md, appendix E */
export const PEER_KEYS = {
  listen: { kind: "boolean", fallback: "1", meaning: "whether other nodes can connect" },
  bind: {
    kind: "list",
    fallback: "",
    meaning: "addresses to listen on for peers, each with or without a port; default: all",
  },
  externalip: {
    kind: "list",
    fallback: "",
    meaning: "address others reach this node at, told to those it connects to",
  },
  connect: {
    kind: "list",
    fallback: "",
    meaning: "nodes to connect to, as HOST:PORT, and no others",
  },
  addnode: {
    kind: "list",
    fallback: "",
    meaning: "nodes to connect to, as HOST:PORT, beside those that are found",
  },
  dnsseed: {
    kind: "boolean",
    fallback: "0",
    meaning: "ask the network's published names for nodes when none is known",
  },
  proxy: {
    kind: "text",
    meaning: "SOCKS5 proxy for outbound connections, as HOST:PORT; takes .onion names too",
  },
  maxinbound: {
    kind: "integer",
    fallback: "109",
    min: 0,
    max: 1_000,
    meaning: "nodes that may be connected to this one",
  },
  maxoutbound: {
    kind: "integer",
    fallback: "16",
    min: 0,
    max: 256,
    meaning: "nodes that this one looks for and connects to",
  },
  bantime: {
    kind: "integer",
    fallback: "16000",
    min: 1,
    max: 31_536_000,
    meaning: "seconds that a peer stays away after it broke a rule",
  },
  whitelist: {
    kind: "list",
    fallback: "",
    meaning: "addresses or networks that are neither banned nor refused",
  },
  iprangefiltering: {
    kind: "boolean",
    fallback: "1",
    meaning: "one peer of each /16 network; nodes named by hand are exempt",
  },
  blocksonly: {
    kind: "boolean",
    fallback: "0",
    meaning: "no transactions are asked for or passed on",
  },
  synctime: {
    kind: "boolean",
    fallback: "1",
    meaning: "follow the median of the peers' clocks, by 1,500 seconds at most",
  },
  maxtipage: {
    kind: "integer",
    fallback: "7200",
    min: 1,
    max: 31_536_000,
    meaning: "age of the tip in seconds up to which a node of a public network relays",
  },
  agentprefix: { kind: "text", meaning: "up to 10 characters before the name told to peers" },
  maxuploadperday: {
    kind: "integer",
    fallback: "0",
    min: 0,
    max: 100_000_000,
    meaning: "MiB a day after which old blocks are no longer sent; 0: no limit",
  },
} as const satisfies Record<string, ConfigKey>;
