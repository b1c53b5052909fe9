/** Stacks of a city, in the order they are deployed. @source cloud.md 11 */
export const CITY_STACKS = ["network", "storage", "node", "observe", "rpc"] as const;

/** Of what stands once in an account, beside its cities. */
export const SHARED_STACKS = { edge: ["shared"], access: ["roles"] } as const;

/** One of them, where a city's three letters would stand. */
export type SharedStage = keyof typeof SHARED_STACKS;

/** One stack of a city; it is named `exos-<environment>-<city>-<one of these>`. */
export type CityStack = (typeof CITY_STACKS)[number];

/** The one that CloudFormation refuses to delete, where an environment is protected. */
export const PROTECTED_STACK: CityStack = "storage";

/**
 * The stack of the functions of a city that is driven: where an endpoint runs no functions they are
 * taken out of `node`, and a program of ours reads what they would be and runs them.
 */
export const DRIVEN_STACK = "functions";

/** Stacks that are deployed of such a city. The others are about functions. @source cloud.md 14 */
export const DRIVEN_CITY_STACKS = [
  "network",
  "storage",
  "node",
] as const satisfies readonly CityStack[];

/**
 * Whether an output of a city is of what a driven one lacks: its functions, and the mapping of one.
 */
export function isOfFunctions(output: string): boolean {
  return /^Function[A-Z]/.test(output) || output === "ConnectMapping";
}

/** What one stack prints besides: the release that the city was deployed with. */
export const RELEASE_OUTPUT = "Release";

/**
 * The stack that prints it: what answers callers is told it too, so that each release changes this
 * stack. It is the last one: who was killed before it has not deployed the release.
 */
export const RELEASED_STACK: CityStack = "rpc";

/** What stands there when it was deployed by hand, and not by `exos fleet deploy`. */
export const UNRELEASED = "unreleased";

/**
 * What the stacks of a city print, by the stack. `Exos…` is the variable of the same words that
 * functions and tasks are given: `ExosQueueBlocks` is `EXOS_QUEUE_BLOCKS`.
 */
export const CITY_OUTPUTS = {
  network: {
    VpcId: "the city's own network",
    Subnets: "where tasks run, two ids with a comma between",
    SecurityGroup: "of the tasks: peers may come in, everything may go out",
    DefaultSecurityGroup: "belongs to nobody; exos fleet deploy empties it",
  },
  storage: {
    ExosTableChain: "headers, bodies, the tip",
    ExosTableCoins: "coins, up to the generation",
    ExosTableIndex: "history of scripts, up to the generation",
    ExosTablePool: "transactions that wait",
    ExosBucketChain: "large and old blocks, snapshots",
    Repository: "where the image is pushed to",
  },
  node: {
    ExosEnvironment: "of the deployment",
    ExosCity: "three letters",
    ExosNetwork: "the chain",
    ExosSecrets: "path of the city's secrets",
    ExosRelease: "of what is deployed",
    ExosQueueBlocks: "blocks to check",
    ExosQueueConnect: "blocks to connect, one after the other",
    ExosQueueTransactions: "transactions to judge",
    ExosQueueAnnounce: "what the peer process tells its peers",
    ExosQueueDead: "messages that nobody could handle",
    ExosQueueDeadFifo: "the same of `connect`",
    ExosTopicFollow: "the tip moved",
    ExosTopicAlarms: "what is no number is told there",
    ExosServiceIngest: "cluster and service of the peer process",
    ExosServiceReplay: "the same of the replay, which runs when it is due",
    QueueDeadEvents: "events that nobody could handle",
    TaskIngest: "definition of the peer process",
    TaskLoad: "definition of the loader, run on request",
    FunctionCheck: "context-free judge of blocks",
    FunctionConnect: "the only function that moves the tip",
    FunctionMempool: "judge of transactions",
    FunctionMempoolFollow: "takes what a block made impossible out of the pool",
    FunctionIndexFollow: "follows the chain with the index",
    FunctionWatch: "the tick",
    ConnectMapping: "id of the mapping that starts `connect`",
  },
  rpc: {
    RpcUrl: "where the city answers",
    EventsUrl: "where it streams events",
    FunctionRpc: "answers callers",
    FunctionRpcEvents: "streams events to callers",
  },
  observe: {
    AlarmTopic: "where alarms go",
  },
} as const satisfies Readonly<Record<CityStack, Readonly<Record<string, string>>>>;

/** What the stacks of a staking city print besides, all of them of `node`. */
export const STAKING_OUTPUTS = {
  ExosFunctionSign: "signs what it judged again",
  ExosKeyStake: "ARN of the staking key",
} as const;

/** What a driven city prints: the queue of a function that follows the topic, such as `FollowerIndexFollow`. */
export function followerOutput(name: string): string {
  const words = name.split("-").map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`);
  return `Follower${words.join("")}`;
}

/** `ExosQueueBlocks` as `EXOS_QUEUE_BLOCKS`; `undefined` for an output that is no variable. */
export function variableOf(output: string): string | undefined {
  if (!output.startsWith("Exos")) return undefined;
  return output.replaceAll(/(?<=.)([A-Z])/g, "_$1").toUpperCase();
}
