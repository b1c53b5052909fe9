import { randomBytes } from "node:crypto";
import { CloudFrontKeyValueStoreClient } from "@aws-sdk/client-cloudfront-keyvaluestore";
import { SSMClient } from "@aws-sdk/client-ssm";
import type { City } from "#regions/city.ts";
import { edgeNames } from "#regions/edge-names.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { clientSettings } from "#shared/adapters/aws/aws-clients.ts";
import { createEdgeEntry } from "#shared/adapters/aws/edge-entry.ts";
import { createSsmRotatingSecret } from "#shared/adapters/aws/ssm-rotating-secret.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { EDGE_KEY, EDGE_KEY_NEXT } from "#shared/fleet/edge-stamp.ts";
import { checkAccount, cityNamesOf, type FleetOptions, outputsOf } from "./compose-fleet.ts";
import type { RotationDeps } from "./rotate-secret.ts";

/** The edge's store stands where the edge is deployed. */
const EDGE_REGION = "us-east-1";
/** The key is 32 bytes, in hex. */
const KEY_BYTES = 32;

/**
 * Everything that the edge's key is rotated with: a parameter in each of these cities' regions, and
 * the entry of the edge.
 *
 * @throws CommandFailure `EXOS-E8004` before the edge was deployed
 */
export async function composeRotation(
  options: FleetOptions,
  { cities, others }: { readonly cities: readonly City[] } & Pick<RotationDeps, "others">,
): Promise<RotationDeps> {
  const { deployment, signal, say } = options;
  const account = await checkAccount(options);
  const { prefix } = edgeNames(options.fleet, account);
  const arn = (await outputsOf(prefix))["VectorStore"] ?? deployment.vector;
  if (arn === undefined) {
    throw new CommandFailure("the edge is not there: exos fleet edge deploys it, and its store", {
      code: "EXOS-E8004",
    });
  }
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
