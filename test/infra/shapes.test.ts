import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { CITIES } from "#regions/fleet.ts";
import { local } from "#regions/local.ts";
import { parseTaskArguments } from "#services/ingest/city/task-arguments.ts";
import { exos } from "#shared/consensus/networks/exos.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import {
  localFleet,
  productionFleet,
  type Resource,
  resourcesOf,
} from "../support/synthesised-fleet.ts";

beforeAll(() => {
  productionFleet();
  localFleet();
});

const PROJECT = join(import.meta.dirname, "..", "..");

interface Named {
  readonly id: string;
  readonly resource: Resource;
}

/** Every resource of a type, in all stages; its id begins with the stage. */
function all(type: string): Named[] {
  const found = [...productionFleet().stages, ...localFleet().stages].flatMap(([code, stacks]) =>
    resourcesOf(stacks)
      .filter(({ resource }) => resource.Type === type)
      .map(({ id, resource }) => ({ id: `${code}/${id}`, resource })),
  );
  // A list that is empty would agree with everything.
  expect(found.length, type).toBeGreaterThan(0);
  return found;
}

const CITIES_ON_AWS = [...CITIES, local].filter(({ host }) => host.kind === "aws");

/** Of a task, as far as it is looked at here. */
interface TaskDefinition {
  readonly Family: string;
  readonly ContainerDefinitions: readonly {
    readonly User: string;
    readonly Command: readonly string[];
    readonly MountPoints: readonly { readonly ContainerPath: string }[];
    readonly PortMappings?: readonly { readonly ContainerPort: number }[];
  }[];
}

const taskIn = ({ resource }: Named): TaskDefinition =>
  resource.Properties as unknown as TaskDefinition;

interface PolicyStatement {
  readonly Effect: string;
  readonly Principal?: unknown;
  readonly Action: string | readonly string[];
  readonly Condition?: unknown;
}

function statementsIn({ resource }: Named): readonly PolicyStatement[] {
  const text = JSON.stringify(resource.Properties ?? {});
  const documents = [...text.matchAll(/"Statement":/g)].length;
  const found: PolicyStatement[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, part] of Object.entries(value)) {
      if (key === "Statement") found.push(...(part as PolicyStatement[]));
      else visit(part);
    }
  };
  visit(resource.Properties);
  expect(found.length).toBeGreaterThanOrEqual(documents);
  return found;
}

describe("queues", () => {
  const queues = () => all("AWS::SQS::Queue");
  const nameOf = ({ resource }: Named) => String(resource.Properties?.["QueueName"]);
  const isDead = (queue: Named) => /-dead(-events|\.fifo)?$/.test(nameOf(queue));

  it("give up a message after at least three deliveries, to a queue of the dead", () => {
    for (const queue of queues().filter((each) => !isDead(each))) {
      const redrive = queue.resource.Properties?.["RedrivePolicy"] as {
        maxReceiveCount: number;
        deadLetterTargetArn: { "Fn::GetAtt": [string, string] };
      };
      expect(redrive.maxReceiveCount, queue.id).toBeGreaterThanOrEqual(3);
      const target = redrive.deadLetterTargetArn["Fn::GetAtt"][0];
      const dead = queues().find(({ id }) => id === `${queue.id.split("/")[0]}/${target}`);
      const fifo = nameOf(queue).endsWith(".fifo");
      expect(dead && nameOf(dead), queue.id).toMatch(fifo ? /-dead\.fifo$/ : /-dead$/);
    }
  });

  it("keep the dead for a fortnight, and hints for days", () => {
    for (const queue of queues()) {
      const days = Number(queue.resource.Properties?.["MessageRetentionPeriod"]) / 86_400;
      expect(days, queue.id).toBe(isDead(queue) ? 14 : 4);
    }
  });

  it("that are in order lose no hint of another group, nor wait for it", () => {
    const fifo = queues().filter((queue) => nameOf(queue).endsWith(".fifo"));
    expect(fifo).toHaveLength(2 * CITIES_ON_AWS.length);
    for (const { id, resource } of fifo) {
      expect(resource.Properties, id).toMatchObject({
        DeduplicationScope: "messageGroup",
        FifoThroughputLimit: "perMessageGroupId",
      });
    }
  });
});

describe("mappings", () => {
  it("report partial failures, poll by themselves, and hide a message long enough", () => {
    const mappings = all("AWS::Lambda::EventSourceMapping");
    expect(mappings).toHaveLength(3 * CITIES_ON_AWS.length);
    const byId = new Map(
      [...all("AWS::SQS::Queue"), ...all("AWS::Lambda::Function")].map(({ id, resource }) => [
        id,
        resource.Properties ?? {},
      ]),
    );
    for (const { id, resource } of mappings) {
      const { Properties = {} } = resource;
      const [stage] = id.split("/");
      const queueId = (Properties["EventSourceArn"] as { "Fn::GetAtt": string[] })["Fn::GetAtt"][0];
      const queue = byId.get(`${stage}/${queueId}`) ?? {};
      const started = byId.get(`${stage}/${(Properties["FunctionName"] as { Ref: string }).Ref}`);
      expect(Properties["FunctionResponseTypes"], id).toEqual(["ReportBatchItemFailures"]);
      expect(Properties["ProvisionedPollerConfig"], id).toBeUndefined();
      const times = String(queue["QueueName"]).endsWith("-connect.fifo") ? 1.5 : 6;
      const hidden = Number(queue["VisibilityTimeout"]);
      expect(hidden, id).toBeGreaterThanOrEqual(times * Number(started?.["Timeout"]));
    }
  });
});

describe("functions", () => {
  it("run on ARM, on Node 24, outside of any network, with a log that ends", () => {
    const logs = all("AWS::Logs::LogGroup");
    for (const { id, resource } of logs) {
      expect(resource.Properties?.["RetentionInDays"], id).toBe(7);
    }
    for (const { id, resource } of all("AWS::Lambda::Function")) {
      expect(resource.Properties, id).toMatchObject({
        Architectures: ["arm64"],
        Runtime: "nodejs24.x",
        Handler: "lambda.handler",
        LoggingConfig: { LogFormat: "JSON" },
      });
      expect(resource.Properties?.["VpcConfig"], id).toBeUndefined();
      expect(resource.Properties?.["Layers"], id).toBeUndefined();
      expect(resource.Properties?.["LoggingConfig"], id).toHaveProperty("LogGroup.Ref");
    }
  });

  it("of connect alone may start itself", () => {
    const looping = all("AWS::Lambda::Function").filter(
      ({ resource }) => resource.Properties?.["RecursiveLoop"] === "Allow",
    );
    expect(looping).toHaveLength(CITIES_ON_AWS.length);
    for (const { resource } of looping) {
      expect(resource.Properties?.["FunctionName"]).toMatch(/-connect$/);
    }
  });

  it("that nobody waits for end among the dead events after three tries", () => {
    const watched = all("AWS::Lambda::EventInvokeConfig");
    expect(watched).toHaveLength(3 * CITIES_ON_AWS.length);
    for (const { id, resource } of watched) {
      expect(resource.Properties?.["MaximumRetryAttempts"], id).toBe(2);
    }
    const dead = all("AWS::Lambda::Function").filter(
      ({ resource }) => resource.Properties?.["DeadLetterConfig"] !== undefined,
    );
    expect(dead).toHaveLength(watched.length);
  });
});

describe("the task", () => {
  it("runs on ARM as nobody in particular, in zones by their ids, with nothing to write on", () => {
    for (const { id, resource } of all("AWS::ECS::TaskDefinition")) {
      const { RuntimePlatform, ContainerDefinitions } = resource.Properties as {
        RuntimePlatform: { CpuArchitecture: string };
        ContainerDefinitions: Record<string, unknown>[];
      };
      expect(RuntimePlatform.CpuArchitecture, id).toBe("ARM64");
      expect(ContainerDefinitions[0], id).toMatchObject({
        User: "10001:10001",
        ReadonlyRootFilesystem: true,
        StopTimeout: 110,
        LinuxParameters: { InitProcessEnabled: true },
        LogConfiguration: { Options: { mode: "non-blocking" } },
      });
      expect(String(ContainerDefinitions[0]?.["Image"])).toMatch(/@sha256:[0-9a-f]{64}$/);
    }
    const zones = all("AWS::EC2::Subnet").map(({ id, resource }) => [
      id.split("/")[0],
      resource.Properties?.["AvailabilityZoneId"],
    ]);
    const named = CITIES_ON_AWS.flatMap(({ code, host }) =>
      host.kind === "aws" ? host.zoneIds.map((zone) => [code, zone]) : [],
    );
    expect(zones.sort()).toEqual(named.sort());
  });

  it("may write where the image declares a volume of its user, and nowhere else", () => {
    const dockerfile = readFileSync(join(PROJECT, "infra", "Dockerfile"), "utf8");
    const lines = dockerfile.split("\n").filter((line) => /^[A-Z]+ /.test(line));
    const declared = lines.findIndex((line) => line.startsWith("VOLUME "));
    const volumes: string[] = JSON.parse(lines[declared]?.replace("VOLUME ", "") ?? "[]");
    // What changes in a volume after it was declared is lost.
    const owners = lines.slice(0, declared).flatMap((line) => {
      const [, owner, path] = /^COPY --chown=(\S+) \S+ (\S+?)\/?$/.exec(line) ?? [];
      return path !== undefined && volumes.includes(path) ? [owner] : [];
    });
    expect(owners).toHaveLength(volumes.length);
    for (const task of all("AWS::ECS::TaskDefinition")) {
      const [container] = taskIn(task).ContainerDefinitions;
      const mounted = container?.MountPoints.map(({ ContainerPath }) => ContainerPath);
      expect(mounted, task.id).toEqual(volumes);
      for (const owner of owners) expect(owner, task.id).toBe(container?.User);
    }
  });

  it("replaces itself only when the new one stands, and goes back when it does not", () => {
    const services = all("AWS::ECS::Service");
    const peers = services.filter(({ resource }) => resource.Properties?.["DesiredCount"] !== 0);
    expect(peers).toHaveLength(CITIES_ON_AWS.length);
    for (const { id, resource } of peers) {
      expect(resource.Properties, id).toMatchObject({
        DesiredCount: 1,
        CapacityProviderStrategy: [{ CapacityProvider: "FARGATE_SPOT", Weight: 1 }],
        DeploymentConfiguration: {
          MinimumHealthyPercent: 100,
          MaximumPercent: 200,
          DeploymentCircuitBreaker: { Enable: true, Rollback: true },
        },
        // Whatever it is held on: CloudFormation forces a deployment for another word alone.
        ForceNewDeployment: {
          EnableForceNewDeployment: true,
          ForceNewDeploymentNonce: resource.Properties?.["TaskDefinition"],
        },
        EnableExecuteCommand: false,
      });
    }
  });

  it("replays on demand what a city began with, one task at a time, when somebody wants it", () => {
    const services = all("AWS::ECS::Service").filter(
      ({ resource }) => resource.Properties?.["ServiceName"] === "replay",
    );
    expect(services).toHaveLength(CITIES_ON_AWS.length);
    for (const { id, resource } of services) {
      expect(resource.Properties, id).toMatchObject({
        DesiredCount: 0,
        CapacityProviderStrategy: [{ CapacityProvider: "FARGATE", Weight: 1 }],
        DeploymentConfiguration: { MinimumHealthyPercent: 0, MaximumPercent: 100 },
        EnableExecuteCommand: false,
      });
    }
    for (const task of all("AWS::ECS::TaskDefinition")) {
      const { Family, ContainerDefinitions } = taskIn(task);
      if (!Family.endsWith("-replay")) continue;
      const [, ...words] = ContainerDefinitions[0]?.Command ?? [];
      expect(parseTaskArguments(words, {}), task.id).toMatchObject({ mode: "load", replay: true });
    }
  });

  it("lets peers in on the one port that the task listens on, and has nothing dear around it", () => {
    const portOf = ({ id }: Named) =>
      (id.startsWith(`${local.code}/`) ? exosRegtest : exos).ports.p2p;
    for (const { id, resource } of all("AWS::EC2::SecurityGroup")) {
      const port = portOf({ id, resource });
      const rules = resource.Properties?.["SecurityGroupIngress"] as Record<string, unknown>[];
      expect(
        rules.map(({ FromPort, ToPort }) => [FromPort, ToPort]),
        id,
      ).toEqual([[port, port]]);
    }
    for (const task of all("AWS::ECS::TaskDefinition")) {
      const { Family, ContainerDefinitions } = taskIn(task);
      const ports = ContainerDefinitions[0]?.PortMappings?.map((one) => one.ContainerPort) ?? [];
      expect(ports, task.id).toEqual(Family.endsWith("-ingest") ? [portOf(task)] : []);
    }
    for (const { id, resource } of all("AWS::EC2::VPCEndpoint")) {
      expect(resource.Properties?.["VpcEndpointType"], id).toBe("Gateway");
    }
  });
});

describe("whoever is not named", () => {
  const POLICIES = [
    "AWS::SQS::QueuePolicy",
    "AWS::SNS::TopicPolicy",
    "AWS::S3::BucketPolicy",
    "AWS::KMS::Key",
    // Who may take a role on: handlers, and whoever deploys by a pipeline.
    "AWS::IAM::Role",
  ];
  const isAnybody = (principal: unknown) => /"\*"/.test(JSON.stringify(principal ?? ""));

  it("is allowed nothing by a queue, a topic, a bucket, a key or a role", () => {
    for (const policy of POLICIES.flatMap((type) => all(type))) {
      for (const { Effect, Principal } of statementsIn(policy)) {
        if (Effect === "Allow") expect(isAnybody(Principal), policy.id).toBe(false);
      }
    }
  });

  it("is refused without TLS by every queue, topic and bucket", () => {
    for (const policy of POLICIES.slice(0, 3).flatMap((type) => all(type))) {
      const refusing = statementsIn(policy).filter(
        ({ Effect, Principal, Condition }) =>
          Effect === "Deny" &&
          isAnybody(Principal) &&
          JSON.stringify(Condition) === '{"Bool":{"aws:SecureTransport":"false"}}',
      );
      expect(refusing.length, policy.id).toBeGreaterThan(0);
    }
    const guarded = ["AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::S3::Bucket"];
    // The bucket of releases is older than any stack; who may read it, the edge says.
    const made = guarded.map((type) => all(type).length + (type === "AWS::S3::Bucket" ? 1 : 0));
    expect(POLICIES.slice(0, 3).map((type) => all(type).length)).toEqual(made);
  });

  it("may call the two doors of a city, whose functions judge the caller, and no other", () => {
    const open = all("AWS::Lambda::Permission").filter(
      ({ resource }) => resource.Properties?.["Principal"] === "*",
    );
    for (const { id, resource } of open) {
      const { FunctionUrlAuthType, InvokedViaFunctionUrl } = resource.Properties ?? {};
      expect([FunctionUrlAuthType, InvokedViaFunctionUrl], id).toContain(
        FunctionUrlAuthType === undefined ? true : "NONE",
      );
      expect(id).toMatch(/^[a-z]{3}\/rpc/);
    }
    expect(all("AWS::Lambda::Url")).toHaveLength(2 * CITIES_ON_AWS.length);
  });

  it("sees no bucket", () => {
    for (const { id, resource } of all("AWS::S3::Bucket")) {
      expect(resource.Properties?.["PublicAccessBlockConfiguration"], id).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
      expect(resource.Properties, id).toHaveProperty("BucketEncryption");
      expect(resource.Properties, id).toHaveProperty("LifecycleConfiguration");
    }
  });
});

describe("tables", () => {
  it("are paid by the request, under a ceiling; who cannot be made again is protected", () => {
    for (const { id, resource } of all("AWS::DynamoDB::GlobalTable")) {
      const { Properties = {} } = resource;
      const name = String(Properties["TableName"]).split("-").slice(3).join("-");
      const ceiling = { chain: 2_000, "coins-g0": 4_000, "index-g0": 2_000, pool: 500 }[name];
      expect(Properties, id).toMatchObject({
        BillingMode: "PAY_PER_REQUEST",
        WriteOnDemandThroughputSettings: { MaxWriteRequestUnits: ceiling },
      });
      expect(Properties["GlobalSecondaryIndexes"], id).toBeUndefined();
      const [replica] = Properties["Replicas"] as { DeletionProtectionEnabled?: boolean }[];
      const kept = !id.startsWith("loc/") && (name === "chain" || name === "coins-g0");
      expect(replica?.DeletionProtectionEnabled ?? false, id).toBe(kept);
    }
  });
});

describe("alarms", () => {
  it("are six a city, one metric each, told to a topic", () => {
    expect(all("AWS::CloudWatch::Alarm")).toHaveLength(6 * CITIES_ON_AWS.length);
    for (const { id, resource } of all("AWS::CloudWatch::Alarm")) {
      expect(resource.Properties?.["Metrics"], id).toBeUndefined();
      expect(resource.Properties?.["AlarmActions"], id).toHaveLength(1);
      const says = resource.Properties?.["AlarmDescription"];
      expect(says, id).toMatch(/: /);
      // Without it a node here is asked.
      expect(says, id).not.toMatch(/fleet status (?!\w+ --environment (prod|local) )/);
    }
    expect(all("AWS::CloudWatch::CompositeAlarm")).toHaveLength(CITIES_ON_AWS.length - 1);
  });
});
