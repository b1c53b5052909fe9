import type { ErrorRows } from "./error-row.ts";

/** 0xxx: what the operator asked for cannot be done as asked. */
export const CONFIGURATION_ERRORS = {
  "EXOS-E0001": {
    status: 500,
    title: "Unknown option",
    sentence: "An option or configuration key is not known.",
    hint: "See `exos config` for the keys and `exos --help` for the options.",
  },
  "EXOS-E0002": {
    status: 500,
    title: "Bad value",
    sentence: "An option has a value it cannot take.",
    hint: "The message names the option and what it accepts.",
  },
  "EXOS-E0003": {
    status: 500,
    title: "Bad configuration file",
    sentence: "The configuration file cannot be read.",
    hint: "The message names the file and the line. Correct it, or move it away.",
  },
  "EXOS-E0004": {
    status: 500,
    title: "Unknown network",
    sentence: "There is no network of this name.",
    hint: "See `exos network show` for the names, or give the path of a network file.",
  },
  "EXOS-E0005": {
    status: 500,
    title: "Bad network file",
    sentence: "The network file breaks a rule for such files.",
    hint: "Correct the field the message names; `exos network validate FILE` checks it again.",
  },
  "EXOS-E0006": {
    status: 500,
    title: "Port in use",
    sentence: "Another program listens on a port this node needs.",
    hint: "Stop it, or give another port with --httpport, --rpcport or --port (0 takes a free one).",
  },
  "EXOS-E0007": {
    status: 500,
    title: "Not on this network",
    sentence: "This works on development networks only.",
    hint: "Use `--network exos-regtest` or a private network.",
  },
  "EXOS-E0008": {
    status: 500,
    title: "Unsafe listener",
    sentence: "A listener outside this machine was asked for without a login.",
    hint: "Bind to 127.0.0.1, or set rpcauth and rpcallowip.",
  },
  "EXOS-E0009": {
    status: 500,
    title: "Wrong host",
    sentence: "This machine cannot run the node as it is.",
    hint: "`exos doctor` names what is missing.",
  },
  "EXOS-E0010": {
    status: 500,
    title: "Command failed",
    sentence: "What blocknotify or walletnotify runs ended with an error.",
    hint: "Run it by hand with a hash in place of %s, as the user of the node.",
  },
} as const satisfies ErrorRows;
