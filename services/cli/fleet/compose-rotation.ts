import { randomBytes } from "node:crypto";
import { CloudFrontKeyValueStoreClient } from "@aws-sdk/client-cloudfront-keyvaluestore";
import { SSMClient } from "@aws-sdk/client-ssm";
import type { City } from "#regions/city.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { clientSettings } from "#shared/adapters/aws/aws-clients.ts";
import { createEdgeEntry } from "#shared/adapters/aws/edge-entry.ts";
import { createSsmRotatingSecret } from "#shared/adapters/aws/ssm-rotating-secret.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { EDGE_KEY, EDGE_KEY_NEXT } from "#shared/fleet/edge-stamp.ts";
import { checkAccount, cityNamesOf, type FleetOptions } from "./compose-fleet.ts";
import type { RotationDeps } from "./rotate-secret.ts";

/** The edge's store stands where the edge is deployed. */
const EDGE_REGION = "us-east-1";
/** The key is 32 bytes, in hex. */
const KEY_BYTES = 32;

/**
 * Everything that the edge's key is rotated with: a parameter in each of these cities' regions, and
 * the entry of the edge.
 *
 * @throws CommandFailure `EXOS-E8004` while nobody named the edge's store
 */
export async function composeRotation(
  options: FleetOptions,
  { cities, others }: { readonly cities: readonly City[] } & Pick<RotationDeps, "others">,
): Promise<RotationDeps> {
  const { deployment, signal, say } = options;
  const arn = deployment.vector;
  if (arn === undefined) {
    throw new CommandFailure("regions/deployment.ts lacks vector: the store of the edge, by ARN", {
      code: "EXOS-E8004",
    });
  }
  const account = await checkAccount(options);
  const clock = createSystemClock();
  return {
    checkers: cities.map((city) => {
      const { secrets: path, region } = cityNamesOf(options, city, account);
      const client = new SSMClient({ ...clientSettings(), region });
      const place = { client, path, name: EDGE_KEY, nextName: EDGE_KEY_NEXT };
      return { name: city.code, ...createSsmRotatingSecret(place) };
    }),
    signer: createEdgeEntry({
      store: new CloudFrontKeyValueStoreClient({ ...clientSettings(), region: EDGE_REGION }),
      arn,
      key: EDGE_KEY,
    }),
    clock: { sleep: (milliseconds) => clock.sleep(milliseconds, signal) },
    others,
    create: () => randomBytes(KEY_BYTES).toString("hex"),
    say,
  };
}
