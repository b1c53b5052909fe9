import {
  CfnCluster,
  CfnService,
  type CfnServiceProps,
  CfnTaskDefinition,
} from "aws-cdk-lib/aws-ecs";
import {
  Effect,
  ManagedPolicy,
  PolicyDocument,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from "aws-cdk-lib/aws-iam";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { acknowledgeWildcards } from "#infra/acknowledge.ts";
import type { CityContext } from "#infra/city-context.ts";
import type { FixedIngress } from "#infra/constructs/fixed-ingress.ts";
import { HandlerRole } from "#infra/constructs/handler-role.ts";
import { type ContainerHandler, SET_SHAPE, TASK_SHAPES, type TaskShape } from "#infra/functions.ts";
import type { Statement } from "#infra/grants.ts";
import { policyStatement } from "#infra/policy-statement.ts";
import type { GrantFacts } from "#infra/port-calls.ts";
import { removalOf } from "#infra/removal-of.ts";
import { ENVIRONMENTS } from "#regions/environment.ts";

/** SIGTERM ends the process within 20 s; the rest is for a hung one. */
const STOP_SECONDS = 110;
/** Ours in the image. */
const USER = "10001:10001";
/** The image declares it a volume of that user: an empty one at any other path would be root's. */
const DATA = "/data";
/** The token is for the whole registry: this request knows no resource. */
const REGISTRY_TOKEN: Statement = { actions: ["ecr:GetAuthorizationToken"], resources: ["*"] };

export interface PeerTaskProps {
  readonly context: CityContext;
  readonly facts: GrantFacts;
  readonly network: { readonly subnets: readonly string[]; readonly securityGroup: string };
  readonly environment: Readonly<Record<ContainerHandler, Readonly<Record<string, string>>>>;
  /** Where peers reach the task, if not at its own address. */
  readonly ingress?: FixedIngress;
}

/** A way in which the container runs. */
interface Way {
  /** Whose shape and environment it has. */
  readonly handler: ContainerHandler;
  /** After the city's prefix. */
  readonly family: string;
  readonly words: readonly string[];
  /** Where it needs less than others of its handler. */
  readonly shape?: Pick<TaskShape, "cpu" | "memoryMb" | "diskGib">;
}

interface TaskToDefine extends Way {
  readonly role: Role;
  readonly log: LogGroup;
  readonly execution: Role;
}

const INGEST: Way = { handler: "ingest", family: "ingest", words: [] };
const LOAD: Way = { handler: "load", family: "load", words: [] };
const REPLAY: Way = { handler: "load", family: "replay", words: ["--replay"] };
const SET: Way = { handler: "load", family: "set", words: ["--snapshot"], shape: SET_SHAPE };

/** The one long-running part of a city, and the loader that is run on request. @source cloud.md 7.2 */
export class PeerTask extends Construct {
  readonly cluster: CfnCluster;
  readonly ingest: CfnTaskDefinition;
  readonly load: CfnTaskDefinition;
  /** Publishes the city's own set. */
  readonly set: CfnTaskDefinition;
  /** ARNs of the roles that whoever starts `set` passes on. */
  readonly passed: readonly string[];

  constructor(scope: Construct, id: string, props: PeerTaskProps) {
    super(scope, id);
    const { names } = props.context;
    this.cluster = new CfnCluster(this, "Cluster", {
      clusterName: names.cluster,
      // Inline: an association would be a resource more that says the same.
      capacityProviders: ["FARGATE", "FARGATE_SPOT"],
      clusterSettings: [{ name: "containerInsights", value: "disabled" }],
    });
    const log = new LogGroup(this, "Log", {
      logGroupName: `${names.logs}/ingest`,
      retention: RetentionDays.ONE_WEEK,
      removalPolicy: removalOf(names.environment),
    });
    const execution = this.#createExecutionRole(props.context, log);
    const [peering, loading] = [this.#identify("ingest", props), this.#identify("load", props)];
    this.ingest = this.#define("Ingest", props, { ...INGEST, role: peering, log, execution });
    this.load = this.#define("Load", props, { ...LOAD, role: loading, log, execution });
    this.set = this.#define("Set", props, { ...SET, role: loading, log, execution });
    this.passed = [loading.roleArn, execution.roleArn];
    const replay = this.#define("Replay", props, { ...REPLAY, role: loading, log, execution });
    const service = this.#serve("Service", props, {
      serviceName: names.service,
      taskDefinition: this.ingest.ref,
      desiredCount: 1,
      capacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }],
      // `watch` may hold it on demand: without a new deployment going back is refused. One is forced
      // where the second of these is another than before, as it is of each new definition.
      forceNewDeployment: {
        enableForceNewDeployment: true,
        forceNewDeploymentNonce: this.ingest.ref,
      },
      deploymentConfiguration: {
        // The new task peers before the old one leaves; two are harmless.
        minimumHealthyPercent: 100,
        maximumPercent: 200,
        deploymentCircuitBreaker: { enable: true, rollback: true },
      },
    });
    props.ingress?.callAt(service, INGEST.handler);
    this.#serve("ReplayService", props, {
      serviceName: names.replay,
      taskDefinition: replay.ref,
      // What watches over the city wants one while a snapshot is only assumed.
      desiredCount: 0,
      // What runs for hours is not begun anew for want of room.
      capacityProviderStrategy: [{ capacityProvider: "FARGATE", weight: 1 }],
      deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 100 },
    });
  }

  #serve(
    id: string,
    { network }: PeerTaskProps,
    service: Omit<CfnServiceProps, "cluster" | "networkConfiguration">,
  ): CfnService {
    return new CfnService(this, id, {
      ...service,
      cluster: this.cluster.ref,
      platformVersion: "1.4.0",
      enableExecuteCommand: false,
      enableEcsManagedTags: true,
      propagateTags: "SERVICE",
      networkConfiguration: {
        awsvpcConfiguration: {
          assignPublicIp: "ENABLED",
          subnets: [...network.subnets],
          securityGroups: [network.securityGroup],
        },
      },
    });
  }

  #identify(handler: ContainerHandler, { context, facts }: PeerTaskProps): Role {
    return new HandlerRole(this, `${handler === "ingest" ? "Ingest" : "Load"}Identity`, {
      handler,
      names: context.names,
      facts,
      service: [],
      assumedBy: "ecs-tasks.amazonaws.com",
    }).role;
  }

  /** Pulls the image and writes the log; the process itself never holds this role. */
  #createExecutionRole({ names }: CityContext, log: LogGroup): Role {
    const allow = (actions: string[], resource: string) =>
      new PolicyStatement({ effect: Effect.ALLOW, actions, resources: [resource] });
    const repository = `arn:aws:ecr:${names.region}:${names.account}:repository/${names.repository}`;
    const boundary = `arn:aws:iam::${names.account}:policy/${names.prefix}-boundary`;
    const role = new Role(this, "Execution", {
      roleName: `${names.prefix}-execution`,
      assumedBy: new ServicePrincipal("ecs-tasks.amazonaws.com"),
      permissionsBoundary: ManagedPolicy.fromManagedPolicyArn(this, "Boundary", boundary),
      inlinePolicies: {
        start: new PolicyDocument({
          statements: [
            allow(["logs:CreateLogStream", "logs:PutLogEvents"], log.logGroupArn),
            allow(
              [
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:GetDownloadUrlForLayer",
              ],
              repository,
            ),
            policyStatement(REGISTRY_TOKEN),
          ],
        }),
      },
    });
    acknowledgeWildcards(role, [REGISTRY_TOKEN], names);
    return role;
  }

  #define(id: string, { context, environment }: PeerTaskProps, task: TaskToDefine) {
    const { names, image } = context;
    const { peerPort } = ENVIRONMENTS[names.environment];
    const { handler, family, words, role, log, execution } = task;
    const { shape = TASK_SHAPES[handler] } = task;
    return new CfnTaskDefinition(this, id, {
      family: `${names.prefix}-${family}`,
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      runtimePlatform: { cpuArchitecture: "ARM64", operatingSystemFamily: "LINUX" },
      cpu: `${shape.cpu}`,
      memory: `${shape.memoryMb}`,
      ...(shape.diskGib !== undefined && { ephemeralStorage: { sizeInGiB: shape.diskGib } }),
      executionRoleArn: execution.roleArn,
      taskRoleArn: role.roleArn,
      volumes: [{ name: "data" }],
      containerDefinitions: [
        {
          name: handler,
          image,
          command: [...TASK_SHAPES[handler].command, ...words],
          essential: true,
          user: USER,
          readonlyRootFilesystem: true,
          linuxParameters: { initProcessEnabled: true },
          stopTimeout: STOP_SECONDS,
          mountPoints: [{ sourceVolume: "data", containerPath: DATA, readOnly: false }],
          environment: Object.entries(environment[handler]).map(([name, value]) => ({
            name,
            value,
          })),
          ...(handler === "ingest" && {
            portMappings: [{ containerPort: peerPort, protocol: "tcp" }],
            healthCheck: { ...HEALTH_CHECK, command: [...HEALTH_CHECK.command] },
          }),
          logConfiguration: {
            logDriver: "awslogs",
            options: {
              "awslogs-group": log.logGroupName,
              "awslogs-region": names.region,
              "awslogs-stream-prefix": family,
              mode: "non-blocking",
              "max-buffer-size": "4m",
            },
          },
        },
      ],
    });
  }
}

/**
 * Asks whether the process answers, not how the chain is: a task that is behind would be none the
 * better for being replaced.
 */
const HEALTH_CHECK = {
  command: ["CMD", "/usr/local/bin/node", "services/ingest/main.ts", "health"],
  interval: 30,
  timeout: 10,
  retries: 3,
  startPeriod: 60,
} as const;
