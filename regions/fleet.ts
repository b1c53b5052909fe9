import { amsterdam } from "./amsterdam.ts";
import { atlanta } from "./atlanta.ts";
import { bangalore } from "./bangalore.ts";
import type { City } from "./city.ts";
import { frankfurt } from "./frankfurt.ts";
import { london } from "./london.ts";
import { mumbai } from "./mumbai.ts";
import { newYork } from "./new-york.ts";
import { paris } from "./paris.ts";
import { sanFrancisco } from "./san-francisco.ts";
import { seoul } from "./seoul.ts";
import { singapore } from "./singapore.ts";
import { sydney } from "./sydney.ts";
import { tokyo } from "./tokyo.ts";

/** Every city, in the order they are deployed. @source cloud.md 12 */
export const CITIES: readonly City[] = [
  sydney,
  london,
  singapore,
  sanFrancisco,
  frankfurt,
  tokyo,
  paris,
  seoul,
  mumbai,
  newYork,
  amsterdam,
  atlanta,
  bangalore,
];
