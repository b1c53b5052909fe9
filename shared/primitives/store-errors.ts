import type { ErrorRows } from "./error-row.ts";

/** 1xxx: the disk or what lies on it. */
export const STORE_ERRORS = {
  "EXOS-E1000": {
    status: 503,
    title: "Store failed",
    sentence: "Reading or writing a store failed.",
    hint: "The cause is in the log. Try again; `exos doctor` looks at disk and folder.",
  },
  "EXOS-E1001": {
    status: 503,
    title: "Data folder in use",
    sentence: "Another process holds the data folder.",
    hint: "Stop that process, or give this one another folder with --datadir.",
  },
  "EXOS-E1002": {
    status: 503,
    title: "Data folder not writable",
    sentence: "The data folder cannot be written.",
    hint: "Give this user the right to write there, or choose another folder with --datadir.",
  },
  "EXOS-E1003": {
    status: 503,
    title: "Disk full",
    sentence: "There is no room left on the disk of the data folder.",
    hint: "Make room, then start again: what was accepted before is kept.",
  },
  "EXOS-E1004": {
    status: 503,
    title: "Store damaged",
    sentence: "A store holds bytes that were not written so.",
    hint: "Run `exos repair`: it rebuilds what can be rebuilt and says what it did.",
  },
  "EXOS-E1005": {
    status: 503,
    title: "Store too new",
    sentence: "A newer version of this program wrote the data folder.",
    hint: "Use that version or a later one, or another folder with --datadir.",
  },
  "EXOS-E1006": {
    status: 503,
    title: "Store too old",
    sentence: "An older version wrote the data folder in a format that cannot be converted.",
    hint: "Run `exos repair --from blocks`, or start with an empty folder.",
  },
  "EXOS-E1007": {
    status: 503,
    title: "Folder of another network",
    sentence: "The data folder holds the chain of another network.",
    hint: "Name that network, or another folder with --datadir.",
  },
  "EXOS-E1008": {
    status: 503,
    title: "No such data folder",
    sentence: "The path of the data folder is not a folder that can be made or opened.",
    hint: "Give the path of a folder with --datadir.",
  },
  "EXOS-E1009": {
    status: 503,
    title: "Index behind",
    sentence: "The address index has not reached the tip yet.",
    hint: "Wait: it goes on by itself. `exos status` shows how far it is.",
  },
  "EXOS-E1010": {
    status: 503,
    title: "Index damaged",
    sentence: "The address index holds something its own rules exclude.",
    hint: "Run `exos repair --from index`: it is built again from the blocks.",
  },
  "EXOS-E1011": {
    status: 503,
    title: "Block body missing",
    sentence: "The bytes of a block that should be stored are not there.",
    hint: "Run `exos repair --from blocks`, then import the missing block again.",
  },
  "EXOS-E1012": {
    status: 503,
    title: "Work queue gave up",
    sentence: "A piece of work failed every time it was tried.",
    hint: "The log names the cause. The work is found again from the stores at the next start.",
  },
  "EXOS-E1013": {
    status: 503,
    title: "Snapshot refused",
    sentence: "A snapshot does not hold what it says.",
    hint: "The message names the chunk. Fetch the snapshot again.",
  },
  "EXOS-E1014": {
    status: 503,
    title: "Mempool file dropped",
    sentence: "The file of waiting transactions is damaged or of another version.",
    hint: "Nothing to do: the pool fills again from peers. Send your own transactions again.",
  },
  "EXOS-E1015": {
    status: 503,
    title: "Old blocks not kept",
    sentence: "The bodies of old blocks were pruned, or the chain began with a snapshot.",
    hint: "Start from a snapshot or from peers, in a folder of its own.",
  },
  "EXOS-E1016": {
    status: 503,
    title: "Address not summed up yet",
    sentence: "An address has more history than one request can look through.",
    hint: "Where there is a Retry-After, ask again: each request goes on where the last one ended.",
  },
} as const satisfies ErrorRows;
