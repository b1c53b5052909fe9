import type { City } from "./city.ts";

export const amsterdam: City = {
  code: "ams",
  name: "Amsterdam",
  host: { kind: "external", provider: "digitalocean", region: "ams3" },
  wave: 3,
  environments: ["prod"],
  edge: true,
  staking: false,
  market: false,
  latitude: 52.3676,
  longitude: 4.9041,
  timeZone: "Europe/Amsterdam",
};
