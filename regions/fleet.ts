import { amsterdam } from "./amsterdam.ts";
import { atlanta } from "./atlanta.ts";
import { bangalore } from "./bangalore.ts";
import type { City } from "./city.ts";
import type { EnvironmentName } from "./environment.ts";
import { frankfurt } from "./frankfurt.ts";
import { local } from "./local.ts";
import { london } from "./london.ts";
import { mumbai } from "./mumbai.ts";
import { newYork } from "./new-york.ts";
import { paris } from "./paris.ts";
import { sanFrancisco } from "./san-francisco.ts";
import { seoul } from "./seoul.ts";
import { singapore } from "./singapore.ts";
import { sydney } from "./sydney.ts";
import { tokyo } from "./tokyo.ts";

/** What is deployed together, in this order; one bakes before the next begins. @source cloud.md 11 */
export const WAVES: readonly (readonly City[])[] = [
  [sydney],
  [london, singapore, sanFrancisco],
  [frankfurt, tokyo, paris, seoul, mumbai],
  [newYork, amsterdam, atlanta, bangalore],
];

/** Every city, in the order they are deployed. @source cloud.md 12 */
export const CITIES: readonly City[] = WAVES.flat();

/** The cities of one deployment, in the order of their waves. */
export function citiesOf(environment: EnvironmentName): readonly City[] {
  return [...CITIES, local].filter(({ environments }) => environments.includes(environment));
}
