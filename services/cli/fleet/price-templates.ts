import * as z from "zod";
import { HOURS_A_MONTH, PRICES } from "#infra/prices.ts";
import { BLOCKS_A_MONTH, IDLE_USAGE, MINUTES_A_MONTH } from "#infra/usage.ts";
import type { PricedResource, PricedTemplate } from "./priced-template.ts";
import { refusedIn } from "./refused-resources.ts";

/** How the task is bought. */
export type Purchase = "spot" | "on-demand";

/** One line of a bill. */
export interface CostLine {
  readonly item: CostItem;
  /** Logical id of the resource, or what it stands for. */
  readonly what: string;
  /** Dollars a month. */
  readonly dollars: number;
}

/** What a bill is summed up by; `delivery` is paid for the fleet, not for the city's own work. */
export type CostItem =
  | "task"
  | "ingress"
  | "tables"
  | "queues"
  | "functions"
  | "objects"
  | "watching"
  | "images"
  | "keys"
  | "edge"
  | "sets"
  | "fleet"
  | "delivery";

type Pricer = (id: string, resource: PricedResource, bill: Bill) => readonly CostLine[];

/** What a schedule has that starts a task. */
const ECS_TARGET = z.object({
  EcsParameters: z.object({
    TaskDefinitionArn: z.object({ Ref: z.string() }),
    CapacityProviderStrategy: z.array(z.object({ CapacityProvider: z.string() })).min(1),
  }),
});
const DISK = z.object({ SizeInGiB: z.number() });
const VARIABLES = z.object({
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
});
/** Names the cities that a function asks. */
const FLEET = "EXOS_FLEET_CITIES";

/** What prices depend on beside the resource. */
interface Bill {
  readonly purchase: Purchase;
  readonly resources: Readonly<Record<string, PricedResource>>;
}

const MILLION = 1_000_000;
/** Gigabytes of disk that come with a task. */
const DISK_GB_FREE = 20;
const { dynamo, s3, queues, functions, sets, watcher } = IDLE_USAGE;
/** Name of the function whose runs may bring more with them than their seconds. */
const WATCH = "watch";

/** Dollars a month of what is done so often a minute. @param million dollars of a million of it */
const perMonth = (perMinute: number, million: number): number =>
  ((perMinute * MINUTES_A_MONTH) / MILLION) * million;

/** @throws for a property that is not a number: its price would be a guess */
function numberIn(resource: PricedResource, name: string): number {
  const value = Number(resource.Properties?.[name]);
  if (Number.isNaN(value)) throw new RangeError(`${resource.Type} without a number in ${name}`);
  return value;
}

function textIn(resource: PricedResource, name: string): string {
  const value = resource.Properties?.[name];
  return typeof value === "string" ? value : "";
}

/** The resource that `Fn::GetAtt` or `Ref` of a property points to. */
function referred(value: unknown): string | undefined {
  const text = JSON.stringify(value) ?? "";
  return /"(?:Ref|Fn::GetAtt)":\[?"([^"]+)"/.exec(text)?.[1];
}

/** Dollars an hour of a task on demand, without its address and its disk. */
function hourlyOf(task: PricedResource): number {
  return (
    (numberIn(task, "Cpu") / 1_024) * PRICES.fargateVcpuHour +
    (numberIn(task, "Memory") / 1_024) * PRICES.fargateGbHour
  );
}

function priceService(id: string, service: PricedResource, bill: Bill): CostLine[] {
  const task = bill.resources[referred(service.Properties?.["TaskDefinition"]) ?? ""];
  if (task === undefined) throw new RangeError(`${id}: its task is in no template`);
  const count = numberIn(service, "DesiredCount");
  // Wanted by whoever watches over the city, now and then.
  if (count === 0) return [];
  const hours = HOURS_A_MONTH * count;
  const hourly = hourlyOf(task);
  const share = bill.purchase === "spot" ? PRICES.fargateSpotShare : 1;
  return [
    { item: "task", what: `${id}: computing`, dollars: hours * hourly * share },
    { item: "task", what: `${id}: public address`, dollars: hours * PRICES.publicIpv4Hour },
  ];
}

/** Requests and storage are the city's, whichever table they go to: they are on one line. */
function priceTable(id: string, table: PricedResource): CostLine[] {
  if (!textIn(table, "TableName").endsWith("-chain")) return [];
  const writes = BLOCKS_A_MONTH * dynamo.writesPerBlock + MINUTES_A_MONTH * dynamo.writesPerMinute;
  const reads = BLOCKS_A_MONTH * dynamo.readsPerBlock + MINUTES_A_MONTH * dynamo.readsPerMinute;
  return [
    {
      item: "tables",
      what: `${id}: writes of all tables`,
      dollars: (writes / MILLION) * PRICES.dynamoMillionWrites,
    },
    {
      item: "tables",
      what: `${id}: reads of all tables`,
      dollars: (reads / MILLION) * PRICES.dynamoMillionReads,
    },
    {
      item: "tables",
      what: `${id}: storage of all tables`,
      dollars: dynamo.gb * PRICES.dynamoGbMonth,
    },
  ];
}

function priceBucket(id: string, bucket: PricedResource): CostLine[] {
  if (!textIn(bucket, "BucketName").endsWith("-chain")) return [];
  const puts = BLOCKS_A_MONTH * s3.putsPerBlock + MINUTES_A_MONTH * s3.putsPerMinute;
  const gets = BLOCKS_A_MONTH * s3.getsPerBlock;
  const requests = puts * PRICES.s3MillionPuts + gets * PRICES.s3MillionGets;
  return [
    { item: "objects", what: `${id}: storage`, dollars: s3.gb * PRICES.s3GbMonth },
    { item: "objects", what: `${id}: requests`, dollars: requests / MILLION },
  ];
}

/** A minute's tick, or the task that a schedule starts: that one is on Spot whatever the service is. */
function priceSchedule(id: string, schedule: PricedResource, bill: Bill): CostLine[] {
  const started = ECS_TARGET.safeParse(schedule.Properties?.["Target"]);
  if (!started.success) {
    const dollars = perMonth(1, PRICES.schedulerMillion);
    return [{ item: "queues", what: id, dollars }];
  }
  if (schedule.Properties?.["State"] === "DISABLED") return [];
  const { TaskDefinitionArn, CapacityProviderStrategy } = started.data.EcsParameters;
  const task = bill.resources[TaskDefinitionArn.Ref];
  if (task === undefined) throw new RangeError(`${id}: its task is in no template`);
  const isSpot = CapacityProviderStrategy.every((one) => one.CapacityProvider === "FARGATE_SPOT");
  const share = isSpot ? PRICES.fargateSpotShare : 1;
  const disk = DISK.safeParse(task.Properties?.["EphemeralStorage"]).data?.SizeInGiB ?? 0;
  const hourly =
    hourlyOf(task) * share +
    PRICES.publicIpv4Hour +
    Math.max(0, disk - DISK_GB_FREE) * PRICES.fargateDiskGbHour;
  const dollars = sets.runs * (sets.hours * hourly + PRICES.schedulerMillion / MILLION);
  return [{ item: "sets", what: `${id}: ${sets.runs} runs`, dollars }];
}

const perMillion = (queue: PricedResource | undefined): number =>
  queue?.Properties?.["FifoQueue"] === true ? PRICES.sqsFifoMillion : PRICES.sqsMillion;

function priceQueue(id: string, queue: PricedResource): CostLine[] {
  const name =
    textIn(queue, "QueueName")
      .replace(/\.fifo$/, "")
      .split("-")
      .at(-1) ?? "";
  const byBlock: Readonly<Record<string, number>> = queues.requestsPerBlock;
  const byMinute: Readonly<Record<string, number>> = queues.requestsPerMinute;
  const hints = (byBlock[name] ?? 0) * BLOCKS_A_MONTH;
  const looks = (byMinute[name] ?? 0) * MINUTES_A_MONTH;
  // The peer process holds one long poll; functions are polled for by their mappings.
  const polls = name === "announce" ? (HOURS_A_MONTH * 3_600) / queues.pollSeconds : 0;
  const dollars = ((hints + looks + polls) / MILLION) * perMillion(queue);
  return dollars === 0 ? [] : [{ item: "queues", what: id, dollars }];
}

function priceMapping(id: string, mapping: PricedResource, { resources }: Bill): CostLine[] {
  const queue = resources[referred(mapping.Properties?.["EventSourceArn"]) ?? ""];
  const polls = ((HOURS_A_MONTH * 3_600) / queues.pollSeconds) * queues.pollsOfMapping;
  return [{ item: "queues", what: `${id}: polls`, dollars: (polls / MILLION) * perMillion(queue) }];
}

function priceFunction(id: string, made: PricedResource): CostLine[] {
  const name = textIn(made, "FunctionName").split("-").slice(3).join("-");
  const known = Object.entries(functions).find(([key]) => key === name)?.[1];
  if (known === undefined) throw new RangeError(`${id}: no usage of a function "${name}"`);
  const runs = known.perBlock * BLOCKS_A_MONTH + known.perMinute * MINUTES_A_MONTH;
  if (runs === 0) return [];
  const second = runs * (numberIn(made, "MemorySize") / 1_024) * PRICES.lambdaArmGbSecond;
  const dollars = known.seconds * second + (runs / MILLION) * PRICES.lambdaMillion;
  const own: CostLine = { item: "functions", what: id, dollars };
  return name === WATCH && watchesFleet(made) ? [own, ...priceWatcher(id, second)] : [own];
}

function watchesFleet(made: PricedResource): boolean {
  return VARIABLES.safeParse(made.Properties).data?.Environment.Variables[FLEET] !== undefined;
}

/** @param second dollars of a month in which each run takes one second longer */
function priceWatcher(id: string, second: number): CostLine[] {
  const puts = perMonth(watcher.putsPerMinute, PRICES.s3MillionPuts);
  return [
    { item: "fleet", what: `${id}: waiting for all cities`, dollars: watcher.seconds * second },
    { item: "fleet", what: `${id}: saying what it saw`, dollars: puts },
  ];
}

function priceLogs(id: string, group: PricedResource): CostLine[] {
  if (!textIn(group, "LogGroupName").endsWith("/ingest")) return [];
  const { metrics, logGb } = IDLE_USAGE;
  return [
    { item: "watching", what: `${id}: logs of all handlers`, dollars: logGb * PRICES.logGb },
    { item: "watching", what: "metrics of our own", dollars: metrics.length * PRICES.metricMonth },
  ];
}

function priceFirewall(id: string, acl: PricedResource): CostLine[] {
  const rules = acl.Properties?.["Rules"];
  const count = Array.isArray(rules) ? rules.length : 0;
  const requests = perMonth(IDLE_USAGE.edgePerMinute, PRICES.wafMillion);
  const dollars = PRICES.wafAclMonth + count * PRICES.wafRuleMonth + requests;
  return [{ item: "edge", what: `${id}: ${count} rules`, dollars }];
}

/** Every request runs the router, which reads the vector. */
function priceDistribution(id: string): CostLine[] {
  const { cloudFrontMillion, cloudFrontFunctionMillion, keyValueReadMillion } = PRICES;
  const million = cloudFrontMillion + cloudFrontFunctionMillion + keyValueReadMillion;
  const dollars = perMonth(IDLE_USAGE.edgePerMinute, million);
  return [{ item: "edge", what: `${id}: requests of watchers`, dollars }];
}

/** What peers are sent through it is next to nothing beside its hours. */
function priceBalancer(id: string): CostLine[] {
  const units = IDLE_USAGE.balancerGbPerHour * PRICES.networkBalancerUnitHour;
  const dollars = HOURS_A_MONTH * (PRICES.networkBalancerHour + units);
  return [{ item: "ingress", what: id, dollars }];
}

const fixed =
  (item: CostItem, dollars: number): Pricer =>
  (what) => [{ item, what, dollars }];

const PRICERS: Readonly<Record<string, Pricer>> = {
  "AWS::ECS::Service": priceService,
  "AWS::ElasticLoadBalancingV2::LoadBalancer": priceBalancer,
  "AWS::EC2::EIP": fixed("ingress", HOURS_A_MONTH * PRICES.publicIpv4Hour),
  "AWS::DynamoDB::GlobalTable": priceTable,
  "AWS::S3::Bucket": priceBucket,
  "AWS::SQS::Queue": priceQueue,
  "AWS::Lambda::EventSourceMapping": priceMapping,
  "AWS::Lambda::Function": priceFunction,
  "AWS::Logs::LogGroup": priceLogs,
  "AWS::WAFv2::WebACL": priceFirewall,
  "AWS::CloudFront::Distribution": priceDistribution,
  "AWS::SNS::Topic": (what, topic) =>
    textIn(topic, "TopicName").endsWith("-follow")
      ? [
          {
            item: "queues",
            what,
            dollars: ((IDLE_USAGE.topicsPerBlock * BLOCKS_A_MONTH) / MILLION) * PRICES.snsMillion,
          },
        ]
      : [],
  "AWS::Scheduler::Schedule": priceSchedule,
  "AWS::CloudWatch::Alarm": fixed("watching", PRICES.alarmMetricMonth),
  "AWS::CloudWatch::CompositeAlarm": fixed("delivery", PRICES.compositeAlarmMonth),
  "AWS::ECR::Repository": fixed("images", IDLE_USAGE.imageGb * PRICES.ecrGbMonth),
  "AWS::KMS::Key": fixed("keys", PRICES.kmsKeyMonth),
};

/** Types that cost nothing, or nothing while nobody calls. */
const FREE: ReadonlySet<string> = new Set([
  "AWS::Budgets::Budget",
  "AWS::CloudFront::CachePolicy",
  "AWS::CloudFront::Function",
  "AWS::CloudFront::KeyValueStore",
  "AWS::CloudFront::OriginAccessControl",
  "AWS::CloudFront::OriginRequestPolicy",
  "AWS::CloudWatch::Dashboard",
  "AWS::EC2::InternetGateway",
  "AWS::EC2::Route",
  "AWS::EC2::RouteTable",
  "AWS::EC2::SecurityGroup",
  "AWS::EC2::Subnet",
  "AWS::EC2::SubnetRouteTableAssociation",
  "AWS::EC2::VPC",
  "AWS::EC2::VPCEndpoint",
  "AWS::EC2::VPCGatewayAttachment",
  "AWS::ECS::Cluster",
  "AWS::ECS::TaskDefinition",
  "AWS::ElasticLoadBalancingV2::Listener",
  "AWS::ElasticLoadBalancingV2::TargetGroup",
  // Of events that AWS itself makes.
  "AWS::Events::Rule",
  "AWS::IAM::ManagedPolicy",
  "AWS::IAM::OIDCProvider",
  "AWS::IAM::Role",
  "AWS::KMS::Alias",
  "AWS::Lambda::EventInvokeConfig",
  "AWS::Lambda::Permission",
  "AWS::Lambda::Url",
  "AWS::Route53::RecordSetGroup",
  "AWS::S3::BucketPolicy",
  "AWS::SNS::Subscription",
  "AWS::SNS::TopicPolicy",
  "AWS::SQS::QueuePolicy",
]);

/**
 * What the templates of one stage cost an idle month, line by line, dearest first.
 *
 * @throws RangeError for a resource that the design refuses, or that has no price here: an unpriced
 * resource is never taken for a free one
 */
export function priceTemplates(
  templates: readonly PricedTemplate[],
  purchase: Purchase,
): CostLine[] {
  const resources = Object.assign({}, ...templates.map(({ Resources }) => Resources)) as Record<
    string,
    PricedResource
  >;
  const refused = refusedIn(resources);
  if (refused.length > 0) throw new RangeError(refused.join("\n"));
  const lines = Object.entries(resources).flatMap(([id, resource]) => {
    const pricer = PRICERS[resource.Type];
    if (pricer !== undefined) return pricer(id, resource, { purchase, resources });
    if (FREE.has(resource.Type)) return [];
    throw new RangeError(`${id}: a ${resource.Type} has no price in infra/prices.ts`);
  });
  return lines.sort((a, b) => b.dollars - a.dollars);
}

/** Dollars a month of some lines. */
export function sumOf(lines: readonly CostLine[]): number {
  return lines.reduce((sum, { dollars }) => sum + dollars, 0);
}
