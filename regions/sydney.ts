import type { City } from "./city.ts";

export const sydney: City = {
  code: "syd",
  name: "Sydney",
  host: {
    kind: "aws",
    region: "ap-southeast-2",
    zoneIds: ["apse2-az1", "apse2-az2"],
    rpc: "function-url",
    ingress: "task",
    watcher: true,
  },
  wave: 0,
  environments: ["prod", "test"],
  edge: true,
  staking: false,
  market: false,
  latitude: -33.8688,
  longitude: 151.2093,
  timeZone: "Australia/Sydney",
};
