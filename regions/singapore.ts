import type { City } from "./city.ts";

export const singapore: City = {
  code: "sin",
  name: "Singapore",
  host: {
    kind: "aws",
    region: "ap-southeast-1",
    zoneIds: ["apse1-az1", "apse1-az2"],
    rpc: "function-url",
    ingress: "task",
    watcher: false,
  },
  wave: 1,
  environments: ["prod"],
  edge: true,
  staking: false,
  market: false,
  latitude: 1.3521,
  longitude: 103.8198,
  timeZone: "Asia/Singapore",
};
