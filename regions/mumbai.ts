import type { City } from "./city.ts";

export const mumbai: City = {
  code: "bom",
  name: "Mumbai",
  host: {
    kind: "aws",
    region: "ap-south-1",
    zoneIds: ["aps1-az1", "aps1-az2"],
    rpc: "function-url",
    ingress: "task",
    watcher: false,
  },
  wave: 2,
  environments: ["prod"],
  edge: true,
  staking: false,
  market: false,
  latitude: 19.076,
  longitude: 72.8777,
  timeZone: "Asia/Kolkata",
};
