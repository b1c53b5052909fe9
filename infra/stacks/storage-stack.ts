import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import { AttributeType, Billing, TableV2 } from "aws-cdk-lib/aws-dynamodb";
import { Repository, TagMutability } from "aws-cdk-lib/aws-ecr";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { BlockPublicAccess, Bucket, BucketEncryption } from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import { acknowledge } from "#infra/acknowledge.ts";
import { type CityContext, stackName } from "#infra/city-context.ts";
import { PEER_LOGS } from "#infra/constructs/fixed-ingress.ts";
import { removalOf } from "#infra/removal-of.ts";
import type { CityNames } from "#regions/city-names.ts";
import { ENVIRONMENTS } from "#regions/environment.ts";

/** A table of a city. */
interface TableShape {
  readonly name: string;
  readonly partitionKey: { readonly name: string; readonly type: AttributeType };
  readonly sorted: boolean;
  /** Ceiling on money: write units per second. */
  readonly writesMax: number;
  /** Refuses to be deleted; the others can be made again from peers in an hour. */
  readonly kept: boolean;
  /** Has items that sweep themselves out; every reader compares the times itself. */
  readonly sweeps: boolean;
}

/** Of twenty releases, each of which is two images and the index that names them. */
const IMAGES_MAX = 60;
const LOG_DAYS = 30;
/** The packer deletes them long before. */
const RECENT_DAYS = 60;
const { STRING, BINARY } = AttributeType;

/** @source cloud.md 3 */
function tablesOf({ tables }: CityNames): Readonly<Record<string, TableShape>> {
  const text = { name: "pk", type: STRING };
  const bytes = { name: "pk", type: BINARY };
  return {
    Chain: {
      name: tables.chain,
      partitionKey: text,
      sorted: true,
      writesMax: 2_000,
      kept: true,
      sweeps: true,
    },
    Coins: {
      name: `${tables.coins}-g0`,
      partitionKey: { name: "k", type: BINARY },
      sorted: false,
      writesMax: 4_000,
      kept: true,
      sweeps: false,
    },
    Index: {
      name: `${tables.index}-g0`,
      partitionKey: bytes,
      sorted: true,
      writesMax: 2_000,
      kept: false,
      sweeps: false,
    },
    Pool: {
      name: tables.pool,
      partitionKey: text,
      sorted: true,
      writesMax: 500,
      kept: false,
      sweeps: true,
    },
  };
}

/**
 * What a city keeps: four tables, a bucket and its log, the image.
 *
 * A creation that fails takes with it what it made, but for tables that refuse to be deleted: undoing
 * would fail as well. Like all that outlived a city, the next deployment takes them on by their names.
 *
 * @source cloud.md 3, 5.1
 */
export class StorageStack extends Stack {
  readonly #removal: RemovalPolicy;

  constructor(scope: Construct, context: CityContext, props: StackProps) {
    super(scope, "storage", { ...props, stackName: stackName(context.names, "storage") });
    const { names, city } = context;
    const kept = ENVIRONMENTS[names.environment].protected;
    this.#removal = removalOf(names.environment);
    for (const [id, shape] of Object.entries(tablesOf(names))) this.#createTable(id, shape, kept);
    const logs = this.#createBuckets(names);
    if (city.host.ingress === "nlb") letBalancersWrite(logs, names);
    new Repository(this, "Image", {
      repositoryName: names.repository,
      imageScanOnPush: true,
      imageTagMutability: TagMutability.IMMUTABLE,
      lifecycleRules: [{ maxImageCount: IMAGES_MAX }],
      removalPolicy: this.#removal,
    });
    const { chain, coins, index, pool } = names.tables;
    new CfnOutput(this, "ExosTableChain", { value: chain });
    new CfnOutput(this, "ExosTableCoins", { value: coins });
    new CfnOutput(this, "ExosTableIndex", { value: index });
    new CfnOutput(this, "ExosTablePool", { value: pool });
    new CfnOutput(this, "ExosBucketChain", { value: names.buckets.chain });
    new CfnOutput(this, "Repository", { value: names.repository });
  }

  #createTable(id: string, shape: TableShape, kept: boolean): void {
    const refuses = kept && shape.kept;
    const table = new TableV2(this, id, {
      tableName: shape.name,
      partitionKey: shape.partitionKey,
      ...(shape.sorted && { sortKey: { name: "sk", type: BINARY } }),
      billing: Billing.onDemand({ maxWriteRequestUnits: shape.writesMax }),
      deletionProtection: refuses,
      ...(shape.sweeps && { timeToLiveAttribute: "exp" }),
      removalPolicy: refuses ? RemovalPolicy.RETAIN : this.#removal,
    });
    acknowledge(table, "AwsSolutions-DDB3");
  }

  /** @returns that of logs */
  #createBuckets({ buckets }: CityNames): Bucket {
    const closed = {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      versioned: false,
      removalPolicy: this.#removal,
    };
    const logs = new Bucket(this, "Logs", {
      ...closed,
      bucketName: buckets.logs,
      lifecycleRules: [{ expiration: Duration.days(LOG_DAYS) }],
    });
    logs.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal("logging.s3.amazonaws.com")],
        actions: ["s3:PutObject"],
        resources: [logs.arnForObjects("*")],
        conditions: { ArnLike: { "aws:SourceArn": `arn:aws:s3:::${buckets.chain}` } },
      }),
    );
    const blocks = new Bucket(this, "Blocks", {
      ...closed,
      bucketName: buckets.chain,
      // By name: the types of the CDK do not let its own bucket pass as one.
      serverAccessLogsBucket: Bucket.fromBucketName(this, "LogsByName", buckets.logs),
      lifecycleRules: [
        { prefix: "recent/", expiration: Duration.days(RECENT_DAYS) },
        { abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
    });
    blocks.node.addDependency(logs);
    return logs;
  }
}

/** The service that brings logs of load balancers looks whose a bucket is before it writes. */
function letBalancersWrite(logs: Bucket, { account, region }: CityNames): void {
  const principals = [new ServicePrincipal("delivery.logs.amazonaws.com")];
  const conditions = {
    StringEquals: { "aws:SourceAccount": account },
    ArnLike: { "aws:SourceArn": `arn:aws:logs:${region}:${account}:*` },
  };
  const written = logs.arnForObjects(`${PEER_LOGS}/AWSLogs/${account}/*`);
  for (const [action, resource] of [
    ["s3:PutObject", written],
    ["s3:GetBucketAcl", logs.bucketArn],
  ] as const) {
    logs.addToResourcePolicy(
      new PolicyStatement({ principals, actions: [action], resources: [resource], conditions }),
    );
  }
}
