import type { AwsCity } from "./city-context.ts";

/**
 * A second city in a region stands and falls with the first: only whoever says so may have one.
 *
 * @param cities of one environment, which all stand in one account
 * @throws for one that is not marked `virtual`
 * @source cloud.md 12
 */
export function refuseTwins(cities: readonly Pick<AwsCity, "code" | "host">[]): void {
  const first = new Map<string, string>();
  for (const { code, host } of cities) {
    const other = first.get(host.region);
    if (other !== undefined && host.virtual !== true) {
      throw new Error(
        `City ${code} is in ${host.region}, as ${other} is: another region, or virtual: true.`,
      );
    }
    first.set(host.region, other ?? code);
  }
}
