import { LOCAL_CITY } from "#services/cli/cloud/local-endpoint.ts";
import { type Rehearsal, rehearsalFailure } from "#services/cli/cloud/rehearse/rehearsal.ts";

/**
 * What LocalStack reports as made and does not make stands in the list of `infra/`: a type that begins to be skipped in silence fails here.
 */
export async function compareLeftOut({ city, cloud, leftOut, print }: Rehearsal): Promise<void> {
  if (city.endpoint.kind !== "localstack") return;
  const skipped = await cloud.fallbacks(LOCAL_CITY.prefix);
  const unlisted = skipped.filter((type) => leftOut[type] === undefined);
  if (unlisted.length > 0) {
    throw rehearsalFailure(
      `LocalStack skipped ${unlisted.join(", ")}, which infra/left-out.ts does not list`,
    );
  }
  print(`left out   in silence, as listed: ${skipped.join(", ")}`);
}
