import type { City } from "./city.ts";

export const tokyo: City = {
  code: "tyo",
  name: "Tokyo",
  host: {
    kind: "aws",
    region: "ap-northeast-1",
    zoneIds: ["apne1-az1", "apne1-az4"],
    rpc: "function-url",
    ingress: "task",
    watcher: false,
  },
  wave: 2,
  environments: ["prod"],
  edge: true,
  staking: false,
  market: false,
  latitude: 35.6762,
  longitude: 139.6503,
  timeZone: "Asia/Tokyo",
};
