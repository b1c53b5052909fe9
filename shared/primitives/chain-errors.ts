import type { ErrorRows } from "./error-row.ts";

/** 2xxx: synchronisation, chain files and the rules of consensus. */
export const CHAIN_ERRORS = {
  "EXOS-E2001": {
    status: 503,
    title: "Not ready",
    sentence: "The node is starting or behind the chain.",
    hint: "Try again later; `exos status` shows the progress.",
  },
  "EXOS-E2002": {
    status: 422,
    title: "Block refused",
    sentence: "A block breaks a rule of consensus.",
    hint: "The message names the height, the hash and the reject code. Earlier blocks are kept.",
  },
  "EXOS-E2003": {
    status: 422,
    title: "File not found",
    sentence: "A chain file cannot be opened.",
    hint: "Check the path and the right to read it.",
  },
  "EXOS-E2004": {
    status: 422,
    title: "File truncated",
    sentence: "A chain file ends inside a block.",
    hint: "Blocks before that place are kept. Fetch the file again, then import it again.",
  },
  "EXOS-E2005": {
    status: 422,
    title: "File of another network",
    sentence: "A chain file belongs to another network.",
    hint: "Name its network with --network.",
  },
  "EXOS-E2006": {
    status: 422,
    title: "No chain file",
    sentence: "A file holds no blocks this program can read.",
    hint: "Expected are blocks framed by magic and length, or by length alone.",
  },
  "EXOS-E2007": {
    status: 422,
    title: "Parent missing",
    sentence: "Too many blocks wait for a parent that did not come.",
    hint: "That block is missing, changed or out of order. Fetch the file again, or import in order.",
  },
  "EXOS-E2008": {
    status: 422,
    title: "Beyond the reorganisation limit",
    sentence: "A branch leaves the chain below its last final block.",
    hint: "Import that chain into another folder with --datadir.",
  },
  "EXOS-E2009": {
    status: 422,
    title: "Block damaged",
    sentence: "The bytes of a block are not those its header commits to.",
    hint: "Fetch the block or the file again; the hash itself stays open.",
  },
  "EXOS-E2010": {
    status: 422,
    title: "File damaged",
    sentence: "A chain file holds bytes that are no block.",
    hint: "The message names the offset. Blocks before it are kept; fetch the file again.",
  },
  "EXOS-E2011": {
    status: 422,
    title: "File cannot be written",
    sentence: "An exported file cannot be written.",
    hint: "Check the folder, the right to write there and the room on the disk.",
  },
  "EXOS-E2012": {
    status: 409,
    title: "Block judged too early",
    sentence: "A block cannot be judged yet.",
    hint: "It is kept and judged again when its parent or its time has come.",
  },
  "EXOS-E2013": {
    status: 503,
    title: "No node answers",
    sentence: "No running node answers where one was looked for.",
    hint: "Start it with `exos start`, or name its --network, --datadir, --httpport or --rpcport.",
  },
} as const satisfies ErrorRows;
