import type { City } from "./city.ts";
import type { DnsZone } from "./deployment.ts";

/** Name under which peers find a city's task, whatever its address. @source cloud.md 8 */
export function seedName({ code }: Pick<City, "code">, { name }: Pick<DnsZone, "name">): string {
  return `${code}.seed.${name}`;
}
