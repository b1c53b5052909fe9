import type { City } from "./city.ts";

export const seoul: City = {
  code: "sel",
  name: "Seoul",
  host: {
    kind: "aws",
    region: "ap-northeast-2",
    zoneIds: ["apne2-az1", "apne2-az2"],
    rpc: "function-url",
    ingress: "task",
    watcher: false,
  },
  wave: 2,
  environments: ["prod"],
  edge: true,
  staking: false,
  market: false,
  latitude: 37.5665,
  longitude: 126.978,
  timeZone: "Asia/Seoul",
};
