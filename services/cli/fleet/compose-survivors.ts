import { DynamoDBClient, paginateListTables } from "@aws-sdk/client-dynamodb";
import { ListResourceRecordSetsCommand, Route53Client } from "@aws-sdk/client-route-53";
import { paginateListBuckets, type S3Client } from "@aws-sdk/client-s3";
import { paginateDescribeParameters, SSMClient } from "@aws-sdk/client-ssm";
import { type CityNames, stakeKeyDescription } from "#regions/city-names.ts";
import type { DnsZone } from "#regions/deployment.ts";
import { clientSettings, createKmsClient } from "#shared/adapters/aws/aws-clients.ts";
import { awsFaultOf } from "#shared/adapters/aws/aws-fault.ts";
import { keysDescribed } from "#shared/adapters/aws/keys-described.ts";
import type { LogGroups } from "#shared/adapters/aws/log-groups.ts";
import type { ImageRegistry } from "#shared/ports/image-registry.ts";
import { SURVIVOR_KINDS, type Survivor, type SurvivorKind } from "./survivor.ts";

/** Whose survivors are looked for, and what they are looked for with. */
export interface SurvivorDeps {
  readonly names: CityNames;
  /** Of any region: buckets are listed for all of them. */
  readonly s3: S3Client;
  readonly registry: Pick<ImageRegistry, "find">;
  readonly logs: Pick<LogGroups, "named">;
  /** The name that its task is found under, and its zone; `undefined` where it has none. */
  readonly seed: { readonly zone: Pick<DnsZone, "id">; readonly name: string } | undefined;
}

/** Names no image; the answer says whether there is a repository. */
const NO_IMAGE = `sha256:${"0".repeat(64)}`;

/**
 * Lists what is left of a city when its stacks are gone: what holds what cannot be bought back, what was
 * never theirs, such as tables of later generations and secrets, and what others wrote for it. It throws
 * StoreFault when the world failed.
 *
 * @source cloud.md 11
 */
export function composeSurvivors(deps: SurvivorDeps): () => Promise<readonly Survivor[]> {
  return () => survivorsOf(deps);
}

async function survivorsOf(deps: SurvivorDeps): Promise<readonly Survivor[]> {
  const { names, registry, logs } = deps;
  const { region, prefix, repository } = names;
  const keys = createKmsClient({ region });
  try {
    const found: Readonly<Record<SurvivorKind, readonly string[]>> = {
      table: await tablesOf(names),
      bucket: await bucketsOf(deps),
      repository: (await registry.find(NO_IMAGE)) === "no repository" ? [] : [repository],
      "staking key": await keysDescribed(keys, stakeKeyDescription(names)),
      secret: await secretsOf(names),
      "log group": await logs.named(`${names.logs}/`),
      address: await addressesOf(deps),
    };
    return SURVIVOR_KINDS.flatMap((kind) => found[kind].map((name) => ({ kind, name })));
  } catch (cause) {
    throw awsFaultOf(cause, `listing what is left of ${prefix}`);
  } finally {
    keys.destroy();
  }
}

async function tablesOf({ prefix, region }: CityNames): Promise<readonly string[]> {
  const client = new DynamoDBClient({ ...clientSettings(), region });
  const named: string[] = [];
  const from = { ExclusiveStartTableName: prefix };
  for await (const { TableNames = [] } of paginateListTables({ client }, from)) {
    const ours = TableNames.filter((name) => name.startsWith(`${prefix}-`));
    named.push(...ours);
    // They come by their names, so that nothing of ours follows a page with others.
    if (ours.length < TableNames.length) break;
  }
  client.destroy();
  return named;
}

async function bucketsOf({ s3: client, names }: SurvivorDeps): Promise<readonly string[]> {
  const named: string[] = [];
  const Prefix = `${names.prefix}-`;
  for await (const { Buckets = [] } of paginateListBuckets({ client }, { Prefix })) {
    named.push(...Buckets.flatMap(({ Name }) => Name ?? []));
  }
  return named.filter((name) => name.startsWith(Prefix));
}

async function secretsOf({ secrets, region }: CityNames): Promise<readonly string[]> {
  const client = new SSMClient({ ...clientSettings(), region });
  const named: string[] = [];
  const below = { Key: "Path", Option: "Recursive", Values: [secrets] };
  const asked = { ParameterFilters: [below] };
  for await (const { Parameters = [] } of paginateDescribeParameters({ client }, asked)) {
    named.push(...Parameters.flatMap(({ Name }) => Name ?? []));
  }
  client.destroy();
  return named;
}

async function addressesOf({ seed, names }: SurvivorDeps): Promise<readonly string[]> {
  if (seed === undefined) return [];
  const client = new Route53Client({ ...clientSettings(), region: names.region });
  const from = { HostedZoneId: seed.zone.id, StartRecordName: seed.name, MaxItems: 1 };
  const { ResourceRecordSets = [] } = await client.send(new ListResourceRecordSetsCommand(from));
  client.destroy();
  return ResourceRecordSets.some(({ Name }) => Name === `${seed.name}.`) ? [seed.name] : [];
}
