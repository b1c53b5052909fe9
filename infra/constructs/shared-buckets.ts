import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { AnyPrincipal, Effect, PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  BucketPolicy,
  type BucketProps,
  type IBucket,
  ObjectOwnership,
} from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import type { EdgeNames } from "#regions/edge-names.ts";

const LOG_DAYS = 30;

/**
 * What all cities share: assets of the pages, and the log of who fetched them. The bucket of releases
 * is older than this stack, which is deployed out of it: `exos fleet deploy` makes it, and only who may
 * read it is said here. It has no log, since the bucket of logs comes after it.
 */
export class SharedBuckets extends Construct {
  readonly web: Bucket;
  readonly release: IBucket;
  readonly #releasePolicy: BucketPolicy;
  readonly logs: Bucket;

  constructor(scope: Construct, id: string, { buckets }: EdgeNames) {
    super(scope, id);
    const closed: BucketProps = {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    };
    this.logs = new Bucket(this, "Logs", {
      ...closed,
      bucketName: buckets.logs,
      // The edge writes its log as another account, with an access list.
      objectOwnership: ObjectOwnership.BUCKET_OWNER_PREFERRED,
      lifecycleRules: [{ expiration: Duration.days(LOG_DAYS) }],
    });
    this.web = new Bucket(this, "Web", {
      ...closed,
      serverAccessLogsBucket: Bucket.fromBucketName(this, "LogsByName", buckets.logs),
      bucketName: buckets.web,
      lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(1) }],
    });
    this.web.node.addDependency(this.logs);
    this.release = Bucket.fromBucketName(this, "Release", buckets.release);
    this.#releasePolicy = new BucketPolicy(this, "ReleasePolicy", { bucket: this.release });
    this.#releasePolicy.document.addStatements(
      new PolicyStatement({
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ["s3:*"],
        resources: [this.release.bucketArn, this.release.arnForObjects("*")],
        conditions: { Bool: { "aws:SecureTransport": "false" } },
      }),
    );
    // By its name: it waits for this policy, so that it cannot wait for it.
    const written = [`arn:aws:s3:::${buckets.web}`];
    this.logs.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal("logging.s3.amazonaws.com")],
        actions: ["s3:PutObject"],
        resources: [this.logs.arnForObjects("*")],
        conditions: { ArnLike: { "aws:SourceArn": written } },
      }),
    );
  }

  /** Let somebody read the assets. */
  letReadWeb(statement: PolicyStatement): void {
    this.web.addToResourcePolicy(statement);
  }

  /** Let somebody read releases, whose bucket the CDK knows by its name alone. */
  letReadReleases(statement: PolicyStatement): void {
    this.#releasePolicy.document.addStatements(statement);
  }
}
