import { CfnOutput, Stage } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { accountOf } from "#regions/account-of.ts";
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
    host.ingress !== "task" && `ingress: "${host.ingress}"`,
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

/** One city, complete. Its id is the city's three letters. @source cloud.md 11 */
export class CityStage extends Stage {
  readonly context: CityContext;

  constructor(scope: Construct, props: CityStageProps) {
    const { environment, city, deployment } = props;
    refuseUnbuilt(city);
    const account = accountOf(deployment, environment, city);
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
    // Names are by construction, so that what must stand first is said here.
    new CfnOutput(rpc, RELEASE_OUTPUT, { value: release });
    node.addStackDependency(storage);
    rpc.addStackDependency(node);
    observe.addStackDependency(rpc);
  }
}
