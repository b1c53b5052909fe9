import type { City } from "./city.ts";

export const london: City = {
  code: "lon",
  name: "London",
  host: {
    kind: "aws",
    region: "eu-west-2",
    zoneIds: ["euw2-az1", "euw2-az2"],
    rpc: "function-url",
    ingress: "task",
    watcher: true,
  },
  wave: 1,
  environments: ["prod"],
  edge: true,
  staking: false,
  market: false,
  latitude: 51.5074,
  longitude: -0.1278,
  timeZone: "Europe/London",
};
