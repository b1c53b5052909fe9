import { CfnOutput, Stage } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { cityNames } from "#regions/city-names.ts";
import { RELEASE_OUTPUT, UNRELEASED } from "#regions/city-outputs.ts";
import type { Deployment } from "#regions/deployment.ts";
import { ENVIRONMENTS, type EnvironmentName } from "#regions/environment.ts";
import { seedName } from "#regions/seed-name.ts";
import type { AwsCity, CityContext } from "./city-context.ts";
import type { GrantFacts } from "./port-calls.ts";
import { NetworkStack } from "./stacks/network-stack.ts";
import { NodeStack } from "./stacks/node-stack.ts";
import { ObserveStack } from "./stacks/observe-stack.ts";
import { RpcStack } from "./stacks/rpc-stack.ts";
import { StorageStack } from "./stacks/storage-stack.ts";

export interface CityStageProps {
  readonly environment: EnvironmentName;
  readonly city: AwsCity;
  readonly deployment: Deployment;
  readonly bundles: string | undefined;
  /** Digest of the image, `sha256:…`. */
  readonly imageDigest: string;
  readonly release?: string;
  readonly driven?: boolean;
  readonly endpoint?: string;
}

/** @throws for what the design has and this program has not built */
function refuseUnbuilt({ code, market, host }: AwsCity): void {
  const asked = [
    market && "market: true",
    host.rpc !== "function-url" && `rpc: "${host.rpc}"`,
  ].filter((fact) => typeof fact === "string");
  if (asked.length > 0) {
    throw new Error(`City ${code} asks for ${asked.join(", ")}, which is not built yet.`);
  }
}

/** What the city's roles may reach outside of it. */
function factsOf({ city, deployment }: CityContext): GrantFacts {
  const { zone } = deployment;
  if (!city.edge || zone === undefined) return {};
  const seed = { zoneId: zone.id, name: seedName(city, zone) };
  if (!city.host.watcher) return { seed };
  return { seed, ...(deployment.vector !== undefined && { vector: deployment.vector }) };
}

/**
 * One city, complete. Its id is the city's three letters. Five stacks, in the order they are deployed:
 *
 * 1. `stacks/network-stack.ts`: two public subnets for tasks; no NAT, no endpoint that is paid for.
 * 2. `stacks/storage-stack.ts`: four tables, a bucket and its log, the repository of the image: what is
 *    kept when the rest is removed.
 * 3. `stacks/node-stack.ts`, the node: `constructs/city-queues.ts`, the hints and the topic;
 *    `constructs/city-functions.ts`, who is started by them (`queue-start.ts`, `event-start.ts`);
 *    `constructs/peer-task.ts`, the container: peers all the time, load and replay when they are due;
 *    `constructs/fixed-ingress.ts`, where its addresses are to outlive it;
 *    `constructs/set-schedule.ts`, which publishes the city's set; `constructs/stake-key.ts`, where the
 *    city stakes.
 * 4. `stacks/observe-stack.ts`: six alarms (`constructs/city-alarms.ts`), the end of tasks that failed
 *    (`constructs/task-alarm.ts`), the topic that tells of them, and the one that gates the city's wave.
 *    `connect` and, in cities that watch, `watch` tell that topic what is no number: a block that fells
 *    its workers, cities that differ.
 * 5. `stacks/rpc-stack.ts`: two functions with a URL, one answers callers, one streams to them.
 *
 * Before all cities stands `stacks/edge-stack.ts`. Who may deploy them by a pipeline is said by
 * `stacks/access-stack.ts`, once in an account: a role per wave (`constructs/deploy-role.ts`), which may
 * do what `deploy-rights.ts` lists. How large each function and task is, what starts it
 * and which names it is told: `functions.ts`. What each may do: `grants.ts`, calls of ports in words;
 * `port-calls.ts` says which requests each call is, `statements-of.ts` makes a role's policy of them
 * (`constructs/handler-role.ts`), and `constructs/role-boundary.ts` what no role may do whatever it is
 * granted. What it costs: `usage.ts` times `prices.ts`. What a local endpoint goes without:
 * `left-out.ts`. Where cities are and who they are deployed for: `regions/`.
 *
 * @source cloud.md 11
 */
export class CityStage extends Stage {
  readonly context: CityContext;

  constructor(scope: Construct, props: CityStageProps) {
    const { environment, city, deployment } = props;
    refuseUnbuilt(city);
    const account = deployment.accounts[environment];
    if (account === undefined) throw new Error(`No account is named for ${city.code}.`);
    const { region } = city.host;
    super(scope, city.code, { env: { account, region } });
    const names = cityNames({ environment, code: city.code, region, account });
    const image = `${account}.dkr.ecr.${region}.amazonaws.com/${names.repository}@${props.imageDigest}`;
    const { bundles, release = UNRELEASED, driven = false, endpoint } = props;
    const context = { city, names, deployment, bundles, image, release, driven, endpoint };
    this.context = context;
    const facts = factsOf(context);
    const guarded = { terminationProtection: ENVIRONMENTS[environment].protected };
    const network = new NetworkStack(this, context, {});
    const storage = new StorageStack(this, context, guarded);
    const node = new NodeStack(this, context, { network, facts });
    const rpc = new RpcStack(this, context, { variables: node.variables, facts });
    const observe = new ObserveStack(this, context, {});
    new CfnOutput(rpc, RELEASE_OUTPUT, { value: release });
    // Names are by construction, so that what must stand first is said here.
    node.addStackDependency(storage);
    observe.addStackDependency(node);
    rpc.addStackDependency(observe);
  }
}
