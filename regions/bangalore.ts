import type { City } from "./city.ts";

export const bangalore: City = {
  code: "blr",
  name: "Bangalore",
  host: { kind: "external", provider: "digitalocean", region: "blr1" },
  wave: 3,
  environments: ["prod"],
  edge: true,
  staking: false,
  market: false,
  latitude: 12.9716,
  longitude: 77.5946,
  timeZone: "Asia/Kolkata",
};
