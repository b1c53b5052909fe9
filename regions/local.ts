import type { City } from "./city.ts";

/**
 * The city that is deployed to an endpoint on this machine. Nothing is billed there, so that it
 * stakes; nobody else reaches it, so that its door is open.
 */
export const local: City = {
  code: "loc",
  name: "Local",
  host: {
    kind: "aws",
    region: "us-east-1",
    zoneIds: ["use1-az1", "use1-az2"],
    rpc: "function-url",
    ingress: "task",
    watcher: false,
  },
  wave: 0,
  environments: ["local"],
  edge: false,
  staking: true,
  market: false,
  latitude: 0,
  longitude: 0,
  timeZone: "UTC",
};
