import type { CityNames } from "#regions/city-names.ts";
import { CITY_STACKS, type CityStack, PROTECTED_STACK } from "#regions/city-outputs.ts";
import { EDGE_REGION } from "#regions/edge-names.ts";
import type { Statement } from "./grants.ts";
import type { WaveReach } from "./wave-reach.ts";

/** What prints where a city answers: a release is told it. */
const ANSWERING_STACK: CityStack = "rpc";
/** Roles of the bootstrap that `cdk deploy` takes on, seen on the wire: others are for lookups and images. */
const BOOTSTRAP_ROLES = ["deploy", "file-publishing"];
/** What a registry wants of whoever gives it an image. @source Amazon ECR User Guide, "IAM permissions for pushing an image" */
const PUSH = [
  "ecr:BatchCheckLayerAvailability",
  "ecr:BatchGetImage",
  "ecr:CompleteLayerUpload",
  "ecr:InitiateLayerUpload",
  "ecr:PutImage",
  "ecr:UploadLayerPart",
];

/** Of a security group's id. */
const GROUP_DIGITS = 17;

/** The CDK's own roles in the regions of some cities: whoever takes them on may change those alone. */
export function bootstrapRoles({
  account,
  cities,
}: Pick<WaveReach, "account" | "cities">): string[] {
  const regions = new Set(cities.map(({ region }) => region));
  return [...regions].flatMap((region) =>
    BOOTSTRAP_ROLES.map(
      (role) => `arn:aws:iam::${account}:role/cdk-hnb659fds-${role}-role-${account}-${region}`,
    ),
  );
}

/**
 * A stack as IAM is asked for it: by its id, or, of one that is asked for by its name and is not
 * there, by a star, which `?` stands for too. No other stack's name ends like this.
 */
function stackArns(
  { account, region }: Pick<CityNames, "account" | "region">,
  name: string,
): string[] {
  const id = [8, 4, 4, 4, 12].map((digits) => "?".repeat(digits)).join("-");
  return ["?", id].map((end) => `arn:aws:cloudformation:${region}:${account}:stack/${name}/${end}`);
}

/**
 * What `exos fleet deploy --wave N`, `rollback` and `status` ask for: of the cities of the wave, and of
 * the bucket that releases are in. Only the first wave may build one; the others are given it by
 * `--release NAME`. Whose credentials they are is told to everybody.
 *
 * @source cloud.md 9.1, 11
 */
export function deployRights(reach: WaveReach): readonly Statement[] {
  return [
    ...releaseRights(reach),
    ...(reach.isFollowed ? channelRights(reach) : []),
    ...(reach.cities.length > 0 ? cityRights(reach) : []),
    ...buildRights(reach),
  ];
}

const bucketOf = ({ edge }: Pick<WaveReach, "edge">): string =>
  `arn:aws:s3:::${edge.buckets.release}`;

/** Read what is deployed; write down how far it came. */
function releaseRights(reach: WaveReach): readonly Statement[] {
  const bucket = bucketOf(reach);
  const record = `${bucket}/deploy.json`;
  return [
    // A miss is the usual case, and without the right to list it would be answered as a refusal.
    { actions: ["s3:ListBucket"], resources: [bucket] },
    { actions: ["s3:GetObject"], resources: [record, `${bucket}/assembly/*`, `${bucket}/image/*`] },
    { actions: ["s3:PutObject"], resources: [record] },
  ];
}

/** Publish to machines outside AWS, who believe no more than what the release key signed. */
function channelRights(reach: WaveReach): readonly Statement[] {
  const channel = `${bucketOf(reach)}/release/channel-${reach.wave}.json`;
  const resources = [channel, `${channel}.sig`];
  return [{ actions: ["s3:GetObject", "s3:PutObject"], resources }];
}

/** Change the stacks of the wave's cities through the CDK's roles, push their image, look at them. */
function cityRights(reach: WaveReach): readonly Statement[] {
  const { cities } = reach;
  const regions = [...new Set(cities.map(({ region }) => region))];
  return [
    { actions: ["sts:AssumeRole"], resources: bootstrapRoles(reach) },
    {
      actions: ["cloudformation:DescribeStacks"],
      resources: cities.flatMap((city) =>
        CITY_STACKS.flatMap((stack) => stackArns(city, `${city.prefix}-${stack}`)),
      ),
    },
    // Of a creation that failed, which is deleted before the next. @source stack-protection.ts
    {
      actions: ["cloudformation:UpdateTerminationProtection"],
      resources: cities.flatMap((city) => stackArns(city, `${city.prefix}-${PROTECTED_STACK}`)),
    },
    // Its id is made with the network, which has no other name for it.
    {
      actions: ["ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress"],
      resources: cities.map(
        ({ region, account }) =>
          `arn:aws:ec2:${region}:${account}:security-group/sg-${"?".repeat(GROUP_DIGITS)}`,
      ),
    },
    {
      actions: PUSH,
      resources: cities.map(
        ({ region, account, repository }) =>
          `arn:aws:ecr:${region}:${account}:repository/${repository}`,
      ),
    },
    // None is asked of one resource; composite alarms are told only to who may see all.
    {
      actions: [
        "cloudwatch:DescribeAlarms",
        "ec2:DescribeSecurityGroups",
        "ecr:GetAuthorizationToken",
      ],
      resources: ["*"],
      only: { key: "aws:RequestedRegion", values: regions },
    },
  ];
}

/** Prepare the bucket, store what was built, drop what is too old, read what a release is told. */
function buildRights(reach: WaveReach): readonly Statement[] {
  const { printing, account, edge } = reach;
  if (printing === undefined) return [];
  const bucket = bucketOf(reach);
  // Named after a SHA-256.
  const archives = `${bucket}/release/image-${"?".repeat(64)}.tar.zst`;
  return [
    {
      actions: [
        "s3:CreateBucket",
        "s3:PutBucketPublicAccessBlock",
        "s3:PutBucketVersioning",
        "s3:PutLifecycleConfiguration",
      ],
      resources: [bucket],
    },
    {
      actions: ["s3:PutObject", "s3:AbortMultipartUpload", "s3:DeleteObject"],
      resources: [`${bucket}/assembly/*`, `${bucket}/image/*`, archives],
    },
    {
      actions: ["cloudformation:DescribeStacks"],
      resources: [
        ...printing.flatMap((city) => stackArns(city, `${city.prefix}-${ANSWERING_STACK}`)),
        ...stackArns({ account, region: EDGE_REGION }, edge.prefix),
      ],
    },
  ];
}
