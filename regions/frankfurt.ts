import type { City } from "./city.ts";

export const frankfurt: City = {
  code: "fra",
  name: "Frankfurt",
  host: {
    kind: "aws",
    region: "eu-central-1",
    zoneIds: ["euc1-az1", "euc1-az2"],
    rpc: "function-url",
    ingress: "task",
    watcher: false,
  },
  wave: 2,
  environments: ["prod"],
  edge: true,
  staking: false,
  market: false,
  latitude: 50.1109,
  longitude: 8.6821,
  timeZone: "Europe/Berlin",
};
