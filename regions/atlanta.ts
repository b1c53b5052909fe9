import type { City } from "./city.ts";

export const atlanta: City = {
  code: "atl",
  name: "Atlanta",
  host: { kind: "external", provider: "vultr", region: "atl" },
  wave: 3,
  environments: ["prod"],
  edge: true,
  staking: false,
  market: false,
  latitude: 33.749,
  longitude: -84.388,
  timeZone: "America/New_York",
};
