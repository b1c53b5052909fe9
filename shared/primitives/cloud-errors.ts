import type { ErrorRows } from "./error-row.ts";

/** 81xx: a city on AWS, or on something that answers like it. */
export const CLOUD_ERRORS = {
  "EXOS-E8100": {
    status: 503,
    title: "AWS did not answer",
    sentence: "A request to AWS failed, or was refused for now.",
    hint: "Parts of a city try again by themselves. A command is run again where the network reaches AWS, or the endpoint in AWS_ENDPOINT_URL.",
  },
  "EXOS-E8101": {
    status: 500,
    title: "Name missing from the environment",
    sentence:
      "This part of a city was started without a name that it needs, or with a bad one or another city's.",
    hint: "Functions and tasks get their names from the stacks: deploy again with `exos fleet deploy`.",
  },
  "EXOS-E8102": {
    status: 500,
    title: "Table, queue, bucket or key not found",
    sentence: "What a name of the environment points to does not exist in this region.",
    hint: "Compare city, region and account with `exos fleet status --environment prod`; a missing stack is deployed again.",
  },
  "EXOS-E8103": {
    status: 500,
    title: "Credentials refused",
    sentence: "The credentials are absent, expired, or of another account or region.",
    hint: "Log in again; on AWS itself the role of the function or task gives them.",
  },
  "EXOS-E8104": {
    status: 500,
    title: "Not allowed",
    sentence: "The role of this part of the city may not do what was asked.",
    hint: "Roles are generated from `infra/grants.ts`: deploy again; if it stays, it is a bug of ours.",
  },
  "EXOS-E8105": {
    status: 500,
    title: "Request refused",
    sentence: "AWS says that a request is malformed or too large.",
    hint: "It would be refused again: report it as a bug with the log line.",
  },
  "EXOS-E8106": {
    status: 500,
    title: "Network and city do not match",
    sentence: "The stores hold the chain of another network.",
    hint: "Deploy the city with the network its tables were made for, or give it new tables.",
  },
  "EXOS-E8107": {
    status: 500,
    title: "Stored item broken",
    sentence: "An item in a table is not what this program writes there.",
    hint: "Compare the versions of the city's parts; a table that stays broken is filled again with `exos fleet load`.",
  },
  "EXOS-E8108": {
    status: 501,
    title: "Not known to the endpoint",
    sentence: "What answers does not know this request: an emulator, or a region that lacks it.",
    hint: "On AWS itself it works. What an emulator lacks, `exos cloud up` prints; without AWS_ENDPOINT_URL AWS is asked.",
  },
  "EXOS-E8110": {
    status: 500,
    title: "Unreadable hint",
    sentence: "A queue or topic delivered a message that this version does not understand.",
    hint: "It was dropped, and the next tick finds its work. Many of them: two versions are deployed.",
  },
  "EXOS-E8111": {
    status: 500,
    title: "Poison block",
    sentence: "Connecting a block ended twice without a verdict; it is left alone for ten minutes.",
    hint: "The city goes on without it, and says so to its topic of alarms. Read the log of `connect` by its hash, fix, deploy.",
  },
  "EXOS-E8130": {
    status: 500,
    title: "Loaded set too old",
    sentence: "Another load, which began later, was done first.",
    hint: "Nothing to do: the city has the newer set.",
  },
  "EXOS-E8131": {
    status: 500,
    title: "City on another chain",
    sentence: "The chain of the city and the one that was loaded for it have parted.",
    hint: "Find out which of both the other cities follow; `exos fleet load <city> --refill` replaces that of the city.",
  },
  "EXOS-E8132": {
    status: 500,
    title: "Nothing to load",
    sentence:
      "The chain is shorter than the deepest reorganisation, so that no set of it is final.",
    hint: "Nothing to do: the city follows so short a chain by itself.",
  },
  "EXOS-E8133": {
    status: 500,
    title: "No snapshot to trust",
    sentence: "The bucket holds no snapshot of this network that may be trusted.",
    hint: "`exos fleet load <city> --from genesis` judges everything; `--trust <muhash>` names the set that is meant.",
  },
  "EXOS-E8134": {
    status: 500,
    title: "Snapshot refuted",
    sentence: "The replay from genesis did not end in the coins that were loaded.",
    hint: "`exos fleet load <city> --from genesis --refill` loads the city anew. Whoever published the snapshot has a bug.",
  },
  "EXOS-E8135": {
    status: 503,
    title: "Load due",
    sentence: "The city is more than 4,096 blocks behind what its peers have.",
    hint: "`exos fleet load <city>`: a task is faster, and costs a tenth. Without it the city catches up by itself.",
  },
  "EXOS-E8136": {
    status: 500,
    title: "No number left for an index",
    sentence: "The city had as many generations of its index as its roles name.",
    hint: "The coins are loaded, and the follower adds the missing blocks one by one. Report it, so that a release names more tables in `infra/port-calls.ts`.",
  },
  "EXOS-E8137": {
    status: 503,
    title: "City without a chain",
    sentence: "The city forgot its chain, and the load that was to fill it has not ended well.",
    hint: "`exos fleet load <city>` again, unless one is under way: it goes on with whatever was left.",
  },
  "EXOS-E8138": {
    status: 503,
    title: "Load taken over",
    sentence: "A task that loads the city stood still for so long that another one may have begun.",
    hint: "Nothing to do where another one runs: it fills the city. Otherwise run `exos fleet load <city>` again.",
  },
  "EXOS-E8140": {
    status: 503,
    title: "Tip broken",
    sentence: "The stored tip does not hold together: its window, its hash or its header.",
    hint: "`exos fleet load <city> --refill` makes the city anew; at a node of one's own, `exos repair`.",
  },
  "EXOS-E8141": {
    status: 503,
    title: "State split",
    sentence: "Cities at the same block have different unspent sets: one of them has a bug.",
    hint: "`exos fleet status --groups --environment prod` lists them; the minority is out of rotation and is rebuilt with `exos fleet load <city> --refill`.",
  },
  "EXOS-E8142": {
    status: 503,
    title: "Chain split",
    sentence: "Cities follow different chains, by more than the newest blocks.",
    hint: "`exos fleet status --groups --environment prod` lists them; the minority is out of rotation.",
  },
  "EXOS-E8143": {
    status: 503,
    title: "Snapshot assumed",
    sentence: "The coins came from a snapshot that no replay from genesis has confirmed yet.",
    hint: "Nothing to do: the replay runs in the background.",
  },
  "EXOS-E8144": {
    status: 503,
    title: "Peer process silent",
    sentence: "The process that talks to peers did not say that it lives.",
    hint: "`exos fleet status <city> --environment prod` tells whether its task runs; it is started again by itself.",
  },
  "EXOS-E8145": {
    status: 503,
    title: "Dead letters",
    sentence: "Messages could not be worked off and were put aside.",
    hint: "`exos fleet redrive <city> <queue>` gives them back; that is always safe.",
  },
  "EXOS-E8146": {
    status: 503,
    title: "Block not connected",
    sentence: "A block waits to be connected and fails again and again.",
    hint: "`exos fleet logs <city>` names the block; the city goes on without it.",
  },
  "EXOS-E8147": {
    status: 503,
    title: "City unreachable",
    sentence: "A city did not answer whoever watches the fleet.",
    hint: "`exos fleet status <city> --environment prod`; the edge leaves it out meanwhile.",
  },
  "EXOS-E8150": {
    status: 503,
    title: "Traces lost",
    sentence: "Whoever collects traces did not take them.",
    hint: "Nothing but traces is lost. `EXOS_TRACES` names the base of an OTLP endpoint over HTTP, without `/v1/traces`.",
  },
} as const satisfies ErrorRows;
