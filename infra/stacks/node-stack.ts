import { CfnOutput, Stack, type StackProps, Token } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { acknowledge } from "#infra/acknowledge.ts";
import { type CityContext, stackName } from "#infra/city-context.ts";
import { cityVariables, fleetVariables, sweepVariables } from "#infra/city-variables.ts";
import { CityFunctions } from "#infra/constructs/city-functions.ts";
import { CityQueues } from "#infra/constructs/city-queues.ts";
import { DrivenFollowers } from "#infra/constructs/driven-followers.ts";
import { FixedIngress } from "#infra/constructs/fixed-ingress.ts";
import { namesThere, pickVariables } from "#infra/constructs/handler-function.ts";
import { PeerTask } from "#infra/constructs/peer-task.ts";
import { RoleBoundary } from "#infra/constructs/role-boundary.ts";
import { SetSchedule } from "#infra/constructs/set-schedule.ts";
import { StakeKey } from "#infra/constructs/stake-key.ts";
import { TASK_SHAPES } from "#infra/functions.ts";
import { isSkipped } from "#infra/left-out.ts";
import type { GrantFacts } from "#infra/port-calls.ts";
import type { NetworkStack } from "#infra/stacks/network-stack.ts";
import { functionName } from "#regions/city-names.ts";
import { DRIVEN_STACK } from "#regions/city-outputs.ts";

/** Outputs of the functions, by the part of their name after `Function`. */
const PRINTED = {
  Check: "check",
  Connect: "connect",
  Mempool: "mempool",
  MempoolFollow: "mempool-follow",
  IndexFollow: "index-follow",
  Watch: "watch",
} as const;

/** Without the names of services that the endpoint does not have. */
function ofFunctions(
  variables: Readonly<Record<string, string>>,
  { endpoint }: CityContext,
): Readonly<Record<string, string>> {
  if (!isSkipped(endpoint, "AWS::ECS::Service")) return variables;
  const there = Object.entries(variables).filter(([name]) => !name.startsWith("EXOS_SERVICE_"));
  return Object.fromEntries(there);
}

/** The node itself: queues, the functions they start, the peer process. @source cloud.md 1, 2, 7 */
export class NodeStack extends Stack {
  readonly queues: CityQueues;
  /** What every function of the city may be given. */
  readonly variables: Readonly<Record<string, string>>;

  constructor(
    scope: Construct,
    context: CityContext,
    props: StackProps & { readonly network: NetworkStack; readonly facts: GrantFacts },
  ) {
    const { network, facts: given, ...stackProps } = props;
    super(scope, "node", { ...stackProps, stackName: stackName(context.names, "node") });
    const { names, city } = context;
    const boundary = new RoleBoundary(this, "Boundary", names);
    this.queues = new CityQueues(this, "Queues", names);
    const { blocks, connect, transactions, announce, dead, deadFifo, follow } = this.queues;
    const key = city.staking ? new StakeKey(this, "Stake", names).key.keyArn : undefined;
    const facts = { ...given, ...(key !== undefined && { stakeKey: key }) };
    const shared = {
      ...cityVariables(context),
      EXOS_QUEUE_BLOCKS: blocks.queueUrl,
      EXOS_QUEUE_CONNECT: connect.queueUrl,
      EXOS_QUEUE_TRANSACTIONS: transactions.queueUrl,
      EXOS_QUEUE_ANNOUNCE: announce.queueUrl,
      EXOS_QUEUE_DEAD: dead.queueUrl,
      EXOS_QUEUE_DEAD_FIFO: deadFifo.queueUrl,
      EXOS_TOPIC_FOLLOW: follow.ref,
    };
    const signing = {
      EXOS_FUNCTION_SIGN: functionName(names, "stake-sign"),
      ...(key !== undefined && { EXOS_KEY_STAKE: key }),
    };
    this.variables = { ...shared, ...(city.staking && signing) };
    // Whether or not `rpc` asks for it: what one imports can't be taken back before it, in a rollback.
    for (const value of Object.values(this.variables)) {
      if (Token.isUnresolved(value)) this.exportValue(value);
    }
    const apart = context.driven
      ? new Stack(scope, DRIVEN_STACK, { stackName: stackName(names, DRIVEN_STACK) })
      : undefined;
    if (apart !== undefined) new DrivenFollowers(this, "Followers", { names, queues: this.queues });
    const fixed = city.host.ingress === "nlb";
    const ingress = fixed ? new FixedIngress(this, "Ingress", { context, network }) : undefined;
    const functions = new CityFunctions(apart ?? this, "Functions", {
      context,
      facts,
      variables: {
        ...ofFunctions(this.variables, context),
        ...fleetVariables(context),
        ...(ingress !== undefined && { EXOS_SEED_ADDRESSES: ingress.addresses }),
        ...sweepVariables(context),
      },
      queues: this.queues,
    });
    const { environment, staking = [], optional } = TASK_SHAPES.ingest;
    const traced = namesThere(this.variables, optional);
    const ingest = [...environment, ...(city.staking ? staking : []), ...traced];
    const task = new PeerTask(this, "Peers", {
      context,
      facts,
      network,
      ...(ingress !== undefined && { ingress }),
      environment: {
        ingest: pickVariables(this.variables, ingest),
        load: pickVariables(this.variables, TASK_SHAPES.load.environment),
      },
    });
    // What it starts is not there where task definitions are skipped, and its role would name nothing.
    if (apart === undefined && !isSkipped(context.endpoint, "AWS::ECS::TaskDefinition")) {
      const dead = this.queues.deadEvents;
      new SetSchedule(this, "Sets", { names, task, network, dead }).node.addDependency(boundary);
    }
    // Roles name their boundary by construction: it must be there before them.
    for (const part of [functions, task]) part.node.addDependency(boundary);
    acknowledge(task, "AwsSolutions-ECS2");
    acknowledge(task, "AwsSolutions-ECS4");
    this.#print(task);
    if (apart === undefined) this.#printFunctions(functions);
  }

  #print(task: PeerTask): void {
    const print = (name: string, value: string) => new CfnOutput(this, name, { value });
    for (const [variable, value] of Object.entries(this.variables)) {
      // Those of the storage stack are printed there.
      if (/^EXOS_(TABLE|BUCKET)_/.test(variable)) continue;
      const words = variable.toLowerCase().split("_");
      print(words.map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`).join(""), value);
    }
    print("QueueDeadEvents", this.queues.deadEvents.queueUrl);
    print("TaskIngest", task.ingest.ref);
    print("TaskLoad", task.load.ref);
  }

  #printFunctions({ byName, connectMapping }: CityFunctions): void {
    const print = (name: string, value: string) => new CfnOutput(this, name, { value });
    for (const [word, name] of Object.entries(PRINTED)) {
      print(`Function${word}`, byName.get(name)?.functionName ?? "");
    }
    print("ConnectMapping", connectMapping.ref);
  }
}
