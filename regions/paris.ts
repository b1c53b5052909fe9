import type { City } from "./city.ts";

export const paris: City = {
  code: "par",
  name: "Paris",
  host: {
    kind: "aws",
    region: "eu-west-3",
    zoneIds: ["euw3-az1", "euw3-az2"],
    rpc: "function-url",
    ingress: "task",
    watcher: false,
  },
  wave: 2,
  environments: ["prod"],
  edge: true,
  staking: false,
  market: false,
  latitude: 48.8566,
  longitude: 2.3522,
  timeZone: "Europe/Paris",
};
