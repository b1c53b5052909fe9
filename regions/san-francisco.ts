import type { City } from "./city.ts";

export const sanFrancisco: City = {
  code: "sfo",
  name: "San Francisco",
  host: {
    kind: "aws",
    region: "us-west-1",
    zoneIds: ["usw1-az1", "usw1-az3"],
    rpc: "function-url",
    ingress: "task",
    watcher: false,
  },
  wave: 1,
  environments: ["prod"],
  edge: true,
  staking: false,
  market: false,
  latitude: 37.7749,
  longitude: -122.4194,
  timeZone: "America/Los_Angeles",
};
