import type { City } from "./city.ts";

export const sanFrancisco: City = {
  code: "sfo",
  name: "San Francisco",
  host: {
    kind: "aws",
    region: "us-west-1",
    zoneIds: ["usw1-az1", "usw1-az3"],
  },
  wave: 1,
  latitude: 37.7749,
  longitude: -122.4194,
  timeZone: "America/Los_Angeles",
};
