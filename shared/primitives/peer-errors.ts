import type { ErrorRows } from "./error-row.ts";

/** 3xxx: other nodes, and the connections to them. */
export const PEER_ERRORS = {
  "EXOS-E3001": {
    status: 422,
    title: "Peer broke a rule",
    sentence: "A peer sent what no honest node sends, and is banned.",
    hint: "Nothing to do. The log names the rule; `listbanned` shows how long it stays away.",
  },
  "EXOS-E3002": {
    status: 422,
    title: "Message unreadable",
    sentence: "A peer sent bytes that are no message, and is disconnected.",
    hint: "Nothing to do, unless it happens with every peer: then check --network on both sides.",
  },
  "EXOS-E3003": {
    status: 504,
    title: "Peer silent",
    sentence: "A peer did not answer in time, and is disconnected.",
    hint: "Nothing to do; another is dialled. Does it happen with every peer, check the line.",
  },
  "EXOS-E3004": {
    status: 422,
    title: "Peer unsuitable",
    sentence: "A peer's version or services are not enough, and it is disconnected.",
    hint: "The log names what is missing. Update the other node, or dial another.",
  },
  "EXOS-E3005": {
    status: 409,
    title: "Connected to itself",
    sentence: "The node dialled its own address.",
    hint: "Leave the node's own address out of --connect and --addnode.",
  },
  "EXOS-E3006": {
    status: 503,
    title: "No source of peers",
    sentence: "The node knows of no other node and has no way to hear of one.",
    hint: "Name one with --addnode HOST:PORT or --connect HOST:PORT, or ask with --dnsseed.",
  },
  "EXOS-E3007": {
    status: 503,
    title: "Peers forgotten",
    sentence: "The file of addresses or of bans could not be understood, and begins anew.",
    hint: "Nothing to do: peers are found again. Name one with --addnode if none is.",
  },
  "EXOS-E3008": {
    status: 503,
    title: "Clock disagrees",
    sentence: "The clock of this machine differs from those of its peers by over 1,500 seconds.",
    hint: "Set the clock of this machine. Is it right, then the peers are wrong: name others.",
  },
  "EXOS-E3009": {
    status: 400,
    title: "No such peer",
    sentence: "That is no node this one knows, or no address of one.",
    hint: "`exos peers` lists who is connected; write addresses as HOST:PORT.",
  },
} as const satisfies ErrorRows;
