import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  ObjectOwnership,
} from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import type { EdgeNames } from "#regions/edge-names.ts";

const LOG_DAYS = 30;
/** Of a release that was replaced, such as `deploy.json` of last week. */
const OLD_VERSIONS_MAX = 20;

/** What all cities share: assets of the pages, releases, and the log of who fetched both. */
export class SharedBuckets extends Construct {
  readonly web: Bucket;
  readonly release: Bucket;
  readonly logs: Bucket;

  constructor(scope: Construct, id: string, { buckets }: EdgeNames) {
    super(scope, id);
    const closed: BucketProps = {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
    };
    this.logs = new Bucket(this, "Logs", {
      ...closed,
      bucketName: buckets.logs,
      // The edge writes its log as another account, with an access list.
      objectOwnership: ObjectOwnership.BUCKET_OWNER_PREFERRED,
      lifecycleRules: [{ expiration: Duration.days(LOG_DAYS) }],
    });
    const logged = {
      ...closed,
      serverAccessLogsBucket: Bucket.fromBucketName(this, "LogsByName", buckets.logs),
    };
    this.web = new Bucket(this, "Web", {
      ...logged,
      bucketName: buckets.web,
      lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(1) }],
    });
    this.release = new Bucket(this, "Release", {
      ...logged,
      bucketName: buckets.release,
      versioned: true,
      lifecycleRules: [
        {
          noncurrentVersionExpiration: Duration.days(1),
          noncurrentVersionsToRetain: OLD_VERSIONS_MAX,
        },
      ],
    });
    for (const bucket of [this.web, this.release]) bucket.node.addDependency(this.logs);
    // By their names: they wait for this policy, so that it cannot wait for them.
    const written = [buckets.web, buckets.release].map((name) => `arn:aws:s3:::${name}`);
    this.logs.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal("logging.s3.amazonaws.com")],
        actions: ["s3:PutObject"],
        resources: [this.logs.arnForObjects("*")],
        conditions: { ArnLike: { "aws:SourceArn": written } },
      }),
    );
  }
}
