import type { City } from "./city.ts";

export const newYork: City = {
  code: "nyc",
  name: "New York",
  host: { kind: "external", provider: "digitalocean", region: "nyc3" },
  wave: 3,
  environments: ["prod"],
  edge: true,
  staking: false,
  market: false,
  latitude: 40.7128,
  longitude: -74.006,
  timeZone: "America/New_York",
};
